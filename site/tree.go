package site

import (
	"errors"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"annai/internal/source"
)

// A tree is the content folder as it was found: every file with its size and
// time, and what the first pass read of those that may be pages.
type tree struct {
	fsys   fs.FS
	files  []*input // sorted by path
	byPath map[string]*input
	lower  map[string]string // path in lower case → path, the first of several
}

// An input is one file of the content.
type input struct {
	path  string
	size  int64
	mtime time.Time

	read   bool
	hash   uint64 // of the whole file
	meta   *Meta  // of an article or a YAML page
	packed parcel // meta, as the manifest holds it
	rev    string // first 12 hexadecimal digits of an article's SHA-256; in sites of ours
	mime   string // YamlMime of a YAML file; "" is no page
	ps     source.Problems
}

// skipped folders are no content: hidden ones, and those that docfx, editors and
// package managers fill.
func skippedFolder(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_themes") ||
		name == "_site" || name == "obj" || name == "node_modules"
}

// walk lists the files below the root. Hidden files are skipped but for those of
// Microsoft's publishing configuration at the top.
func walk(fsys fs.FS, only string) (*tree, error) {
	t := &tree{fsys: fsys}
	if err := t.walk(".", only); err != nil {
		return nil, err
	}
	slices.SortFunc(t.files, func(a, b *input) int { return strings.Compare(a.path, b.path) })
	return t, nil
}

// index makes the maps that files are found by.
func (t *tree) index() {
	t.byPath = make(map[string]*input, len(t.files))
	t.lower = make(map[string]string, len(t.files))
	for _, f := range t.files {
		t.byPath[f.path] = f
		if low := strings.ToLower(f.path); t.lower[low] == "" {
			t.lower[low] = f.path
		}
	}
}

func (t *tree) walk(dir, only string) error {
	entries, err := fs.ReadDir(t.fsys, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		p := path.Join(dir, name)
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 { // a linked file counts as a file, a linked folder is not followed
			info, err := fs.Stat(t.fsys, p)
			if err != nil || info.IsDir() {
				continue
			}
		}
		switch {
		case only != "" && p != only:
		case isDir && skippedFolder(name):
		case isDir:
			if err := t.walk(p, only); err != nil {
				return err
			}
		case strings.HasPrefix(name, ".") && !strings.HasPrefix(name, ".openpublishing."):
		default:
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone since the folder was read, as editors do
			}
			if err != nil {
				return err
			}
			t.files = append(t.files, &input{path: p, size: info.Size(), mtime: info.ModTime()})
		}
	}
	return nil
}

func (t *tree) has(p string) bool { return t.byPath[p] != nil }

// dirs are the names of the folders directly below a folder, sorted.
func (t *tree) dirs(below string) []string {
	prefix := below
	if prefix != "" {
		prefix += "/"
	}
	var names []string
	for _, f := range t.files {
		if rest, ok := strings.CutPrefix(f.path, prefix); ok {
			if name, _, deeper := strings.Cut(rest, "/"); deeper {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// glob lists the files of a folder with that ending, subfolders included.
func (t *tree) glob(dir, ext string) []*input {
	start := sort.Search(len(t.files), func(i int) bool { return t.files[i].path >= dir+"/" })
	var list []*input
	for _, f := range t.files[start:] {
		if !strings.HasPrefix(f.path, dir+"/") {
			break
		}
		if strings.HasSuffix(f.path, ext) {
			list = append(list, f)
		}
	}
	return list
}

// open reads a file. One that can't be read is an empty file and a problem.
func (s *Site) open(p string) *source.File {
	text, err := fs.ReadFile(s.tree.fsys, p)
	if err != nil {
		s.problems.Errorf(source.Position{Path: p}, "unreadable-file", "the file can't be read: %v", unpath(err))
	}
	return source.New(p, trimBOM(text))
}

func trimBOM(text []byte) []byte {
	if len(text) >= len(bom) && string(text[:len(bom)]) == string(bom) {
		return text[len(bom):]
	}
	return text
}

// unpath drops operation and path from an error of the file system.
func unpath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// readInputs reads, hashes and takes the front matter of all files that may be
// pages, in parallel. Those that the build before knows by size and time are not
// opened.
func (s *Site) readInputs() {
	var list []*input
	for _, f := range s.tree.files {
		if isArticle(f.path) || isYAML(f.path) {
			list = append(list, f)
		}
	}
	each(len(list), func(i int) {
		if f := list[i]; !s.recall(f) {
			s.readInput(f)
		}
	})
}

func (s *Site) readInput(f *input) {
	text, err := fs.ReadFile(s.tree.fsys, f.path)
	if err != nil {
		f.ps.Errorf(source.Position{Path: f.path}, "unreadable-file", "the file can't be read: %v", unpath(err))
		return
	}
	f.read = true
	f.hash = xxhash.Sum64(text)
	if rec := s.record(f.path); rec != nil && rec.Hash == f.hash && f.restore(rec) {
		return // only its time is new, as in a fresh clone
	}
	if s.tree.has("site.yaml") {
		f.rev = revision(text) // before reading blanks the front matter
	}
	file := source.New(f.path, text)
	var fr *front
	if isYAML(f.path) {
		if f.mime = yamlMime(text); !isYAMLPage(f.mime) {
			return
		}
		fr, f.ps = yamlFront(file)
	} else {
		fr, f.ps = readFront(file)
	}
	meta, ps := readMeta(file, fr, s.defaults(f.path))
	f.ps.Append(ps)
	if meta.Title == "" {
		meta.Title = firstHeading(file.Text)
	}
	f.meta = meta
}

// defaults is what docfx.json says for all files of a kind.
func (s *Site) defaults(p string) func(key string) []string {
	d := s.docset(p)
	if d == nil {
		return nil
	}
	return func(key string) []string { return d.metadata(p, key) }
}

func isArticle(p string) bool { return strings.EqualFold(path.Ext(p), ".md") }

func isYAML(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return ext == ".yml" || ext == ".yaml"
}

// yamlMime is the kind of a YAML page: the word behind "### YamlMime:" in its
// first line.
func yamlMime(text []byte) string {
	line, _ := lineAt(trimBOM(text), 0)
	_, kind, ok := strings.Cut(string(line), "YamlMime:")
	if !ok || !strings.HasPrefix(string(line), "#") {
		return ""
	}
	return strings.TrimSpace(kind)
}

// firstHeading is the text of the first "# " line outside of code, without its
// anchors and emphasis: what lists call an article that has no title.
func firstHeading(text []byte) string {
	fence := ""
	for offset := 0; offset < len(text); {
		line, next := lineAt(text, offset)
		offset = next
		trimmed := strings.TrimLeft(string(line), " ")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
		case strings.HasPrefix(trimmed, "# "):
			return plainHeading(trimmed[2:])
		}
	}
	return ""
}

func plainHeading(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range strings.TrimRight(strings.TrimSpace(s), "# ") {
		switch {
		case r == '<':
			depth++
		case r == '>' && depth > 0:
			depth--
		case depth > 0 || r == '*' || r == '`':
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// each runs work for every index, on all cores.
func each(n int, work func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			work(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
}
