package site

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"annai/internal/source"
	"annai/policy"
)

// The types of a page of ours. What a type's front matter holds is a struct
// below; its keys are what annai schema tells editors.
var pageTypes = []string{"home", "category", "article", "howto", "faq"}

// audienceInternal marks pages for the partner's own desk, which are never
// published.
const audienceInternal = "partner-agent"

var audiences = []string{"end-user", "customer-admin", audienceInternal}

// articleFront is the front matter of any page.
type articleFront struct {
	source.Position

	Title       string           `yaml:"title"`
	Description string           `yaml:"description"`
	Type        string           `yaml:"type"`
	Status      string           `yaml:"status"`
	Draft       bool             `yaml:"draft"`
	Category    string           `yaml:"category"`
	AppliesTo   []string         `yaml:"applies_to"`
	Audience    string           `yaml:"audience"`
	Owner       string           `yaml:"owner"`
	Order       int              `yaml:"order"`
	Date        string           `yaml:"date"`
	Reviewed    string           `yaml:"reviewed"`
	ReviewBy    string           `yaml:"review_by"`
	Related     []string         `yaml:"related"`
	Aliases     []string         `yaml:"aliases"`
	Keywords    []string         `yaml:"keywords"`
	Search      searchFront      `yaml:"search"`
	Sources     []policy.Source  `yaml:"sources"`
	Translation translationFront `yaml:"translation"`
}

type searchFront struct {
	Synonyms []string `yaml:"synonyms"`
	Errors   []string `yaml:"errors"`
}

type translationFront struct {
	source.Position

	Of        string `yaml:"of,required"`
	SourceRev string `yaml:"source_rev"`
	Method    string `yaml:"method,required"`
	By        string `yaml:"by"`
	Reviewed  string `yaml:"reviewed"`
}

// homeFront is that of a locale's index.md.
type homeFront struct {
	Common articleFront `yaml:",inline"`

	Examples []string `yaml:"examples"` // searches to try
	Popular  []string `yaml:"popular"`  // pages about what troubles most
}

// howtoFront is that of a how-to: what is done, and how one sees that it worked.
type howtoFront struct {
	Common articleFront `yaml:",inline"`

	Time   policy.Duration `yaml:"time"`
	Role   string          `yaml:"role"`
	Before []prose         `yaml:"before"`
	Steps  []stepFront     `yaml:"steps"`
	Check  prose           `yaml:"check"`
	Undo   prose           `yaml:"undo"`
	Fails  []failFront     `yaml:"fails"`
}

type stepFront struct {
	source.Position

	ID     string `yaml:"id"`
	Do     prose  `yaml:"do,required"`
	Where  prose  `yaml:"where"`
	Image  prose  `yaml:"image"`
	Expect prose  `yaml:"expect"`
}

type failFront struct {
	source.Position

	Symptom   string `yaml:"symptom,required"`
	ErrorCode string `yaml:"error_code"`
	Do        prose  `yaml:"do"`
	Rule      string `yaml:"rule"` // id of escalation rules, or of one of their rules as TABLE#RULE
}

// faqFront is that of a page of questions.
type faqFront struct {
	Common articleFront `yaml:",inline"`

	Questions []questionFront `yaml:"questions"`
}

type questionFront struct {
	source.Position

	ID      string `yaml:"id"`
	Q       string `yaml:"q,required"`
	A       prose  `yaml:"a,required"`
	Article string `yaml:"article"`
}

// frontOf is an empty front matter of a type.
func frontOf(kind string) any {
	switch kind {
	case "home":
		return new(homeFront)
	case "howto":
		return new(howtoFront)
	case "faq":
		return new(faqFront)
	}
	return new(articleFront)
}

// foreignKey tells keys that Microsoft's publishing knows and we pass over, or
// that readMeta reads for its repositories.
var foreignKey = regexp.MustCompile(`(?i)^(ms\..*|uid|author|manager|titlesuffix|robots|monikerrange|zone_pivot.*|feedback_.*|breadcrumb_path|redirect_url|locale|summary|appliesto|services?|documentationcenter|layout|contributors|experimental.*|search\.[a-z]+)$`)

