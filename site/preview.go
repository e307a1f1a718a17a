package site

import (
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"annai/internal/source"
)

// Lookup finds the file of the site that an address shows: the path below the
// host, as a browser asks for it. moved is where a folder without its slash is.
func (s *Site) Lookup(address string) (f *File, moved string) {
	rest, ok := strings.CutPrefix(address, s.root)
	if !ok {
		if address+"/" == s.root {
			return nil, s.root
		}
		return nil, ""
	}
	table := s.table()
	if rest == "" || strings.HasSuffix(rest, "/") {
		return table[rest+"index.html"], ""
	}
	if f := table[rest]; f != nil {
		return f, ""
	}
	if table[rest+"/index.html"] != nil {
		return nil, address + "/"
	}
	if path.Ext(rest) != "" { // a picture that a page shows
		if strings.HasPrefix(rest, "diagrams/") && s.Diagrams != nil {
			if f := s.diagramFile(rest); f != nil {
				return f, ""
			}
		}
		if p := s.contentPath(rest); p != "" {
			return s.contentFile(p), ""
		}
	}
	return nil, ""
}

// table is all files by path, made at the first call.
func (s *Site) table() map[string]*File {
	s.tableOnce.Do(func() {
		s.files = map[string]*File{}
		for _, f := range slices.Concat(s.Files(), s.redirectFiles()) {
			if s.files[f.Path] == nil {
				s.files[f.Path] = f
			}
		}
	})
	return s.files
}

// contentPath is the content file that is published under a path.
func (s *Site) contentPath(published string) string {
	if s.tree.has(published) && s.filePath(published) == published {
		return published
	}
	top, rest, _ := strings.Cut(published, "/")
	for dir, locale := range s.localeOf {
		if p := dir + "/" + rest; locale == top && s.has(p) {
			return p
		}
		if p := dir + "/" + published; !s.prefixed && s.has(p) {
			return p
		}
	}
	if s.has(published) {
		return published
	}
	return ""
}

// has tells whether the content or the fallback repository has a file.
func (s *Site) has(p string) bool {
	if s.tree.has(p) {
		return true
	}
	f, err := s.openAny(p)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// Index renders all pages and returns the search index of the site, for a
// preview.
func (s *Site) Index() ([]*File, error) {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	s.beginIndex()
	defer func() { s.builders = nil }()
	b := &build{site: s, report: new(Report), start: time.Now(), table: map[string]bool{}}
	if err := b.render(s.Files()); err != nil {
		return nil, err
	}
	return s.indexFiles(), nil
}

// Update takes over changes of articles' texts without loading the site anew. It
// is false when more than text has changed: then the site must be loaded again.
// The pages whose own text changed are returned.
func (s *Site) Update(paths []string) (pages []*Page, ok bool) {
	for _, p := range paths {
		f := s.tree.byPath[p]
		if f == nil || f.meta == nil {
			return nil, false
		}
		fresh := &input{path: p}
		s.readInput(fresh)
		if info, err := fs.Stat(s.tree.fsys, p); err == nil {
			fresh.size, fresh.mtime = info.Size(), info.ModTime()
		}
		if fresh.meta == nil || fresh.mime != f.mime || len(fresh.ps) > 0 || len(f.ps) > 0 ||
			!reflect.DeepEqual(fresh.meta, f.meta) || fresh.rev != f.rev && s.translated(p) {
			return nil, false
		}
		s.mu.Lock()
		f.hash, f.rev, f.size, f.mtime = fresh.hash, fresh.rev, fresh.size, fresh.mtime
		s.mu.Unlock()
		for _, page := range s.pages {
			if page.Path == p {
				pages = append(pages, page)
			}
		}
	}
	return pages, true
}

// translated tells whether the article is the original of others: they show
// whether it has changed since.
func (s *Site) translated(path string) bool {
	p := s.byPath[path]
	if p == nil {
		return false
	}
	for _, locale := range s.Config.Locales {
		if q := s.Page(locale, p.ID); q != nil && q != p && q.Meta.TranslationRev != "" {
			return true
		}
	}
	return false
}

// PageProblems renders a page and returns what is wrong with it.
func (s *Site) PageProblems(p *Page) source.Problems {
	_, f, err := s.viewOf(p)
	if err != nil {
		return source.Problems{{Position: source.Position{Path: p.Path}, Severity: source.Error, Code: "unreadable-file", Message: err.Error()}}
	}
	ps := slices.Clone(f.Problems)
	ps.Sort()
	return ps
}

// Remember is a cache of what was read of the content, so that it can be loaded
// again by looking only at what is new.
func (s *Site) Remember() *Cache {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Cache{blocks: s.highlight.blocks}
	for _, f := range s.tree.files {
		rec := inputRecord{Path: f.path, Size: f.size, Rev: f.rev, Mime: f.mime, Hash: f.hash, Meta: f.pack(), Problems: recordsOf(f.ps)}
		if f.read && f.mtime.Before(s.Now.Add(-racy)) {
			rec.Time = f.mtime.UnixNano()
		}
		rec.Meta.Part = 0 // of another cache
		c.body.Inputs = append(c.body.Inputs, rec)
	}
	c.index()
	return c
}

// Save keeps in a folder what was read of the content, for [OpenCache].
func (s *Site) Save(dir string) error {
	c := s.Remember()
	c.dir, c.head.Program = dir, program()
	return c.save()
}

// ThemeDir is the folder of the theme that is laid over the default one, as
// site.yaml names it; "" when there is none.
func (s *Site) ThemeDir() string { return s.Config.Theme }

// Root is the path of the site's first page.
func (s *Site) Root() string { return s.root }
