package site

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"annai/internal/source"
)

// Meta is what an article says about itself and other pages need: its front
// matter, checked, with what docfx.json says for all of its kind. Dates are
// YYYY-MM-DD. It is kept in the build's memory for every page, so it holds no
// text that only the page itself shows.
type Meta struct {
	Title       string
	TitleSuffix string
	Description string
	Type        string // article, howto, faq, category, home, landing, hub …; see typeOf
	Topic       string // ms.topic as it was written
	Locale      string // ms.contentlocale; "" is the folder's
	Date        string // when the text was last changed
	Reviewed    string
	ReviewBy    string
	Author      string
	Owner       string
	Audience    string
	Category    string
	Order       int // among its siblings in the navigation; 0 is before 1
	AppliesTo   []string
	Keywords    []string // search synonyms
	Codes       []string // error codes by which readers search
	Related     []string
	Aliases     []string // old paths that lead here
	RedirectURL string   // the page is only a redirection
	UID         string
	NoIndex     bool
	NoFollow    bool
	Draft       bool
	Monikers    string // monikerRange
	Pivots      []string
	PivotFile   string // zone_pivot_group_filename of docfx.json

	Translation     string // MT, HT … of Microsoft's, or human, post-edited, machine of ours
	TranslationOf   string
	TranslationRev  string // revision of the original that was translated
	TranslatedBy    string
	TranslationDate string
}

// readMeta makes Meta from front matter. What has the wrong shape is reported
// and taken as well as it can be.
func readMeta(file *source.File, fr *front, defaults func(key string) []string) (*Meta, source.Problems) {
	r := metaReader{file: file, front: fr, defaults: defaults}
	m := &Meta{
		Title:       suffixed.ReplaceAllString(r.text("title"), ""),
		TitleSuffix: r.text("titleSuffix"),
		Description: r.text("description", "summary"),
		Topic:       r.text("ms.topic"),
		Locale:      r.text("ms.contentlocale"),
		Date:        r.date("ms.date", "date"),
		Reviewed:    r.date("reviewed"),
		ReviewBy:    r.date("review_by"),
		Author:      r.text("author"),
		Owner:       r.text("owner"),
		Audience:    r.text("audience"),
		Category:    r.text("category"),
		AppliesTo:   r.list("applies_to", "appliesto"),
		Keywords:    r.list("keywords"),
		Related:     r.list("related"),
		Aliases:     r.list("aliases"),
		RedirectURL: r.text("redirect_url"),
		UID:         r.text("uid"),
		Monikers:    r.text("monikerRange"),
		Pivots:      r.list("zone_pivot_groups"),
		PivotFile:   r.text("zone_pivot_group_filename"),
		Translation: r.text("ms.translationtype"),
		Draft:       strings.EqualFold(r.text("draft"), "true") || strings.EqualFold(r.text("status"), "draft"),
	}
	m.Order = r.number("order")
	robots := strings.ToLower(r.text("robots"))
	m.NoIndex = strings.Contains(robots, "noindex") || strings.Contains(robots, "none")
	m.NoFollow = strings.Contains(robots, "nofollow") || strings.Contains(robots, "none")
	r.search(m)
	r.translation(m)
	m.Type = typeOf(r.text("type"), m.Topic)
	return m, r.problems
}

// suffixed is a site's name at the end of a title, which readers see elsewhere.
var suffixed = regexp.MustCompile(`\s*[|｜]\s*(Microsoft (Docs|Learn)|MSDN|TechNet)\s*$`)

type metaReader struct {
	file     *source.File
	front    *front
	defaults func(key string) []string
	problems source.Problems
}

// text is the first of the keys that has a value. A list is reported and its
// first element taken, so that the page has a name.
func (r *metaReader) text(keys ...string) string {
	for _, key := range keys {
		list := r.list(key)
		if len(list) == 0 {
			continue
		}
		if r.isList(key) {
			r.problems.Warnf(r.front.at(key, r.file), "front-matter-type", "%q is a list where text is expected", key)
		}
		return list[0]
	}
	return ""
}

// number is a whole number; what isn't one is reported and 0.
func (r *metaReader) number(key string) int {
	text := r.text(key)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.problems.Warnf(r.front.at(key, r.file), "front-matter-number", "%q is no whole number: %q", key, text)
	}
	return n
}

func (r *metaReader) isList(key string) bool {
	if r.front == nil {
		return false
	}
	n, ok := r.front.keys[strings.ToLower(key)]
	return ok && n.IsList()
}

func (r *metaReader) list(keys ...string) []string {
	for _, key := range keys {
		if list := r.front.list(key); len(list) > 0 {
			return list
		}
	}
	if r.defaults != nil {
		for _, key := range keys {
			if list := r.defaults(key); len(list) > 0 {
				return list
			}
		}
	}
	return nil
}

// dates as they are written: ISO, and month before day as Microsoft writes them.
var dateLayouts = []string{
	time.DateOnly, "1/2/2006", "2006/1/2", "2006-1-2", time.RFC3339, "2006-01-02 15:04:05", "January 2, 2006", "Jan 2, 2006",
}

func (r *metaReader) date(keys ...string) string {
	for _, key := range keys {
		text := r.text(key)
		if text == "" {
			continue
		}
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t.Format(time.DateOnly)
			}
		}
		r.problems.Warnf(r.front.at(key, r.file), "front-matter-date", "%q is no date: %q", key, text).
			Hintf("write it as YYYY-MM-DD")
	}
	return ""
}

// search reads the words by which readers look for the page: search.synonyms and
// search.errors.
func (r *metaReader) search(m *Meta) {
	for key, n := range r.mapping("search") {
		var list []string
		if n.IsList() {
			for _, item := range n.Items() {
				list = append(list, item.Text())
			}
		}
		switch key {
		case "synonyms":
			m.Keywords = append(slices.Clone(m.Keywords), list...)
		case "errors":
			m.Codes = append(m.Codes, list...)
		}
	}
}

func (r *metaReader) translation(m *Meta) {
	for key, n := range r.mapping("translation") {
		if !n.IsScalar() {
			continue
		}
		switch key {
		case "of":
			m.TranslationOf = source.Locale(n.Text())
		case "source_rev":
			m.TranslationRev = n.Text()
		case "method":
			m.Translation = n.Text()
		case "by":
			m.TranslatedBy = n.Text()
		case "reviewed":
			m.TranslationDate = n.Text()
		}
	}
}

func (r *metaReader) mapping(key string) map[string]source.Node {
	pairs := map[string]source.Node{}
	if r.front == nil {
		return pairs
	}
	if n, ok := r.front.keys[key]; ok && n.IsMap() {
		keys, values := n.Pairs()
		for i, k := range keys {
			pairs[k.Text()] = values[i]
		}
	}
	return pairs
}

// typeOf is the page's type: its own word, or what Microsoft's topic means.
func typeOf(own, topic string) string {
	if own != "" {
		return own
	}
	switch strings.ToLower(topic) {
	case "how-to", "howto", "quickstart", "tutorial", "get-started", "get-started-article", "hero-article":
		return "howto"
	case "faq":
		return "faq"
	case "landing-page", "landing":
		return "landing"
	case "hub-page", "hub":
		return "hub"
	}
	return "article"
}
