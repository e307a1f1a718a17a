package site

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"annai/themes"
)

// Pages that are lists: home, category, all articles, not found, the choice of
// a language. They show other pages by their front matter alone.

func (d *draft) homeView() (any, error) {
	var f homeFront
	d.decodeFront(&f)
	d.inheritKey("popular", &f.Popular)
	s, p := d.site, d.page
	body, err := d.body()
	v := themes.Home{
		Shell:      d.shell(),
		Heading:    p.Title(),
		Lead:       p.Meta.Description,
		Body:       themes.HTML(body),
		Categories: s.categoryCards(p.Locale),
		News:       s.news(p.Locale),
	}
	for _, q := range f.Examples {
		v.Examples = append(v.Examples, themes.Link{Title: q, URL: s.url(p.Locale, "search") + "?q=" + escapeQuery(q)})
	}
	for _, id := range f.Popular {
		if q := d.pageOf(id, "popular"); q != nil {
			v.Popular = append(v.Popular, s.listLink(q))
		}
	}
	v.Shell.Breadcrumbs = nil
	v.Shell.JSONLD = s.homeData(p)
	return v, err
}

// categoryCards are the site's categories with the number of their articles.
func (s *Site) categoryCards(locale string) []themes.CategoryCard {
	var cards []themes.CategoryCard
	for _, c := range s.Config.Categories {
		cards = append(cards, themes.CategoryCard{
			ID:      c.ID,
			Title:   s.words(c.Name, locale),
			URL:     s.categoryURL(locale, c.ID),
			Summary: s.words(c.Scope, locale),
			Count:   len(s.articlesOf(locale, c.ID)),
		})
	}
	return cards
}

// categoryURL is the category's page, or its part of the list of all articles.
func (s *Site) categoryURL(locale, id string) string {
	if p := s.support.categories[locale+"/"+id]; p != nil {
		return p.URL
	}
	return s.url(locale, "search") + "#" + id
}

// indexCategories finds the page of each category; of several the first by id.
func (s *Site) indexCategories() {
	s.support.categories = map[string]*Page{}
	for locale, pages := range s.byID {
		for _, p := range pages {
			key := locale + "/" + p.Meta.Category
			if q := s.support.categories[key]; p.Meta.Type == "category" && (q == nil || p.ID < q.ID) {
				s.support.categories[key] = p
			}
		}
	}
}

// articlesOf are the listed articles of a category, how-tos first, then by title.
func (s *Site) articlesOf(locale, category string) []*Page {
	var list []*Page
	for _, p := range s.byID[locale] {
		if p.Meta.Category == category && p.Meta.Type != "category" && p.Meta.Type != "home" && s.listed(p) {
			list = append(list, p)
		}
	}
	sortPages(list)
	return list
}

var typeOrder = []string{"howto", "article", "faq"}

func sortPages(list []*Page) {
	slices.SortFunc(list, func(a, b *Page) int {
		return cmp.Or(
			cmp.Compare(slices.Index(typeOrder, a.Meta.Type), slices.Index(typeOrder, b.Meta.Type)),
			strings.Compare(a.Title(), b.Title()),
			strings.Compare(a.ID, b.ID))
	})
}

// listLink is a page as lists show it.
func (s *Site) listLink(p *Page) themes.Link {
	l := themes.Link{Title: p.Title(), URL: p.URL, Description: p.Meta.Description}
	if p.Fallback() {
		l.Lang = themes.Lang(p.Lang)
	}
	return l
}

func (s *Site) listLinks(pages []*Page) []themes.Link {
	var links []themes.Link
	for _, p := range pages {
		links = append(links, s.listLink(p))
	}
	return links
}

func (d *draft) categoryView() (any, error) {
	var f articleFront
	d.decodeFront(&f)
	s, p := d.site, d.page
	body, err := d.body()
	v := themes.Category{
		Shell: d.shell(),
		Lead:  p.Meta.Description,
		Body:  themes.HTML(body),
	}
	if articles := s.articlesOf(p.Locale, p.Meta.Category); len(articles) > 0 {
		v.Groups = append(v.Groups, themes.Group{Items: s.listLinks(articles)})
	}
	for _, c := range s.categoryCards(p.Locale) {
		if c.ID != p.Meta.Category {
			v.Siblings = append(v.Siblings, themes.Link{Title: c.Title, URL: c.URL})
		}
	}
	v.Shell.JSONLD = s.articleData(p)
	return v, err
}

