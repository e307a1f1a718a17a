package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// inlineHTML reads a raw tag. What a removed element holds goes with it.
func (c *collector) inlineHTML(parent ast.Node, n *ast.RawHTML, unclosed string) string {
	name, isStart := rawName(c.src(), n)
	if isStart && c.RawHTML != "all" && removed[name] && name != unclosed {
		if end := rawEnd(n, name, c.src()); end != nil {
			c.inlineTokens(n)
			for s := n.NextSibling(); s != nil; {
				next := s.NextSibling()
				parent.RemoveChild(parent, s)
				if s == end {
					break
				}
				s = next
			}
			return unclosed
		}
		unclosed = name
	}
	if isStart && name == "span" && isOriginal(c.src(), n) {
		if end := rawEnd(n, name, c.src()); end != nil {
			c.wrapOriginal(parent, n, end)
			return unclosed
		}
	}
	tokens := c.inlineTokens(n)
	c.raws[n] = tokens
	for i := range tokens {
		c.inlineTag(parent, &tokens[i])
	}
	return unclosed
}

func (c *collector) inlineTag(parent ast.Node, t *token) {
	switch {
	case t.kind == html.TextToken:
		c.say(t.text)
	case t.xref != nil:
		if !c.inHeading {
			c.say(t.xref.fallback())
		}
	case t.image != nil:
		c.say(t.image.Alt)
	case t.name == "br" || t.name == "wbr":
		c.say(" ")
	case t.kind == html.SelfClosingTagToken:
		c.headingAnchor(t)
	case t.kind == html.StartTagToken && !void[t.name]:
		if c.headingAnchor(t) {
			c.rawOpen = append(c.rawOpen, rawElement{"", parent})
			return
		}
		c.ragged = c.ragged || !phrases[t.name]
		c.rawOpen = append(c.rawOpen, rawElement{t.name, parent})
		if t.link != nil {
			c.rawLinks = append(c.rawLinks, rawLink{t.link, len(c.out)})
		}
	case t.kind == html.EndTagToken:
		n := len(c.rawOpen)
		switch {
		case n > 0 && c.rawOpen[n-1].name == "" && t.name == "a":
			t.kind = dropped
			c.rawOpen = c.rawOpen[:n-1]
		case n == 0 || c.rawOpen[n-1] != rawElement{t.name, parent}:
			c.ragged = true
		default:
			c.rawOpen = c.rawOpen[:n-1]
		}
		if n := len(c.rawLinks); t.name == "a" && n > 0 {
			l := c.rawLinks[n-1]
			l.link.Text = string(c.out[min(l.mark, len(c.out)):])
			c.rawLinks = c.rawLinks[:n-1]
		}
	}
}

// headingAnchor gives the id of the first anchor in a heading to the heading.
func (c *collector) headingAnchor(t *token) bool {
	if !c.inHeading || t.name != "a" || t.link != nil || c.current.id != "" {
		return false
	}
	if t.skip {
		t.kind = dropped
		return true
	}
	id := attributeValue(t.attrs, "id")
	if id == "" {
		return false
	}
	c.current.id = id
	c.current.late = len(bytes.TrimSpace(c.out)) > 0 && !bytes.HasSuffix(c.out, []byte("\n"))
	t.kind = dropped
	return true
}

// rawName is the lower-case name of a raw tag.
func rawName(src []byte, n *ast.RawHTML) (name string, isStart bool) {
	s := n.Segments.At(0)
	raw := src[s.Start:s.Stop]
	i := 1
	if len(raw) > 1 && raw[1] == '/' {
		i = 2
	}
	start := i
	for i < len(raw) && isNameByte(raw[i]) {
		i++
	}
	return strings.ToLower(string(raw[start:i])), start == 1
}

// rawEnd finds the tag among the siblings that closes a raw tag.
func rawEnd(n *ast.RawHTML, name string, src []byte) ast.Node {
	level, seen := 1, 0
	for s := n.NextSibling(); s != nil && seen < maxSiblings; s = s.NextSibling() {
		seen++
		raw, ok := s.(*ast.RawHTML)
		if !ok {
			continue
		}
		if other, isStart := rawName(src, raw); other == name {
			if isStart {
				level++
			} else if level--; level == 0 {
				return s
			}
		}
	}
	return nil
}
