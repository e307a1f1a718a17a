package site

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"annai/internal/source"
	"annai/themes"
)

// A tocFile is a toc.yml or TOC.md as it was read, before its links are resolved.
type tocFile struct {
	path    string
	entries []tocEntry
}

// A tocEntry is a line of a table of contents.
type tocEntry struct {
	pos         source.Position
	name        string
	href        string
	topic       string // topicHref: the page, where href is another table of contents
	toc         string // tocHref
	displayName string
	open        bool
	items       []tocEntry
}

func isTOC(p string) bool {
	switch strings.ToLower(path.Base(p)) {
	case "toc.yml", "toc.yaml", "toc.md":
		return true
	}
	return false
}

// isBreadcrumb tells the tables of contents that only say what stands above a
// page.
func isBreadcrumb(p string) bool { return hasFolder(p, "breadcrumb") || hasFolder(p, "breadcrumbs") }

// readTOCs reads all tables of contents. One that another includes is part of
// it. A page that is in several belongs to the nearest.
func (s *Site) readTOCs() {
	s.tocs = map[string]*tocFile{}
	included := map[string]bool{}
	for _, f := range s.tree.files {
		if isTOC(f.path) && !s.own {
			t := s.readTOC(f.path)
			s.tocs[f.path] = t
			walkEntries(t.entries, func(e *tocEntry) {
				if target := s.nested(f.path, e.href); target != "" && target != f.path {
					included[target] = true
				}
			})
		}
	}
	var list []string
	for _, p := range slices.Sorted(maps.Keys(s.tocs)) {
		switch {
		case isBreadcrumb(p):
			s.crumbs = append(s.crumbs, s.tocs[p])
		case !included[p]:
			list = append(list, p)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return strings.Count(list[i], "/") > strings.Count(list[j], "/") })
	for _, p := range list {
		if locale, _ := s.locale(p); locale != "" {
			t := &navTree{locale: locale, file: p}
			t.items = s.tocNodes(s.tocs[p], locale, map[string]bool{p: true})
			if len(t.items) > 0 {
				s.adopt(t)
			}
		}
	}
}

func walkEntries(entries []tocEntry, visit func(*tocEntry)) {
	for i := range entries {
		visit(&entries[i])
		walkEntries(entries[i].items, visit)
	}
}

