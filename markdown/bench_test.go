package markdown

import (
	"io"
	"os"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"annai/internal/source"
	"annai/markdown/lexer"
)

// BenchmarkCorpus parses and renders every article of the corpus with goldmark
// and GFM, with this package, and with this package and colours for code, file by
// file in turn, and reports how many times the former's time the latter take.
// Includes are read by none. Code in languages that only chroma knows stays plain.
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
	ours := func(o Options) func(*source.File) error {
		return func(f *source.File) error { return Parse(f, o).Render(io.Discard) }
	}
	runs := []func(*source.File) error{
		func(f *source.File) error { return plain.Convert(f.Text, io.Discard) },
		ours(Options{}),
		ours(Options{Highlight: lexer.Append}),
	}
	if os.Getenv("CORPUS_BENCH_ONLY") != "" { // for profiles
		runs = runs[1:2]
	}
	b.SetBytes(int64(size))
	spent := make([]time.Duration, len(runs))
	for b.Loop() {
		for _, f := range files {
			for i, run := range runs {
				start := time.Now()
				if err := run(f); err != nil {
					b.Fatal(err)
				}
				spent[i] += time.Since(start)
			}
		}
	}
	if len(runs) == 1 {
		return
	}
	article := float64(b.N * len(files) * int(time.Microsecond))
	b.ReportMetric(float64(spent[0])/article, "goldmark-µs/article")
	b.ReportMetric(float64(spent[1])/article, "ours-µs/article")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "times-goldmark")
	b.ReportMetric(float64(spent[2])/float64(spent[0]), "times-goldmark-with-colours")
}
