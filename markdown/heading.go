package markdown

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// A heading is a title of the page while its id is being found: that of an
// explicit anchor inside it, else a slug of its text as GitHub makes it.
type heading struct {
	level  int
	offset int
	id     string
	alias  string // the slug, where an anchor behind the text gave the id
	text   string
	unit   *unit
	empty  bool
	late   bool   // the anchor stands behind text
	again  string // the anchor that an earlier heading has already
	index  int    // in Document.Headings, or -1
}

// slug makes an id of a heading's text: lower case, letters and digits of all
// languages, hyphens for spaces.
func slug(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() == 0 {
		return "section"
	}
	return b.String()
}

// unique makes an id that the page doesn't have yet.
func (p *page) unique(id string) string {
	n, again := p.slugs[id]
	candidate := id
	if again {
		n++
		candidate = id + "-" + strconv.Itoa(n)
	}
	for p.ids[candidate] {
		n++
		candidate = id + "-" + strconv.Itoa(n)
	}
	p.slugs[id] = n
	p.ids[candidate] = true
	return candidate
}

// nameHeadings gives ids to the headings that have none. It comes after all
// explicit anchors are known, which go first.
func (c *collector) nameHeadings() {
	for _, h := range c.titles {
		switch {
		case h.id == "":
			h.id = c.unique(orElse(h.again, slug(h.text)))
			c.doc.Anchors[h.id] = h.unit.at.position(h.offset)
		case h.late:
			if s := slug(h.text); !c.ids[s] {
				h.alias = c.unique(s)
				c.doc.Anchors[s] = h.unit.at.position(h.offset)
			}
		}
		if h.index >= 0 {
			c.doc.Headings[h.index].ID = h.id
		}
	}
	for i := range c.doc.Sections {
		if h := c.sectionOf[i]; h != nil {
			c.doc.Sections[i].ID = h.id
		}
	}
}

func (w *writer) heading(n *ast.Heading) {
	h := w.page.headings[n]
	if h == nil || h.empty {
		if h != nil && h.id != "" {
			w.string(`<a`)
			w.attr("id", h.id)
			w.string("></a>\n")
		}
		w.children(n)
		return
	}
	tag := "h" + strconv.Itoa(n.Level)
	w.string("<" + tag)
	w.attr("id", h.id)
	w.string(">")
	if h.alias != "" {
		w.string("<a")
		w.attr("id", h.alias)
		w.string("></a>")
	}
	w.children(n)
	w.string("</" + tag + ">\n")
	w.lastHeading = h.id
}
