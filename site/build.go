package site

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

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

// Build loads the content, renders it and publishes the site to the folder,
// unless there is an error; strict takes warnings for errors. What an earlier
// build left beside the folder saves the pages that didn't change. An error
// other than ErrProblems is one of the disk or of the theme.
func Build(o Options, out *Folder, strict bool, progress Progress) (*Report, error) {
	b := &build{out: out, strict: strict, progress: progress, report: new(Report), start: time.Now()}
	if o.Once {
		b.heap = boundHeap()
	}
	b.timed("cache", func() error {
		o.Cache = OpenCache(out.StateDir())
		o.Cache.verify(out)
		return nil
	})
	s := newSite(o)
	b.site = s
	b.timed("walk", func() error { s.walk(); return nil })
	if report, ok := s.fresh(out); ok {
		o.Cache.close()
		report.Steps = b.report.Steps
		b.report = report
		return report, b.verdict()
	}
	b.heap.expect(len(s.tree.files))
	b.timed("load", func() error { s.load(); return nil })
	b.report.Pages = len(s.pages)
	if err := out.begin(); err != nil {
		return b.report, err
	}
	defer out.discard()
	if err := b.run(); err != nil {
		return b.report, err
	}
	if err := b.verdict(); err != nil {
		b.report.Written = 0
		return b.report, err
	}
	err := b.timed("publish", b.publish)
	b.report.Published = err == nil
	return b.report, err
}

// Check renders everything and writes nothing: it returns all problems.
func (s *Site) Check(progress Progress) (source.Problems, error) {
	b := &build{site: s, progress: progress, report: new(Report), start: time.Now()}
	if err := b.run(); err != nil {
		return nil, err
	}
	return b.report.Problems, nil
}

// build is one run of Build or Check.
type build struct {
	site     *Site
	out      *Folder // nil: only check
	strict   bool
	progress Progress
	report   *Report
	start    time.Time
	heap     *heapBound
	table    map[string]bool // paths of the site's files so far
	done     atomic.Int64

	mu      sync.Mutex
	outputs []outputRecord // of the files so far
	skipped []*Page        // whose published file stays
	first   error
}

// run makes all files that differ.
func (b *build) run() error {
	s := b.site
	files := s.Files()
	b.table = make(map[string]bool, len(files))
	if b.out != nil {
		b.outputs = make([]outputRecord, 0, max(len(files), len(s.Cache.head.Outputs)+fewFiles))
		s.beginIndex()
		for locale, builder := range s.builders {
			builder.Saved = func() []byte { return s.Cache.savedIndex(locale) }
		}
	}
	if err := b.timed("pages", func() error { return b.render(files) }); err != nil {
		return err
	}
	var rest []*File
	err := b.timed("finish", func() error {
		rest = s.Finish()
		return b.index(&rest)
	})
	if err != nil {
		return err
	}
	if err := b.timed("rest", func() error { return b.render(rest) }); err != nil {
		return err
	}
	b.report.Problems, b.report.Files = s.Problems(), len(b.table)
	return nil
}

// verdict is ErrProblems when what was found forbids publishing.
func (b *build) verdict() error {
	if b.report.Problems.Errors() > 0 || b.strict && len(b.report.Problems) > 0 {
		return ErrProblems
	}
	return nil
}

