package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"annai/policy"
	"annai/themes"
)

// Manifest is what the relay has to know of the site: forms, policy, and what its
// pages are drawn with. It is written beside the pages as forms.json.
func (s *Site) Manifest() (*policy.Manifest, error) {
	m := &policy.Manifest{
		Format: policy.ManifestFormat,
		Site: policy.SiteFacts{
			Title:    map[string]string{},
			BaseURL:  s.Config.BaseURL,
			RelayURL: s.relayURL(),
			Locales:  s.Config.Locales,
			Contact:  s.Config.Contact.Form,
		},
		Products:  s.Products,
		Notices:   s.Notices,
		Calendars: s.Calendars,
		Theme:     s.Theme.Snapshot(),
		Shells:    map[string]string{},
		Pages:     map[string]map[string]string{},
	}
	for _, id := range slices.Sorted(maps.Keys(s.Forms)) {
		m.Forms = append(m.Forms, s.Forms[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
		m.Tables = append(m.Tables, s.Tables[id])
	}
	for _, locale := range s.Config.Locales {
		m.Site.Title[locale] = s.words(s.Config.Title, locale)
		shell, err := s.blank(locale)
		if err != nil {
			return nil, err
		}
		m.Shells[locale] = shell
	}
	for _, p := range s.pages {
		if !s.searchable(p) {
			continue
		}
		m.Articles = append(m.Articles, policy.ArticleFacts{
			Title: p.Title(), URL: p.URL, Locale: p.Locale, Category: p.Meta.Category, AppliesTo: p.Meta.AppliesTo,
		})
	}
	m.Pages = s.namedPages()
	m.Site.Hash = hashOf(m.Forms, m.Tables, m.Products, m.Notices, m.Calendars)
	return m, nil
}

// blank is the page around a relay's page. A relay on another host needs
// absolute addresses in it.
func (s *Site) blank(locale string) (string, error) {
	c := *s.chrome[chromeKey{locale, nil}]
	c.Nav = nil
	if s.Config.BaseURL != "" && s.relayURL() != "" && !strings.HasPrefix(s.relayURL()+"/", s.host()+"/") {
		s.makeAbsolute(&c)
	}
	var buf bytes.Buffer
	err := s.Theme.Render(&buf, themes.Blank{Shell: themes.Shell{Site: &c, NoIndex: true}})
	return buf.String(), err
}

// makeAbsolute puts the site's host before all addresses of a frame.
func (s *Site) makeAbsolute(c *themes.Site) {
	for _, u := range []*string{&c.Root, &c.HomeURL, &c.SearchURL, &c.Logo, &c.Feed} {
		if strings.HasPrefix(*u, "/") {
			*u = s.host() + *u
		}
	}
	c.Header, c.Footer = s.absoluteLinks(c.Header), s.absoluteLinks(c.Footer)
	if c.Contact != nil {
		contact := *c.Contact
		for _, u := range []*string{&contact.FormURL, &contact.NoticeURL, &contact.LookupURL} {
			if strings.HasPrefix(*u, "/") {
				*u = s.host() + *u
			}
		}
		c.Contact = &contact
	}
}

func (s *Site) absoluteLinks(links []themes.Link) []themes.Link {
	list := make([]themes.Link, len(links))
	for i, l := range links {
		if strings.HasPrefix(l.URL, "/") {
			l.URL = s.host() + l.URL
		}
		list[i] = l
	}
	return list
}

// namedPages are the addresses of the pages that rules and forms name.
func (s *Site) namedPages() map[string]map[string]string {
	pages := map[string]map[string]string{}
	add := func(id string) {
		for _, locale := range s.Config.Locales {
			if p := s.Page(locale, id); p != nil && id != "" {
				if pages[id] == nil {
					pages[id] = map[string]string{}
				}
				pages[id][locale] = p.URL
			}
		}
	}
	for _, t := range s.Tables {
		for i := range t.Rules {
			add(t.Rules[i].Then.Page)
			for _, id := range t.Rules[i].TryFirst {
				add(id)
			}
		}
	}
	for _, d := range s.Forms {
		add(d.Privacy)
	}
	return pages
}

// hashOf is a fingerprint of facts, by their JSON.
func hashOf(facts ...any) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, f := range facts {
		enc.Encode(f)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// manifestFile is forms.json, of a site that has forms.
func (s *Site) manifestFile() []*File {
	if len(s.Forms) == 0 {
		return nil
	}
	return []*File{{Path: policy.ManifestName, write: func(w io.Writer) error {
		m, err := s.Manifest()
		if err != nil {
			return err
		}
		return m.Write(w)
	}}}
}
