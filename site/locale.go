package site

import (
	"strings"
	"time"

	"annai/themes"
)

// language tells how the page's text came into its language.
func (s *Site) language(p *Page) themes.Language {
	m := p.Meta
	l := themes.Language{By: m.TranslatedBy, Date: day(m.TranslationDate)}
	if p.Fallback() {
		l.State = "fallback"
		l.Original = themes.Link{Title: s.readOriginal(p.Lang, p.Title()), URL: s.url(p.Lang, p.ID), Lang: themes.Lang(p.Lang)}
		l.Name = s.languageIn(p.Lang, p.Locale)
		return l
	}
	switch l.State = s.stateOf(p); l.State {
	case stateOriginal:
		l.State = ""
		return l
	case stateStale:
		if changed := s.pageDate(s.originalOf(p)); changed.After(l.Date) {
			l.Date = changed
		}
	}
	l.Original, l.Name = s.original(p)
	return l
}

// translationState is Microsoft's word for how a text was translated, or ours.
func translationState(method string) string {
	switch strings.ToUpper(method) {
	case "MT", "AUTO":
		return "machine"
	case "MTE75", "MTE95", "POST-EDITED":
		return "post-edited"
	case "HT", "HUMAN":
		return "human"
	case "MACHINE":
		return "machine"
	}
	return ""
}

// original is the page that a translation was made from: in this site, or on
// Microsoft's, where articles of its repositories are English.
func (s *Site) original(p *Page) (themes.Link, string) {
	of := p.Meta.TranslationOf
	if of == "" {
		of = "en"
		if s.own {
			of = s.Config.Locales[0]
		}
	}
	name := s.languageIn(of, p.Locale)
	if q := s.Page(of, p.ID); q != nil && q != p && !q.Fallback() {
		return themes.Link{Title: s.readOriginal(of, q.Title()), URL: q.URL, Lang: themes.Lang(of)}, name
	}
	if s.own {
		return themes.Link{}, name
	}
	return themes.Link{Title: s.readOriginal(of, p.Title()), URL: s.originalURL(p, of), Lang: themes.Lang(of)}, name
}

// readOriginal is what a link to an original says, in the original's language: a
// reader who would rather read that one knows it. Without texts in that language
// it is the title.
func (s *Site) readOriginal(locale, title string) string {
	if !s.Theme.Has(locale) {
		return title
	}
	return s.Theme.Text(locale, "language.original")
}

// originalURL is the article on Microsoft's site, "" when the repository doesn't
// tell where that is.
func (s *Site) originalURL(p *Page, locale string) string {
	if p.docset == nil || p.docset.base() == "" {
		return ""
	}
	_, dir := s.locale(p.docset.dir + "/x")
	rest := strings.TrimPrefix(strings.TrimPrefix(p.ID, strings.TrimSuffix(dir, "/x")), "/")
	return s.Config.LearnHost + "/" + learnLocale(locale) + "/" + p.docset.base() + "/" + rest
}

// languageIn is a language's name in the reader's; the theme has those of its
// own locales.
func (s *Site) languageIn(language, reader string) string {
	key := "language.name." + language
	if name := s.Theme.Text(s.uiLocale(reader), key); name != key {
		return name
	}
	return languageName(language)
}

// uiLocale is the locale of the theme's texts for readers of a locale.
func (s *Site) uiLocale(locale string) string {
	if s.Theme.Has(locale) {
		return locale
	}
	return "en"
}

// today is the day of the build, at midnight UTC.
func (s *Site) today() time.Time { return s.Now.UTC().Truncate(24 * time.Hour) }
