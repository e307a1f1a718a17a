package site

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"annai/internal/source"
)

// A Report is what a build did.
type Report struct {
	Pages     int // articles of the site
	Files     int // files of the site
	Rendered  int // files that were made anew
	Written   int // of them, those that differ from what was published
	Removed   int
	Steps     []Step
	Problems  source.Problems
	Published bool // false when problems kept the last good site
}

// A Step is how long a part of a build took.
type Step struct {
	Name string
	Wall time.Duration
}

// Progress is told how far a build is: files done of all files. It is called
// often, from several goroutines.
type Progress func(done, total int)

// ErrProblems is returned by a build that found errors and published nothing.
var ErrProblems = errors.New("the site has errors")

// Build renders the site and publishes it to the folder, unless there is an
// error; strict takes warnings for errors. An error other than ErrProblems is
// one of the disk or of the theme.
func (s *Site) Build(out *Folder, strict bool, progress Progress) (*Report, error) {
	b := &build{site: s, out: out, strict: strict, progress: progress, report: &Report{Pages: len(s.pages)}}
	if err := out.begin(); err != nil {
		return b.report, err
	}
	defer out.discard()
	s.beginIndex()
	files := s.Files()
	b.total = len(files)
	if err := b.timed("pages", func() error { return b.render(files) }); err != nil {
		return b.report, err
	}
	var rest []*File
	b.timed("finish", func() error { rest = s.Finish(); return nil })
	b.total += len(rest)
	if err := b.timed("index", func() error { return b.render(rest) }); err != nil {
		return b.report, err
	}
	files = append(files, rest...)
	b.report.Files = len(files)
	b.report.Problems = s.Problems()
	if n := b.report.Problems.Errors(); n > 0 || strict && len(b.report.Problems) > 0 {
		return b.report, ErrProblems
	}
	err := b.timed("publish", func() error { return b.publish(files) })
	b.report.Published = err == nil
	return b.report, err
}

// build is one run of Build.
type build struct {
	site     *Site
	out      *Folder
	strict   bool
	progress Progress
	report   *Report
	total    int
	done     atomic.Int64

	mu     sync.Mutex
	staged []stagedFile
	first  error
}

func (b *build) timed(name string, step func() error) error {
	start := time.Now()
	err := step()
	b.report.Steps = append(b.report.Steps, Step{name, time.Since(start)})
	return err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render makes files, in parallel, and stages those that differ.
func (b *build) render(files []*File) error {
	var rendered atomic.Int64
	each(len(files), func(i int) {
		buf := buffers.Get().(*bytes.Buffer)
		buf.Reset()
		defer buffers.Put(buf)
		staged, err := b.renderFile(files[i], buf)
		rendered.Add(1)
		if b.progress != nil {
			b.progress(int(b.done.Add(1)), b.total)
		}
		if staged == nil && err == nil {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if err != nil && b.first == nil {
			b.first = err
		}
		if staged != nil {
			b.staged = append(b.staged, *staged)
		}
	})
	b.report.Rendered += int(rendered.Load())
	return b.first
}

func (b *build) renderFile(f *File, buf *bytes.Buffer) (*stagedFile, error) {
	if _, err := f.WriteTo(buf); err != nil {
		return nil, &fileError{f.Path, err}
	}
	if b.out == nil {
		return nil, nil
	}
	return b.out.put(f.Path, buf.Bytes(), false)
}

type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func (b *build) publish(files []*File) error {
	table := make(map[string]bool, len(files))
	for _, f := range files {
		table[f.Path] = true
	}
	stale, err := b.out.strangers(table)
	if err != nil {
		return err
	}
	b.report.Written, b.report.Removed = len(b.staged), len(stale)
	return b.out.publish(b.staged, stale)
}

// Check renders everything and writes nothing: it returns all problems.
func (s *Site) Check(progress Progress) (source.Problems, error) {
	b := &build{site: s, progress: progress, report: &Report{}}
	files := s.Files()
	b.total = len(files)
	if err := b.render(files); err != nil {
		return nil, err
	}
	s.Finish()
	return s.Problems(), nil
}
