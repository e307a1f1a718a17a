package markdown

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"

	"annai/internal/source"
)

// A collector walks a page in document order, groups alerts and tabs, and fills
// the document: texts, headings, ids, links, images.
type collector struct {
	*page
	unit *unit
	out  []byte // visible text of the section so far

	titles    []*heading
	sectionOf []*heading // of Document.Sections
	current   *heading
	inHeading bool
	level     int      // of the last heading
	holes     [][2]int // parts of out that don't count for a heading's slug
	muted     int      // inside what is not visible

	rawOpen  []rawElement // raw inline elements that are open in this block
	rawLinks []rawLink
}

// A rawElement is an open raw tag and the node that holds it.
type rawElement struct {
	name   string
	parent ast.Node
}

// A rawLink is an open <a href> and where its text begins.
type rawLink struct {
	link *Link
	mark int
}

// collect fills the page's document.
func (p *page) collect() {
	c := &collector{page: p, unit: p.main}
	c.blocks(p.main.root)
	c.endSection()
	p.resolveMonikers()
	c.nameHeadings()
	p.doc.page = p
}

func (c *collector) src() []byte { return c.unit.file.Text }

// children walks a node's blocks or inlines.
func (c *collector) children(n ast.Node) {
	if first := n.FirstChild(); first != nil && first.Type() == ast.TypeInline {
		c.phrasing(n)
		return
	}
	c.blocks(n)
}

func (c *collector) blocks(parent ast.Node) {
	shape(parent, c.src())
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		c.block(n)
	}
}

// shape groups what belongs together among a container's blocks.
func shape(parent ast.Node, src []byte) {
	for n := parent.FirstChild(); n != nil; {
		next := n.NextSibling()
		if n.Kind() == ast.KindBlockquote {
			splitQuote(n)
		}
		n = next
	}
	groupTabs(parent, src)
}

func (c *collector) block(n ast.Node) {
	switch x := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		c.phrasing(n)
		c.newline()
	case *ast.Heading:
		c.heading(x)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			c.out = append(c.out, s.Value(c.src())...)
		}
		c.newline()
		if fence, ok := n.(*ast.FencedCodeBlock); ok {
			c.collectDiagram(fence)
		}
	case *ast.HTMLBlock:
		c.htmlBlock(x)
	case *extast.Table:
		for row := n.FirstChild(); row != nil; row = row.NextSibling() {
			for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
				c.phrasing(cell)
				if cell.NextSibling() != nil {
					c.out = append(c.out, ' ')
				}
			}
			c.newline()
		}
	case *blockNode:
		x.construct.collect(c, n)
	default:
		c.blocks(n)
	}
}

func (c *collector) htmlBlock(n *ast.HTMLBlock) {
	tokens := c.blockTokens(n)
	c.raws[n] = tokens
	if isRagged(tokens) {
		c.ragged = true
	}
	for _, t := range tokens {
		switch {
		case t.kind == html.TextToken:
			c.say(t.text)
		case t.image != nil:
			c.say(t.image.Alt)
		case t.xref != nil:
			c.say(t.xref.fallback())
		case !phrases[t.name] || t.name == "br":
			c.newline()
		}
	}
	c.newline()
}

func (c *collector) heading(n *ast.Heading) {
	h := &heading{level: n.Level, offset: n.Pos(), unit: c.unit, index: -1}
	c.headings[n] = h
	outer := c.current
	c.current, c.inHeading, c.holes = h, true, c.holes[:0]
	mark := len(c.out)
	c.phrasing(n)
	c.inHeading = false
	text := string(c.out[mark:])
	h.text = text
	for _, hole := range slices.Backward(c.holes) {
		h.text = h.text[:hole[0]-mark] + h.text[hole[1]-mark:]
	}
	h.text = strings.TrimSpace(h.text)
	text = strings.Join(strings.Fields(text), " ")
	c.out = c.out[:mark]
	h.empty = text == "" && !hasImage(n)
	if h.empty {
		c.current = outer
		return
	}
	c.titles = append(c.titles, h)
	if h.level > c.level+1 && c.level > 0 {
		c.doc.Problems.Warnf(c.unit.at.position(h.offset), "heading-skip", "a heading of level %d follows one of level %d", h.level, c.level).
			Hintf("readers who listen to the page look for what is between them")
	}
	c.level = h.level
	if h.level == 1 && c.doc.Title == "" {
		c.doc.Title = text
	}
	c.current = outer
	c.endSection()
	c.current = h
	h.index = len(c.doc.Headings)
	c.doc.Headings = append(c.doc.Headings, Heading{h.level, h.id, text, h.unit.at.position(h.offset)})
}

func hasImage(n ast.Node) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindImage || hasImage(c) {
			return true
		}
		if x, ok := c.(*inlineNode); ok {
			if _, ok := x.construct.(*picture); ok {
				return true
			}
		}
	}
	return false
}

// endSection puts the text so far into a section.
func (c *collector) endSection() {
	text := strings.TrimSpace(string(c.out))
	c.out = c.out[:0]
	s := Section{Text: text}
	if h := c.current; h != nil {
		s.Level = h.level
		s.Heading = c.doc.Headings[h.index].Text
	} else if text == "" {
		return
	}
	c.doc.Sections = append(c.doc.Sections, s)
	c.sectionOf = append(c.sectionOf, c.current)
}

