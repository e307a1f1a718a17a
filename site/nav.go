package site

import (
	"cmp"
	"maps"
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
	open     bool   // shown with its items on every page
	more     string // address of the items, for the script
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
	for _, id := range slices.Sorted(maps.Keys(s.byID[locale])) {
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
	groupNav(root)
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

// sortNav orders entries: by what their front matter says, pages of the header
// first, pages before folders, folders of categories in the site's order, and
// then by the title in the default locale, so that all languages agree.
func (s *Site) sortNav(items []*navNode) {
	ranks := make(map[*navNode]navRank, len(items))
	for _, n := range items {
		ranks[n] = s.rank(n)
	}
	slices.SortStableFunc(items, func(a, b *navNode) int {
		x, y := ranks[a], ranks[b]
		return cmp.Or(
			cmp.Compare(x.order, y.order), cmp.Compare(x.header, y.header), cmp.Compare(x.folder, y.folder),
			cmp.Compare(x.category, y.category), strings.Compare(x.title, y.title))
	})
	for _, n := range items {
		s.sortNav(n.items)
	}
}

// A navRank is where an entry stands among its siblings.
type navRank struct {
	order, header, folder, category int
	title                           string
}

func (s *Site) rank(n *navNode) navRank {
	r := navRank{title: n.title, header: len(s.Config.Navigation), category: len(s.Config.Categories)}
	if len(n.items) > 0 {
		r.folder = 1
	}
	if n.page == nil {
		return r
	}
	r.order = n.page.Meta.Order
	if o := s.byID[s.Config.Locales[0]][n.page.ID]; o != nil {
		r.title = o.Title()
		r.order = cmp.Or(r.order, o.Meta.Order)
	}
	for i := range s.Config.Navigation {
		if s.Config.Navigation[i].Page == n.page.ID {
			r.header = i
		}
	}
	for i := range s.Config.Categories {
		if n.page.Meta.Category != "" && s.Config.Categories[i].ID == n.page.Meta.Category {
			r.category = i
		}
	}
	return r
}

// A level of more than maxLevel entries is cut into groups of about groupSize,
// so that no page carries hundreds of neighbours.
const (
	maxLevel  = 60
	groupSize = 40
)

// groupNav cuts large levels, each group named by its first and last entry.
func groupNav(n *navNode) {
	for _, child := range n.items {
		groupNav(child)
	}
	if len(n.items) <= maxLevel {
		return
	}
	var groups []*navNode
	for chunk := range slices.Chunk(n.items, groupSize) {
		groups = append(groups, &navNode{
			title: shorten(chunk[0].title) + " – " + shorten(chunk[len(chunk)-1].title),
			items: slices.Clone(chunk),
		})
	}
	n.items = groups
	groupNav(n)
}

// shorten is the beginning of a title.
func shorten(title string) string {
	runes := []rune(title)
	if len(runes) <= 16 {
		return title
	}
	return strings.TrimSpace(string(runes[:15])) + "…"
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
