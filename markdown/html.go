package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
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

// elements that authors may use, and "" or what stands for them.
var elements = map[string]string{
	"a": "", "abbr": "", "acronym": "abbr", "address": "", "article": "", "aside": "", "audio": "", "b": "", "bdi": "", "bdo": "",
	"big": "span", "blockquote": "", "br": "", "button": "", "caption": "", "center": "div", "cite": "", "code": "", "col": "",
	"colgroup": "", "dd": "", "del": "", "details": "", "dfn": "", "dir": "ul", "div": "", "dl": "", "dt": "", "em": "",
	"figcaption": "", "figure": "", "font": "span", "footer": "", "h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "",
	"header": "", "hr": "", "i": "", "image": "img", "img": "", "ins": "", "kbd": "", "label": "span", "li": "", "main": "div",
	"mark": "", "nav": "", "nobr": "span", "ol": "", "p": "", "pre": "", "q": "", "rp": "", "rt": "", "ruby": "", "s": "",
	"samp": "", "section": "", "small": "", "source": "", "span": "", "strike": "del", "strong": "", "sub": "", "summary": "",
	"sup": "", "table": "", "tbody": "", "td": "", "tfoot": "", "th": "", "thead": "", "time": "", "tr": "", "track": "",
	"tt": "code", "u": "", "ul": "", "var": "", "video": "", "wbr": "",
}

// Elements that are removed: with all they hold, or only their tags.
var (
	removed = set(`script style iframe frame frameset noframes noembed object embed applet svg math select textarea template
		noscript title xmp plaintext canvas datalist dialog portal`)
	unwrapped = set(`html head body form fieldset legend input option optgroup link meta base basefont param marquee blink
		bgsound isindex keygen layer ilayer slot output progress meter map area picture search hgroup menu menuitem rb rtc`)
	void    = set(`br col hr img source track wbr`)
	phrases = set(`a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q s samp small span strong sub sup time u var wbr`)
)