// nested is the table of contents that an entry includes, "" when it includes
// none: a link to a toc file is included, one to a folder is not.
func (s *Site) nested(base, href string) string {
	href, _, _ = strings.Cut(href, "?")
	if !isTOC(href) || strings.HasPrefix(href, "/") || scheme.MatchString(href) {
		return ""
	}
	p := path.Join(folder(base), strings.TrimPrefix(strings.ReplaceAll(href, `\`, "/"), "~/"))
	return s.tree.lower[strings.ToLower(p)]
}

func (s *Site) readTOC(p string) *tocFile {
	f := s.open(p)
	t := &tocFile{path: p}
	if isArticle(p) {
		t.entries = s.readTOCMarkdown(f)
		return t
	}
	n, ps := source.ParseYAML(f)
	for _, problem := range ps {
		problem.Severity = s.severity()
		s.problems = append(s.problems, problem)
	}
	if n.IsZero() {
		return t
	}
	if n.IsMap() {
		keys, values := n.Pairs()
		for i, k := range keys {
			if k.Text() == "items" {
				n = values[i]
			}
		}
	}
	t.entries = s.tocEntries(n)
	return t
}

func (s *Site) tocEntries(n source.Node) []tocEntry {
	if !n.IsList() {
		return nil
	}
	var list []tocEntry
	for _, item := range n.Items() {
		if !item.IsMap() {
			continue
		}
		e := tocEntry{pos: item.Position()}
		keys, values := item.Pairs()
		for i, k := range keys {
			v := values[i]
			switch strings.ToLower(k.Text()) {
			case "name":
				e.name = v.Text()
			case "href":
				e.href, e.pos = strings.TrimSpace(v.Text()), v.Position()
			case "topichref":
				e.topic = strings.TrimSpace(v.Text())
			case "tochref":
				e.toc = strings.TrimSpace(v.Text())
			case "displayname", "dispayname":
				e.displayName = v.Text()
			case "expanded":
				e.open = strings.EqualFold(v.Text(), "true")
			case "items":
				e.items = s.tocEntries(v)
			}
		}
		list = append(list, e)
	}
	return list
}

// readTOCMarkdown reads "# [name](href)" lines: the level of the heading is the
// depth of the entry.
func (s *Site) readTOCMarkdown(f *source.File) []tocEntry {
	root := tocEntry{}
	stack := []*tocEntry{&root}
	levels := []int{0}
	for offset := 0; offset < len(f.Text); {
		start := offset
		line, next := lineAt(f.Text, offset)
		offset = next
		text := strings.TrimSpace(string(line))
		level := len(text) - len(strings.TrimLeft(text, "#"))
		if level == 0 || level > 6 {
			continue
		}
		e := tocEntry{pos: f.Position(start)}
		rest := strings.TrimSpace(text[level:])
		if i := strings.LastIndex(rest, "]("); strings.HasPrefix(rest, "[") && i > 0 {
			e.name, e.href = rest[1:i], strings.TrimRight(rest[i+2:], ")")
			e.href, _, _ = strings.Cut(e.href, ` "`)
		} else {
			e.name = rest
		}
		e.name = plainHeading(e.name)
		for levels[len(levels)-1] >= level {
			levels, stack = levels[:len(levels)-1], stack[:len(stack)-1]
		}
		parent := stack[len(stack)-1]
		parent.items = append(parent.items, e)
		levels, stack = append(levels, level), append(stack, &parent.items[len(parent.items)-1])
	}
	return root.items
}

// tocNodes resolves the entries of a table of contents. An entry that leads
// nowhere and has nothing below it is left out and reported.
func (s *Site) tocNodes(t *tocFile, locale string, seen map[string]bool) []*navNode {
	var convert func(entries []tocEntry) []*navNode
	convert = func(entries []tocEntry) []*navNode {
		var nodes []*navNode
		for i := range entries {
			e := &entries[i]
			n := &navNode{title: strings.TrimSpace(e.name), open: e.open}
			for word := range strings.SplitSeq(e.displayName, ",") {
				if word = strings.TrimSpace(word); word != "" {
					n.synonyms = append(n.synonyms, word)
				}
			}
			if p := s.nested(t.path, e.href); p != "" {
				if s.tocs[p] != nil && !seen[p] {
					seen[p] = true
					n.items = s.tocNodes(s.tocs[p], locale, seen)
				}
				s.resolveEntry(n, t, e, e.topic, locale)
			} else {
				href := e.href
				if e.topic != "" {
					href = e.topic
				}
				s.resolveEntry(n, t, e, href, locale)
			}
			n.items = append(n.items, convert(e.items)...)
			if n.url != "" || len(n.items) > 0 {
				nodes = append(nodes, n)
			}
		}
		return nodes
	}
	return convert(t.entries)
}

func (s *Site) resolveEntry(n *navNode, t *tocFile, e *tocEntry, href, locale string) {
	if href == "" {
		return
	}
	r := s.resolve(&Page{Path: t.path, Locale: locale, Lang: locale}, t.path, href)
	if r.broken != "" {
		p := s.problems.Warnf(e.pos, "toc-missing-page", "entry %q leads to %q: %s", e.name, href, r.broken)
		if r.hint != "" {
			p.Hintf("did you mean %q?", r.hint)
		}
		return
	}
	n.url, n.page = r.url, r.page
	if n.page != nil && n.title == "" {
		n.title = n.page.Title()
	}
}

// firstOf is the first page of a table of contents.
func (s *Site) firstOf(file string) *Page {
	t := s.tocs[file]
	if t == nil {
		return nil
	}
	locale, _ := s.locale(file)
	var first *Page
	walkEntries(t.entries, func(e *tocEntry) {
		if first == nil && e.href != "" && !isTOC(e.href) {
			first = s.resolve(&Page{Path: file, Locale: locale, Lang: locale}, file, e.href).page
		}
	})
	return first
}

// ownBreadcrumbs are those of the repository's breadcrumb file: the entries
// whose addresses the page's lies below, from the top.
func (s *Site) ownBreadcrumbs(p *Page) []themes.Link {
	if p.docset == nil {
		return nil
	}
	for _, t := range s.crumbs {
		if locale, _ := s.locale(t.path); locale != p.Locale || s.docset(t.path) != p.docset {
			continue
		}
		if trail := s.crumbTrail(t.entries, p); trail != nil {
			return trail
		}
	}
	return nil
}

func (s *Site) crumbTrail(entries []tocEntry, p *Page) []themes.Link {
	for i := range entries {
		e := &entries[i]
		deeper := s.crumbTrail(e.items, p)
		if deeper == nil && !s.belowCrumb(e.toc, p) {
			continue
		}
		if e.topic == "" && e.toc == "" {
			return deeper
		}
		href := e.topic
		if href == "" {
			href = e.toc
		}
		r := s.resolve(p, p.Path, href)
		if r.page == p {
			return deeper
		}
		return slices.Concat([]themes.Link{{Title: e.name, URL: r.url}}, deeper)
	}
	return nil
}

// belowCrumb compares with the page's address on Microsoft's site. A docset that
// doesn't name its base there is taken to be below any first segment.
func (s *Site) belowCrumb(tocHref string, p *Page) bool {
	prefix := strings.ToLower(strings.Trim(tocHref, "/"))
	if prefix == "" {
		return false
	}
	_, dir := s.locale(p.docset.dir + "/x")
	rest := strings.TrimPrefix(strings.TrimPrefix(p.ID, strings.TrimSuffix(dir, "/x")), "/")
	address := strings.ToLower(path.Join(p.docset.base(), rest)) + "/"
	if p.docset.base() == "" {
		_, prefix, _ = strings.Cut(prefix, "/")
		if prefix == "" {
			return true
		}
	}
	return strings.HasPrefix(address, prefix+"/")
}
