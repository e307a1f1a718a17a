package site

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"annai/internal/source"
	"annai/search"
	"annai/themes"
)

// Finish checks what needs all pages, and makes the files that need them: it is
// called when every page has been rendered.
func (s *Site) Finish() []*File {
	var ps source.Problems
	for _, p := range s.pages {
		if p.facts != nil {
			ps.Append(p.facts.Problems)
		}
	}
	s.checkFragments(&ps)
	s.reportMissing(&ps)
	s.report(ps)

	var files []*File
	files = append(files, s.usedFiles()...)
	files = append(files, s.redirectFiles()...)
	return append(files, s.supportFinish()...)
}

// checkFragments finds links to places that their page doesn't have.
func (s *Site) checkFragments(ps *source.Problems) {
	anchors := map[*Page]map[string]bool{}
	for _, p := range s.pages {
		if p.facts == nil || p.Fallback() {
			continue
		}
		for _, f := range p.facts.Fragments {
			q := s.byID[f.Locale][f.ID]
			if q == nil || q.facts == nil {
				continue
			}
			if anchors[q] == nil {
				anchors[q] = set(s.links(q.facts).Anchors)
			}
			if anchors[q][f.Fragment] || f.Fragment == "top" || strings.HasPrefix(f.Fragment, ":~:") {
				continue
			}
			problem := ps.Warnf(f.Pos, "broken-anchor", "link to %q: the page has no %q", f.Target, "#"+f.Fragment)
			problem.Severity = s.severity()
			if near := nearestAnchor(f.Fragment, s.links(q.facts).Anchors); near != "" {
				problem.Hintf("did you mean %q?", "#"+near)
			}
		}
	}
}

