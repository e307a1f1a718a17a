package form

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Invalid is why answers were not accepted: at least one error, in the order of
// the form's fields, at most one for a field.
type Invalid struct {
	Errors []FieldError
}

// Error implements error; it names fields and rules, never answers.
func (i *Invalid) Error() string {
	parts := make([]string, len(i.Errors))
	for n, e := range i.Errors {
		parts[n] = e.Field + " (" + e.Rule + ")"
	}
	return "answers not accepted: " + strings.Join(parts, ", ")
}

// Of returns the error of a field, or nil. It may be called on nil.
func (i *Invalid) Of(field string) *FieldError {
	if i == nil {
		return nil
	}
	for n := range i.Errors {
		if i.Errors[n].Field == field {
			return &i.Errors[n]
		}
	}
	return nil
}

// Add appends errors that somebody else found (files, by the relay) and sorts
// them into the form's order. It may be called on nil.
func (d *Definition) Add(i *Invalid, errs ...FieldError) *Invalid {
	if i != nil {
		errs = append(slices.Clone(i.Errors), errs...)
	}
	for n := range errs {
		if errs[n].field == nil {
			errs[n].field = d.Field(errs[n].Field)
		}
	}
	return d.invalid(errs)
}

// A FieldError is one thing to mend. Rule is the case by which the message is
// found: empty, too-long, email and so on.
type FieldError struct {
	Field string
	Rule  string
	Param string // what the rule's number is, where it has one

	field   *Field
	message func(locale string) string
}

// Validate applies every rule to the answers. Given is what the escalation rules
// decided on them (severity, handler, rule), for conditions. It is nil when all
// is well.
func (d *Definition) Validate(answers Answers, given map[string]string) *Invalid {
	facts := d.facts(answers, given)
	var errs []FieldError
	for i := range d.Fields {
		f := &d.Fields[i]
		if rule, parameter := f.validate(answers[f.ID], facts); rule != "" {
			errs = append(errs, FieldError{Field: f.ID, Rule: rule, Param: parameter, field: f})
		}
	}
	for i := range d.Checks {
		check := &d.Checks[i]
		if !check.When.Holds(facts) {
			continue
		}
		for _, id := range check.Require {
			if f := d.Field(id); f != nil && len(answers[id]) == 0 {
				e := FieldError{Field: id, Rule: "empty", field: f}
				if len(check.Message) > 0 {
					e.message = func(locale string) string { return check.Message.In(locale) }
				}
				errs = append(errs, e)
			}
		}
	}
	return d.invalid(errs)
}

// Asked tells whether the field is to be answered, given the other answers.
func (d *Definition) Asked(f *Field, answers Answers, given map[string]string) bool {
	return f.When.Holds(d.facts(answers, given))
}

// facts are what conditions are about: answers, and what was decided on them.
func (d *Definition) facts(answers Answers, given map[string]string) map[string][]string {
	facts := make(map[string][]string, len(answers)+len(given))
	for id, values := range answers {
		facts[id] = values
	}
	for name, value := range given {
		facts[name] = []string{value}
	}
	return facts
}

// validate returns the first rule that the values break, and its parameter.
func (f *Field) validate(values []string, facts map[string][]string) (rule, parameter string) {
	if len(values) == 0 {
		needed := f.Required.Always || len(f.Required.When) > 0 && f.Required.When.Holds(facts)
		if needed && f.When.Holds(facts) {
			return "empty", ""
		}
		return "", ""
	}
	trait := f.Trait()
	if trait.Control == "checkboxes" {
		if f.Min > 0 && len(values) < f.Min {
			return "too-few", strconv.Itoa(f.Min)
		}
		if f.Max > 0 && len(values) > f.Max {
			return "too-many", strconv.Itoa(f.Max)
		}
	}
	if f.Kind == Consent && values[0] != f.Value {
		return "consent", ""
	}
	if many := max(f.Many, 1); (f.Kind == GUID || f.Kind == Domain) && len(values) > many {
		return "too-many", strconv.Itoa(many)
	}
	for _, rule := range f.rules() {
		tag, err := f.tag(rule)
		if err != nil {
			continue // refused when the definition was read
		}
		for _, v := range values {
			if engine().VarWithKey(f.ID, v, tag) != nil {
				name, parameter, _ := strings.Cut(rule, "=")
				return caseOf(name), parameter
			}
		}
	}
	return "", ""
}

// caseOf names the message of a rule.
func caseOf(rule string) string {
	switch rule {
	case "min":
		return "too-short"
	case "max":
		return "too-long"
	case "len":
		return "length"
	}
	return rule
}

// invalid sorts errors into the form's order and keeps the first of each field.
func (d *Definition) invalid(errs []FieldError) *Invalid {
	if len(errs) == 0 {
		return nil
	}
	place := map[string]int{}
	for i := range d.Fields {
		place[d.Fields[i].ID] = i
	}
	slices.SortStableFunc(errs, func(a, b FieldError) int { return place[a.Field] - place[b.Field] })
	errs = slices.CompactFunc(errs, func(a, b FieldError) bool { return a.Field == b.Field })
	return &Invalid{Errors: errs}
}

// Message says in the locale what to do about the error, in the words of the
// definition, or of the catalogue with the field's label.
func (e FieldError) Message(locale string) string {
	if e.message != nil {
		return e.message(locale)
	}
	if e.field == nil {
		return fill(message(e.Rule, "", locale), "", e.Param, locale)
	}
	if own := e.field.Errors[e.Rule]; len(own) > 0 {
		return fill(own.In(locale), e.field.Label.In(locale), e.Param, locale)
	}
	return fill(message(e.Rule, e.field.Trait().Control, locale), e.field.Label.In(locale), e.Param, locale)
}

// fill puts label and parameter into a message. {label} is lower-cased where
// the language does so inside a sentence and the label is no name.
func fill(text, label, parameter, locale string) string {
	first, size := utf8.DecodeRuneInString(label)
	inside := label
	if second, _ := utf8.DecodeRuneInString(label[size:]); locale == "en" && !unicode.IsUpper(second) {
		inside = string(unicode.ToLower(first)) + label[size:]
	}
	if strings.ContainsAny(text, "「“") { // quotes inside quotes
		label = strings.NewReplacer("「", "『", "」", "』", "“", "‘", "”", "’").Replace(label)
		inside = label
	}
	return strings.NewReplacer("{Label}", label, "{label}", inside, "{n}", parameter).Replace(text)
}