// decodeFront reads the page's front matter as its type, strictly.
func (d *draft) decodeFront(v any) {
	if d.front == nil || d.front.node.IsZero() {
		return
	}
	n := d.front.node
	mapping := *n.YAML
	mapping.Content = nil
	keys, values := n.Pairs()
	for i, k := range keys {
		if !foreignKey.MatchString(k.Text()) {
			mapping.Content = append(mapping.Content, k.YAML, values[i].YAML)
		}
	}
	n.YAML = &mapping
	ps := n.Decode(v)
	for i := range ps {
		if ps[i].Code == "yaml-unknown-key" && d.otherType(ps[i].Args) != "" {
			ps[i].Hintf("%q belongs to pages of type %s", ps[i].Args[0], d.otherType(ps[i].Args))
		}
	}
	d.facts.Problems.Append(ps)
}

// otherType is the type whose front matter has the unknown key.
func (d *draft) otherType(args []any) string {
	if len(args) == 0 {
		return ""
	}
	for _, kind := range pageTypes {
		if name, _ := args[0].(string); kind != d.page.Meta.Type && slices.Contains(keysOf(frontOf(kind)), name) {
			return kind
		}
	}
	return ""
}

// checkType reports what every page of ours must say, whatever its type.
func (d *draft) checkType() {
	m, at := d.page.Meta, d.at
	if !slices.Contains(pageTypes, m.Type) {
		if d.inherits("type") || slices.Contains(pageTypes, d.front.text("type")) {
			d.checkTranslation() // the original's type is wrong, and told there
			return
		}
		p := d.problem(at("type"), "type-unknown", "there is no type of page %q", m.Type)
		p.choose(m.Type, pageTypes)
		return
	}
	if d.front.text("title") == "" && (m.Type != "article" || m.Title == "") {
		d.problem(at("title"), "title-missing", "the page has no title")
	}
	if n := units(m.Title); n > maxTitle {
		d.warn(at("title"), "title-long", "the title is %d units long, more than %d are cut off in lists", n, maxTitle).
			Hintf("a letter counts 1, a Chinese or Japanese character 2")
	}
	if strings.HasSuffix(m.Title, "。") {
		d.warn(at("title"), "title-stop", "the title ends with a full stop")
	}
	d.checkDescription()
	d.checkCategory()
	d.checkProducts()
	d.checkDates()
	if m.Audience != "" && !slices.Contains(audiences, m.Audience) && !d.inherits("audience") {
		d.problem(at("audience"), "audience-unknown", "there is no audience %q", m.Audience).choose(m.Audience, audiences)
	}
	if m.Owner == "" && !d.inherits("owner") {
		d.warn(at("owner"), "owner-missing", "nobody owns the page").Hintf("owner names the team that keeps it true")
	}
	d.checkRelated()
	d.checkSources()
	d.checkTranslation()
}

// Limits of titles and descriptions, in units: what lists and search results
// show before they cut off.
const (
	maxTitle       = 60
	maxDescription = 160
	maxRelated     = 5
)

// units is how wide a text is: 1 for a letter, 2 for a full-width character.
func units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 && (r < 0x2000 || r >= 0x2E80) {
			n++
		}
	}
	return n
}

func (d *draft) checkDescription() {
	switch text := d.page.Meta.Description; {
	case text == "":
		d.warn(d.at("description"), "description-missing", "the page has no description").
			Hintf("one sentence: it is what search results show")
	case units(text) > maxDescription:
		d.warn(d.at("description"), "description-long", "the description is %d units long, more than %d are cut off in search results", units(text), maxDescription).
			Hintf("a letter counts 1, a Chinese or Japanese character 2")
	}
}

func (d *draft) checkCategory() {
	m := d.page.Meta
	ids := d.site.categoryIDs()
	if len(ids) == 0 || m.Type == "home" || d.inherits("category") {
		return
	}
	switch {
	case m.Category == "" && d.page.ID != "accessibility" && d.page.ID != "privacy":
		d.problem(d.at("category"), "category-missing", "the page belongs to no category").
			hint("the categories are %s", strings.Join(ids, ", "))
	case m.Category != "" && !slices.Contains(ids, m.Category):
		d.problem(d.at("category"), "category-unknown", "there is no category %q", m.Category).choose(m.Category, ids)
	}
}

func (s *Site) categoryIDs() []string {
	ids := make([]string, len(s.Config.Categories))
	for i, c := range s.Config.Categories {
		ids[i] = c.ID
	}
	return ids
}

