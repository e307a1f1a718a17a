package site

import (
	"slices"

	"annai/form"
	"annai/themes"
)

// shell is what stands around the page's content.
func (d *draft) shell() themes.Shell {
	p := d.page
	sh := d.site.shellOf(p)
	if sh.Title == "" && d.doc != nil {
		sh.Title = d.doc.Title
	}
	if sh.Title == "" {
		sh.Title = p.Title()
	}
	return sh
}

func (s *Site) shellOf(p *Page) themes.Shell {
	sh := themes.Shell{
		Site:        s.chromeOf(p),
		Title:       p.Meta.Title,
		Description: p.Meta.Description,
		URL:         p.URL,
		NoFollow:    p.Meta.NoFollow,
		NoIndex:     p.Meta.NoIndex || s.own && s.stateOf(p) == stateMachine && !s.Config.IndexMachine,
		Markdown:    s.markdownURL(p),
		Alternates:  s.alternates(p),
		Breadcrumbs: s.breadcrumbs(p),
		Banner:      s.support.banner(p.Locale),
	}
	if p.Fallback() {
		sh.Lang = themes.Lang(p.Lang)
		sh.Canonical = s.host() + s.url(p.Lang, p.ID)
	}
	return sh
}

// alternates are the same page in the other languages; where it isn't
// translated, the page that stands in.
func (s *Site) alternates(p *Page) []themes.Alternate { return s.alternatesOf(p.Locale, p.ID) }

func (s *Site) alternatesOf(locale, id string) []themes.Alternate {
	if len(s.Config.Locales) < 2 {
		return nil
	}
	var list []themes.Alternate
	for _, l := range s.Config.Locales {
		a := themes.Alternate{Lang: themes.Lang(l), Name: languageName(l), Current: l == locale, URL: s.url(l, "")}
		if q := s.byID[l][id]; q != nil {
			a.URL, a.Listed = q.URL, s.worthIndexing(q)
		} else if s.ownPaths[l+"/"+id] {
			a.URL, a.Listed = s.url(l, id), true
		}
		list = append(list, a)
	}
	if i := slices.IndexFunc(list, func(a themes.Alternate) bool { return a.Current }); i >= 0 && !list[i].Listed {
		for j := range list {
			list[j].Listed = false // a page that isn't one of the set doesn't name the others
		}
	}
	return list
}

// languageName is a language's name in itself.
func languageName(locale string) string {
	if name, ok := languageNames[locale]; ok {
		return name
	}
	return themes.Lang(locale)
}

var languageNames = map[string]string{
	"ja": "日本語", "zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English", "ko": "한국어",
	"de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt": "Português",
	"pt-br": "Português (Brasil)", "ru": "Русский", "nl": "Nederlands", "pl": "Polski", "sv": "Svenska",
	"tr": "Türkçe", "cs": "Čeština", "hu": "Magyar", "da": "Dansk", "fi": "Suomi", "nb": "Norsk",
	"th": "ไทย", "vi": "Tiếng Việt", "id": "Bahasa Indonesia", "he": "עברית", "ar": "العربية", "uk": "Українська",
}

// breadcrumbs lead from the home page to the page, without the page itself: as
// the repository's breadcrumb file says, else as the navigation does.
func (s *Site) breadcrumbs(p *Page) []themes.Link {
	if p.ID == "" {
		return nil
	}
	list := []themes.Link{{Title: s.Theme.Text(s.chromeOf(p).Locale, "nav.home"), URL: s.url(p.Locale, "")}}
	list = append(list, s.ownBreadcrumbs(p)...)
	if p.nav == nil {
		return list
	}
	for _, n := range p.nav.above() {
		l := themes.Link{Title: n.title, URL: n.url}
		if l.URL == p.URL || slices.ContainsFunc(list, func(o themes.Link) bool { return o.URL != "" && o.URL == l.URL }) {
			continue
		}
		list = append(list, l)
	}
	return list
}

// head is what stands under an article's title.
func (d *draft) head() themes.Head {
	m := d.page.Meta
	h := themes.Head{
		AppliesTo: d.site.appliesTo(d.page),
		Reviewed:  day(m.Reviewed),
		Updated:   day(m.Date),
		ReviewBy:  day(m.ReviewBy),
		Language:  d.site.language(d.page),
	}
	if m.Author != "" && !d.site.own {
		h.Authors = []string{m.Author}
	}
	if d.site.Config.SourceURL != "" {
		h.SourceURL = d.site.Config.SourceURL + "/" + escapePath(d.page.Path)
	}
	if !h.ReviewBy.IsZero() {
		h.Overdue = h.ReviewBy.Before(d.site.today())
	}
	d.supportHead(&h)
	return h
}

// foot is what stands under an article: where to read on.
func (d *draft) foot() themes.Foot {
	f := themes.Foot{Feedback: d.site.Config.RelayURL != "" && d.site.own, Page: d.page.URL}
	if n := d.page.nav; n != nil {
		f.Previous, f.Next = d.site.neighbours(n)
	}
	d.supportFoot(&f)
	return f
}

// neighbours are the pages before and after one among its siblings.
func (s *Site) neighbours(n *navNode) (previous, next *themes.Link) {
	siblings := n.tree.items
	if n.parent != nil {
		siblings = n.parent.items
	}
	seen := false
	for _, o := range siblings {
		switch {
		case o == n:
			seen = true
		case o.page == nil:
		case !seen:
			previous = &themes.Link{Title: o.title, URL: o.url}
		case next == nil:
			next = &themes.Link{Title: o.title, URL: o.url}
			return previous, next
		}
	}
	return previous, next
}

// formView is a form as an article embeds it, and as its own page shows it.
func (s *Site) formView(p *Page, def *form.Definition) themes.Form {
	f := themes.Form{
		Definition: def,
		Locale:     s.chromeOf(p).Locale,
		RelayURL:   s.relayURL(),
		Contact:    s.chromeOf(p).Contact,
	}
	if def.Privacy != "" {
		if q := s.Page(p.Locale, def.Privacy); q != nil {
			f.PrivacyURL = q.URL
		}
	}
	s.supportForm(p.Locale, &f)
	return f
}
