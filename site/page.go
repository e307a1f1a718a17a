package site

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"annai/internal/source"
)

// A Page is one article of one locale, before it is rendered.
type Page struct {
	Path   string // of its file; with a fallback, of the file that stands in
	ID     string // path below the locale without .md; a folder's index.md is the folder, the locale's own is ""
	Locale string // of the tree it belongs to
	Lang   string // of its text; differs from Locale with a fallback
	URL    string // "/ja/getting-support/"
	Out    string // "ja/getting-support/index.html"
	Kind   string // "" for Markdown, else the YamlMime
	Meta   *Meta

	input  *input
	docset *docset
	nav    *navNode // its entry in the navigation; nil when it is hidden there
	facts  *facts   // what rendering it told; nil before
}

// Title is what lists call the page: never empty.
func (p *Page) Title() string {
	if p.Meta.Title != "" {
		return p.Meta.Title
	}
	return path.Base(strings.TrimSuffix(p.Path, path.Ext(p.Path)))
}

// Fallback tells that the page shows another locale's text.
func (p *Page) Fallback() bool { return p.Lang != p.Locale }

// makePages decides which files are pages, and their URLs.
func (s *Site) makePages() {
	for _, f := range s.tree.files {
		if f.meta == nil || s.withheld(f) {
			continue
		}
		if p := s.newPage(f); p != nil {
			s.pages = append(s.pages, p)
		}
	}
	if s.own {
		s.addFallbacks()
	}
	sort.Slice(s.pages, func(i, j int) bool {
		a, b := s.pages[i], s.pages[j]
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Locale, b.Locale)) < 0
	})
	s.indexPages()
}

// withheld tells files that aren't to be published: drafts, and pages for the
// partner's own desk. What is withheld in the original is so in all languages: a
// translation doesn't say again who it is for.
func (s *Site) withheld(f *input) bool {
	held := func(m *Meta) bool {
		return m.Draft && !s.Drafts || m.Audience == audienceInternal && !s.Internal
	}
	if held(f.meta) || !s.own {
		return held(f.meta)
	}
	locale, rel := s.locale(f.path)
	of := cmp.Or(f.meta.TranslationOf, s.Config.Locales[0])
	if of == locale {
		return false
	}
	for dir, l := range s.localeOf {
		if o := s.tree.byPath[dir+"/"+rel]; l == of && o != nil && o.meta != nil && held(o.meta) {
			return true
		}
	}
	return false
}

// newPage is the file's page, or nil when the file is none: an include, a table
// of contents, or what docfx.json leaves out.
func (s *Site) newPage(f *input) *Page {
	base := strings.ToLower(path.Base(f.path))
	if base == "toc.md" || hasFolder(f.path, "includes") {
		return nil
	}
	locale, rel := s.locale(f.path)
	if locale == "" {
		return nil
	}
	p := &Page{Path: f.path, Locale: locale, Lang: locale, Kind: f.mime, Meta: f.meta, input: f, docset: s.docset(f.path)}
	if p.docset != nil {
		out, ok := p.docset.place(f.path)
		if !ok {
			return nil
		}
		_, rel = s.locale(out)
	}
	s.setID(p, strings.TrimSuffix(rel, path.Ext(rel)))
	return p
}

func (s *Site) setID(p *Page, id string) {
	if dir, base := path.Split(id); strings.EqualFold(base, "index") {
		id = strings.TrimSuffix(dir, "/")
	}
	p.ID = id
	p.URL = s.url(p.Locale, id)
	p.Out = strings.TrimPrefix(p.URL, s.root) + "index.html"
}

// url is the address of a path below a locale; with only one locale that has no
// folder of its own, the locale is not in it.
func (s *Site) url(locale, id string) string {
	u := s.root
	if s.prefixed {
		u += locale + "/"
	}
	if id != "" {
		u += id + "/"
	}
	return u
}

// locale returns the locale of a content path and the path below its folder. In
// a site of ours what is outside of the locales' folders is no article.
func (s *Site) locale(p string) (locale, rel string) {
	top, rest, deeper := strings.Cut(p, "/")
	if l, ok := s.localeOf[top]; ok && deeper {
		return l, rest
	}
	if s.own && len(s.localeOf) > 0 {
		return "", p
	}
	return s.Config.Locales[0], p
}

// localeDir is the folder of a locale with a slash, or "".
func (s *Site) localeDir(p string) string {
	top, _, deeper := strings.Cut(p, "/")
	if _, ok := s.localeOf[top]; ok && deeper {
		return top + "/"
	}
	return ""
}

func hasFolder(p, name string) bool {
	for dir := range strings.SplitSeq(path.Dir(p), "/") {
		if strings.EqualFold(dir, name) {
			return true
		}
	}
	return false
}

// addFallbacks gives every locale the pages that it has no translation of, with
// the text of the first locale that stands in.
func (s *Site) addFallbacks() {
	have := map[string]map[string]*Page{}
	ids := map[string]bool{}
	for _, p := range s.pages {
		if have[p.Locale] == nil {
			have[p.Locale] = map[string]*Page{}
		}
		have[p.Locale][p.ID] = p
		ids[p.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		for _, locale := range s.Config.Locales {
			if have[locale][id] != nil {
				continue
			}
			for _, other := range s.fallbacks(locale) {
				if o := have[other][id]; o != nil {
					p := *o
					p.Locale, p.nav, p.facts = locale, nil, nil
					s.setID(&p, id)
					s.pages = append(s.pages, &p)
					break
				}
			}
		}
	}
}

// indexPages makes the maps by which links, navigation and translations find
// pages, and reports URLs that two files want.
func (s *Site) indexPages() {
	s.byPath = make(map[string]*Page, len(s.pages))
	s.byID = make(map[string]map[string]*Page, len(s.Config.Locales))
	s.byLowerID = make(map[string]map[string]*Page, len(s.Config.Locales))
	s.byUID = map[string]*Page{}
	taken := make(map[string]*Page, len(s.pages))
	kept := s.pages[:0]
	for _, p := range s.pages {
		if q := taken[strings.ToLower(p.Out)]; q != nil {
			s.problems.Errorf(source.Position{Path: p.Path}, "url-collision", "the page has the same address as %s: %s", q.Path, p.URL).
				Hintf("rename one of the two")
			continue
		}
		taken[strings.ToLower(p.Out)] = p
		kept = append(kept, p)
		if !p.Fallback() {
			s.byPath[p.Path] = p
		}
		if s.byID[p.Locale] == nil {
			s.byID[p.Locale] = map[string]*Page{}
			s.byLowerID[p.Locale] = map[string]*Page{}
		}
		s.byID[p.Locale][p.ID] = p
		s.byLowerID[p.Locale][strings.ToLower(p.ID)] = p
		if p.Meta.UID != "" && s.byUID[p.Meta.UID] == nil {
			s.byUID[p.Meta.UID] = p
		}
	}
	s.pages = slices.Clip(kept)
}

// Pages lists all pages, sorted by path.
func (s *Site) Pages() []*Page { return s.pages }

// Page returns a locale's page by its id.
func (s *Site) Page(locale, id string) *Page { return s.byID[locale][id] }
