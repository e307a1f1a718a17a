package site

import (
	"cmp"
	"encoding/json"
	"strings"

	"annai/themes"
)

// A chromeKey names what frames a page: the locale, and the table of contents
// that the page belongs to.
type chromeKey struct {
	locale string
	nav    *navTree
}

// makeChrome prepares what is the same on all pages of a locale and a table of
// contents, so that the theme draws it once.
func (s *Site) makeChrome() {
	s.chrome = map[chromeKey]*themes.Site{}
	logo := s.brand()
	for _, locale := range s.Config.Locales {
		base := s.localeChrome(locale)
		base.Logo = logo
		s.chrome[chromeKey{locale, nil}] = base
		for _, t := range s.navs {
			if t.locale == locale {
				c := *base
				s.branchFiles(t)
				c.Nav = navItems(t.items)
				s.chrome[chromeKey{locale, t}] = &c
			}
		}
	}
}

func (s *Site) localeChrome(locale string) *themes.Site {
	ui := locale
	if !s.Theme.Has(ui) {
		ui = "en"
	}
	c := &themes.Site{
		Locale:    ui,
		Lang:      themes.Lang(locale),
		Title:     s.words(s.Config.Title, locale),
		Owner:     s.words(s.Config.Organization.Name, locale),
		BaseURL:   s.host(),
		Root:      s.root,
		HomeURL:   s.url(locale, ""),
		RelayURL:  s.relayURL(),
		SearchURL: s.url(locale, "search"),
		Live:      s.Live,
	}
	if s.Config.Searches && s.Config.RelayURL != "" {
		c.CountURL = s.relayURL() + "/searches"
	}
	if !s.own { // Microsoft's articles name pictures by absolute address
		c.Images = []string{"https:"}
	}
	switch language, _, _ := strings.Cut(locale, "-"); language {
	case "ar", "he", "fa", "ur":
		c.Dir = "rtl"
	}
	for i := range s.Config.Navigation {
		if l, ok := s.navLink(&s.Config.Navigation[i], locale); ok {
			c.Header = append(c.Header, l)
		}
	}
	s.supportChrome(c, locale)
	return c
}

// host is the base URL without the path: what stands before a page's URL.
func (s *Site) host() string {
	return strings.TrimSuffix(s.Config.BaseURL, strings.TrimSuffix(s.root, "/"))
}

// relayURL is where forms are sent, without a slash at its end; "" is this host.
func (s *Site) relayURL() string { return strings.TrimRight(s.Config.RelayURL, "/") }

// navLink is a link of the header.
func (s *Site) navLink(e *NavEntry, locale string) (themes.Link, bool) {
	title := s.words(e.Title, locale)
	switch {
	case e.Page != "":
		p := s.Page(locale, e.Page)
		if own := s.ownTitle(locale, e.Page); p == nil && own != "" {
			return themes.Link{Title: cmp.Or(title, own), URL: s.url(locale, e.Page)}, true
		}
		if p == nil {
			if locale == s.Config.Locales[0] {
				s.problems.Errorf(e.Position, "unknown-page", "there is no page %q", e.Page).
					Hintf("a page is named by its path below the locale, without .md")
			}
			return themes.Link{}, false
		}
		if title == "" {
			title = p.Title()
		}
		return themes.Link{Title: title, URL: p.URL}, true
	case e.Form != "":
		d := s.Forms[e.Form]
		if d == nil {
			if locale == s.Config.Locales[0] {
				s.problems.Errorf(e.Position, "unknown-form", "there is no form %q", e.Form)
			}
			return themes.Link{}, false
		}
		if title == "" {
			title = s.words(d.Title, locale)
		}
		return themes.Link{Title: title, URL: s.url(locale, "forms/"+e.Form)}, true
	}
	return themes.Link{Title: title, URL: e.URL}, e.URL != ""
}

// brand puts the colours that site.yaml asks for into the theme's sheet, and
// returns the mark's URL, or "".
func (s *Site) brand() string {
	css, ps := themes.Brand{Accent: s.Config.Brand.Accent, AccentDark: s.Config.Brand.AccentDark, Radius: s.Config.Brand.Radius}.CSS(s.Config.Brand.Position)
	s.problems.Append(ps)
	s.Theme.Append(css)
	logo := s.Config.Brand.Logo
	if logo == "" {
		return ""
	}
	if !s.tree.has(logo) {
		s.problems.Errorf(s.Config.Brand.Position, "missing-file", "there is no file %q", logo)
		return ""
	}
	s.extra = append(s.extra, s.contentFile(logo))
	return s.fileURL(logo)
}

// chromeOf is the frame of a page.
func (s *Site) chromeOf(p *Page) *themes.Site {
	if p.nav != nil {
		if c := s.chrome[chromeKey{p.Locale, p.nav.tree}]; c != nil {
			return c
		}
	}
	return s.chrome[chromeKey{p.Locale, nil}]
}

// branchFiles puts what is below each entry at the top of a navigation into a
// file of its own: pages carry only their own branch, a script fetches others.
func (s *Site) branchFiles(t *navTree) {
	for _, n := range t.items {
		if len(n.items) == 0 {
			continue
		}
		body, err := json.Marshal(branchItems(n.items))
		if err != nil {
			continue // texts always marshal
		}
		f := fingerprinted("nav/"+t.locale+"/branch.json", body)
		n.more = s.root + f.Path
		s.extra = append(s.extra, f)
	}
}

// A branchItem is an entry in such a file.
type branchItem struct {
	Title string       `json:"t"`
	URL   string       `json:"u,omitempty"`
	Items []branchItem `json:"i,omitempty"`
}

func branchItems(nodes []*navNode) []branchItem {
	list := make([]branchItem, len(nodes))
	for i, n := range nodes {
		list[i] = branchItem{n.title, n.url, branchItems(n.items)}
	}
	return list
}

func navItems(nodes []*navNode) []*themes.NavItem {
	items := make([]*themes.NavItem, 0, len(nodes))
	for _, n := range nodes {
		items = append(items, &themes.NavItem{Title: n.title, URL: n.url, Items: navItems(n.items), Open: n.open, More: n.more})
	}
	return items
}
