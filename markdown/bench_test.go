package markdown

import (
	"io"
	"os"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"annai/internal/source"
)

// BenchmarkCorpus parses and renders every article of the corpus with goldmark
// and GFM and with this package, file by file in turn, and reports how many times
// the former's time the latter takes. Includes are read by neither.
func BenchmarkCorpus(b *testing.B) {
	c := readCorpus(b)
	var files []*source.File
	size := 0
	for _, name := range c.files {
		f := c.read(b, name)
		f.Text = blankFrontMatter(f.Text)
		size += len(f.Text)
		files = append(files, f)
	}
	plain := goldmark.New(goldmark.WithExtensions(extension.GFM))
	b.SetBytes(int64(size))
	var theirs, ours time.Duration
	if name := os.Getenv("CORPUS_BENCH_ONLY"); name != "" { // for profiles
		for b.Loop() {
			for _, f := range files {
				if err := Parse(f, Options{}).Render(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		}
		return
	}
	for b.Loop() {
		for _, f := range files {
			start := time.Now()
			if err := plain.Convert(f.Text, io.Discard); err != nil {
				b.Fatal(err)
			}
			middle := time.Now()
			if err := Parse(f, Options{}).Render(io.Discard); err != nil {
				b.Fatal(err)
			}
			theirs += middle.Sub(start)
			ours += time.Since(middle)
		}
	}
	b.ReportMetric(float64(ours)/float64(theirs), "times-goldmark")
	b.ReportMetric(float64(theirs.Milliseconds())/float64(b.N), "goldmark-ms/op")
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ours-ms/op")
}
