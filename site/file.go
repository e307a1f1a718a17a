package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"

	"annai/internal/source"
)

// A File is one file of the built site. It is made when it is written, and may
// be written any number of times, also concurrently with others.
type File struct {
	Path  string // below the site's root
	Page  *Page  // when it is an article
	key   uint64 // of what it is made from, when that is known beforehand
	plain bool   // made of nothing but what the structure's hash covers
	write func(w io.Writer) error
}

// WriteTo writes the file's content. Problems of the text are the site's, see
// [Site.Problems]; an error is one of the disk or of the theme.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	c := counter{w: w}
	err := f.write(&c)
	return c.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// Bytes is the file's content.
func (f *File) Bytes() ([]byte, error) {
	var buf bytes.Buffer
	_, err := f.WriteTo(&buf)
	return buf.Bytes(), err
}

// Files is the table of all files that don't need other pages' text: articles,
// forms, rules, the theme's assets. Those that do come from [Site.Finish].
func (s *Site) Files() []*File {
	files := slices.Clone(s.extra)
	for _, a := range s.Theme.Assets() {
		files = append(files, static(a.Path, a.Body))
		if ext := path.Ext(a.Path); ext == ".css" || ext == ".js" {
			files = append(files, packed(a.Path, a.Body))
		}
	}
	for _, f := range s.tree.glob("static", "") {
		file := s.contentFile(f.path)
		file.Path = strings.TrimPrefix(f.path, "static/")
		files = append(files, file)
	}
	for _, p := range s.pages {
		files = append(files, s.pageFile(p))
	}
	for _, f := range append(s.manifestFile(), s.supportFiles()...) {
		f.plain = true
		files = append(files, f)
	}
	return files
}

// static is a file whose content is at hand.
func static(p string, body []byte) *File {
	return &File{Path: p, key: xxhash.Sum64(body), write: func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}}
}

// packed is a file's copy under Brotli, NAME.br, for servers that send such copies
// to browsers that take them. It is made only when it is written.
func packed(p string, body []byte) *File {
	return &File{Path: p + ".br", key: xxhash.Sum64(body) + 1, write: func(w io.Writer) error {
		b := brotli.NewWriterLevel(w, brotli.BestCompression)
		if _, err := b.Write(body); err != nil {
			return err
		}
		return b.Close()
	}}
}

// fingerprinted is a file that bears a hash of its content in its name, so that
// it may be cached for ever.
func fingerprinted(p string, body []byte) *File {
	sum := sha256.Sum256(body)
	ext := path.Ext(p)
	return static(strings.TrimSuffix(p, ext)+"."+hex.EncodeToString(sum[:4])+ext, body)
}

// contentFile publishes a file of the content, or of the fallback repository, as
// it is.
func (s *Site) contentFile(p string) *File {
	return &File{Path: strings.TrimPrefix(s.filePath(p), "/"), key: s.contentKey(p), write: func(w io.Writer) error {
		f, err := s.openAny(p)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	}}
}

// contentKey is a hash of a file's place, size and time; 0 when its time can't
// tell whether it was written again.
func (s *Site) contentKey(p string) uint64 {
	f := s.tree.byPath[p]
	if f == nil || time.Since(f.mtime) < racy {
		return 0
	}
	h := newHasher()
	h.file(p, f.size, f.mtime)
	return h.Sum64()
}

// openAny opens a file of the content, or else of the fallback repository.
func (s *Site) openAny(p string) (fs.File, error) {
	f, err := s.tree.fsys.Open(p)
	if err != nil && s.Fallback != nil && errors.Is(err, fs.ErrNotExist) {
		return s.Fallback.Open(p)
	}
	return f, err
}

// filePath is where a content file is published: under its own path, with the
// locale's folder spelled as in addresses.
func (s *Site) filePath(p string) string {
	if rest, ok := strings.CutPrefix(p, "static/"); ok && s.own {
		return rest
	}
	if dir := s.localeDir(p); dir != "" {
		rest := strings.TrimPrefix(p, dir)
		if s.prefixed {
			return s.localeOf[strings.TrimSuffix(dir, "/")] + "/" + rest
		}
		return rest
	}
	return p
}

func (s *Site) fileURL(p string) string { return s.root + escapePath(s.filePath(p)) }

// report adds problems that rendering a page found.
func (s *Site) report(ps source.Problems) {
	if len(ps) == 0 {
		return
	}
	s.mu.Lock()
	s.found.Append(ps)
	s.mu.Unlock()
}