func (b *build) timed(name string, step func() error) error {
	start := time.Now()
	err := step()
	b.report.Steps = append(b.report.Steps, Step{name, time.Since(start)})
	return err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render makes files, in parallel, and stages those that differ from what is
// published. Of two for one path the first stays: what an author puts into static/
// takes the place of what is made.
func (b *build) render(files []*File) error {
	files = slices.DeleteFunc(files, func(f *File) bool {
		known := b.table[f.Path]
		b.table[f.Path] = true
		return known
	})
	total := len(b.table)
	each(len(files), func(i int) {
		b.file(files[i])
		if b.progress != nil {
			b.progress(int(b.done.Add(1)), total)
		}
	})
	return b.first
}

func (b *build) file(f *File) {
	if b.out != nil && b.site.unchanged(f) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.outputs = append(b.outputs, *b.site.Cache.outputs[f.Path])
		if f.Page != nil {
			b.skipped = append(b.skipped, f.Page)
		}
		return
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	staged, rec, err := b.make(f, buf)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		if b.first == nil {
			b.first = &fileError{f.Path, err}
		}
		return
	}
	if b.report.Rendered++; b.report.Rendered == fewFiles {
		b.heap.collect()
	}
	b.outputs = append(b.outputs, rec)
	if staged {
		b.report.Written++
	}
}

// make renders a file and stages it when it differs.
func (b *build) make(f *File, buf *bytes.Buffer) (staged bool, rec outputRecord, err error) {
	rec = outputRecord{published: published{Path: f.Path}, Key: f.key}
	if _, err := f.WriteTo(buf); err != nil || b.out == nil {
		return false, rec, err
	}
	rec.Hash, rec.Size = xxhash.Sum64(buf.Bytes()), int64(buf.Len())
	if p := f.Page; p != nil && p.facts != nil {
		rec.Key = b.site.pageKey(p, p.facts.Form)
		rec.Input = p.facts.Hash
		p.facts.packInto(&rec)
	}
	if old := b.site.Cache.outputs[f.Path]; old != nil && old.same && old.Hash == rec.Hash && old.Size == rec.Size {
		rec.Time = old.Time
		return false, rec, nil
	}
	staged, rec.Time, err = b.out.put(f.Path, buf.Bytes())
	return staged, rec, err
}

// fewFiles are made before the heap is collected.
const fewFiles = 100

type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// publish moves what was staged to its place, removes what is stale, and leaves
// a manifest for the next build.
func (b *build) publish() error {
	stale, err := b.stale()
	if err != nil {
		return err
	}
	b.report.Removed = len(stale)
	if err := b.out.publish(stale); err != nil {
		return err
	}
	return b.remember()
}

// stale are the files that the site doesn't have any more: of those that the
// manifest knows, or without one, all that lie in the folder.
func (b *build) stale() ([]string, error) {
	outputs := b.site.Cache.head.Outputs
	if len(outputs) == 0 {
		return b.out.strangers(b.table)
	}
	var list []string
	for i := range outputs {
		if !b.table[outputs[i].Path] {
			list = append(list, outputs[i].Path)
		}
	}
	return list, nil
}

// remember writes the manifest.
func (b *build) remember() error {
	s := b.site
	c := s.Cache
	slices.SortFunc(b.outputs, func(x, y outputRecord) int { return strings.Compare(x.Path, y.Path) })
	b.out.times(b.outputs)
	head := cacheHead{
		Program: program(), Stamp: s.stamp(), Theme: s.Config.Theme,
		Pages: len(s.pages), Problems: recordsOf(b.report.Problems),
	}
	body := cacheBody{Structure: s.structure, Outputs: b.outputs, Known: c.body.Known, Links: c.body.Links}
	body.Inputs = make([]inputRecord, 0, len(s.tree.files))
	for _, f := range s.tree.files {
		rec := inputRecord{Path: f.path, Size: f.size, Rev: f.rev, Mime: f.mime, Hash: f.hash, Meta: f.pack(), Problems: recordsOf(f.ps)}
		if f.mtime.Before(b.start.Add(-racy)) {
			rec.Time = f.mtime.UnixNano()
		} else {
			head.Stamp = 0
		}
		if !f.read {
			rec.Time = 0
		}
		body.Inputs = append(body.Inputs, rec)
	}
	var err error
	if body.Indexes, err = c.saveIndexes(s.builders, s.Config.Locales); err != nil {
		return err
	}
	c.head, c.body = head, body
	if err := c.save(); err != nil {
		return err
	}
	return c.blocks.save()
}
