package themes

import (
	"html/template"
	"strings"
)

// A branch is an entry of the navigation as it is drawn on one page: only what
// leads to the page is open, the rest is one link each. A site of thousands of
// pages so costs every page no more than a small one.
type branch struct {
	Title   string
	URL     string
	Current bool
	Trail   bool   // the page is below it
	More    string // URL of its items, for the script
	Items   []branch
}

func (f *frame) branches(items []*NavItem, url string) []branch {
	return branches(items, f.nav[url], 0)
}

func branches(items, trail []*NavItem, depth int) []branch {
	list := make([]branch, 0, len(items))
	for _, item := range items {
		b := branch{Title: item.Title, URL: item.URL, More: item.More}
		on := depth < len(trail) && trail[depth] == item
		if on || item.Open {
			b.Current = on && depth == len(trail)-1
			b.Trail = on && !b.Current
			below := trail
			if !on {
				below = nil
			}
			b.Items = branches(item.Items, below, depth+1)
		} else if b.URL == "" {
			b.URL = firstURL(item.Items)
		}
		list = append(list, b)
	}
	return list
}

func firstURL(items []*NavItem) string {
	for _, item := range items {
		if item.URL != "" {
			return item.URL
		}
		if url := firstURL(item.Items); url != "" {
			return url
		}
	}
	return ""
}

// Side is the navigation beside the content. A page that wants one thing of its
// reader has none.
func (p page) Side() template.HTML {
	if !p.HasSide() {
		return ""
	}
	var b strings.Builder
	writeBranches(&b, p.Frame.branches(p.Site.Nav, p.URL))
	return template.HTML(b.String())
}

// HasSide tells whether there is a navigation beside the content.
func (p page) HasSide() bool {
	switch p.View.layout() {
	case "home", "form-page", "check", "receipt", "error", "lookup", "thanks", "not-found", "blank":
		return false
	}
	return len(p.Site.Nav) > 0
}

// writeBranches and writeHeadings are the longest lists of a page: written here,
// they cost a tenth of what a layout would.
func writeBranches(b *strings.Builder, list []branch) {
	b.WriteString("<ul>")
	for _, item := range list {
		b.WriteString("<li>")
		if item.URL == "" {
			b.WriteString(`<span class="label">`)
			b.WriteString(template.HTMLEscapeString(item.Title))
			b.WriteString("</span>")
		} else {
			b.WriteString(`<a href="`)
			writeURL(b, item.URL)
			switch {
			case item.Current:
				b.WriteString(`" aria-current="page`)
			case item.Trail:
				b.WriteString(`" aria-current="true`)
			}
			if item.More != "" {
				b.WriteString(`" data-more="`)
				writeURL(b, item.More)
			}
			b.WriteString(`">`)
			b.WriteString(template.HTMLEscapeString(item.Title))
			b.WriteString("</a>")
		}
		if len(item.Items) > 0 {
			writeBranches(b, item.Items)
		}
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
}

// contents is "on this page".
func contents(headings []Heading) template.HTML {
	var b strings.Builder
	writeHeadings(&b, headings)
	return template.HTML(b.String())
}

func writeHeadings(b *strings.Builder, headings []Heading) {
	b.WriteString("<ul>")
	for _, h := range headings {
		b.WriteString(`<li><a href="#`)
		b.WriteString(template.HTMLEscapeString(h.ID))
		b.WriteString(`">`)
		b.WriteString(template.HTMLEscapeString(h.Text))
		b.WriteString("</a>")
		if len(h.Items) > 0 {
			writeHeadings(b, h.Items)
		}
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
}

// writeURL writes an address into an attribute. One with a scheme that isn't the
// web's would run as a script; html/template refuses it in layouts, this here.
func writeURL(b *strings.Builder, url string) {
	if scheme, _, ok := strings.Cut(url, ":"); ok && !strings.ContainsAny(scheme, "/?#") && !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "mailto") {
		url = "#"
	}
	b.WriteString(template.HTMLEscapeString(url))
}
