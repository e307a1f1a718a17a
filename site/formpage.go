package site

import (
	"io"
	"slices"

	"annai/form"
	"annai/themes"
)

// Every form has a page, and one without a frame around it that other sites may
// show in an iframe.

func (s *Site) formFiles(locale string, def *form.Definition) []*File {
	id := "forms/" + def.ID
	files := []*File{s.ownPage(locale, id, func(w io.Writer) error {
		v := themes.FormPage{Shell: s.formShell(locale, def), Form: s.formOf(locale, def)}
		return s.Theme.Render(w, v)
	})}
	if len(def.Embed) > 0 {
		files = append(files, s.ownPage(locale, id+"/embed", func(w io.Writer) error {
			v := themes.FormPage{Shell: s.formShell(locale, def), Form: s.formOf(locale, def), Bare: true}
			v.URL, v.NoIndex, v.Alternates, v.Canonical = s.url(locale, id+"/embed"), true, nil, s.host()+s.url(locale, id)
			return s.Theme.Render(w, v)
		}))
	}
	return files
}

func (s *Site) formShell(locale string, def *form.Definition) themes.Shell {
	sh := s.ownShell(locale, "forms/"+def.ID, s.words(def.Title, locale), firstParagraph(s.words(def.Intro, locale)))
	sh.NoContact = true // the form shows its own channels
	return sh
}

// formOf is the form as its own page shows it.
func (s *Site) formOf(locale string, def *form.Definition) themes.Form {
	f := themes.Form{
		Definition: def,
		Locale:     s.uiLocale(locale),
		RelayURL:   s.relayURL(),
		Page:       s.url(locale, "forms/"+def.ID),
		Contact:    s.chrome[chromeKey{locale, nil}].Contact,
		PrivacyURL: s.privacyURL(locale, def),
	}
	s.supportForm(locale, &f)
	return f
}

// privacyURL is the page that the form names for its privacy: an article, or the
// notice.
func (s *Site) privacyURL(locale string, def *form.Definition) string {
	if p := s.Page(locale, def.Privacy); def.Privacy != "" && p != nil {
		return p.URL
	}
	if n := s.support.notice; n != nil && n.ID == def.Privacy {
		return s.url(locale, "notice") + "#privacy"
	}
	return ""
}

// supportForm adds outages and articles to a form: what may help before it is
// sent. It never stands in the way.
func (s *Site) supportForm(locale string, f *themes.Form) {
	def := f.Definition
	if def.Suggest.Outages {
		for _, o := range s.support.current() {
			f.Outages = append(f.Outages, s.outageBanner(locale, o))
		}
	}
	if f.PrivacyURL == "" {
		f.PrivacyURL = s.privacyURL(locale, def)
	}
	f.Contact = otherChannels(f.Contact)
	for _, p := range s.suggested(locale, def) {
		f.Suggest = append(f.Suggest, s.listLink(p))
	}
}

// otherChannels is the contact for readers whom a form fails: without forms.
func otherChannels(c *themes.Contact) *themes.Contact {
	if c == nil {
		return nil
	}
	other := *c
	other.Channels = slices.DeleteFunc(slices.Clone(c.Channels), func(ch themes.Channel) bool { return ch.Kind == "form" })
	return &other
}

// suggested are the articles that the form's rules send their readers to, most
// named first: those are written for what the form asks. When they are fewer than
// the form wants, suggest.by says which others are like them.
func (s *Site) suggested(locale string, def *form.Definition) []*Page {
	count := map[string]int{}
	var ids []string
	name := func(id string) {
		if count[id]++; count[id] == 1 {
			ids = append(ids, id)
		}
	}
	for _, id := range tablesOf(def) {
		t := s.Tables[id]
		if t == nil {
			continue
		}
		for _, r := range t.Rules {
			for _, id := range r.TryFirst {
				name(id)
			}
			if r.Then.Page != "" {
				name(r.Then.Page)
			}
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return count[b] - count[a] })
	var list []*Page
	for _, id := range ids {
		if p := s.Page(locale, id); p != nil && len(list) < def.Suggest.Articles {
			list = append(list, p)
		}
	}
	for _, p := range s.alike(locale, def.Suggest.By, list) {
		if len(list) < def.Suggest.Articles {
			list = append(list, p)
		}
	}
	return list
}

// alike are the other articles that share with the given ones all that by names:
// the category, a product.
func (s *Site) alike(locale string, by []string, given []*Page) []*Page {
	if len(by) == 0 || len(given) == 0 {
		return nil
	}
	shares := map[string]func(a, b *Page) bool{
		"category": func(a, b *Page) bool { return a.Meta.Category == b.Meta.Category },
		"applies_to": func(a, b *Page) bool {
			return slices.ContainsFunc(a.Meta.AppliesTo, func(id string) bool { return slices.Contains(b.Meta.AppliesTo, id) })
		},
	}
	var list []*Page
	for _, c := range s.categoryIDs() {
		for _, p := range s.articlesOf(locale, c) {
			if p.Fallback() || slices.Contains(given, p) {
				continue
			}
			if slices.ContainsFunc(given, func(g *Page) bool {
				return !slices.ContainsFunc(by, func(key string) bool { return !shares[key](p, g) })
			}) {
				list = append(list, p)
			}
		}
	}
	sortPages(list)
	return list
}

// tablesOf are the ids of the rules that may decide on a form, sorted.
func tablesOf(def *form.Definition) []string {
	var ids []string
	if def.Rule != "" {
		ids = append(ids, def.Rule)
	}
	if def.RuleBy != nil {
		for _, id := range def.RuleBy.Rules {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
