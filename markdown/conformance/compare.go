package conformance

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Compare tells how a result differs from what docfx writes; "" is a pass.
//
// docfx's unit tests remove line breaks from both sides; its specs compare HTML
// without the space around tags and take a leading heading for the title. Then
// both are compared as a browser reads them. These are the same: an encoded and a
// plain tilde, name and id of an anchor, an image without and with an empty
// alternative text, no source and an empty one, no paragraph and
// an empty one. docfx's data-linktype, which
// repeats what the address says, and its yamlheader, which no reader sees, are
// left out.
func (c *Case) Compare(r Result) string {
	if len(c.Errors) > 0 && len(r.Problems) == 0 {
		return fmt.Sprintf("no problem reported where docfx says %s", strings.Join(c.Errors, ", "))
	}
	spec := c.Engine == "docfx-v3-spec"
	ours, theirs := parse(r.HTML, spec), parse(c.Expected, spec)
	ours.rewrite(c.Engine)
	theirs.dropAll("yamlheader")
	theirs.dropLanguage()
	if spec {
		title := ours.takeTitle()
		if want, ok := c.Meta["rawTitle"].(string); ok {
			expected := parse(want, true)
			if got, want := browse(title.String()), browse(expected.String()); got != want {
				return fmt.Sprintf("title %s\nwant  %s", got, want)
			}
		}
	}
	if got, want := browse(ours.String()), browse(theirs.String()); got != want {
		return fmt.Sprintf("got  %s\nwant %s", got, want)
	}
	return ""
}

// browse is HTML as a browser understands it.
func browse(s string) string {
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return s
	}
	var b strings.Builder
	for _, n := range nodes {
		if html.Render(&b, n) != nil {
			return s
		}
	}
	return strings.ReplaceAll(b.String(), "<p></p>", "")
}

// A node is an element or, without a tag, a text. Elements are nested as they are
// written, without HTML's rules for what may hold what: docfx breaks them.
type node struct {
	tag      string
	attrs    map[string]string
	text     string
	children []*node
	parent   *node
	bare     bool // only its children count
}

var voids = []string{"br", "hr", "img", "col", "source", "track", "wbr", "input", "link"}

// dropLanguage removes dir and lang from unresolved cross references, which docfx
// writes for some spellings only. Those of :::no-loc are compared.
func (n *node) dropLanguage() {
	if said := n.content(); n.is("span", "no-loc") && (strings.HasPrefix(said, "@") || strings.HasPrefix(said, "<xref:")) {
		n.drop("dir")
		n.drop("lang")
	}
	for _, c := range n.children {
		c.dropLanguage()
	}
}

// parse reads HTML. With trim the space around tags doesn't count, without it
// line breaks don't.
func parse(s string, trim bool) *node {
	if !trim {
		s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	}
	root := &node{bare: true}
	at := root
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return root
		case html.TextToken:
			text := string(z.Text())
			if trim {
				text = strings.Join(strings.Fields(text), " ")
			}
			if text != "" {
				at.children = append(at.children, &node{text: text, parent: at})
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			n := &node{tag: t.Data, parent: at, attrs: map[string]string{}}
			for _, a := range t.Attr {
				if _, again := n.attrs[a.Key]; !again {
					n.attrs[a.Key] = a.Val
				}
			}
			n.normalize()
			at.children = append(at.children, n)
			if kind == html.StartTagToken && !slices.Contains(voids, n.tag) {
				at = n
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			for n := at; n != root; n = n.parent {
				if n.tag == string(name) {
					at = n.parent
					break
				}
			}
		}
	}
}

// normalize makes equal what Compare says is the same.
func (n *node) normalize() {
	if n.tag == "image" {
		n.tag = "img" // so do browsers
	}
	for _, name := range []string{"src", "poster"} {
		if n.attrs[name] == "" {
			delete(n.attrs, name)
		}
	}
	for _, name := range []string{"href", "src"} {
		if v, ok := n.attrs[name]; ok {
			n.attrs[name] = strings.NewReplacer("%7E", "~", "%7e", "~").Replace(v)
		}
	}
	for _, name := range []string{"href", "src"} {
		if v, ok := n.attrs[name]; ok && (n.tag == "a" || n.tag == "img") {
			n.attrs[name] = strings.ReplaceAll(v, " ", "%20")
		}
	}
	if _, ok := n.attrs["alt"]; n.tag == "img" && !ok && n.attrs["role"] != "presentation" {
		n.attrs["alt"] = ""
	}
	if _, ok := n.attrs["id"]; n.tag == "a" && !ok {
		n.rename("name", "id")
	}
	delete(n.attrs, "data-linktype")
}

func (n *node) rewrite(engine string) {
	for _, c := range slices.Clone(n.children) {
		c.rewrite(engine)
	}
	if n.tag == "" {
		return
	}
	for _, r := range Rules {
		if n.tag != "" {
			r.apply(n, engine)
		}
	}
}

// dropAll removes all elements of a kind.
func (n *node) dropAll(tag string) {
	n.children = slices.DeleteFunc(n.children, func(c *node) bool { return c.tag == tag })
	for _, c := range n.children {
		c.dropAll(tag)
	}
}

// takeTitle removes a leading heading and returns it.
func (n *node) takeTitle() *node {
	title := &node{bare: true}
	if len(n.children) > 0 {
		switch n.children[0].tag {
		case "h1", "h2", "h3":
			if n.children[0].content() == "" {
				break
			}
			title.children = n.children[:1]
			n.children = n.children[1:]
		}
	}
	return title
}

// String writes the tree in one form for all that is the same.
func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	if n.tag == "" && !n.bare {
		b.WriteString(html.EscapeString(n.text))
		return
	}
	if !n.bare {
		b.WriteString("<" + n.tag)
		names := make([]string, 0, len(n.attrs))
		for name := range n.attrs {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			b.WriteString(" " + name + `="` + html.EscapeString(n.attrs[name]) + `"`)
		}
		b.WriteString(">")
	}
	for _, c := range n.children {
		c.write(b)
	}
	if !n.bare && !slices.Contains(voids, n.tag) {
		b.WriteString("</" + n.tag + ">")
	}
}

// is tells an element with the class, or any with the tag when class is "".
func (n *node) is(tag, class string) bool {
	return n.tag == tag && tag != "" && (class == "" || n.has(class))
}

func (n *node) has(class string) bool {
	return slices.Contains(strings.Fields(n.attrs["class"]), class)
}

// first is the first child element of a kind, or nil.
func (n *node) first(tag, class string) *node {
	for _, c := range n.children {
		if c.is(tag, class) {
			return c
		}
	}
	return nil
}

func (n *node) set(name, value string) {
	if n.attrs == nil {
		n.attrs = map[string]string{}
	}
	n.attrs[name] = value
}

func (n *node) drop(name string) { delete(n.attrs, name) }

func (n *node) rename(from, to string) {
	if v, ok := n.attrs[from]; ok {
		delete(n.attrs, from)
		n.attrs[to] = v
	}
}

// unwrap leaves only the children.
func (n *node) unwrap() { n.tag, n.attrs, n.bare = "", nil, true }

// content is the text inside.
func (n *node) content() string {
	if n.tag == "" && !n.bare {
		return n.text
	}
	var b strings.Builder
	for _, c := range n.children {
		b.WriteString(c.content())
	}
	return b.String()
}
