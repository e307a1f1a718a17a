package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// An alert sets a part of a quote off, `> [!NOTE]`. Its marker stands alone on a
// line of the quote; what follows, up to the next marker, is the alert's.
type alert struct {
	kind string // "note", "tip", "important", "warning", "caution"
}

// A division is `> [!div class="checklist"]`.
type division struct {
	attrs []attribute
	id    string
}

var followedMark = regexp.MustCompile(`(?i)^\[!(note|tip|important|warning|caution|div|video)\b[^\]]*\]`)

// A quoteMark is the line that begins an alert, a division or a video. Shaping
// replaces it by what it begins.
type quoteMark struct {
	begins construct
	leaf   bool // nothing that follows belongs to it
}

func (*quoteMark) collect(*collector, ast.Node) {}
func (*quoteMark) html(*writer, ast.Node)       {}

// openQuoteMark reads `[!WORD …]` on a line of a quote.
func openQuoteMark(r *reading, parent ast.Node, line []byte, start int) construct {
	if parent.Kind() != ast.KindBlockquote || !bytes.HasPrefix(line, []byte("[!")) {
		return nil
	}
	if line[len(line)-1] != ']' {
		if m := followedMark.Find(line); m != nil {
			r.doc.Problems.Warnf(r.position(start), "mark-not-alone", "%s is followed by text, so the quote stays a quote", m).
				Hintf("the mark stands alone on its line")
		}
		return nil
	}
	mark := line[2 : len(line)-1]
	switch kind := strings.ToLower(string(bytes.TrimSpace(mark))); kind {
	case "note", "tip", "important", "warning", "caution":
		return &quoteMark{begins: &alert{kind}}
	}
	switch {
	case hasPrefixFold(mark, "div"):
		return &quoteMark{begins: r.openDivision(mark[3:], start)}
	case hasPrefixFold(mark, "video"):
		target, title, _ := strings.Cut(strings.TrimSpace(string(mark[5:])), " ")
		if v := r.openVideo(target, start); v != nil {
			title = strings.Trim(strings.TrimPrefix(strings.TrimSpace(title), "title="), `"'`)
			v.title = strings.TrimSpace(title)
			return &quoteMark{begins: v, leaf: true}
		}
	}
	return nil
}

// openDivision reads what stands behind [!div, as a browser reads attributes.
func (r *reading) openDivision(text []byte, start int) *division {
	d := &division{attrs: parseTag([]byte("<div " + string(bytes.Trim(text, " \t`")) + ">")).attrs}
	for _, a := range d.attrs {
		if strings.Trim(a.name, nameBytes) != "" {
			r.doc.Problems.Warnf(r.position(start), "invalid-div", "the attributes of [!div] can't be read, so it has none").
				Hintf(`write [!div class="name"], alone on its line`)
			d.attrs = nil
			break
		}
	}
	return d
}

// splitQuote takes a quote apart at its marks. What stands before the first one
// stays a quote.
func splitQuote(quote ast.Node) {
	var into, after ast.Node = quote, quote
	parent := quote.Parent()
	for n := quote.FirstChild(); n != nil; {
		next := n.NextSibling()
		if b, ok := n.(*blockNode); ok {
			if mark, ok := b.construct.(*quoteMark); ok {
				x := block(mark.begins)
				x.SetPos(n.Pos())
				quote.RemoveChild(quote, n)
				parent.InsertAfter(parent, after, x)
				into, after = x, x
				if mark.leaf {
					into = nil
				}
				n = next
				continue
			}
		}
		if into == nil {
			into = ast.NewBlockquote()
			into.SetPos(n.Pos())
			parent.InsertAfter(parent, after, into)
			after = into
		}
		if into != quote {
			quote.RemoveChild(quote, n)
			into.AppendChild(into, n)
		}
		n = next
	}
	if !quote.HasChildren() && after != quote {
		parent.RemoveChild(parent, quote)
	}
}

func (a *alert) collect(c *collector, n ast.Node) { c.children(n) }

func (a *alert) html(w *writer, n ast.Node) {
	w.string(`<div class="alert alert-`)
	w.string(a.kind)
	w.string(`" role="note"><p class="alert-title">`)
	w.text(w.page.words(a.kind))
	w.wrap("</p>\n", n, "</div>\n")
}

func (d *division) collect(c *collector, n ast.Node) {
	if id := strings.Join(strings.Fields(attributeValue(d.attrs, "id")), "-"); id != "" && c.anchor(id, n.Pos()) {
		d.id = id
	}
	c.children(n)
}

func (d *division) html(w *writer, n ast.Node) {
	w.string("<div")
	for _, a := range d.attrs {
		switch {
		case a.name == "class":
			w.attr("class", a.value)
		case a.name == "id":
			if d.id != "" {
				w.attr("id", d.id)
			}
		case strings.HasPrefix(a.name, "data-"):
			w.attr(a.name, a.value)
		default:
			w.attr("data-x-"+a.name, a.value)
		}
	}
	w.wrap(">", n, "</div>\n")
}

func attributeValue(attrs []attribute, name string) string {
	for _, a := range attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}
