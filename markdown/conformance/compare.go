package conformance

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Compare tells how a result differs from what docfx writes; "" is a pass.
//
// docfx's unit tests remove line breaks from both sides; its specs compare HTML
// without the space around tags and take a leading heading for the title. On both
// sides attributes are in any order, <br /> is <br>, and these are the same:
// an encoded and a plain tilde, name and id of an anchor, <image> and <img>, an
// image without and with an empty alternative text. docfx's data-linktype, which
// repeats what the address says, is left out.
func (c *Case) Compare(r Result) string {
	if len(c.Errors) > 0 && len(r.Problems) == 0 {
		return fmt.Sprintf("no problem reported where docfx says %s", strings.Join(c.Errors, ", "))
	}
	spec := c.Engine == "docfx-v3-spec"
	ours, theirs := parse(r.HTML, spec), parse(c.Expected, spec)
	ours.rewrite(c.Engine)
	if spec {
		title := ours.takeTitle()
		if want, ok := c.Meta["rawTitle"].(string); ok {
			expected := parse(want, true)
			if got, want := title.String(), expected.String(); got != want {
				return fmt.Sprintf("title %s\nwant  %s", got, want)
			}
		}
	}
	if got, want := ours.String(), theirs.String(); got != want {
		return fmt.Sprintf("got  %s\nwant %s", got, want)
	}
	return ""
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
		n.tag = "img"
	}
	for _, name := range []string{"href", "src"} {
		if v, ok := n.attrs[name]; ok {
			n.attrs[name] = strings.NewReplacer("%7E", "~", "%7e", "~").Replace(v)
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

// takeTitle removes a leading heading and returns it.
func (n *node) takeTitle() *node {
	title := &node{bare: true}
	if len(n.children) > 0 {
		switch n.children[0].tag {
		case "h1", "h2", "h3":
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
			fmt.Fprintf(b, " %s=%q", name, n.attrs[name])
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
