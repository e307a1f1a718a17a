//go:build linux

package markdown

import (
	"io"
	"os"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/sys/unix"

	"annai/internal/source"
	"annai/markdown/lexer"
)

// BenchmarkCorpus parses and renders every article of the corpus with goldmark
// and GFM, with this package, and with this package and colours for code, in turn,
// and reports how many times the former's processor time the latter take, garbage
// collection included. Includes are read by none. Code in languages that only
// chroma knows stays plain.
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
		for i, run := range runs {
			start := processorTime()
			for _, f := range files {
				if err := run(f); err != nil {
					b.Fatal(err)
				}
			}
			spent[i] += processorTime() - start
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

// processorTime is what all threads have used so far, in the program and for it.
func processorTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
