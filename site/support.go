package site

import (
	"slices"
	"strings"

	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// support is what site.yaml, status.yaml and the glossary add to every page of a
// site of ours.
type support struct{}

// readSupport reads it.
func (s *Site) readSupport() {}

// checkFront checks an article's front matter against its type.
func (s *Site) checkFront(f *source.File, fr *front, m *Meta) source.Problems { return nil }

// supportPaths are the addresses that are no articles, as LOCALE/PATH.
func (s *Site) supportPaths() map[string]bool {
	paths := map[string]bool{}
	for _, l := range s.Config.Locales {
		paths[l+"/search"] = true
		for id := range s.Forms {
			paths[l+"/forms/"+id] = true
		}
	}
	return paths
}

// supportChrome adds contact, footer and feed to a locale's frame.
func (s *Site) supportChrome(c *themes.Site, locale string) {}

// banner is the message above all pages.
func (support) banner(locale string) *themes.Banner { return nil }

// supportView makes the view of a type that isn't just an article; nil for those.
func (d *draft) supportView() (any, error) { return nil, nil }

// supportHead and supportFoot add what the type knows.
func (d *draft) supportHead(h *themes.Head) {}
func (d *draft) supportFoot(f *themes.Foot) {}

// supportForm adds outages and articles to a form.
func (s *Site) supportForm(locale string, f *themes.Form) {}

// supportFiles are the pages that are no articles.
func (s *Site) supportFiles() []*File { return nil }

// supportFinish are the files that need all pages.
func (s *Site) supportFinish() []*File { return nil }

// listed tells whether lists and navigation show the page.
func (s *Site) listed(p *Page) bool { return p.Meta.RedirectURL == "" }

// appliesTo are the products that an article is about, by name.
func (s *Site) appliesTo(p *Page) []string {
	var names []string
	for _, id := range p.Meta.AppliesTo {
		i := slices.IndexFunc(s.Products, func(q policy.Product) bool { return q.ID == id })
		if i < 0 {
			names = append(names, strings.TrimSpace(id))
			continue
		}
		names = append(names, s.words(s.Products[i].Name, p.Locale))
	}
	return names
}

// synonyms are words of the glossary that mean the same, for search.
func (s *Site) synonyms(locale string) [][]string { return nil }
