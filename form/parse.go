package form

import (
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"annai/internal/source"
)

// Parse reads a definition: facts from forms/ID.yaml, words by locale from
// LOCALE/forms/ID.yaml (none when the facts hold them). Every rule is tried out,
// every label and option must be worded in all of the locales.
func Parse(facts *source.File, words map[string]*source.File, locales []string) (*Definition, source.Problems) {
	d := new(Definition)
	ps := source.Decode(facts, d)
	if d.ID == "" && ps.Errors() > 0 {
		return d, ps
	}
	for _, locale := range slices.Sorted(maps.Keys(words)) {
		n, problems := source.ParseYAML(words[locale])
		ps.Append(problems, source.MergeWords(d, locale, n))
	}
	c := checker{d: d, locales: locales, ids: map[string]source.Position{}}
	c.definition()
	ps.Append(c.problems)
	return d, ps
}

// DecodeYAML reads true, false or {when: {…}}.
func (r *Required) DecodeYAML(n source.Node) source.Problems {
	if n.IsMap() {
		var when struct {
			When Condition `yaml:"when,required"`
		}
		ps := n.Decode(&when)
		r.When = when.When
		return ps
	}
	return n.Decode(&r.Always)
}

// DecodeYAML reads a mapping of names to a value or a list of values.
func (c *Condition) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	*c = Condition{}
	if !n.IsMap() {
		ps.Errorf(n.Position(), "form-condition", "a condition is a mapping of a name to its values").
			Hintf("write it as {severity: [A]}")
		return ps
	}
	keys, values := n.Pairs()
	for i, k := range keys {
		if values[i].IsScalar() {
			(*c)[k.Text()] = []string{values[i].Text()}
			continue
		}
		var list []string
		ps.Append(values[i].Decode(&list))
		(*c)[k.Text()] = list
	}
	return ps
}

// Holds tells whether the condition is true of the values, by name.
func (c Condition) Holds(values map[string][]string) bool {
	for name, wanted := range c {
		if !slices.ContainsFunc(values[name], func(v string) bool { return slices.Contains(wanted, v) }) {
			return false
		}
	}
	return true
}

var (
	formID  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	valueID = regexp.MustCompile(`^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$`)
)

// maxVisible is how many questions a person answers before giving up.
const maxVisible = 12

// checker looks at a whole definition; each method at one part of it.
type checker struct {
	d        *Definition
	locales  []string
	ids      map[string]source.Position
	problems source.Problems
}

func (c *checker) definition() {
	d := c.d
	if d.ID != "" && !formID.MatchString(d.ID) {
		c.problems.Errorf(d.Position, "form-id", "%q is no id", d.ID).Hintf("use small letters, digits and single hyphens")
	}
	if d.Version < 1 {
		c.problems.Errorf(d.Position, "form-version", "a form's version is 1 or more")
	}
	for _, by := range d.Suggest.By {
		if !slices.Contains(SuggestBy, by) {
			c.problems.Errorf(d.Position, "form-suggest", "articles can't be suggested by %q", by).
				Hintf("known here: %s", strings.Join(SuggestBy, ", "))
		}
	}
	if d.Retention < 1 {
		c.problems.Errorf(d.Position, "form-retention", "retention is a number of days, 1 or more").
			Hintf("say for how many days after its end a request is kept")
	}
	c.worded(d.Position, "the form's title", d.Title)
	c.worded(d.Position, "the form's purpose", d.Purpose)
	for i := range d.Fields {
		if f := &d.Fields[i]; f.ID != "" {
			if _, twice := c.ids[f.ID]; twice {
				c.problems.Errorf(f.Position, "form-field-twice", "the field %q stands here twice", f.ID)
			}
			c.ids[f.ID] = f.Position
		}
	}
	visible := 0
	for i := range d.Fields {
		f := &d.Fields[i]
		c.field(f)
		if f.Kind != Hidden && f.Kind != Consent && len(f.When) == 0 && !f.Evidence {
			visible++
		}
	}
	if visible > maxVisible {
		c.problems.Warnf(d.Position, "form-too-long", "the form asks %d questions; more than %d are seldom answered", visible, maxVisible).
			Hintf("leave out what nobody decides on, or ask it only when it applies")
	}
	c.references()
}

func (c *checker) field(f *Field) {
	trait, known := Traits[f.Kind]
	if !known {
		p := c.problems.Errorf(f.Position, "form-kind", "unknown kind %q", string(f.Kind))
		if near := source.Nearest(string(f.Kind), kinds()); near != "" {
			p.Hintf("did you mean %q?", near)
		} else {
			p.Hintf("the kinds are %s", strings.Join(kinds(), ", "))
		}
		return
	}
	if !formID.MatchString(f.ID) {
		c.problems.Errorf(f.Position, "form-id", "%q is no id", f.ID).Hintf("use small letters, digits and single hyphens")
	}
	if Reserved(f.ID) || f.ID == "handler" || f.ID == "rule" { // conditions mean by these what was decided
		c.problems.Errorf(f.Position, "form-id-reserved", "no field can be called %q", f.ID).Hintf("the pages and conditions use the name themselves")
	}
	if f.Kind != Hidden {
		c.worded(f.Position, "the label of "+f.ID, f.Label)
	}
	c.partly(f.Position, "the help of "+f.ID, f.Help)
	c.options(f, trait)
	c.limits(f)
	c.kindFacts(f)
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) {
		if _, known := messages[name]; !known {
			c.problems.Errorf(f.Position, "form-error-case", "there is no case %q to word", name).
				Hintf("the cases are %s", strings.Join(slices.Sorted(maps.Keys(messages)), ", "))
		}
		c.worded(f.Position, "the error "+name+" of "+f.ID, f.Errors[name])
	}
	c.prove(f)
}

