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
func tidy(page []byte, label string) []byte {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(bytes.NewReader(page), context)
	if err != nil {
		return []byte(html.EscapeString(string(page)))
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	mend(root, label)
	var out bytes.Buffer
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if html.Render(&out, n) != nil {
			return nil
		}
	}
	return out.Bytes()
}

// mend removes what parsing leaves behind, empty paragraphs and second copies of
// ids where an element that wasn't closed is opened again, and gives tables their
// box.
func mend(root *html.Node, label string) {
	var empty, tables []*html.Node
	seen := map[string]bool{}
	heading, headings := "", map[*html.Node]string{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := htmlAttr(n, "id"); id != "" && seen[id] {
			n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "id" })
		} else {
			seen[id] = true
		}
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			heading = htmlAttr(n, "id")
		case atom.P:
			if n.FirstChild == nil && len(n.Attr) == 0 {
				empty = append(empty, n)
			}
		case atom.Table:
			if !strings.Contains(htmlAttr(n.Parent, "class"), "table-box") {
				tables = append(tables, n)
				headings[n] = heading
			}
		}
	}
	for _, n := range empty {
		n.Parent.RemoveChild(n)
	}
	for _, n := range tables {
		box := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div, Attr: []html.Attribute{
			{Key: "class", Val: "table-box"}, {Key: "role", Val: "group"}, {Key: "tabindex", Val: "0"},
		}}
		if id := headings[n]; id != "" {
			box.Attr = append(box.Attr, html.Attribute{Key: "aria-labelledby", Val: id})
		} else {
			box.Attr = append(box.Attr, html.Attribute{Key: "aria-label", Val: label})
		}
		n.Parent.InsertBefore(box, n)
		n.Parent.RemoveChild(n)
		box.AppendChild(n)
	}
}

func htmlAttr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
