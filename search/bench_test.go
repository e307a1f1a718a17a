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

// BenchmarkRebuild is the index after an edit of one article, in a new process.
func BenchmarkRebuild(b *testing.B) {
	documents := corpusDocuments(b)
	earlier := Builder{Locale: "ja"}
	for _, d := range documents {
		earlier.Add(d)
	}
	data := saved(b, &earlier)
	for b.Loop() {
		again := Builder{Locale: "ja", Saved: func() []byte { return data }}
		again.Add(documents[0])
		for _, d := range documents[1:] {
			again.Reuse(d.Path)
		}
		if _, err := again.Build(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(documents)), "µs/article")
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
