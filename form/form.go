// Package form is a request form: what it asks, how answers are cleaned, which
// of them are accepted, and what the reader is told when they are not.
//
// One definition, a YAML file that an author writes, draws the page (site and
// themes), judges what was sent (relay) and tells the escalation rules what was
// answered (policy). Facts and words are apart: forms/ID.yaml says what is asked,
// LOCALE/forms/ID.yaml how it is worded; short forms may keep their words inside.
//
// The flow of one request:
//
//	Definition.Normalise(raw)   → Answers    cleaned, in one Unicode form
//	policy.Decide(…)            → given      severity and handler, from the answers
//	Definition.Validate(a,given)→ *Invalid   nil when all rules hold
//
// Rules are a closed list (see [Rules]); each is proved when the definition is
// read, because the validator below panics on what it doesn't know.
package form

import "annai/internal/source"

// A Definition is one form. Version grows by one when the meaning of an answer
// changes; the relay accepts the version before for as long as a page may be old.
type Definition struct {
	source.Position `json:"-"`

	ID      string       `yaml:"id,required" json:"id"`
	Version int          `yaml:"version,required" json:"version"`
	Title   source.Words `yaml:"title" json:"title"`
	Intro   source.Words `yaml:"intro" json:"intro,omitempty"`

	// Why the data is asked for, and for how many days it is kept after the
	// request is closed. Both are required by law where the readers are.
	Purpose   source.Words `yaml:"purpose" json:"purpose"`
	Retention int          `yaml:"retention,required" json:"retention"`
	Privacy   string       `yaml:"privacy" json:"privacy,omitempty"` // page with the details

	// Rule is the id of the escalation rules (rules/ID.yaml) that decide on the
	// answers; with RuleBy it is instead chosen by the value of that field.
	Rule   string  `yaml:"rule" json:"rule,omitempty"`
	RuleBy *RuleBy `yaml:"rule_by" json:"rule_by,omitempty"`
	Route  string  `yaml:"route" json:"route,omitempty"` // destination when there is no rule; "desk" when empty
	Fields []Field `yaml:"fields,required" json:"fields"`
	Checks []Check `yaml:"checks" json:"checks,omitempty"`

	Suggest Suggest  `yaml:"suggest" json:"suggest,omitzero"`
	Subject string   `yaml:"subject" json:"subject,omitempty"` // id of the field that names the request; its first text otherwise
	Embed   []string `yaml:"embed" json:"embed,omitempty"`     // origins that may show the form in a frame
}

// RuleBy chooses the escalation rules by an answer.
type RuleBy struct {
	Field string            `yaml:"field,required" json:"field"`
	Rules map[string]string `yaml:"rules,required" json:"rules"` // value → id of the rules
}

// Suggest is what stands above the form: outages now and at most Articles
// articles. Those that the form's rules name come first, then others that are like
// them in all that By names (see [SuggestBy]).
type Suggest struct {
	Outages  bool     `yaml:"outages" json:"outages,omitempty"`
	Articles int      `yaml:"articles" json:"articles,omitempty"`
	By       []string `yaml:"by" json:"by,omitempty"`
}

// SuggestBy are the facts of an article by which it may be like another one.
var SuggestBy = []string{"category", "applies_to"}

// A Field asks one thing. Its kind carries control, autocomplete, keyboard,
// limits and rules, so that an author can't forget them; the rest narrows.
type Field struct {
	source.Position `json:"-"`

	ID       string       `yaml:"id,required" json:"id"`
	Kind     Kind         `yaml:"kind,required" json:"kind"`
	Label    source.Words `yaml:"label" json:"label"`
	Help     source.Words `yaml:"help" json:"help,omitempty"`
	Options  []Option     `yaml:"options" json:"options,omitempty"`
	Required Required     `yaml:"required" json:"required,omitzero"`
	When     Condition    `yaml:"when" json:"when,omitempty"` // asked only then

	Min   int      `yaml:"min" json:"min,omitempty"` // code points; of choices: how many
	Max   int      `yaml:"max" json:"max,omitempty"`
	Many  int      `yaml:"many" json:"many,omitempty"`   // guid, domain: up to so many values in one control
	Rules []string `yaml:"rules" json:"rules,omitempty"` // of the closed list, beyond the kind's own

	Input    string `yaml:"input" json:"input,omitempty"`       // the input of the escalation rules that it answers
	Evidence bool   `yaml:"evidence" json:"evidence,omitempty"` // may be asked for by a rule

	Autocomplete string   `yaml:"autocomplete" json:"autocomplete,omitempty"`
	PII          PII      `yaml:"pii" json:"pii,omitempty"`
	Draft        *bool    `yaml:"draft" json:"draft,omitempty"` // kept on the device; by default all but sensitive
	Forward      []string `yaml:"forward" json:"forward,omitempty"`
	Zones        []string `yaml:"zones" json:"zones,omitempty"` // moment: IANA zones to choose from
	Value        string   `yaml:"value" json:"value,omitempty"` // hidden: what it sends; consent: the version agreed to

	Types    []string `yaml:"types" json:"types,omitempty"` // file: png, jpeg, pdf, txt, log, zip, docx, xlsx
	MaxMB    int      `yaml:"max_mb" json:"max_mb,omitempty"`
	MaxFiles int      `yaml:"max_files" json:"max_files,omitempty"`

	Errors map[string]source.Words `yaml:"errors" json:"errors,omitempty"` // by case (empty, too-long …), instead of the catalogue's
}

// An Option is a value to choose.
type Option struct {
	ID    string       `yaml:"id,required" json:"id"`
	Label source.Words `yaml:"label" json:"label"`
	Help  source.Words `yaml:"help" json:"help,omitempty"`
}

// A Check is a rule over several fields: when the condition holds, those fields
// must be filled in.
type Check struct {
	source.Position `json:"-"`

	When    Condition    `yaml:"when,required" json:"when"`
	Require []string     `yaml:"require,required" json:"require"`
	Message source.Words `yaml:"message" json:"message,omitempty"`
}

// A Condition holds when each of its keys (a field's id, or "severity" or
// "handler" as the escalation rules decided) has one of the values.
type Condition map[string][]string

// Required is true, false, or true when a condition holds.
type Required struct {
	Always bool      `json:"always,omitempty"`
	When   Condition `json:"when,omitempty"`
}

// PII tells how personal an answer is: "" (not), maybe, personal or sensitive.
// Anything but "" is encrypted apart and never logged; sensitive is not kept in
// a draft on the device.
type PII string