// say adds visible text.
func (c *collector) say(text string) {
	if c.muted == 0 {
		c.out = append(c.out, text...)
	}
}

func (c *collector) newline() {
	if n := len(c.out); n > 0 && c.out[n-1] != '\n' {
		c.out = append(c.out, '\n')
	}
}

// anchor notes an explicit id; a second one of that name is a problem.
func (c *collector) anchor(id string, offset int) bool {
	at := c.unit.at.position(offset)
	if first, again := c.doc.Anchors[id]; again {
		if c.inHeading && c.current.id == "" {
			// Translated headings repeat the slug of the English one: as there, the
			// second gets a number.
			c.current.again = id
			return false
		}
		c.doc.Problems.Warnf(at, "duplicate-anchor", "the anchor %q is already at %s", id, first)
		return false
	}
	c.ids[id] = true
	c.doc.Anchors[id] = at
	return true
}

// phrasing walks the inlines of a block.
func (c *collector) phrasing(n ast.Node) {
	c.rawOpen, c.rawLinks = c.rawOpen[:0], c.rawLinks[:0]
	c.inlines(n)
	if len(c.rawOpen) > 0 {
		c.ragged = true
	}
}

func (c *collector) inlines(parent ast.Node) {
	unclosed := ""
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch x := n.(type) {
		case *ast.Text:
			if c.muted > 0 {
				continue
			}
			seg := x.Segment.Value(c.src())
			if x.IsRaw() {
				c.out = append(c.out, seg...)
			} else {
				c.out = appendText(c.out, seg, false)
			}
			if x.HardLineBreak() {
				c.out = append(c.out, '\n')
			} else if x.SoftLineBreak() && !joins(c.out, x, c.src()) {
				c.out = append(c.out, ' ')
			}
		case *ast.CodeSpan:
			for t := n.FirstChild(); t != nil; t = t.NextSibling() {
				c.say(string(t.(*ast.Text).Segment.Value(c.src())))
			}
		case *ast.Link:
			c.markdownLink(x)
		case *ast.Image:
			c.markdownImage(x)
		case *ast.AutoLink:
			c.autoLink(x)
		case *ast.RawHTML:
			unclosed = c.inlineHTML(parent, x, unclosed)
		case *inlineNode:
			x.construct.collect(c, n)
		default:
			c.inlines(n)
		}
	}
}

// joins tells whether a line break between two texts is none: Chinese and
// Japanese are written without spaces.
func joins(out []byte, x *ast.Text, src []byte) bool {
	last, _ := utf8.DecodeLastRune(out)
	return isWide(last) && startsWide(x, src)
}

func startsWide(x *ast.Text, src []byte) bool {
	next, ok := x.NextSibling().(*ast.Text)
	if !ok || next.Segment.Start >= next.Segment.Stop {
		return false
	}
	c, _ := utf8.DecodeRune(src[next.Segment.Start:next.Segment.Stop])
	return isWide(c)
}

// link makes a link, broken from the start when it isn't safe.
func (p *page) safeLink(target string, kind LinkKind, at source.Position, base string) *Link {
	l := &Link{Target: target, Kind: kind, Pos: at, Base: base}
	if p.RawHTML != "all" && !isSafeURL(target) {
		l.Broken = true
		p.doc.Problems.Warnf(at, "unsafe-link", "the link to %q was removed", target)
	}
	return l
}

func (r *reading) link(target string, kind LinkKind, start int) *Link {
	return r.safeLink(target, kind, r.position(start), r.unit.file.Path)
}

// addLink lists a link; one that was refused is not the caller's.
func (c *collector) addLink(l *Link) {
	if !l.Broken {
		c.doc.Links = append(c.doc.Links, l)
	}
}

func (c *collector) markdownLink(n *ast.Link) {
	target := unescape(n.Destination)
	kind := LinkText
	if strings.HasSuffix(target, "#lightbox") {
		kind = LinkLightbox
	}
	l := c.safeLink(target, kind, c.unit.at.position(n.Pos()), c.unit.file.Path)
	l.Title = unescape(n.Title)
	c.links[n] = l
	c.addLink(l)
	mark := len(c.out)
	c.inlines(n)
	l.Text = string(c.out[min(mark, len(c.out)):])
}

func (c *collector) autoLink(n *ast.AutoLink) {
	label := string(n.Label(c.src()))
	target := string(n.URL(c.src()))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(target), "mailto:") {
		target = "mailto:" + target
	}
	l := c.safeLink(target, LinkURL, c.unit.at.position(n.Pos()), c.unit.file.Path)
	l.Text = label
	c.links[n] = l
	c.addLink(l)
	c.say(label)
}

func (c *collector) markdownImage(n *ast.Image) {
	mark := len(c.out)
	links := len(c.doc.Links)
	c.inlines(n)
	c.doc.Links = c.doc.Links[:links] // an alternative text has no links
	source, alt := unescape(n.Destination), string(c.out[min(mark, len(c.out)):])
	at, base := c.unit.at.position(n.Pos()), c.unit.file.Path
	if v := openMedia(source); v != nil {
		v.title, v.link.Text, v.link.Pos, v.link.Base = alt, alt, at, base
		c.doc.Links = append(c.doc.Links, v.link)
		c.films[n] = v
		return
	}
	m := c.safeImage(Image{Source: source, Title: unescape(n.Title), Alt: alt, Pos: at, Base: base})
	c.addImage(m)
	c.images[n] = m
}
