package site

import (
	"path"
	"slices"
	"strings"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
)

// readPolicy reads products, rules, notices and calendars. All of it is of sites
// of ours only.
func (s *Site) readPolicy() {
	s.Tables, s.Calendars = map[string]*policy.Table{}, map[string]policy.Calendar{}
	if !s.own {
		return
	}
	locales := s.Config.Locales
	if s.tree.has("products.yaml") {
		products, ps := policy.ParseProducts(s.open("products.yaml"), s.wordsFiles("products.yaml"), locales)
		s.Products = products
		s.problems.Append(ps)
	}
	for _, f := range s.tree.glob("calendars", ".yaml") {
		calendar, ps := policy.ParseCalendar(s.open(f.path))
		s.Calendars[stem(f.path)] = calendar
		s.problems.Append(ps)
	}
	for _, f := range s.tree.glob("rules", ".yaml") {
		t, ps := policy.ParseTable(s.open(f.path), s.wordsFiles(f.path), locales)
		s.problems.Append(ps)
		s.checkID(f.path, t.ID)
		s.Tables[t.ID] = t
	}
	for _, f := range s.tree.glob("notices", ".yaml") {
		n, ps := policy.ParseNotice(s.open(f.path), s.wordsFiles(f.path), locales)
		s.problems.Append(ps)
		s.Notices = append(s.Notices, n)
	}
	slices.SortStableFunc(s.Notices, func(a, b *policy.Notice) int {
		if c := strings.Compare(a.ID, b.ID); c != 0 {
			return c
		}
		return a.Version - b.Version
	})
}

func (s *Site) readForms() {
	s.Forms = map[string]*form.Definition{}
	if !s.own {
		return
	}
	for _, f := range s.tree.glob("forms", ".yaml") {
		d, ps := form.Parse(s.open(f.path), s.wordsFiles(f.path), s.Config.Locales)
		s.problems.Append(ps)
		s.checkID(f.path, d.ID)
		s.Forms[d.ID] = d
	}
}

// checkID compares a file's name with the id in it, which links and the relay use.
func (s *Site) checkID(file, id string) {
	if id != "" && id != stem(file) {
		s.problems.Errorf(source.Position{Path: file}, "id-mismatch", "the id %q is not the file's name", id).
			Hintf("call the file %s.yaml, or write id: %s", id, stem(file))
	}
}

// stem is a file's name without its ending.
func stem(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }

// wordsFiles are the files with the words of a facts file, by locale: the same
// path below the locale's folder.
func (s *Site) wordsFiles(facts string) map[string]*source.File {
	words := map[string]*source.File{}
	for dir, locale := range s.localeOf {
		if p := path.Join(dir, facts); s.tree.has(p) {
			words[locale] = s.open(p)
		}
	}
	return words
}
