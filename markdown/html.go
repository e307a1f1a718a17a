package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// Authors write HTML inside Markdown. Each tag of it is read as a browser would
// and written anew: elements and attributes of the allow-list, with resolved
// links. What could run, load or submit something is removed and reported; a tag
// that HTML doesn't have (<your-name>) is meant as text and shown as such.

// A token is a tag or a text of raw HTML.
type token struct {
	kind   html.TokenType // Text, StartTag, EndTag, SelfClosingTag; ErrorToken is dropped
	name   string
	attrs  []attribute
	text   string // of Text and of tags shown as text
	offset int
	skip   bool // an anchor that is there already
	raw    bool // text that is written as it is

	link    *Link
	image   *Image   // of img
	sources []*Image // of media elements, for their src and poster in attrs
	xref    *Xref
}

const dropped = html.ErrorToken

// inlineTokens reads a raw tag inside a text: at most one token. CommonMark's
// grammar of tags is a part of HTML's, so it is read without a tokenizer.
func (c *collector) inlineTokens(n *ast.RawHTML) []token {
	if n.Segments.Len() == 0 {
		return nil
	}
	first := n.Segments.At(0)
	src := c.unit.file.Text
	raw := src[first.Start:first.Stop]
	if n.Segments.Len() > 1 {
		raw = n.Segments.Value(src)
	}
	if t, ok := commonTag(raw); ok {
		t.offset = first.Start
		if len(t.attrs) > 0 && !c.anchor(t.attrs[0].value, t.offset) {
			t.skip = true
		}
		return []token{t}
	}
	t := parseTag(raw)
	if t.name == "" {
		return nil // a comment, a declaration, an instruction
	}
	t.offset, t.text = first.Start, string(raw)
	if c.page.RawHTML != "all" && removed[t.name] {
		c.reportRemoved(t)
		return nil
	}
	if !c.allow(&t) {
		return nil
	}
	return []token{t}
}

// parseTag reads a start or end tag.
func parseTag(raw []byte) token {
	t := token{kind: html.StartTagToken}
	i := 1
	if raw[1] == '/' {
		t.kind, i = html.EndTagToken, 2
	}
	start := i
	for i < len(raw) && isNameByte(raw[i]) && raw[i] != '_' {
		i++
	}
	t.name = strings.ToLower(string(raw[start:i]))
	if t.name == "" || raw[start] < 'A' {
		t.name = ""
		return t
	}
	for i < len(raw) {
		if b := raw[i]; b <= ' ' || b == '>' || b == '/' {
			if b == '/' && t.kind == html.StartTagToken {
				t.kind = html.SelfClosingTagToken
			}
			i++
			continue
		}
		start = i
		for i < len(raw) && raw[i] > ' ' && raw[i] != '=' && raw[i] != '>' && raw[i] != '/' {
			i++
		}
		a := attribute{name: strings.ToLower(string(raw[start:i]))}
		after := i
		for after < len(raw) && raw[after] <= ' ' {
			after++
		}
		if after < len(raw) && raw[after] == '=' {
			i = after + 1
			for i < len(raw) && raw[i] <= ' ' {
				i++
			}
			var value []byte
			if i < len(raw) && (raw[i] == '"' || raw[i] == '\'') {
				value, _, _ = bytes.Cut(raw[i+1:], raw[i:i+1])
				i += len(value) + 2
			} else {
				start = i
				for i < len(raw) && raw[i] > ' ' && raw[i] != '>' {
					i++
				}
				value = raw[start:i]
			}
			a.value = html.UnescapeString(string(value))
		}
		if a.name == "" {
			i++
			continue
		}
		t.attrs = append(t.attrs, a)
	}
	return t
}

// blockTokens reads a block of raw HTML.
func (c *collector) blockTokens(n *ast.HTMLBlock) []token {
	var src []byte
	var lines []int // source offset of each line, and its offset in src
	add := func(s text.Segment) {
		lines = append(lines, s.Start, len(src))
		src = append(src, s.Value(c.unit.file.Text)...)
	}
	for i := range n.Lines().Len() {
		add(n.Lines().At(i))
	}
	if n.HasClosure() {
		add(n.ClosureLine)
	}
	if len(lines) == 0 {
		return nil
	}
	return c.tokenize(src, func(at int) int {
		for len(lines) > 2 && lines[3] <= at {
			lines = lines[2:]
		}
		return lines[0] + at - lines[1]
	})
}

// rawTagParser reads the tags that stand on one line and have plain attributes,
// which are nearly all, faster than goldmark's regular expressions.
type rawTagParser struct{ parser.InlineParser }

func (p rawTagParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, segment := reader.PeekLine()
	if n := plainTag(line); n > 0 && segment.Padding == 0 {
		raw := ast.NewRawHTML()
		raw.Segments.Append(segment.WithStop(segment.Start + n))
		reader.Advance(n)
		return raw
	}
	return p.InlineParser.Parse(parent, reader, pc)
}

