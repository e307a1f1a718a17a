package search

import (
	"fmt"
	"testing"
)

// BenchmarkAdd and BenchmarkBuild are an index of the articles beside the project,
// per article.
func BenchmarkAdd(b *testing.B) {
	documents := corpusDocuments(b)
	b.ReportAllocs()
	builder := Builder{Locale: "ja"}
	for i := 0; b.Loop(); i++ {
		builder.Add(documents[i%len(documents)])
	}
}

func BenchmarkBuild(b *testing.B) {
	documents := corpusDocuments(b)
	for b.Loop() {
		b.StopTimer()
		builder := Builder{Locale: "ja"}
		for _, d := range documents {
			builder.Add(d)
		}
		b.StartTimer()
		if _, err := builder.Build(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(documents)), "µs/article")
}

func BenchmarkRestore(b *testing.B) {
	documents := corpusDocuments(b)
	builder := Builder{Locale: "ja"}
	var saved [][]byte
	for _, d := range documents {
		saved = append(saved, builder.Analyse(d))
	}
	again := Builder{Locale: "ja"}
	for i := 0; b.Loop(); i++ {
		again.Restore(saved[i%len(saved)])
	}
}

func BenchmarkSearch(b *testing.B) {
	x, err := Build("ja", corpusDocuments(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	queries := []string{"ライセンスを割り当てる", "Teams 会議 参加できない", "how to upgrade a cluster", "AADSTS50126", "パスワードを忘れたときはどうすればいいですか"}
	for i := 0; b.Loop(); i++ {
		x.Search(Query{Text: queries[i%len(queries)]})
	}
}

// corpusDocuments are the articles beside the project, as they are written.
func corpusDocuments(b *testing.B) []Document {
	var documents []Document
	bytes := 0
	for i, text := range corpus(b) {
		documents = append(documents, Document{URL: fmt.Sprint(i), Path: fmt.Sprint(i), Title: cut(text, 60), Sections: []Section{{Text: text}}})
		bytes += len(text)
	}
	b.SetBytes(int64(bytes / len(documents)))
	return documents
}