// allArticles is what the search leads to without scripts.
func (s *Site) allArticles(locale string) *File {
	return s.ownPage(locale, "search", func(w io.Writer) error {
		v := themes.AllArticles{Shell: s.ownShell(locale, "search", s.text(locale, "site.all"), "")}
		shown := map[*Page]bool{}
		for _, c := range s.Config.Categories {
			articles := s.articlesOf(locale, c.ID)
			v.Groups = append(v.Groups, themes.Group{ID: c.ID, Title: s.words(c.Name, locale), URL: s.categoryURL(locale, c.ID), Items: s.listLinks(articles)})
			for _, p := range articles {
				shown[p] = true
			}
		}
		v.Groups = append(v.Groups, s.otherGroups(locale, shown)...)
		for _, g := range v.Groups {
			v.Count += len(g.Items)
		}
		if support := s.supportLinks(locale); len(support) > 0 {
			v.Groups = append(v.Groups, themes.Group{ID: "support", Title: s.text(locale, "site.support"), Items: support})
		}
		return s.Theme.Render(w, v)
	})
}

// otherGroups are the pages outside of all categories, by their top folder.
func (s *Site) otherGroups(locale string, shown map[*Page]bool) []themes.Group {
	byFolder := map[string][]*Page{}
	folders := map[string]bool{}
	for id := range s.byID[locale] {
		if top, _, deeper := strings.Cut(id, "/"); deeper {
			folders[top] = true
		}
	}
	for _, p := range s.byID[locale] {
		if shown[p] || !s.listed(p) || p.ID == "" || p.Meta.Type == "category" {
			continue
		}
		top, _, deeper := strings.Cut(p.ID, "/")
		if !deeper && !folders[top] {
			top = ""
		}
		byFolder[top] = append(byFolder[top], p)
	}
	var groups []themes.Group
	for _, top := range slices.Sorted(maps.Keys(byFolder)) {
		sortPages(byFolder[top])
		g := themes.Group{Items: s.listLinks(byFolder[top])}
		if top != "" {
			g.ID, g.Title = top, strings.ReplaceAll(top, "-", " ")
			if index := s.byID[locale][top]; index != nil {
				g.Title, g.URL = index.Title(), index.URL
			}
		} else if len(shown) > 0 {
			g.ID, g.Title = "other", s.text(locale, "site.other")
		}
		groups = append(groups, g)
	}
	return groups
}

// notFound is the page for addresses that lead nowhere; a web server shows the
// root's for all of the site.
func (s *Site) notFound(locale, out string) *File {
	return &File{Path: out, write: func(w io.Writer) error {
		v := themes.NotFound{
			Shell:      s.ownShell(locale, "404", s.text(locale, "not-found.title"), ""),
			Categories: s.categoryCards(locale),
			AllURL:     s.url(locale, "search"),
		}
		v.URL, v.NoIndex = "", true
		v.Alternates = nil
		for _, l := range s.Config.Locales {
			v.Alternates = append(v.Alternates, themes.Alternate{Lang: themes.Lang(l), Name: languageName(l), URL: s.url(l, ""), Current: l == locale})
		}
		return s.Theme.Render(w, v)
	}}
}

// languageChoice is the root of a site in several languages: readers choose, by
// a link that names the language in itself.
func (s *Site) languageChoice() *File {
	first := s.Config.Locales[0]
	return &File{Path: "index.html", write: func(w io.Writer) error {
		sh := s.ownShell(first, "", s.words(s.Config.Title, first), s.words(s.Config.Description, first))
		sh.URL, sh.Breadcrumbs = s.root, nil
		v := themes.LanguageChoice{Shell: sh}
		for _, l := range s.Config.Locales {
			v.Languages = append(v.Languages, themes.Alternate{Lang: themes.Lang(l), Name: languageName(l), URL: s.url(l, "")})
		}
		return s.Theme.Render(w, v)
	}}
}

// ownPage is the entry of a page that is no article.
func (s *Site) ownPage(locale, id string, write func(w io.Writer) error) *File {
	return &File{Path: strings.TrimPrefix(s.url(locale, id), s.root) + "index.html", write: write}
}

// ownShell frames a page that is no article.
func (s *Site) ownShell(locale, id, title, description string) themes.Shell {
	return themes.Shell{
		Site:        s.chrome[chromeKey{locale, nil}],
		Title:       title,
		Description: description,
		URL:         s.url(locale, id),
		Alternates:  s.alternatesOf(locale, id),
		Breadcrumbs: []themes.Link{{Title: s.text(locale, "nav.home"), URL: s.url(locale, "")}},
		Banner:      s.support.banner(locale),
	}
}
