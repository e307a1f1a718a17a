package site

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"

	"annai/internal/source"
	"annai/themes"
)

// glossaryFile is glossary.yaml: words that are the same everywhere.
type glossaryFile struct {
	Terms []Term `yaml:"terms"`
}

// A Term is one thing with its name in every language.
type Term struct {
	source.Position

	ID        string              `yaml:"id,required"`
	Term      source.Words        `yaml:"term,required"`
	UI        bool                `yaml:"ui"` // what a button or menu of the product says
	Meaning   source.Words        `yaml:"meaning"`
	Synonyms  map[string][]string `yaml:"synonyms"`  // by locale: other words that readers search for
	Forbidden map[string][]string `yaml:"forbidden"` // by locale: renderings that are wrong
}

func (s *Site) readGlossary() {
	if !s.tree.has("glossary.yaml") {
		return
	}
	var g glossaryFile
	s.problems.Append(source.Decode(s.open("glossary.yaml"), &g))
	for _, locale := range slices.Sorted(maps.Keys(s.wordsFiles("glossary.yaml"))) {
		n, ps := source.ParseYAML(s.wordsFiles("glossary.yaml")[locale])
		s.problems.Append(ps, source.MergeWords(&g, locale, n))
	}
	ids := map[string]bool{}
	for i := range g.Terms {
		t := &g.Terms[i]
		if ids[t.ID] {
			s.problems.Errorf(t.Position, "term-twice", "the term %q stands here twice", t.ID)
		}
		ids[t.ID] = true
		s.checkWorded(t.Position, "the term "+t.ID, t.Term)
		t.Forbidden = byLocale(t.Forbidden)
		t.Synonyms = byLocale(t.Synonyms)
		for l, list := range t.Forbidden {
			if slices.Contains(list, t.Term[l]) {
				s.problems.Errorf(t.Position, "term-forbids-itself", "the term %q is forbidden in %s, where it is the right word", t.Term[l], l)
			}
		}
	}
	s.support.terms = g.Terms
}

// byLocale spells the keys as the site's locales are.
func byLocale(m map[string][]string) map[string][]string {
	n := make(map[string][]string, len(m))
	for l, list := range m {
		n[source.Locale(l)] = list
	}
	return n
}

// hasGlossary tells whether there is anything to explain.
func (s *Site) hasGlossary() bool {
	return slices.ContainsFunc(s.support.terms, func(t Term) bool { return len(t.Meaning) > 0 })
}

func (s *Site) glossaryPage(locale string) *File {
	return s.ownPage(locale, "glossary", func(w io.Writer) error {
		v := themes.Plain{Shell: s.ownShell(locale, "glossary", s.text(locale, "site.glossary"), "")}
		var terms []*Term
		for i := range s.support.terms {
			if t := &s.support.terms[i]; s.words(t.Meaning, locale) != "" {
				terms = append(terms, t)
			}
		}
		slices.SortFunc(terms, func(a, b *Term) int {
			return cmp.Or(strings.Compare(strings.ToLower(s.words(a.Term, locale)), strings.ToLower(s.words(b.Term, locale))), strings.Compare(a.ID, b.ID))
		})
		var b strings.Builder
		b.WriteString("<dl class=\"answers\">\n")
		for _, t := range terms {
			fmt.Fprintf(&b, "<div id=\"%s\"><dt><strong>%s</strong>", html.EscapeString(t.ID), html.EscapeString(s.words(t.Term, locale)))
			b.WriteString(s.otherNames(locale, t))
			fmt.Fprintf(&b, "</dt>\n<dd>%s</dd></div>\n", html.EscapeString(s.words(t.Meaning, locale)))
		}
		b.WriteString("</dl>\n")
		v.Body = themes.HTML(b.String())
		return s.Theme.Render(w, v)
	})
}

// otherNames are the term in the site's other languages: what a reader hears
// from a colleague, or sees on the screen.
func (s *Site) otherNames(locale string, t *Term) string {
	var b strings.Builder
	told := []string{s.words(t.Term, locale)}
	for _, l := range s.Config.Locales {
		if name := t.Term[l]; name != "" && !slices.Contains(told, name) {
			told = append(told, name)
			fmt.Fprintf(&b, "<br><span lang=\"%s\">%s</span>", themes.Lang(l), html.EscapeString(name))
		}
	}
	return b.String()
}

// checkTerms looks for forbidden words in the file as it was written, front
// matter included. Code is left out, and what stands in a link's target.
func (d *draft) checkTerms(text []byte) {
	if d.page.Fallback() {
		return
	}
	f := source.New(d.page.Path, text)
	lower := strings.ToLower(string(text))
	if len(lower) != len(text) {
		lower = string(text) // a letter whose other case is longer: exact spelling only
	}
	for i := range d.site.support.terms {
		t := &d.site.support.terms[i]
		for _, word := range t.Forbidden[d.page.Lang] {
			d.checkWord(f, lower, t, word)
		}
	}
}

func (d *draft) checkWord(f *source.File, lower string, t *Term, word string) {
	needle := strings.ToLower(word)
	for from := 0; needle != ""; {
		i := strings.Index(lower[from:], needle)
		if i < 0 {
			return
		}
		at := from + i
		from = at + len(needle)
		if right := strings.ToLower(t.Term[d.page.Lang]); strings.Contains(right, needle) && strings.Contains(lower[max(0, at-len(right)):min(len(lower), from+len(right))], right) {
			continue // part of the right word
		}
		if inCode(lower, at) {
			continue
		}
		d.warn(f.Position(at), "forbidden-term", "%q is not the word for this", word).
			Hintf("write %q (glossary: %s)", t.Term[d.page.Lang], t.ID)
	}
}

// inCode tells whether an offset lies between backquotes on its line or inside a
// fence.
func inCode(text string, at int) bool {
	line := strings.LastIndexByte(text[:at], '\n') + 1
	if strings.Count(text[line:at], "`")%2 == 1 {
		return true
	}
	return strings.Count(text[:line], "\n```")%2 == 1
}

// synonyms are groups of words that mean the same, for search.
func (s *Site) synonyms(locale string) [][]string {
	var groups [][]string
	for i := range s.support.terms {
		t := &s.support.terms[i]
		group := append([]string{s.words(t.Term, locale)}, t.Synonyms[locale]...)
		for _, l := range s.Config.Locales {
			if name := t.Term[l]; name != "" && !slices.Contains(group, name) {
				group = append(group, name)
			}
		}
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	return groups
}
