package markdown

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"annai/internal/source"
)

// Tabs are headings that link to #tab/ID, each with what follows up to the next
// one, a thematic break or the end of the container. A tab #tab/ID/CONDITION is
// only there while the tab CONDITION is chosen in another group.
//
// Without script all panels are shown one after the other with their titles. The
// script of the theme keeps groups in sync by data-tab. The classes `selected`
// and `unavailable` tell what to show first.
type tabs struct {
	number int
	items  []*tab
}

// A tab is a panel; its title is the link of the heading that began it.
type tab struct {
	ids       []string // "a+b" are two
	id        string
	condition string
	title     ast.Node // the link, whose children are the title
	chosen    bool
	hidden    bool
	offset    int
}

var tabTarget = regexp.MustCompile(`^#tab/([A-Za-z0-9-]+(?:\+[A-Za-z0-9-]+)*)(?:/([A-Za-z0-9-]*))?$`)

// tabOf reads a heading as a tab's, or returns nil.
func tabOf(n ast.Node, src []byte) *tab {
	h, ok := n.(*ast.Heading)
	if !ok {
		return nil
	}
	var link *ast.Link
	for c := h.FirstChild(); c != nil; c = c.NextSibling() {
		switch x := c.(type) {
		case *ast.Link:
			if link != nil {
				return nil
			}
			link = x
		case *ast.RawHTML:
		case *ast.Text:
			if strings.TrimSpace(string(x.Segment.Value(src))) != "" {
				return nil
			}
		default:
			return nil
		}
	}
	if link == nil || len(link.Destination) < 6 || link.Destination[1] != 't' {
		return nil
	}
	m := tabTarget.FindStringSubmatch(string(link.Destination))
	if m == nil {
		return nil
	}
	return &tab{ids: strings.Split(m[1], "+"), id: m[1], condition: m[2], title: link, offset: n.Pos()}
}

// groupTabs puts the tabs among a container's blocks into groups.
func groupTabs(container ast.Node, src []byte) {
	for n := container.FirstChild(); n != nil; {
		t := tabOf(n, src)
		if t == nil {
			n = n.NextSibling()
			continue
		}
		g := &tabs{}
		group := block(g)
		group.SetPos(n.Pos())
		container.InsertBefore(container, n, group)
		var panel *blockNode
		for n != nil {
			next := n.NextSibling()
			container.RemoveChild(container, n)
			if n.Kind() == ast.KindThematicBreak {
				n = next
				break
			}
			if t := tabOf(n, src); t != nil {
				g.items = append(g.items, t)
				panel = block(t)
				panel.SetPos(n.Pos())
				group.AppendChild(group, panel)
			} else {
				panel.AppendChild(panel, n)
			}
			n = next
		}
	}
}

// A selection is what an earlier group shows, and all that it had to choose from.
type selection struct {
	chosen string
	all    map[string]bool
}

func (g *tabs) collect(c *collector, n ast.Node) {
	c.page.tabs++
	g.number = c.page.tabs
	g.choose(c, n)
	for p := n.FirstChild(); p != nil; p = p.NextSibling() {
		t := p.(*blockNode).construct.(*tab)
		c.anchor(g.panelID(t), t.offset)
		c.newline()
		c.children(t.title)
		c.newline()
		c.children(p)
	}
}

// choose decides which tab is shown first: the one that an earlier group with some
// of the same tabs shows, else the first that is available.
func (g *tabs) choose(c *collector, n ast.Node) {
	at := func(offset int) source.Position { return c.unit.at.position(offset) }
	var first *tab
	ids := map[string]bool{}
	for _, t := range g.items {
		t.hidden = t.condition != "" && !slices.ContainsFunc(c.active, func(s selection) bool { return s.chosen == t.condition })
		if t.hidden {
			continue
		}
		first = cmp.Or(first, t)
		for _, id := range t.ids {
			if ids[id] {
				c.doc.Problems.Warnf(at(t.offset), "duplicate-tab", "the tab %q stands twice in its group", id)
			}
			ids[id] = true
		}
	}
	if first == nil {
		g.items[0].chosen = true
		c.doc.Problems.Warnf(at(n.Pos()), "hidden-tabs", "all tabs of this group depend on tabs that are not shown").
			Hintf("give one of them no condition")
		return
	}
	chosen, differs := (*tab)(nil), false
	for _, s := range c.active {
		common := 0
		for id := range ids {
			if s.all[id] {
				common++
			}
		}
		if common == 0 {
			continue
		}
		if i := slices.IndexFunc(g.items, func(t *tab) bool { return !t.hidden && slices.Contains(t.ids, s.chosen) }); i >= 0 {
			chosen = g.items[i]
		}
		same := common == len(s.all) && common == len(ids)
		differs = differs || !same
		if same || chosen != nil {
			break
		}
	}
	if differs {
		c.doc.Problems.Warnf(at(n.Pos()), "different-tabs", "the tabs of this group are some, but not all, of an earlier group's").
			Hintf("groups stay in sync when they have the same tabs")
	}
	if chosen == nil {
		chosen = first
		if len(c.active) < maxTabGroups {
			c.active = append(c.active, selection{first.ids[0], ids})
		}
	}
	chosen.chosen = true
}

func (g *tabs) panelID(t *tab) string {
	id := "tabpanel_" + strconv.Itoa(g.number) + "_" + t.id
	if t.condition != "" {
		id += "_" + t.condition
	}
	return id
}

func (g *tabs) html(w *writer, n ast.Node) {
	w.string(`<div class="tabs" id="tabgroup_`)
	w.string(strconv.Itoa(g.number))
	w.string("\">\n<ul class=\"tab-list\">\n")
	for _, t := range g.items {
		w.string("<li")
		w.attr("class", t.state("tab"))
		w.string("><a")
		w.attr("href", "#"+g.panelID(t))
		g.data(w, t)
		w.string(">")
		w.inLink++
		w.children(t.title)
		w.inLink--
		w.string("</a></li>\n")
	}
	w.string("</ul>\n")
	seen := map[string]bool{}
	for p := n.FirstChild(); p != nil; p = p.NextSibling() {
		t := p.(*blockNode).construct.(*tab)
		w.string("<div")
		w.attr("class", t.state("tab-panel"))
		if id := g.panelID(t); !seen[id] {
			seen[id] = true
			w.attr("id", id)
		}
		g.data(w, t)
		w.string("><p class=\"tab-title\">")
		w.children(t.title)
		w.wrap("</p>\n", p, "</div>\n")
	}
	w.string("</div>\n")
}

func (g *tabs) data(w *writer, t *tab) {
	w.attr("data-tab", t.id)
	if t.condition != "" {
		w.attr("data-condition", t.condition)
	}
}

func (t *tab) state(class string) string {
	if t.chosen {
		class += " selected"
	}
	if t.hidden {
		class += " unavailable"
	}
	return class
}

func (t *tab) collect(c *collector, n ast.Node) { c.children(n) }
func (t *tab) html(w *writer, n ast.Node)       { w.children(n) }