func (d *draft) checkProducts() {
	if len(d.site.Products) == 0 || d.inherits("applies_to") {
		return
	}
	var ids []string
	for _, p := range d.site.Products {
		ids = append(ids, p.ID)
	}
	for _, id := range d.page.Meta.AppliesTo {
		if !slices.Contains(ids, id) {
			d.problem(d.at("applies_to"), "product-unknown", "there is no product %q", id).choose(id, ids)
		}
	}
}

func (d *draft) checkDates() {
	m := d.page.Meta
	reviewed, by := day(m.Reviewed), d.site.reviewBy(m)
	switch {
	case reviewed.IsZero():
		return
	case reviewed.After(d.site.today().Add(24 * time.Hour)):
		d.problem(d.at("reviewed"), "reviewed-in-future", "the review of %s has not been yet", m.Reviewed)
	case !by.After(reviewed):
		d.problem(d.at("review_by"), "review-order", "the next review (%s) is not after the last one (%s)", m.ReviewBy, m.Reviewed)
	case by.Before(d.site.today()) && !d.inherits("reviewed"):
		at := d.at("reviewed")
		if m.ReviewBy != "" {
			at = d.at("review_by")
		}
		d.warn(at, "review-overdue", "the page was to be reviewed by %s", by.Format(time.DateOnly)).
			Hintf("readers see that it may be out of date; read it again and set reviewed and review_by")
	}
}

// reviewBy is until when a review holds: what the page says, else so many days
// after its last review; zero for a page that was never reviewed.
func (s *Site) reviewBy(m *Meta) time.Time {
	if by := day(m.ReviewBy); !by.IsZero() {
		return by
	}
	if reviewed := day(m.Reviewed); !reviewed.IsZero() {
		return reviewed.AddDate(0, 0, s.Config.ReviewDays)
	}
	return time.Time{}
}

// checkRelated looks for the pages that the page sends its readers to.
func (d *draft) checkRelated() {
	related := d.page.Meta.Related
	if d.inherits("related") {
		return // told at the original
	}
	if len(related) > maxRelated {
		d.problem(d.at("related"), "related-many", "%d related pages are more than a reader looks at", len(related)).
			hint("name %d at most", maxRelated)
	}
	for _, id := range related {
		d.pageOf(id, "related")
	}
}

// pageOf is the page that a field names by its id; one that isn't there is a
// problem at the field.
func (d *draft) pageOf(id, key string) *Page { return d.pageAt(id, d.at(key)) }

func (d *draft) pageAt(id string, at source.Position) *Page {
	if t := d.ask(d.page.Path, "/"+id); t.page != nil && t.broken == "" {
		return t.page
	}
	p := d.problem(at, "page-unknown", "there is no page %q", id)
	if near := source.Nearest(id, slices.Sorted(maps.Keys(d.site.byID[d.page.Lang]))); near != "" {
		p.suggest(near)
	} else {
		p.hint("a page is named by its path below the locale, without .md")
	}
	return nil
}

func (d *draft) checkSources() {
	var f articleFront
	if n, ok := d.front.key("sources"); ok {
		n.Decode(&f.Sources) // its problems are told by the type's own front matter
	}
	for _, src := range f.Sources {
		for _, date := range []string{src.Retrieved} {
			if date != "" && day(date).IsZero() {
				d.problem(d.at("sources"), "front-matter-date", "%q is no date: %q", "retrieved", date).hint("write it as YYYY-MM-DD")
			}
		}
	}
}

// inherits tells that a fact is the original's: what is wrong with it is told
// there, once.
func (d *draft) inherits(key string) bool {
	_, own := d.front.key(key)
	return !own && d.site.originalOf(d.page) != nil
}

// at is the place of a key of the front matter.
func (d *draft) at(key string) source.Position { return d.front.at(key, d.file) }

func (f *front) key(name string) (source.Node, bool) {
	if f == nil {
		return source.Node{}, false
	}
	n, ok := f.keys[name]
	return n, ok
}

// warn adds a warning.
func (d *draft) warn(at source.Position, code, format string, args ...any) *source.Problem {
	return d.facts.Problems.Warnf(at, code, format, args...)
}

// hint says what to do about the problem.
func (p *problem) hint(format string, args ...any) { (*source.Problem)(p).Hintf(format, args...) }

// choose hints at the nearest of the possible words, or at all of them.
func (p *problem) choose(word string, possible []string) {
	if near := source.Nearest(word, possible); near != "" {
		p.suggest(near)
		return
	}
	p.hint("there are %s", strings.Join(possible, ", "))
}