// nearestAnchor is the anchor that differs only in case, or little.
func nearestAnchor(fragment string, anchors []string) string {
	sorted := slices.Clone(anchors)
	slices.Sort(sorted)
	for _, a := range sorted {
		if strings.EqualFold(a, fragment) {
			return a
		}
	}
	return source.Nearest(fragment, sorted)
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// reportMissing reports pictures that are nowhere: in a site of ours each, in a
// translation's repository, which has none at all, all as one.
func (s *Site) reportMissing(ps *source.Problems) {
	byRepository := map[string][]missing{}
	var order []string
	for _, p := range s.pages {
		if p.facts == nil || p.Fallback() {
			continue
		}
		for _, m := range p.facts.Missing {
			if s.own {
				ps.Errorf(m.Pos, "missing-image", "there is no picture %q", m.Source)
				continue
			}
			r := s.localeDir(p.Path)
			if byRepository[r] == nil {
				order = append(order, r)
			}
			byRepository[r] = append(byRepository[r], m)
		}
	}
	for _, r := range order {
		list := byRepository[r]
		p := ps.Warnf(list[0].Pos, "missing-images", "%s can't be found, this one first: %q", source.Plural(len(list), "picture"), list[0].Source)
		if s.Fallback == nil {
			p.Hintf("name the original's repository with --fallback DIR")
		}
	}
}

// usedFiles are the pictures and other files that pages show or link to.
func (s *Site) usedFiles() []*File {
	used, drawn := map[string]bool{}, map[string]bool{}
	for _, p := range s.pages {
		if p.facts != nil {
			for _, f := range p.facts.Files {
				used[f] = true
			}
			for _, f := range p.facts.Diagrams {
				drawn[f] = true
			}
		}
	}
	var files []*File
	for _, p := range slices.Sorted(maps.Keys(used)) {
		if f := s.contentFile(p); !strings.HasPrefix(p, "static/") || !s.own {
			files = append(files, f)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(drawn)) {
		if f := s.diagramFile(p); f != nil {
			files = append(files, f)
		}
	}
	return files
}

// redirectFiles are a page for each old address, and a map of them for servers
// that answer with a redirection of their own.
func (s *Site) redirectFiles() []*File {
	var files []*File
	var table strings.Builder
	taken := map[string]bool{}
	for _, p := range s.pages {
		taken[p.Out] = true
	}
	for _, r := range s.redirections() {
		if taken[r.out] {
			continue
		}
		taken[r.out] = true
		fmt.Fprintf(&table, "%s %s;\n", quoted(r.url), quoted(r.to))
		files = append(files, s.redirectFile(r))
	}
	if table.Len() > 0 {
		files = append(files, static("redirects.map", []byte(table.String())))
	}
	return files
}

// quoted is an address as a server's map wants it.
func quoted(s string) string {
	if strings.ContainsAny(s, " ;{}\"'\\$") {
		return `"` + strings.NewReplacer(`"`, "%22", `\`, "%5C", "$", "%24").Replace(s) + `"`
	}
	return s
}

// A moved address sends its readers on.
type moved struct {
	locale, url, out, to string
	title                string
}

// redirections are those of the repository, of pages that are nothing else, and
// of aliases, sorted by address.
func (s *Site) redirections() []moved {
	var list []moved
	for _, r := range s.publishing.redirects {
		if s.tree.has(r.From) && s.byPath[r.From] != nil || !isPagePath(r.From) {
			continue
		}
		p := s.newPage(&input{path: r.From, meta: &Meta{}})
		if p == nil {
			continue
		}
		t := s.resolveRedirect(p, r, tail{}, 0)
		if t.broken != "" || t.url == "" || t.url == p.URL {
			continue
		}
		list = append(list, moved{p.Locale, p.URL, p.Out, t.url, ""})
	}
	for _, p := range s.pages {
		for _, alias := range p.Meta.Aliases {
			if m, ok := s.alias(p, alias); ok {
				list = append(list, m)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b moved) int { return strings.Compare(a.url, b.url) })
	return list
}

func isPagePath(p string) bool { return isArticle(p) || isYAML(p) && !isTOC(p) }

// alias is an old address of a page: as a path of the site, with or without the
// locale, or relative to the locale's home.
func (s *Site) alias(p *Page, alias string) (moved, bool) {
	if p.Fallback() {
		return moved{}, false
	}
	clean := strings.Trim(strings.TrimPrefix(alias, s.root), "/")
	if clean == "" || clean == ".." || strings.HasPrefix(clean, "../") {
		return moved{}, false
	}
	top, rest, _ := strings.Cut(clean, "/")
	if s.prefixed && s.byID[source.Locale(top)] != nil {
		clean = source.Locale(top) + "/" + rest
	} else if s.prefixed && !strings.HasPrefix(alias, "/") {
		clean = p.Locale + "/" + clean
	}
	clean = strings.TrimSuffix(clean, ".md")
	return moved{p.Locale, s.root + escapePath(clean) + "/", clean + "/index.html", p.URL, p.Title()}, true
}

func (s *Site) redirectFile(r moved) *File {
	return &File{Path: r.out, plain: true, write: func(w io.Writer) error {
		return s.Theme.Render(w, themes.Redirect{
			Shell: themes.Shell{Site: s.chrome[chromeKey{r.locale, nil}], Title: r.title, URL: r.url, NoIndex: true},
			To:    r.to,
		})
	}}
}

// document is the page as search sees it.
func (d *draft) document() search.Document {
	p, m := d.page, d.page.Meta
	doc := search.Document{
		URL: p.URL, Path: p.documentPath(), Title: p.Title(), Description: m.Description,
		Keywords: m.Keywords, Codes: m.Codes, Type: m.Type, Category: m.Category,
		Products: m.AppliesTo, Applies: d.site.appliesTo(p),
	}
	if d.site.own {
		d.site.nameFacets(p, &doc)
	}
	for _, s := range d.sections {
		doc.Sections = append(doc.Sections, search.Section{ID: s.ID, Heading: s.Heading, Text: s.Text})
	}
	if p.nav != nil {
		doc.Keywords = slices.Concat(doc.Keywords, p.nav.synonyms)
	}
	return doc
}

// documentPath is unique among what is searched in a locale.
func (p *Page) documentPath() string { return p.Locale + "/" + p.ID }

// searchable tells whether readers find the page by searching.
func (s *Site) searchable(p *Page) bool {
	return s.listed(p) && (!p.Meta.NoIndex || s.SearchNoIndex || s.Config.SearchNoIndex)
}
