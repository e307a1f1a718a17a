package site

import (
	"fmt"
	"strings"
	"unicode"

	"annai/internal/source"
	"annai/markdown"
	"annai/themes"
)

// isYAMLPage tells the kinds of YAML files that are pages.
func isYAMLPage(mime string) bool {
	switch mime {
	case "FAQ", "Landing", "Hub":
		return true
	}
	return false
}

// yamlFront is what a YAML page says about itself: its metadata, and its own
// title and summary before those of the metadata.
func yamlFront(f *source.File) (*front, source.Problems) {
	fr := &front{keys: map[string]source.Node{}}
	n, problems := source.ParseYAML(source.New(f.Path, trimBOM(f.Text)))
	var ps source.Problems
	for _, p := range problems {
		ps.Warnf(p.Position, "yaml-page-syntax", "the page is not valid YAML: %s", strings.TrimPrefix(p.Message, "not valid YAML: "))
	}
	if n.IsZero() || !n.IsMap() {
		return fr, ps
	}
	fr.node = n
	keys, values := n.Pairs()
	for i, k := range keys {
		switch k.Text() {
		case "metadata":
			if values[i].IsMap() {
				mk, mv := values[i].Pairs()
				for j := range mk {
					name := strings.ToLower(mk[j].Text())
					if _, twice := fr.keys[name]; !twice {
						fr.keys[name] = mv[j]
					}
				}
			}
		case "title":
			fr.keys["title"] = values[i]
		}
	}
	return fr, ps
}

// A yamlMap is a mapping of a YAML page, whose keys are read leniently: these
// pages are machine-made and complete, or somebody else's.
type yamlMap map[string]source.Node

func mapping(n source.Node) yamlMap {
	m := yamlMap{}
	if !n.IsZero() && n.IsMap() {
		keys, values := n.Pairs()
		for i, k := range keys {
			m[k.Text()] = values[i]
		}
	}
	return m
}

func (m yamlMap) text(keys ...string) string {
	for _, key := range keys {
		if n, ok := m[key]; ok && n.IsScalar() && !isNull(n) {
			return strings.TrimSpace(n.Text())
		}
	}
	return ""
}

func (m yamlMap) list(key string) []yamlMap {
	n, ok := m[key]
	if !ok || !n.IsList() {
		return nil
	}
	var list []yamlMap
	for _, item := range n.Items() {
		list = append(list, mapping(item))
	}
	return list
}

func (m yamlMap) mapping(key string) yamlMap { return mapping(m[key]) }

// yamlPage reads the page's file as a mapping.
func (d *draft) yamlPage() yamlMap {
	d.file.Text = trimBOM(d.file.Text)
	n, _ := source.ParseYAML(d.file) // reported by Load
	return mapping(n)
}

// prose renders a key's Markdown, and remembers its ids and text.
func (d *draft) prose(m yamlMap, key string) (themes.HTML, error) {
	n, ok := m[key]
	if !ok || !n.IsScalar() || isNull(n) || strings.TrimSpace(n.Text()) == "" {
		return "", nil
	}
	return d.markdown(n.Text(), d.textPosition(n))
}

// textPosition is where a value's text begins: of a block scalar, in the line
// below its sign.
func (d *draft) textPosition(n source.Node) source.Position {
	at := n.Position()
	line := d.sourceLine(at.Line)
	if at.Col > 0 && at.Col <= len(line) && (line[at.Col-1] == '|' || line[at.Col-1] == '>') {
		at.Line++
	}
	return at
}

func (d *draft) sourceLine(number int) string {
	if d.lines == nil {
		d.lines = strings.Split(string(d.file.Text), "\n")
	}
	if number < 1 || number > len(d.lines) {
		return ""
	}
	return d.lines[number-1]
}

// plain is the visible text of a line of Markdown.
func (d *draft) plain(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if !strings.ContainsAny(text, "*_`[<&\\") {
		return text
	}
	doc := markdown.Parse(source.New(d.page.Path, []byte(text)), markdown.Options{Locale: d.page.Lang})
	var parts []string
	for _, s := range doc.Sections {
		parts = append(parts, strings.TrimSpace(s.Heading+s.Text))
	}
	return strings.Join(parts, " ")
}

func (d *draft) faqView() (any, error) {
	m := d.yamlPage()
	body, err := d.prose(m, "summary")
	if err != nil {
		return nil, err
	}
	view := themes.FAQ{Article: themes.Article{Body: body}}
	ids := idSet{}
	for _, section := range m.list("sections") {
		s := themes.FAQSection{Title: d.plain(section.text("name"))}
		if s.Title != "" {
			s.ID = d.anchor(ids.unique(slug(s.Title)))
			d.section(s.ID, s.Title, "")
		}
		for _, q := range section.list("questions") {
			question := themes.Question{Question: d.plain(q.text("question"))}
			question.ID = d.anchor(ids.unique(slug(question.Question)))
			d.section(question.ID, question.Question, "")
			if question.Answer, err = d.prose(q, "answer"); err != nil {
				return nil, err
			}
			s.Questions = append(s.Questions, question)
			if s.Title == "" {
				view.TOC = append(view.TOC, themes.Heading{ID: question.ID, Text: question.Question, Level: 2})
			}
		}
		if s.Title != "" {
			view.TOC = append(view.TOC, themes.Heading{ID: s.ID, Text: s.Title, Level: 2})
		}
		view.Sections = append(view.Sections, s)
	}
	if view.After, err = d.prose(m, "additionalContent"); err != nil {
		return nil, err
	}
	d.finish(&view.Article)
	return view, nil
}

