package site

import (
	"cmp"
	"encoding/xml"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"annai/themes"
)

// Atom feeds of a locale: everything, the notice alone, the outages alone.

// feedKinds are the feeds' paths below the locale, with what is in them.
var feedKinds = map[string][]string{
	"feed.xml":        {"notice", "outage", "article"},
	"notice/feed.xml": {"notice"},
	"status/feed.xml": {"outage"},
}

// maxEntries is how many entries a feed has.
const maxEntries = 50

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Updated   string       `xml:"updated"`
	Published string       `xml:"published,omitempty"`
	Link      atomLink     `xml:"link"`
	Category  atomCategory `xml:"category"`
	Summary   string       `xml:"summary,omitempty"`

	at time.Time
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// feedFiles are the feeds of all locales; none without a base URL, since a feed's
// addresses are absolute.
func (s *Site) feedFiles() []*File {
	if !s.hasFeeds() {
		return nil
	}
	var files []*File
	for _, locale := range s.Config.Locales {
		for _, p := range slices.Sorted(maps.Keys(feedKinds)) {
			if p == "notice/feed.xml" && s.support.notice == nil || p == "status/feed.xml" && !s.support.status {
				continue
			}
			files = append(files, &File{Path: strings.TrimPrefix(s.url(locale, ""), s.root) + p, write: func(w io.Writer) error {
				return s.writeFeed(w, locale, p, feedKinds[p])
			}})
		}
	}
	return files
}

func (s *Site) hasFeeds() bool { return s.own && s.Config.BaseURL != "" }

func (s *Site) writeFeed(w io.Writer, locale, p string, kinds []string) error {
	self := s.host() + s.url(locale, "") + p
	feed := atomFeed{
		Lang: themes.Lang(locale), ID: self,
		Title:  s.words(s.Config.Title, locale),
		Author: atomAuthor{Name: s.owner(locale)},
		Links:  []atomLink{{Rel: "self", Type: "application/atom+xml", Href: self}, {Rel: "alternate", Type: "text/html", Href: s.host() + s.url(locale, "")}},
	}
	for _, kind := range kinds {
		switch kind {
		case "notice":
			feed.Entries = append(feed.Entries, s.noticeEntries(locale)...)
		case "outage":
			feed.Entries = append(feed.Entries, s.outageEntries(locale)...)
		case "article":
			feed.Entries = append(feed.Entries, s.articleEntries(locale)...)
		}
	}
	slices.SortFunc(feed.Entries, func(a, b atomEntry) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.ID, b.ID)) })
	feed.Entries = feed.Entries[:min(len(feed.Entries), maxEntries)]
	updated := time.Unix(0, 0).UTC()
	for _, e := range feed.Entries {
		if e.at.After(updated) {
			updated = e.at
		}
	}
	feed.Updated = updated.Format(time.RFC3339)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(feed); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// tag is an entry's permanent name (RFC 4151): the host and the day on which the
// scheme was settled, never the entry's address.
func (s *Site) tag(what string) string {
	host := s.Config.BaseURL
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	host, _, _ = strings.Cut(host, ":")
	return "tag:" + host + ",2026:" + what
}

func (s *Site) owner(locale string) string {
	if name := s.words(s.Config.Organization.Name, locale); name != "" {
		return name
	}
	return s.words(s.Config.Title, locale)
}

func (s *Site) entry(locale, id, kind, title, summary, url string, at time.Time) atomEntry {
	return atomEntry{
		ID: s.tag(locale + "/" + id), Title: title, Summary: summary, Updated: at.UTC().Format(time.RFC3339), at: at,
		Link: atomLink{Rel: "alternate", Type: "text/html", Href: s.host() + url}, Category: atomCategory{Term: kind},
	}
}

func (s *Site) noticeEntries(locale string) []atomEntry {
	var list []atomEntry
	for _, n := range s.support.published {
		title := s.words(n.Title, locale) + s.text(locale, "title.separator") + s.text(locale, "notice.version-n", n.Version)
		var changes []string
		for _, c := range s.noticeChanges(locale, n) {
			if c.Text != "" {
				changes = append(changes, c.Text)
			}
		}
		summary := strings.Join(changes, "\n")
		if summary == "" {
			summary = s.words(n.Summary, locale)
		}
		e := s.entry(locale, "notice/"+strconv.Itoa(n.Version), "notice", title, summary, s.url(locale, versionID(n)), day(n.Published))
		e.Published = e.Updated
		list = append(list, e)
	}
	return list
}

func (s *Site) outageEntries(locale string) []atomEntry {
	var list []atomEntry
	for i := range s.support.outages {
		o := &s.support.outages[i]
		summary := ""
		if n := len(o.Updates); n > 0 {
			summary = s.text(locale, "outage."+o.state()) + ": " + s.words(o.Updates[n-1].Text, locale)
		}
		e := s.entry(locale, "outage/"+o.ID, "outage", s.words(o.Title, locale), summary, s.url(locale, "status")+"#"+o.ID, o.updated())
		e.Published = moment(o.Started).UTC().Format(time.RFC3339)
		list = append(list, e)
	}
	return list
}

// articleEntries are the pages with a date, fallbacks left out.
func (s *Site) articleEntries(locale string) []atomEntry {
	var list []atomEntry
	for _, id := range slices.Sorted(maps.Keys(s.byID[locale])) {
		p := s.byID[locale][id]
		at := s.pageDate(p)
		if at.IsZero() || p.Fallback() || !s.listed(p) || p.Meta.NoIndex || p.Meta.Type == "category" || p.Meta.Type == "home" {
			continue
		}
		list = append(list, s.entry(locale, "article/"+p.ID, "article", p.Title(), p.Meta.Description, p.URL, at))
	}
	return list
}

// pageDate is when a page's text was last found true: changed, reviewed, or
// translated.
func (s *Site) pageDate(p *Page) time.Time {
	last := day(p.Meta.Date)
	for _, text := range []string{p.Meta.Reviewed, p.Meta.TranslationDate} {
		if t := day(text); t.After(last) {
			last = t
		}
	}
	return last
}