// Attributes that stay: for every element, and for some.
var (
	globalAttrs = set("id class title lang dir translate hidden aria-label aria-hidden")
	ownAttrs    = map[string]map[string]bool{
		"a": set("href"), "img": set("src alt width height"), "td": set("colspan rowspan headers"),
		"th": set("colspan rowspan headers scope abbr"), "col": set("span"), "colgroup": set("span"),
		"ol": set("start reversed type"), "li": set("value"), "details": set("open"), "time": set("datetime"),
		"del": set("datetime"), "ins": set("datetime"), "video": set("src poster controls width height muted loop"),
		"audio": set("src controls muted loop"), "source": set("src type"), "track": set("src kind srclang label"),
	}
	// Attributes whose loss changes no text and needs no complaint.
	numbers = set("width height colspan rowspan span start value")
)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

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
		if ok && bytes.IndexAny(value, "\"&<>= \t\r\n") < 0 && len(value) > 0 {
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

func (c *collector) reportRemoved(t token) {
	if t.kind == html.EndTagToken {
		return
	}
	c.doc.Problems.Warnf(c.unit.at.position(t.offset), "html-removed", "<%s> is not allowed in articles and was removed", t.name)
}

// allow decides on a tag and cleans its attributes.
func (c *collector) allow(t *token) bool {
	all := c.page.RawHTML == "all"
	switch {
	case t.name == "xref":
		return c.xrefTag(t)
	case all:
	case unwrapped[t.name]:
		if t.name != "html" && t.name != "head" && t.name != "body" {
			c.reportRemoved(*t)
		}
		return false
	default:
		other, ok := elements[t.name]
		if !ok {
			if t.kind != html.EndTagToken {
				c.doc.Problems.Warnf(c.unit.at.position(t.offset), "html-unknown", "<%s> is no element of HTML and is shown as text", t.name).
					Hintf("write it as code, `<%s>`, or escape it, \\<%s>", t.name, t.name)
			}
			t.kind, t.name, t.attrs = html.TextToken, "", nil
			return true
		}
		if other != "" {
			c.rename(t, other)
		}
	}
	if t.kind == html.EndTagToken {
		if t.name == "br" { // browsers read </br> as <br>
			t.kind = html.StartTagToken
		}
		return !void[t.name] || t.name == "br"
	}
	if t.kind == html.SelfClosingTagToken {
		t.kind = html.StartTagToken // as browsers do, but for links that are anchors
		if t.name == "a" {
			t.kind = html.SelfClosingTagToken
		}
	}
	c.cleanAttrs(t, all)
	if t.name == "img" && t.image == nil {
		// Its source was refused or there is none.
		t.kind, t.text = html.TextToken, attributeValue(t.attrs, "alt")
	}
	return true
}

// rename replaces an obsolete element.
func (c *collector) rename(t *token, other string) {
	if t.kind != html.EndTagToken {
		switch t.name {
		case "center":
			t.attrs = []attribute{{"class", "align-center"}}
		case "nobr":
			t.attrs = []attribute{{"class", "nowrap"}}
		}
	}
	t.name = other
}

// xrefTag reads <xref href="uid"> and <xref uid="uid">.
func (c *collector) xrefTag(t *token) bool {
	if t.kind == html.EndTagToken {
		return false
	}
	uid := orElse(attributeValue(t.attrs, "href"), attributeValue(t.attrs, "uid"))
	if uid == "" {
		return false
	}
	raw := orElse(attributeValue(t.attrs, "data-raw-html"), attributeValue(t.attrs, "data-raw-source"))
	r := reading{page: c.page, unit: c.unit}
	t.xref = r.newXref(uid, orElse(raw, t.text), attributeValue(t.attrs, "data-throw-if-not-resolved") == "False", t.offset)
	if attributeValue(t.attrs, "href") == "" {
		t.xref.UID, t.xref.Anchor, t.xref.Query, t.xref.Display, t.xref.Text = uid, "", "", "", ""
	}
	if raw != "" {
		t.xref.Short = true
	}
	c.doc.Xrefs = append(c.doc.Xrefs, t.xref)
	t.kind = html.SelfClosingTagToken
	return true
}

// cleanAttrs keeps the attributes that are allowed and makes links of targets.
func (c *collector) cleanAttrs(t *token, all bool) {
	kept := t.attrs[:0]
	var class []string
	seen := map[string]bool{}
	warn := func(code, format string, args ...any) {
		c.doc.Problems.Warnf(c.unit.at.position(t.offset), code, format, args...)
	}
	for _, a := range t.attrs {
		if seen[a.name] {
			continue
		}
		seen[a.name] = true
		switch {
		case a.name == "id" || a.name == "name" && t.name == "a":
			if id := strings.Join(strings.Fields(a.value), "-"); id != "" && c.anchor(id, t.offset) {
				kept = append(kept, attribute{"id", id})
			}
		case a.name == "href" && t.name == "a":
			t.link = c.htmlLink(a.value, t.offset)
			if t.link == nil {
				warn("unsafe-link", "the link to %q was removed", a.value)
			}
		case (a.name == "src" || a.name == "poster") && t.name != "script":
			m := c.htmlSource(t, a)
			if m == nil {
				warn("unsafe-source", "the source %q was removed", a.value)
				continue
			}
			if t.image == nil {
				t.sources = append(t.sources, m)
				kept = append(kept, attribute{a.name, m.Source})
			}
		case all:
			kept = append(kept, a)
		case a.name == "align" || a.name == "valign":
			if v := strings.ToLower(a.value); v == "left" || v == "center" || v == "right" {
				class = append(class, "align-"+v)
			}
		case strings.HasPrefix(a.name, "on"):
			warn("html-attribute", "the attribute %s of <%s> was removed", a.name, t.name)
		case a.name == "style":
			warn("html-style", "the style of <%s> was removed", t.name)
		case a.name == "class":
			class = append(class, strings.Fields(a.value)...)
		case a.name == "title" && t.link != nil:
			t.link.Title = a.value
		case numbers[a.name] && ownAttrs[t.name][a.name]:
			if isDigitsOnly(a.value) && len(a.value) < 6 && strings.Trim(a.value, "0") != "" || a.name == "start" && isDigitsOnly(a.value) {
				kept = append(kept, a)
			}
		case globalAttrs[a.name] || ownAttrs[t.name][a.name] || isDataName(a.name):
			kept = append(kept, a)
		}
	}
	if len(class) > 0 {
		kept = append(kept, attribute{"class", strings.Join(class, " ")})
	}
	if t.image != nil {
		t.image.Alt = attributeValue(kept, "alt")
		t.image.Title = attributeValue(kept, "title")
	}
	t.attrs = kept
}

func isDataName(name string) bool {
	return strings.HasPrefix(name, "data-") && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func (c *collector) htmlLink(target string, offset int) *Link {
	target = strings.TrimSpace(target)
	if c.page.RawHTML != "all" && !isSafeURL(target) {
		return nil
	}
	l := &Link{Target: target, Pos: c.unit.at.position(offset), Base: c.unit.file.Path, Kind: LinkHTML}
	c.doc.Links = append(c.doc.Links, l)
	return l
}

func (c *collector) htmlSource(t *token, a attribute) *Image {
	target := strings.TrimSpace(a.value)
	if c.page.RawHTML != "all" && !isSafeSource(target) {
		return nil
	}
	m := &Image{Source: target, Pos: c.unit.at.position(t.offset), Base: c.unit.file.Path}
	if t.name == "img" {
		t.image = m
	}
	c.doc.Images = append(c.doc.Images, m)
	return m
}

// isSafeSource tells whether an address may be shown as a picture or film. An
// image inside its address can't run anything.
func isSafeSource(target string) bool {
	return isSafeURL(target) || hasPrefixFold([]byte(target), "data:image/")
}

// isSafeURL tells whether a browser that follows the address does no more than
// load a page or open a mail program. Blanks and control characters are what
// browsers skip when they look for the scheme.
func isSafeURL(target string) bool {
	var b strings.Builder
	for _, r := range target {
		if r > ' ' && r != 0x7F && r != 0xAD && (r < 0x80 || r > 0xA0) && (r < 0x200B || r > 0x200F) && r != 0xFEFF {
			b.WriteRune(r)
		}
	}
	clean := strings.ToLower(b.String())
	i := strings.IndexAny(clean, ":/?#")
	if i < 0 || clean[i] != ':' {
		return true
	}
	switch clean[:i] {
	case "http", "https", "mailto", "tel", "ftp", "sip", "xref", "ms-settings":
		return true
	}
	// "a name: with a colon" is a path, not a scheme.
	return i == 0 || strings.Trim(clean[:i], "abcdefghijklmnopqrstuvwxyz0123456789+-.") != ""
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
