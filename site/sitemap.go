package site

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"annai/themes"
)

// What search engines and other programs are told: sitemap with languages,
// robots.txt.

// maxSitemap is the protocol's limit of addresses in one file.
const maxSitemap = 50000

type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string        `xml:"loc"`
	LastMod string        `xml:"lastmod,omitempty"`
	Links   []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel      string `xml:"rel,attr"`
	HrefLang string `xml:"hreflang,attr"`
	Href     string `xml:"href,attr"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []sitemapURL `xml:"sitemap"`
}

// sitemapFiles are sitemap.xml and robots.txt; more than fit in one file are
// parted, and sitemap.xml lists the parts.
func (s *Site) sitemapFiles() []*File {
	robots := &File{Path: "robots.txt", write: s.writeRobots}
	if s.Config.BaseURL == "" {
		return []*File{robots}
	}
	urls := s.sitemapURLs()
	if len(urls) <= maxSitemap {
		return []*File{robots, s.sitemapFile("sitemap.xml", sitemap{URLs: urls})}
	}
	files := []*File{robots}
	var index sitemapIndex
	for i := 0; i*maxSitemap < len(urls); i++ {
		name := fmt.Sprintf("sitemap-%d.xml", i+1)
		files = append(files, s.sitemapFile(name, sitemap{URLs: urls[i*maxSitemap : min(len(urls), (i+1)*maxSitemap)]}))
		index.Maps = append(index.Maps, sitemapURL{Loc: s.host() + s.root + name})
	}
	return append(files, s.sitemapFile("sitemap.xml", index))
}

func (s *Site) sitemapFile(name string, content any) *File {
	return &File{Path: name, write: func(w io.Writer) error {
		if m, ok := content.(sitemap); ok {
			m.XHTML = "http://www.w3.org/1999/xhtml"
			content = m
		}
		if _, err := io.WriteString(w, xml.Header); err != nil {
			return err
		}
		enc := xml.NewEncoder(w)
		if err := enc.Encode(content); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	}}
}

// sitemapURLs are all pages worth finding, each with its translations.
func (s *Site) sitemapURLs() []sitemapURL {
	var urls []sitemapURL
	for _, p := range s.pages {
		if p.Meta.NoIndex || p.Meta.RedirectURL != "" || !s.worthIndexing(p) {
			continue
		}
		u := s.sitemapURL(p.URL, s.alternatesOf(p.Locale, p.ID))
		if t := s.pageDate(p); !t.IsZero() {
			u.LastMod = t.Format(time.DateOnly)
		}
		urls = append(urls, u)
	}
	for _, locale := range s.Config.Locales {
		for _, id := range s.supportIDs() {
			if indexed(id) {
				urls = append(urls, s.sitemapURL(s.url(locale, id), s.alternatesOf(locale, id)))
			}
		}
	}
	return urls
}

// indexed tells which of the pages that are no articles are worth finding.
func indexed(id string) bool {
	return !strings.HasSuffix(id, "/triage") && !strings.HasSuffix(id, "/diff") && !strings.HasSuffix(id, "/embed")
}

func (s *Site) sitemapURL(url string, alternates []themes.Alternate) sitemapURL {
	u := sitemapURL{Loc: s.host() + url}
	for _, a := range alternates {
		if a.Listed {
			u.Links = append(u.Links, sitemapLink{Rel: "alternate", HrefLang: a.Lang, Href: s.host() + a.URL})
		}
	}
	return u
}

func (s *Site) writeRobots(w io.Writer) error {
	var b strings.Builder
	b.WriteString("User-agent: *\nAllow: /\n")
	if s.Config.BaseURL != "" {
		fmt.Fprintf(&b, "\nSitemap: %s\n", s.host()+s.root+"sitemap.xml")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