// plainTag measures a tag like </a>, <br/> or <a name="x"> at the start of the
// line; 0 for all others.
func plainTag(line []byte) int {
	i := 1
	end := len(line) > 2 && line[1] == '/'
	if end {
		i = 2
	}
	if i >= len(line) || !isLetter(line[i]) {
		return 0
	}
	for i < len(line) && (isLetter(line[i]) || '0' <= line[i] && line[i] <= '9' || line[i] == '-') {
		i++
	}
	for !end && i+1 < len(line) && line[i] == ' ' && isLetter(line[i+1]) {
		i++
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		if i+1 >= len(line) || line[i] != '=' || line[i+1] != '"' {
			return 0
		}
		value := bytes.IndexByte(line[i+2:], '"')
		if value < 0 {
			return 0
		}
		i += value + 3
	}
	if !end {
		if i < len(line) && line[i] == ' ' {
			i++
		}
		if i < len(line) && line[i] == '/' {
			i++
		}
	}
	if i < len(line) && line[i] == '>' {
		return i + 1
	}
	return 0
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// commonTag reads the tags that make up most raw HTML without a tokenizer.
func commonTag(raw []byte) (token, bool) {
	switch string(raw) {
	case "<br>", "<br/>", "<br />":
		return token{kind: html.StartTagToken, name: "br"}, true
	case "</a>":
		return token{kind: html.EndTagToken, name: "a"}, true
	}
	for _, prefix := range []string{`<a name="`, `<a id="`} {
		value, ok := bytes.CutPrefix(raw, []byte(prefix))
		if ok {
			value, ok = bytes.CutSuffix(value, []byte(`">`))
		}
		if ok && len(value) > 0 && !bytes.ContainsAny(value, "\"&<>= \t\r\n") {
			return token{kind: html.StartTagToken, name: "a", attrs: []attribute{{"id", string(value)}}}, true
		}
	}
	return token{}, false
}

// tokenize reads HTML and leaves what is allowed.
func (c *collector) tokenize(src []byte, offset func(int) int) []token {
	z := html.NewTokenizer(bytes.NewReader(src))
	z.SetMaxBuf(0)
	var tokens []token
	skipping, at := "", 0
	lastEnd := map[string]int{} // of elements that are removed with what they hold
	for {
		kind := z.Next()
		raw := z.Raw()
		t := token{kind: kind, offset: offset(at)}
		at += len(raw)
		switch kind {
		case html.ErrorToken:
			// A tag that the block doesn't finish is text.
			if at > 0 && len(raw) > 0 && skipping == "" {
				tokens = append(tokens, token{kind: html.TextToken, text: string(raw), offset: t.offset})
			}
			return tokens
		case html.TextToken:
			if skipping == "" {
				t.text = html.UnescapeString(string(raw))
				if n := len(tokens); n > 0 && removed[tokens[n-1].name] && tokens[n-1].kind == html.StartTagToken {
					t.text, t.raw = string(raw), true // of a script, with RawHTML "all"
				}
				tokens = append(tokens, t)
			}
			continue
		case html.CommentToken, html.DoctypeToken:
			continue
		}
		t.text = string(raw)
		name, more := z.TagName()
		t.name = string(name)
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			t.attrs = append(t.attrs, attribute{string(key), string(value)})
		}
		if skipping != "" {
			if kind == html.EndTagToken && t.name == skipping {
				skipping = ""
			}
			continue
		}
		if c.page.RawHTML != "all" && removed[t.name] {
			c.reportRemoved(t)
			if _, known := lastEnd[t.name]; !known {
				lastEnd[t.name] = bytes.LastIndex(bytes.ToLower(src), []byte("</"+t.name))
			}
			if kind == html.StartTagToken && at <= lastEnd[t.name] {
				skipping = t.name
			}
			continue
		}
		if c.allow(&t) {
			tokens = append(tokens, t)
		}
	}
}

// rawHTML writes the tokens of a node.
func (w *writer) rawHTML(tokens []token) {
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.kind == dropped:
		case t.xref != nil:
			w.xref(t.xref)
		case t.raw:
			w.string(t.text)
		case t.kind == html.TextToken:
			w.text(t.text)
		case t.kind == html.EndTagToken:
			if t.name == "a" {
				w.closeRawLink()
				continue
			}
			w.string("</" + t.name + ">")
		case t.name == "a":
			w.openRawLink(t)
		case t.image != nil:
			w.rawImage(t)
		default:
			w.startTag(t)
		}
	}
}

func (w *writer) startTag(t *token) {
	w.string("<" + t.name)
	sources := t.sources
	for _, a := range t.attrs {
		if len(sources) > 0 && (a.name == "src" || a.name == "poster") {
			m := sources[0]
			sources = sources[1:]
			if m.Missing {
				continue
			}
			a.value = escapeURL(orElse(m.URL, m.Source))
		}
		w.attr(a.name, a.value)
	}
	w.string(">")
}

// openRawLink writes <a>: a link, an anchor, or inside another link a span.
func (w *writer) openRawLink(t *token) {
	end := "</a>"
	if t.skip {
		if t.kind != html.SelfClosingTagToken {
			w.rawLinks = append(w.rawLinks, "")
		}
		return
	}
	switch {
	case t.link != nil && w.inLink == 0 && !t.link.Broken:
		w.string("<a")
		w.href(t.link)
	case t.link != nil && t.link.Broken:
		w.string(`<span class="broken-link"`)
		end = "</span>"
	case w.inLink > 0:
		w.string("<span")
		end = "</span>"
	default:
		w.string("<a")
	}
	for _, a := range t.attrs {
		if a.name != "class" || end == "</a>" {
			w.attr(a.name, a.value)
		}
	}
	w.string(">")
	if t.kind == html.SelfClosingTagToken {
		w.string(end)
		return
	}
	w.rawLinks = append(w.rawLinks, end)
}

func (w *writer) closeRawLink() {
	if n := len(w.rawLinks); n > 0 {
		w.string(w.rawLinks[n-1])
		w.rawLinks = w.rawLinks[:n-1]
	}
}

func (w *writer) rawImage(t *token) {
	m := t.image
	if m.Missing {
		w.image(m, false, "")
		return
	}
	w.string("<img")
	w.attr("src", escapeURL(orElse(m.URL, m.Source)))
	w.attr("alt", m.Alt)
	for _, a := range t.attrs {
		if a.name != "alt" {
			w.attr(a.name, a.value)
		}
	}
	w.string(">")
}
