package markdown

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// A crossRef refers to a page by its uid: <xref:uid>, @uid, @"uid" or
// <xref href="uid">.
type crossRef struct{ *Xref }

// newXref takes a uid with its query apart.
func (r *reading) newXref(target, raw string, short bool, start int) *Xref {
	uid, query, _ := strings.Cut(target, "?")
	x := &Xref{Raw: raw, Short: short, target: target, Pos: r.position(start), Base: r.unit.file.Path}
	uid, x.Anchor, _ = strings.Cut(uid, "#")
	if rest, anchor, ok := strings.Cut(query, "#"); ok {
		query, x.Anchor = rest, anchor
	}
	if s, err := url.PathUnescape(uid); err == nil {
		uid = s
	}
	x.UID = uid
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		switch strings.ToLower(key) {
		case "displayproperty":
			x.Display = value
		case "text":
			x.Text = value
		case "alt":
			x.Alt = value
		case "":
		default:
			x.Query = strings.TrimPrefix(x.Query+"&"+pair, "&")
		}
	}
	return x
}

var xrefPrefix = []byte("<xref:")

// openXref reads <xref:uid>.
func openXref(r *reading, _ ast.Node, line []byte, start int) (construct, int) {
	if len(line) < 7 || !bytes.EqualFold(line[:6], xrefPrefix) {
		return nil, 0
	}
	rest := line[6:]
	if q := rest[0]; q == '"' || q == '\'' {
		uid, after, ok := bytes.Cut(rest[1:], rest[:1])
		if !ok || len(after) == 0 || after[0] != '>' || len(uid) == 0 || bytes.IndexByte(uid, '\n') >= 0 {
			return nil, 0
		}
		size := 6 + len(uid) + 3
		return crossRef{r.newXref(string(uid), string(line[:size]), false, start)}, size
	}
	end := bytes.IndexAny(rest, ">\n")
	if end < 0 || rest[end] != '>' || len(bytes.TrimSpace(rest[:end])) == 0 {
		return nil, 0
	}
	return crossRef{r.newXref(unescape(bytes.TrimSpace(rest[:end])), string(line[:end+7]), false, start)}, end + 7
}

// openMention reads @uid and @"uid". It is text unless a page has that uid. docfx
// takes an @ behind anything but a backslash, so that b.com of a@b.com is one, and
// ends none at a letter beyond ASCII; here mail addresses and what Chinese or
// Japanese words touch are text, which is what readers of docfx's pages see.
func openMention(r *reading, _ ast.Node, line []byte, start int) (construct, int) {
	before := r.before(start)
	if len(line) < 2 || !isSpaceOrPunct(before) || before == '"' || before == '\'' || before == '/' || before == '@' {
		return nil, 0
	}
	if q := line[1]; q == '"' || q == '\'' {
		uid, _, ok := bytes.Cut(line[2:], line[1:2])
		if !ok || len(uid) == 0 || bytes.IndexByte(uid, '\n') >= 0 {
			return nil, 0
		}
		size := len(uid) + 3
		return crossRef{r.newXref(string(uid), string(line[:size]), true, start)}, size
	}
	if !isLetter(line[1]) {
		return nil, 0
	}
	i := 1
	for i < len(line) && !endsMention(line, i) {
		i++
	}
	// Parentheses and emphasis around it are the sentence's.
	extra := bytes.Count(line[:i], []byte(")")) - bytes.Count(line[:i], []byte("("))
	for i > 2 && (line[i-1] == ')' && extra > 0 || line[i-1] == '*' && before == '*') {
		if line[i-1] == ')' {
			extra--
		}
		i--
	}
	return crossRef{r.newXref(string(line[1:i]), string(line[:i]), true, start)}, i
}

// endsMention tells whether a @uid ends before line[i]: at a blank, a quotation
// mark, a bracket, a letter beyond ASCII, or at punctuation that one of these or
// more punctuation follows.
func endsMention(line []byte, i int) bool {
	stops := func(i int) bool {
		return i >= len(line) || line[i] <= ' ' || line[i] >= utf8.RuneSelf || strings.IndexByte(`"'<>[]|`, line[i]) >= 0
	}
	goesOn := func(i int) bool { return strings.IndexByte(".,;:!?~", line[i]) >= 0 }
	return stops(i) || goesOn(i) && (stops(i+1) || goesOn(i+1))
}

func (x crossRef) collect(c *collector, _ ast.Node) {
	c.doc.Xrefs = append(c.doc.Xrefs, x.Xref)
	if !c.inHeading {
		c.say(x.fallback())
	}
}

// fallback is what a reader sees when nobody knows the uid.
func (x *Xref) fallback() string {
	switch {
	case x.Alt+x.Text != "":
		return orElse(x.Alt, x.Text)
	case x.Short:
		return x.Raw
	case x.Display == "fullName":
		return x.UID
	}
	name := strings.TrimSuffix(x.UID, "*")
	if i := strings.IndexAny(name, "(`"); i > 0 {
		name = name[:i]
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

func (x crossRef) html(w *writer, _ ast.Node) { w.xref(x.Xref) }

func (w *writer) xref(x *Xref) {
	if x.URL != "" && w.inLink == 0 {
		w.string("<a")
		w.attr("href", escapeURL(x.URL))
		if x.Literal && x.Text == "" {
			w.string(` class="no-loc" translate="no"`)
		}
		w.string(">")
		w.text(orElse(orElse(x.Text, x.Title), x.fallback()))
		w.string("</a>")
		return
	}
	if x.Short { // most likely no reference at all
		w.string(`<span class="mention"`)
	} else {
		w.string(`<span class="xref"`)
	}
	w.attr("data-uid", x.target)
	w.attr("data-source", x.Raw)
	w.string(">")
	w.text(orElse(x.Title, x.fallback()))
	w.string("</span>")
}
