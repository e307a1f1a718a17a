package markdown

import (
	"strings"

	"golang.org/x/net/html"
)

// What of raw HTML stays: the elements, the attributes and the addresses.

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
	globalAttrs = set(`id class title lang dir translate hidden role spellcheck tabindex
		itemid itemprop itemref itemscope itemtype`)
	ownAttrs = map[string]map[string]bool{
		"a": set("href target download"), "blockquote": set("cite"), "q": set("cite"), "button": set("type"),
		"img": set("src alt width height"), "td": set("colspan rowspan headers"),
		"th": set("colspan rowspan headers scope abbr"), "col": set("span"), "colgroup": set("span"),
		"ol": set("start reversed type"), "li": set("value"), "details": set("open"), "time": set("datetime"),
		"del": set("cite datetime"), "ins": set("cite datetime"), "video": set("src poster controls width height muted loop"),
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
		t.xref.UID, t.xref.Anchor, t.xref.Query, t.xref.Display, t.xref.Text, t.xref.Alt = uid, "", "", "", "", ""
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
		case globalAttrs[a.name] || ownAttrs[t.name][a.name] || isOpenName(a.name):
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

// isOpenName tells a data- or aria- attribute.
func isOpenName(name string) bool {
	return (strings.HasPrefix(name, "data-") || strings.HasPrefix(name, "aria-")) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
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
	if strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") {
		return true
	}
	for i := range len(target) {
		switch b := target[i]; {
		case b == '/' || b == '?' || b == '#':
			return true
		case !isNameByte(b) && b != '.':
			return isSafeScheme(target)
		}
	}
	return true
}

func isSafeScheme(target string) bool {
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
