package site

import (
	"strings"

	"annai/internal/source"
)

// checkAliases refuses old addresses that are taken, or are none.
func (s *Site) checkAliases() {
	if !s.own {
		return
	}
	taken := map[string]string{}
	for _, p := range s.pages {
		taken[p.Out] = p.Path
	}
	for own := range s.ownPaths {
		taken[own+"/index.html"] = "/" + own + "/"
	}
	for _, p := range s.pages {
		if p.Fallback() {
			continue
		}
		for _, alias := range p.Meta.Aliases {
			m, ok := s.alias(p, alias)
			if !ok || strings.ContainsAny(alias, "?#\\") || scheme.MatchString(alias) {
				s.problems.Errorf(s.frontPlace(p, "aliases"), "alias-form", "%q is no address of this site", alias).
					Hintf("write a path such as /%s/old-name/, or old-name", p.Locale)
				continue
			}
			if other := taken[m.out]; other != "" {
				s.problems.Errorf(s.frontPlace(p, "aliases"), "alias-taken", "the address %q is that of %s", alias, other)
				continue
			}
			taken[m.out] = p.Path
		}
	}
}

// frontPlace is the place of a key of a page's front matter. It reads the file
// again, which only a problem does.
func (s *Site) frontPlace(p *Page, key string) source.Position {
	f := s.open(p.Path)
	fr, _ := readFront(f)
	return fr.at(key, f)
}
