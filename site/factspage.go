package site

import (
	"path"
	"strings"

	"annai/internal/source"
)

// Links to facts: articles name a form, rules or the notice by their file, and
// their readers get the page that is made of it.

// factsPage is the page of a facts or words file, named by its path: a form, a
// table of rules, a notice or one version of it.
func (s *Site) factsPage(locale, file string) (string, bool) {
	_, rel := s.locale(file)
	if s.localeDir(file) == "" {
		rel = file
	}
	rel = strings.TrimSuffix(strings.TrimSuffix(rel, ".yaml"), "/")
	dir, name := path.Split(rel)
	switch {
	case dir == "rules/" && s.Tables[name] != nil, dir == "forms/" && s.Forms[name] != nil:
		return s.url(locale, rel), true
	case dir == "notices/" && s.isNotice(name):
		return s.url(locale, "notice"), true
	case strings.HasPrefix(dir, "notices/") && s.isNotice(path.Base(dir)):
		for _, n := range s.support.versions {
			if itoa(n.Version) == name {
				return s.url(locale, versionID(n)), true
			}
		}
	}
	return "", false
}

func (s *Site) isNotice(id string) bool {
	for i := range s.Notices {
		if s.Notices[i].ID == id {
			return true
		}
	}
	return false
}

// resolveFacts resolves a link to a facts file, with the card of a rule or the
// part of a notice behind #.
func (s *Site) resolveFacts(p *Page, file string, t tail) (target, bool) {
	if !s.own {
		return target{}, false
	}
	url, ok := s.factsPage(p.Locale, file)
	if !ok {
		return target{}, false
	}
	if dir, name := path.Split(strings.TrimSuffix(file, ".yaml")); path.Base(dir) == "rules" && t.fragment != "" {
		if table := s.Tables[name]; table != nil && table.Rule(t.fragment) == nil {
			var ids []string
			for _, r := range table.Rules {
				ids = append(ids, r.ID)
			}
			return target{broken: "the rules have no rule of that name", hint: source.Nearest(t.fragment, ids)}, true
		}
	}
	return target{url: url + t.String()}, true
}
