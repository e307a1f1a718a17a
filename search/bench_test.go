package search

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// BenchmarkAdd is the analysis of an article beside the project; the others are
// what a library does with the same text: one Unicode form, words counted by their
// text, the text packed.
func BenchmarkAdd(b *testing.B) {
	documents := corpusDocuments(b)
	each := func(name string, do func(Document)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(meanBytes(documents))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				do(documents[i%len(documents)])
			}
		})
	}
	builder := Builder{Locale: "ja"}
	each("index", builder.Add)
	each("only NFKC", func(d Document) { norm.NFKC.String(d.Sections[0].Text) })
	each("only words in a map", func(d Document) {
		counts := map[string]int{}
		for w := range strings.FieldsSeq(d.Sections[0].Text) {
			counts[w]++
		}
	})
	packed := gzip.NewWriter(io.Discard)
	each("only gzip", func(d Document) {
		packed.Reset(io.Discard)
		io.WriteString(packed, d.Sections[0].Text)
		packed.Close()
	})
}

func meanBytes(documents []Document) int64 {
	total := 0
	for _, d := range documents {
		total += len(d.Sections[0].Text)
	}
	return int64(total / len(documents))
}

// BenchmarkBuild is an index of all those articles, not yet packed, per article.
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
	for i, text := range corpus(b) {
		documents = append(documents, Document{URL: fmt.Sprint(i), Path: fmt.Sprint(i), Title: cut(text, 60), Sections: []Section{{Text: text}}})
	}
	return documents
}
