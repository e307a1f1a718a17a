package site

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"annai/internal/source"
)

// The states of a page's text in a language, as pages, annai translate status and
// hreflang tell them.
const (
	stateOriginal   = "original"
	stateHuman      = "human"
	statePostEdited = "post-edited"
	stateMachine    = "machine"
	stateStale      = "stale"    // the original changed since
	stateFallback   = "fallback" // another language's text stands in
	stateMissing    = "missing"
)

// revision names a state of a file: the first 12 hexadecimal digits of its
// SHA-256, with line ends as LF so that checkouts agree.
func revision(text []byte) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(string(text), "\r\n", "\n")))
	return hex.EncodeToString(sum[:6])
}

// inheritFacts gives translations what only their original says: the category,
// the products, who it is for. Words alone differ between languages.
func (s *Site) inheritFacts() {
	if !s.own {
		return
	}
	for _, p := range s.pages {
		o := s.originalOf(p)
		if o == nil {
			continue
		}
		m := *p.Meta
		if m.Type == "article" && p.Lang != o.Lang {
			m.Type = o.Meta.Type
		}
		inherit(&m.Category, o.Meta.Category)
		inherit(&m.Audience, o.Meta.Audience)
		inherit(&m.Owner, o.Meta.Owner)
		inherit(&m.Reviewed, o.Meta.Reviewed)
		inherit(&m.ReviewBy, o.Meta.ReviewBy)
		if m.Order == 0 {
			m.Order = o.Meta.Order
		}
		if len(m.AppliesTo) == 0 {
			m.AppliesTo = o.Meta.AppliesTo
		}
		if len(m.Related) == 0 {
			m.Related = o.Meta.Related
		}
		if len(m.Codes) == 0 {
			m.Codes = o.Meta.Codes
		}
		p.Meta = &m
	}
}

func inherit(own *string, original string) {
	if *own == "" {
		*own = original
	}
}

// originalOf is the page that a page of ours was translated from; nil for
// originals, and for those that stand alone.
func (s *Site) originalOf(p *Page) *Page {
	of := p.Meta.TranslationOf
	if of == "" {
		of = s.Config.Locales[0]
	}
	if of == p.Lang {
		return nil
	}
	if o := s.Page(of, p.ID); o != nil && !o.Fallback() {
		return o
	}
	return nil
}

// stateOf is the state of a page's text.
func (s *Site) stateOf(p *Page) string {
	if p.Fallback() {
		return stateFallback
	}
	o := s.originalOf(p)
	if !s.own || o == nil {
		if state := translationState(p.Meta.Translation); state != "" {
			return state
		}
		return stateOriginal
	}
	state := translationState(p.Meta.Translation)
	switch {
	case state == stateMachine:
		return state
	case p.Meta.TranslationRev != "" && p.Meta.TranslationRev != o.input.rev:
		return stateStale
	case state == "":
		return stateOriginal
	}
	return state
}

// worthIndexing tells whether search engines are sent to the page in its language.
func (s *Site) worthIndexing(p *Page) bool {
	switch s.stateOf(p) {
	case stateFallback:
		return false
	case stateMachine:
		return s.Config.IndexMachine
	}
	return true
}

// checkTranslation holds a translation to its original's facts, and tells when
// the original has changed.
func (d *draft) checkTranslation() {
	o := d.site.originalOf(d.page)
	if o == nil || d.page.Fallback() {
		return
	}
	m := d.page.Meta
	if method, ok := d.front.key("translation"); !ok || !method.IsMap() {
		d.warn(d.at("translation"), "translation-unmarked", "the page doesn't say how it was translated from %s", o.Path).
			Hintf("add translation: {of: %s, source_rev: %s, method: human, by: …, reviewed: …}", o.Locale, o.input.rev)
	} else if methods := []string{stateHuman, statePostEdited, stateMachine}; !slices.Contains(methods, m.Translation) {
		d.problem(d.at("translation"), "translation-method", "there is no way of translating called %q", m.Translation).choose(m.Translation, methods)
	}
	original := d.originalFront(o)
	switch rev := o.input.rev; {
	case m.TranslationRev == "" && m.Translation != "":
		d.warn(d.at("translation"), "source-rev-missing", "the translation doesn't say which state of %s it was made from", o.Path).
			Hintf("add source_rev: %s", rev)
	case m.TranslationRev != "" && m.TranslationRev != rev:
		d.warn(d.at("translation"), "translation-stale", "%s has changed since it was translated", o.Path).
			Hintf("readers are told so; bring the translation up to date and set source_rev: %s", rev)
	}
	for _, key := range []string{"type", "category", "audience", "applies_to", "time"} {
		here, there := d.front.list(key), original.list(key)
		if key == "type" && here == nil && there != nil {
			continue
		}
		if here != nil && !slices.Equal(here, there) {
			d.problem(d.at(key), "translation-fact", "%q is %s here and %s in %s", key, factText(here), factText(there), o.Path).
				hint("facts are the original's: leave %s out, or change it there", key)
		}
	}
	for _, key := range []string{"steps", "questions"} {
		here, there := d.front.ids(key), original.ids(key)
		if !slices.Equal(here, there) {
			d.problem(d.at(key), "translation-parts", "the %s are %s here and %s in %s", key, factText(here), factText(there), o.Path).
				hint("a translation has the same %s in the same order, each with the original's id", key)
		}
	}
}

func factText(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// originalFront reads the original's front matter. The page depends on that file
// from then on.
func (d *draft) originalFront(o *Page) *front {
	text, err := d.read(o.Path)
	if err != nil {
		return nil
	}
	fr, _ := readFront(source.New(o.Path, text))
	return fr
}

// inheritKey takes a fact of the front matter from the original when the page has
// none of its own.
func (d *draft) inheritKey(key string, v any) {
	o := d.site.originalOf(d.page)
	if _, own := d.front.key(key); own || o == nil {
		return
	}
	if n, ok := d.originalFront(o).key(key); ok {
		n.Decode(v) // what is wrong with it is told at the original
	}
}

// ids are those of a list of mappings, "" for an element without one.
func (f *front) ids(key string) []string {
	n, ok := f.key(key)
	if !ok || !n.IsList() {
		return nil
	}
	var ids []string
	for _, item := range n.Items() {
		id := "?"
		if item.IsMap() {
			keys, values := item.Pairs()
			for i, k := range keys {
				if k.Text() == "id" {
					id = values[i].Text()
				}
			}
		}
		ids = append(ids, id)
	}
	return ids
}

// A Translated is one article in all languages of the site.
type Translated struct {
	ID     string            // "" is the home page
	Rev    string            // state of the original: what source_rev should be
	States map[string]string // by locale: original, human, post-edited, machine, stale, fallback or missing
}

// Translations lists all articles with the state of each translation, by id.
func (s *Site) Translations() []Translated {
	ids := map[string]bool{}
	for _, p := range s.pages {
		ids[p.ID] = true
	}
	var list []Translated
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		t := Translated{ID: id, States: map[string]string{}}
		for _, l := range s.Config.Locales {
			p := s.Page(l, id)
			if p == nil {
				t.States[l] = stateMissing
				continue
			}
			t.States[l] = s.stateOf(p)
			if t.Rev == "" && s.originalOf(p) == nil && !p.Fallback() {
				t.Rev = p.input.rev
			}
		}
		list = append(list, t)
	}
	return list
}
