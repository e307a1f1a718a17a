package markdown

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isRagged tells whether HTML that stands for itself needs tidying: anything but
// phrases that are closed in order.
func isRagged(tokens []token) bool {
	var open []string
	for _, t := range tokens {
		switch {
		case t.kind == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != t.name {
				return true
			}
			open = open[:len(open)-1]
		case t.kind == html.StartTagToken:
			if !phrases[t.name] && t.name != "hr" {
				return true
			}
			if !void[t.name] {
				open = append(open, t.name)
			}
		}
	}
	return len(open) > 0
}

// tidy makes well-formed HTML of what authors left open or nested wrongly, as a
// browser would: so no tag of theirs can close one of the page's. The page's own
// markup comes out as it went in.
func tidy(page []byte) []byte {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(bytes.NewReader(page), context)
	if err != nil {
		return []byte(html.EscapeString(string(page)))
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	mend(root)
	var out bytes.Buffer
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if html.Render(&out, n) != nil {
			return nil
		}
	}
	return out.Bytes()
}

// mend removes the empty paragraphs that parsing leaves behind, and gives tables
// their box.
func mend(root *html.Node) {
	var empty, tables []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.P:
			if n.FirstChild == nil && len(n.Attr) == 0 {
				empty = append(empty, n)
			}
		case atom.Table:
			if !slices.ContainsFunc(n.Parent.Attr, func(a html.Attribute) bool {
				return a.Key == "class" && strings.Contains(a.Val, "table-box")
			}) {
				tables = append(tables, n)
			}
		}
	}
	for _, n := range empty {
		n.Parent.RemoveChild(n)
	}
	for _, n := range tables {
		box := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div, Attr: []html.Attribute{
			{Key: "class", Val: "table-box"}, {Key: "tabindex", Val: "0"},
		}}
		n.Parent.InsertBefore(box, n)
		n.Parent.RemoveChild(n)
		box.AppendChild(n)
	}
}
