package site

import (
	"path"
	"slices"
	"strings"
)

// A navTree is one table of contents: of a toc.yml or TOC.md, or made from the
// folders for the pages that are in none.
type navTree struct {
	locale string
	file   string // of the table of contents; "" when it was made
	items  []*navNode
	hash   uint64 // of what stands at its top
}

// A navNode is an entry of a table of contents.
type navNode struct {
	title    string
	url      string
	page     *Page
	synonyms []string
	items    []*navNode
	parent   *navNode
	tree     *navTree
	hash     uint64 // of the titles and addresses of items
}

// makeNavigation reads the tables of contents and makes those that are missing.
func (s *Site) makeNavigation() {
	s.readTOCs()
	for _, locale := range s.Config.Locales {
		t := s.generateNav(locale)
		if len(t.items) > 0 {
			s.adopt(t)
		}
	}
}

// adopt adds a tree and gives its pages their entry; a page that is in several
// belongs to the first.
func (s *Site) adopt(t *navTree) {
	s.navs = append(s.navs, t)
	var visit func(items []*navNode, parent *navNode)
	visit = func(items []*navNode, parent *navNode) {
		for _, n := range items {
			n.parent, n.tree = parent, t
			if n.page != nil && n.page.nav == nil {
				n.page.nav = n
			}
			visit(n.items, n)
		}
	}
	visit(t.items, nil)
}

// generateNav makes a tree of the folders of all pages of the locale that have
// no entry yet. A folder is called what its index page is called.
func (s *Site) generateNav(locale string) *navTree {
	t := &navTree{locale: locale}
	root := &navNode{}
	folders := map[string]*navNode{"": root}
	for _, id := range sortedKeys(s.byID[locale]) {
		p := s.byID[locale][id]
		if p.nav != nil || p.ID == "" || !s.listed(p) {
			continue
		}
		parent := s.navFolder(folders, locale, folder(p.ID))
		if n := folders[p.ID]; n != nil {
			n.page, n.url, n.title = p, p.URL, p.Title()
			continue
		}
		n := &navNode{title: p.Title(), url: p.URL, page: p}
		folders[p.ID] = n
		parent.items = append(parent.items, n)
	}
	s.sortNav(root.items)
	t.items = root.items
	return t
}

func (s *Site) navFolder(folders map[string]*navNode, locale, dir string) *navNode {
	if n := folders[dir]; n != nil {
		return n
	}
	parent := s.navFolder(folders, locale, folder(dir))
	n := &navNode{title: strings.ReplaceAll(path.Base(dir), "-", " ")}
	if p := s.byID[locale][dir]; p != nil {
		n.title, n.url, n.page = p.Title(), p.URL, p
	}
	folders[dir] = n
	parent.items = append(parent.items, n)
	return n
}

// sortNav orders pages before folders, each by title.
func (s *Site) sortNav(items []*navNode) {
	slices.SortStableFunc(items, func(a, b *navNode) int {
		if (len(a.items) > 0) != (len(b.items) > 0) {
			if len(a.items) > 0 {
				return 1
			}
			return -1
		}
		return strings.Compare(a.title, b.title)
	})
	for _, n := range items {
		s.sortNav(n.items)
	}
}

// above are the entries from the top down to the page, without itself.
func (n *navNode) above() []*navNode {
	var list []*navNode
	for p := n.parent; p != nil; p = p.parent {
		list = append(list, p)
	}
	slices.Reverse(list)
	return list
}