func (c *checker) options(f *Field, trait Trait) {
	chooses := trait.Control == "radios" || trait.Control == "checkboxes"
	switch {
	case chooses && len(f.Options) < 1:
		c.problems.Errorf(f.Position, "form-options", "%q has nothing to choose from", f.ID).Hintf("add options, each with an id and a label")
	case !chooses && len(f.Options) > 0:
		c.problems.Errorf(f.Position, "form-options-unused", "%q is of kind %s, which has no options", f.ID, string(f.Kind))
	}
	seen := map[string]bool{}
	for _, o := range f.Options {
		if !valueID.MatchString(o.ID) {
			c.problems.Errorf(f.Position, "form-option-id", "%q is no option's id", o.ID).Hintf("use letters, digits, and single hyphens or dots")
		}
		if seen[o.ID] {
			c.problems.Errorf(f.Position, "form-option-twice", "the option %q stands here twice", o.ID)
		}
		seen[o.ID] = true
		c.worded(f.Position, "the label of "+f.ID+"'s option "+o.ID, o.Label)
	}
}

func (c *checker) limits(f *Field) {
	if f.Min < 0 || f.Max < 0 || f.Max > 0 && f.Min > f.Max {
		c.problems.Errorf(f.Position, "form-limits", "min %d and max %d can't both hold", f.Min, f.Max)
	}
	if f.Max > 20000 {
		c.problems.Errorf(f.Position, "form-limits-large", "max %d is more than a request can carry", f.Max).Hintf("20000 is the most")
	}
}

// kindFacts checks what only some kinds have.
func (c *checker) kindFacts(f *Field) {
	switch f.Kind {
	case File:
		if len(f.Types) == 0 || f.MaxMB < 1 || f.MaxFiles < 1 {
			c.problems.Errorf(f.Position, "form-file-limits", "a file field says types, max_mb and max_files")
		}
		for _, t := range f.Types {
			if !slices.Contains(FileTypes, t) {
				c.problems.Errorf(f.Position, "form-file-type", "files of type %q can't be accepted", t).
					Hintf("the types are %s", strings.Join(FileTypes, ", "))
			}
		}
	case Consent:
		if f.Value == "" {
			c.problems.Errorf(f.Position, "form-consent-version", "a consent names the version of the text that is agreed to").
				Hintf("add value: 2026-11")
		}
		if f.Required.Always {
			c.problems.Errorf(f.Position, "form-consent-forced", "a consent can't be forced: service is given without it")
		}
	case Moment:
		for _, zone := range f.Zones {
			if _, err := time.LoadLocation(zone); err != nil {
				c.problems.Errorf(f.Position, "form-zone", "there is no time zone %q", zone).Hintf("use an IANA name such as Asia/Tokyo")
			}
		}
	}
	if !slices.Contains([]PII{"", "maybe", "personal", "sensitive"}, f.PII) {
		c.problems.Errorf(f.Position, "form-pii", "pii is maybe, personal or sensitive, not %q", string(f.PII))
	}
}

// FileTypes are the kinds of file that a form may accept.
var FileTypes = []string{"png", "jpeg", "gif", "webp", "pdf", "txt", "log", "csv", "har", "json", "zip", "docx", "xlsx", "eml"}

// references checks that names of fields and their values exist.
func (c *checker) references() {
	d := c.d
	for i := range d.Fields {
		f := &d.Fields[i]
		c.condition(f.Position, f.When)
		c.condition(f.Position, f.Required.When)
	}
	for i := range d.Checks {
		check := &d.Checks[i]
		c.condition(check.Position, check.When)
		for _, id := range check.Require {
			c.fieldExists(check.Position, id)
		}
	}
	if d.RuleBy != nil {
		c.fieldExists(d.Position, d.RuleBy.Field)
	}
	if d.Subject != "" {
		c.fieldExists(d.Position, d.Subject)
	}
}

func (c *checker) condition(at source.Position, when Condition) {
	for _, name := range slices.Sorted(maps.Keys(when)) {
		if name == "severity" || name == "handler" || name == "rule" {
			continue
		}
		if !c.fieldExists(at, name) {
			continue
		}
		f := c.d.Field(name)
		for _, v := range when[name] {
			if len(f.Options) > 0 && !slices.ContainsFunc(f.Options, func(o Option) bool { return o.ID == v }) {
				c.problems.Errorf(at, "form-condition-value", "%q has no option %q", name, v)
			}
		}
	}
}

func (c *checker) fieldExists(at source.Position, id string) bool {
	if _, ok := c.ids[id]; ok {
		return true
	}
	p := c.problems.Errorf(at, "form-no-such-field", "there is no field %q", id)
	if near := source.Nearest(id, slices.Sorted(maps.Keys(c.ids))); near != "" {
		p.Hintf("did you mean %q?", near)
	}
	return false
}

// worded asks for a text in every locale of the site, partly only for all or none.
func (c *checker) worded(at source.Position, what string, w source.Words) {
	if w[""] != "" {
		return
	}
	if missing := w.Missing(c.locales); len(missing) > 0 {
		c.problems.Errorf(at, "words-missing", "%s is not worded in %s", what, strings.Join(missing, ", ")).
			Hintf("a form may never fall back to another language")
	}
}

func (c *checker) partly(at source.Position, what string, w source.Words) {
	if len(w) > 0 {
		c.worded(at, what, w)
	}
}

// Field returns the field of that id, or nil.
func (d *Definition) Field(id string) *Field {
	for i := range d.Fields {
		if d.Fields[i].ID == id {
			return &d.Fields[i]
		}
	}
	return nil
}

func kinds() []string {
	names := make([]string, 0, len(Traits))
	for k := range Traits {
		names = append(names, string(k))
	}
	sort.Strings(names)
	return names
}
