package markdown

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// A writer writes a page's HTML.
type writer struct {
	buf  []byte
	page *page
	unit *unit
	src  []byte

	inLink      int // links around what is written
	inCell      int // table cells around it
	rawLinks    []string
	lastHeading string
}

// html appends the page to buf, or gives it anew.
func (p *page) html(buf []byte) []byte {
	w := &writer{page: p, unit: p.main, src: p.main.file.Text, buf: slices.Grow(buf, len(p.main.file.Text)*3/2)}
	w.children(p.main.root)
	if p.ragged {
		page := tidy(w.buf, p.words("table"))
		if p.RawHTML != "all" {
			// No script can hold such a thing by chance.
			page = bytes.ReplaceAll(page, []byte("/>"), []byte(">"))
		}
		return page
	}
	return w.buf
}

func (w *writer) string(s string) { w.buf = append(w.buf, s...) }

// text writes a text, escaped.
func (w *writer) text(s string) { w.buf = appendEscaped(w.buf, s, true) }

func (w *writer) escape(text []byte) {
	from := 0
	for i, b := range text {
		if special[b] && b != '\\' && b != '\r' {
			w.buf = append(w.buf, text[from:i]...)
			w.buf = appendByte(w.buf, b, true)
			from = i + 1
		}
	}
	w.buf = append(w.buf, text[from:]...)
}

func (w *writer) attr(name, value string) {
	w.string(" ")
	w.string(name)
	w.string(`="`)
	w.text(value)
	w.string(`"`)
}

// wrap writes a node's children between two strings, and a newline.
func (w *writer) wrap(before string, n ast.Node, after string) {
	w.string(before)
	w.children(n)
	w.string(after)
}

func (w *writer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

func (w *writer) node(n ast.Node) {
	switch x := n.(type) {
	case *ast.Text:
		w.markdownText(x)
	case *ast.Paragraph:
		start := len(w.buf)
		w.string("<p>")
		w.children(n)
		if len(bytes.TrimSpace(w.buf[start+3:])) == 0 {
			w.buf = w.buf[:start]
			return
		}
		w.string("</p>\n")
	case *ast.TextBlock:
		w.children(n)
		if n.NextSibling() != nil {
			w.string("\n")
		}
	case *ast.Link:
		end := w.openLink(w.page.links[n])
		w.children(n)
		w.closeLink(end)
	case *ast.AutoLink:
		end := w.openLink(w.page.links[n])
		w.escape(x.Label(w.src))
		w.closeLink(end)
	case *ast.CodeSpan:
		w.codeSpan(n)
	case *ast.Emphasis:
		if x.Level == 2 {
			w.wrap("<strong>", n, "</strong>")
		} else {
			w.wrap("<em>", n, "</em>")
		}
	case *ast.RawHTML, *ast.HTMLBlock:
		w.rawHTML(w.page.raws[n])
	case *blockNode:
		x.construct.html(w, n)
	case *inlineNode:
		x.construct.html(w, n)
	case *ast.Heading:
		w.heading(x)
	case *ast.List:
		w.list(x)
	case *ast.ListItem:
		w.wrap("<li>", n, "</li>\n")
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		if g := w.page.diagrams[n]; g != nil && g.URL != "" {
			w.diagram(g, n)
			return
		}
		fenceListing(n, w.src).html(w, n)
	case *ast.Image:
		w.picture(n)
	case *ast.Blockquote:
		w.wrap("<blockquote>\n", n, "</blockquote>\n")
	case *extast.Table:
		w.table(n)
	case *extast.Strikethrough:
		w.wrap("<del>", n, "</del>")
	case *ast.ThematicBreak:
		w.string("<hr>\n")
	default:
		w.children(n)
	}
}

func (w *writer) markdownText(x *ast.Text) {
	seg := x.Segment.Value(w.src)
	if x.IsRaw() {
		w.escape(seg)
	} else {
		w.buf = appendText(w.buf, seg, true)
	}
	switch {
	case x.HardLineBreak():
		w.buf = bytes.TrimRight(w.buf, " ")
		w.string("<br>\n")
	case x.SoftLineBreak():
		if c, _ := utf8.DecodeLastRune(seg); !isWide(c) || !startsWide(x, w.src) {
			w.string("\n")
		}
	}
}

func (w *writer) codeSpan(n ast.Node) {
	w.string("<code>")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		text := c.(*ast.Text).Segment.Value(w.src)
		if w.inCell > 0 && bytes.Contains(text, []byte(`\|`)) {
			text = bytes.ReplaceAll(text, []byte(`\|`), []byte(`|`))
		}
		if rest, ok := bytes.CutSuffix(text, []byte("\n")); ok {
			w.escape(bytes.TrimSuffix(rest, []byte("\r")))
			w.string(" ")
			continue
		}
		w.escape(text)
	}
	w.string("</code>")
}

func (w *writer) list(x *ast.List) {
	tag := "ul"
	if x.IsOrdered() {
		tag = "ol"
	}
	w.string("<" + tag)
	if x.IsOrdered() && x.Start != 1 {
		w.attr("start", strconv.Itoa(x.Start))
	}
	w.wrap(">\n", x, "</"+tag+">\n")
}

// openLink begins a link and returns what ends it. Links don't nest; broken ones
// are text.
func (w *writer) openLink(l *Link) string {
	switch {
	case w.inLink > 0 || l == nil:
		return ""
	case l.Broken:
		w.string(`<span class="broken-link">`)
		return "</span>"
	}
	w.inLink++
	w.string("<a")
	w.href(l)
	if l.Kind == LinkLightbox {
		w.string(` class="lightbox"`)
	}
	w.string(">")
	return "</a>"
}

func (w *writer) closeLink(end string) {
	if end == "</a>" {
		w.inLink--
	}
	w.string(end)
}

// href writes the address of a link, and its title.
func (w *writer) href(l *Link) {
	target := l.URL
	if target == "" {
		target = l.Target
		if !strings.Contains(target, "://") {
			target = strings.ReplaceAll(target, `\`, "/")
		}
	}
	w.attr("href", escapeURL(target))
	if l.Title != "" {
		w.attr("title", l.Title)
	}
}
