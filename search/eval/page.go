package main

import (
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"annai/search"
)

// A page is an article as readers get it: what other engines index, and what
// queries are made of.
type page struct {
	search.Document
	Locale string
	H1     string     // may differ from the title
	Links  []pageLink // to other pages of the site
}

type pageLink struct{ Text, Target string } // Target is a URL

// readPage takes the article out of a published page: what the default theme has
// in its prose, cut at headings that have an id.
func readPage(name, address string) (*page, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	root, err := html.Parse(f)
	if err != nil {
		return nil, err
	}
	p := &page{Document: search.Document{Sections: []search.Section{}}}
	r := reader{page: p}
	if r.base, err = url.Parse(address); err != nil {
		return nil, err
	}
	main := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Main })
	if main == nil {
		return p, nil
	}
	if h := find(main, func(n *html.Node) bool { return n.DataAtom == atom.H1 }); h != nil {
		p.H1 = text(h)
	}
	if prose := find(main, func(n *html.Node) bool { return attribute(n, "class") == "prose" }); prose != nil {
		r.read(prose)
	}
	r.flush()
	return p, nil
}

// A reader walks through an article.
type reader struct {
	page    *page
	base    *url.URL
	section search.Section
	body    strings.Builder
}

func (r *reader) flush() {
	r.section.Text = strings.TrimSpace(r.body.String())
	if r.section.Heading != "" || r.section.Text != "" {
		r.page.Sections = append(r.page.Sections, r.section)
	}
	r.body.Reset()
}

func (r *reader) read(n *html.Node) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Svg, atom.Template:
		return
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if id := attribute(n, "id"); id != "" {
			r.flush()
			r.section = search.Section{ID: id, Heading: text(n)}
			return
		}
	case atom.A:
		if to, err := r.base.Parse(attribute(n, "href")); err == nil && to.Host == r.base.Host && to.Path != r.base.Path {
			r.page.Links = append(r.page.Links, pageLink{text(n), to.Path})
		}
	}
	if n.Type == html.TextNode {
		r.body.WriteString(n.Data)
	}
	for c := range n.ChildNodes() {
		r.read(c)
	}
	if block[n.DataAtom] {
		r.body.WriteByte('\n')
	}
}

var block = map[atom.Atom]bool{atom.P: true, atom.Li: true, atom.Td: true, atom.Th: true, atom.Pre: true, atom.Div: true, atom.Br: true, atom.Dt: true, atom.Dd: true}

func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			return d
		}
	}
	return nil
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
