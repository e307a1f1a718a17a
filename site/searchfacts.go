package site

import (
	"annai/form"
	"annai/policy"
	"annai/search"
	"maps"
	"slices"
)

// indexSupport adds the pages that are no articles to the search index: who is
// responsible, what is promised and where to ask are what readers look for.
func (s *Site) indexSupport() {
	for l, b := range s.builders {
		for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
			b.Add(s.rulesDocument(l, s.Tables[id]))
		}
		for _, id := range slices.Sorted(maps.Keys(s.Forms)) {
			b.Add(s.formDocument(l, s.Forms[id]))
		}
		if n := s.support.notice; n != nil {
			b.Add(s.noticeDocument(l, n))
		}
		if s.hasGlossary() {
			b.Add(s.glossaryDocument(l))
		}
	}
}

func (s *Site) ownDocument(locale, id, kind, title, description string) search.Document {
	return search.Document{URL: s.url(locale, id), Path: locale + "/" + id, Title: title, Description: description, Type: s.typeName(locale, kind)}
}

// nameFacets says type, category and products in the reader's words: search shows
// them beside what it found, and filters by them.
func (s *Site) nameFacets(p *Page, d *search.Document) {
	d.Type = s.typeName(p.Locale, p.Meta.Type)
	if p.Meta.Category != "" {
		d.Category = s.categoryLink(p.Locale, p.Meta.Category).Title
	}
	d.Products = s.appliesTo(p)
}

// typeName is "" for types that readers don't look for, such as home.
func (s *Site) typeName(locale, kind string) string { return s.wordOrNone(locale, "type."+kind) }

func (s *Site) wordOrNone(locale, key string) string {
	if text := s.text(locale, key); text != key {
		return text
	}
	return ""
}

func (s *Site) rulesDocument(locale string, t *policy.Table) search.Document {
	d := s.ownDocument(locale, "rules/"+t.ID, "rules", s.words(t.Title, locale), s.words(t.Intro, locale))
	for i := range t.Rules {
		r := &t.Rules[i]
		d.Sections = append(d.Sections, search.Section{
			ID: r.ID, Heading: s.words(r.Title, locale), Text: s.words(r.Action, locale) + "\n" + s.words(r.Reason, locale),
		})
	}
	return d
}

func (s *Site) formDocument(locale string, f *form.Definition) search.Document {
	d := s.ownDocument(locale, "forms/"+f.ID, "form", s.words(f.Title, locale), firstParagraph(s.words(f.Intro, locale)))
	d.Sections = []search.Section{{Text: s.words(f.Intro, locale) + "\n" + s.words(f.Purpose, locale)}}
	return d
}

func (s *Site) noticeDocument(locale string, n *policy.Notice) search.Document {
	d := s.ownDocument(locale, "notice", "notice", s.words(n.Title, locale), s.words(n.Summary, locale))
	add := func(id, text string) {
		d.Sections = append(d.Sections, search.Section{ID: id, Heading: s.text(locale, "notice."+id), Text: text})
	}
	channels := ""
	for _, c := range n.Channels {
		channels += s.words(c.Name, locale) + " " + form.International(c.E164) + " " + c.Address + " " + s.words(c.Note, locale) + "\n"
	}
	add("channels", channels)
	severities := ""
	for _, x := range n.Severities {
		severities += s.words(x.Name, locale) + "\n" + s.words(x.Meaning, locale) + "\n" + s.words(x.Ask, locale) + "\n"
	}
	add("severities", severities)
	add("privacy", s.words(n.Privacy.Text, locale))
	return d
}

func (s *Site) glossaryDocument(locale string) search.Document {
	d := s.ownDocument(locale, "glossary", "glossary", s.text(locale, "site.glossary"), "")
	for i := range s.support.terms {
		t := &s.support.terms[i]
		if meaning := s.words(t.Meaning, locale); meaning != "" {
			d.Sections = append(d.Sections, search.Section{ID: t.ID, Heading: s.words(t.Term, locale), Text: meaning})
		}
	}
	return d
}