// finish fills what every article has.
func (d *draft) finish(a *themes.Article) {
	a.Shell, a.Head, a.Foot = d.shell(), d.head(), d.foot()
}

// landingView shows a page of links: of a Landing its cards, of a Hub all of its
// directories.
func (d *draft) landingView() (any, error) {
	m := d.yamlPage()
	body, err := d.prose(m, "summary")
	if err != nil {
		return nil, err
	}
	view := themes.Landing{Article: themes.Article{Body: body}}
	if cards := d.cards(m.list("landingContent")); len(cards) > 0 {
		view.Sections = append(view.Sections, themes.LandingSection{Cards: cards})
	}
	for _, key := range []string{"highlightedContent", "productDirectory", "tools", "conceptualContent", "additionalContent"} {
		view.Sections = append(view.Sections, d.hubSections(m.mapping(key))...)
	}
	d.finish(&view.Article)
	return view, nil
}

// hubSections are a directory's own cards, and those of its sections.
func (d *draft) hubSections(m yamlMap) []themes.LandingSection {
	var sections []themes.LandingSection
	s := themes.LandingSection{Title: d.plain(m.text("title")), Summary: d.plain(m.text("summary"))}
	s.Cards = d.cards(m.list("items"))
	if s.Title != "" || len(s.Cards) > 0 {
		d.section("", s.Title, s.Summary)
		sections = append(sections, s)
	}
	for _, inner := range m.list("sections") {
		sections = append(sections, d.hubSections(inner)...)
	}
	return sections
}

func (d *draft) cards(list []yamlMap) []themes.Card {
	var cards []themes.Card
	for _, m := range list {
		c := themes.Card{Title: d.plain(m.text("title", "text")), Summary: d.plain(m.text("summary"))}
		if m.text("url") != "" {
			c.URL = d.link(m, "url")
		}
		if icon := m.text("imageSrc"); icon != "" {
			_, c.Icon = d.picture(d.page.Path, icon)
		}
		if links := d.cardLinks(m.list("links")); len(links) > 0 {
			c.Lists = append(c.Lists, themes.CardList{Links: links})
		}
		for _, l := range m.list("linkLists") {
			c.Lists = append(c.Lists, themes.CardList{
				Title: d.listTitle(l.text("linkListType", "title")),
				Links: d.cardLinks(l.list("links")),
			})
		}
		if footer := m.mapping("footerLink"); len(footer) > 0 {
			c.Lists = append(c.Lists, themes.CardList{Links: d.cardLinks([]yamlMap{footer})})
		}
		d.section("", c.Title, c.Summary)
		cards = append(cards, c)
	}
	return cards
}

func (d *draft) cardLinks(list []yamlMap) []themes.Link {
	var links []themes.Link
	for _, m := range list {
		l := themes.Link{Title: d.plain(m.text("text", "title")), URL: d.link(m, "url"), Description: d.plain(m.text("note", "summary"))}
		if l.Title != "" {
			links = append(links, l)
			d.section("", l.Title, "")
		}
	}
	return links
}

// listTitle is the reader's word for a kind of links.
func (d *draft) listTitle(kind string) string {
	if kind == "" {
		return ""
	}
	key := "landing." + kind
	if text := d.site.Theme.Text(d.site.uiLocale(d.page.Locale), key); text != key {
		return text
	}
	return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "-", " ")
}

// link resolves a key's address; a broken one is reported and "".
func (d *draft) link(m yamlMap, key string) string {
	n, ok := m[key]
	if !ok || !n.IsScalar() {
		return ""
	}
	t := d.ask(d.page.Path, n.Text())
	d.noteLink(t, n.Text(), n.Position())
	return t.url
}

// noteLink reports a broken link, and remembers what a good one needs.
func (d *draft) noteLink(t target, link string, at source.Position) {
	switch {
	case t.broken != "":
		d.problem(at, "broken-link", "link to %q: %s", link, t.broken).suggest(t.hint)
	case t.file != "":
		d.facts.Files = append(d.facts.Files, t.file)
	case t.fragment != "" && t.page != nil:
		d.facts.Fragments = append(d.facts.Fragments, fragment{t.page.Locale, t.page.ID, t.fragment, link, at})
	}
}

// anchor notes an id of the page.
func (d *draft) anchor(id string) string {
	d.facts.found.Anchors = append(d.facts.found.Anchors, id)
	return id
}

// idSet gives every heading of a page an id of its own.
type idSet map[string]int

func (s idSet) unique(id string) string {
	if id == "" {
		id = "section"
	}
	n := s[id]
	s[id]++
	if n > 0 {
		return s.unique(fmt.Sprintf("%s-%d", id, n))
	}
	return id
}

// slug is a heading's id as GitHub makes it: letters of all scripts stay.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r == ' ' || r == '-':
			b.WriteByte('-')
		case r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
