package themes

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"annai/form"
)

// fieldNames are the names that a form sends beside its fields, for layouts.
type fieldNames struct {
	Locale, Version, Charset, Token, Proof, Page, Honeypot, Action, ZoneSuffix string
}

var names = fieldNames{
	Locale: form.LocaleField, Version: form.VersionField, Charset: form.CharsetField,
	Token: form.TokenField, Proof: form.ProofField, Page: form.PageField,
	Honeypot: form.HoneypotField, Action: form.ActionField, ZoneSuffix: form.ZoneSuffix,
}

// A field is a form's field as a layout draws it: all decisions are made.
type field struct {
	ID      string // of the control: "f-email"
	Name    string
	Control string // input, textarea, radios, checkboxes, checkbox, file, moment, hidden
	Label   string
	Help    string
	Mark    string // said behind the label: (optional), or when an answer is needed
	When    string // in words: when the question applies
	Hint    string // limits that the theme words: characters, file types
	Ask     string // why the rule asks for it
	Error   string
	Focus   bool

	Type, Autocomplete, InputMode string
	Spellcheck                    bool
	Value                         string
	Rows                          int
	Max                           int
	Options                       []option
	Zones                         []option
	ZoneID                        string
	ZoneName                      string
	Accept                        string
	Multiple                      bool
	Kept                          []string // files that the relay has already

	WhenData string // JSON of the condition, for the script
	Draft    bool   // may be kept on the device
	Subject  bool   // search suggests articles for what is typed here
}

// An option of a choice. ID is the control's.
type option struct {
	ID, Value, Label, Help string
	Chosen                 bool
}

// DescribedBy lists the ids that explain the control, in reading order.
func (f field) DescribedBy() string {
	var ids []string
	for _, part := range []struct {
		suffix string
		text   string
	}{{"-when", f.When}, {"-help", f.Help}, {"-hint", f.Hint}, {"-ask", f.Ask}, {"-err", f.Error}} {
		if part.text != "" {
			ids = append(ids, f.ID+part.suffix)
		}
	}
	if f.Max > 0 && f.Control == "textarea" {
		ids = append(ids, f.ID+"-count")
	}
	return strings.Join(ids, " ")
}

// Summary is one line of the list of errors above a form.
type Summary struct {
	ID, Message string
}

// Summary lists what is wrong, in the form's order, with the id of the control
// that mends it.
func (f Form) Summary() []Summary {
	if f.Invalid == nil {
		return nil
	}
	var list []Summary
	for _, e := range f.Invalid.Errors {
		list = append(list, Summary{ID: controlID(e.Field), Message: e.Message(f.Locale)})
	}
	return list
}

// Action is where the form is sent.
func (f Form) Action() string { return f.RelayURL + "/forms/" + f.Definition.ID }

// HasFiles tells whether the form must be sent as multipart.
func (f Form) HasFiles() bool {
	return slices.ContainsFunc(f.Definition.Fields, func(d form.Field) bool { return d.Kind == form.File })
}

// Title is the form's title in its language.
func (f Form) Title() string { return f.Definition.Title.In(f.Locale) }

// Intro is what stands above the questions.
func (f Form) Intro() string { return f.Definition.Intro.In(f.Locale) }

// Purpose is why the data is asked for, without a full stop.
func (f Form) Purpose() string {
	return strings.TrimRight(f.Definition.Purpose.In(f.Locale), "。．. ")
}

func controlID(id string) string { return "f-" + id }

// fields prepares all fields in the definition's order.
func (t *Theme) fields(f Form) []field {
	list := make([]field, 0, len(f.Definition.Fields))
	subject := f.subject()
	for i := range f.Definition.Fields {
		d := &f.Definition.Fields[i]
		v := t.field(f, d)
		v.Subject = d.ID == subject
		list = append(list, v)
	}
	return list
}

func (f Form) subject() string {
	if f.Definition.Subject != "" {
		return f.Definition.Subject
	}
	for _, d := range f.Definition.Fields {
		if d.Kind == form.Text {
			return d.ID
		}
	}
	return ""
}

func (t *Theme) field(f Form, d *form.Field) field {
	trait := d.Trait()
	v := field{
		ID: controlID(d.ID), Name: d.ID, Control: trait.Control,
		Label: d.Label.In(f.Locale), Help: d.Help.In(f.Locale), Ask: f.Ask[d.ID],
		Type: trait.Type, Autocomplete: trait.Autocomplete, InputMode: trait.InputMode,
		Spellcheck: trait.Spellcheck, Value: f.Answers.Get(d.ID), Focus: f.Focus == d.ID,
		Kept: f.Kept[d.ID], Draft: draft(d),
	}
	if v.Value == "" && d.Kind != form.Consent {
		v.Value = f.Prefill[d.ID]
	}
	if e := f.Invalid.Of(d.ID); e != nil {
		v.Error = e.Message(f.Locale)
	}
	if len(d.When) > 0 {
		v.When = t.Text(f.Locale, "form.when-sometimes")
		if f.answerable(d.When) {
			v.When = t.Text(f.Locale, "form.when", t.condition(f, d.When))
		}
		data, _ := json.Marshal(d.When)
		v.WhenData = string(data)
	}
	v.Mark = t.mark(f, d)
	t.control(&v, f, d)
	return v
}

// mark says when an answer is not needed; what is always needed says nothing.
func (t *Theme) mark(f Form, d *form.Field) string {
	if d.Required.Always || d.Kind == form.Hidden {
		return ""
	}
	when := d.Required.When
	for _, check := range f.Definition.Checks {
		if len(when) == 0 && slices.Contains(check.Require, d.ID) {
			when = check.When
		}
	}
	switch {
	case len(when) == 0:
		return t.Text(f.Locale, "form.optional")
	case !f.answerable(when):
		return t.Text(f.Locale, "form.needed-sometimes")
	}
	return t.Text(f.Locale, "form.needed-when", t.condition(f, when))
}

// answerable tells a condition on the form's own questions from one on what the
// rules decide (severity, handler), which a reader can't know.
func (f Form) answerable(c form.Condition) bool {
	for name := range c {
		if f.Definition.Field(name) == nil {
			return false
		}
	}
	return true
}

// condition is a condition on answers in words: 影響する範囲が「全員」.
func (t *Theme) condition(f Form, c form.Condition) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		d := f.Definition.Field(name)
		values := slices.Clone(c[name])
		for i, value := range values {
			for _, o := range d.Options {
				if o.ID == value {
					value = o.Label.In(f.Locale)
				}
			}
			values[i] = t.Text(f.Locale, "quote", value)
		}
		parts = append(parts, t.Text(f.Locale, "form.condition", d.Label.In(f.Locale), strings.Join(values, t.Text(f.Locale, "or"))))
	}
	return strings.Join(parts, t.Text(f.Locale, "and"))
}

// control settles what only some kinds have.
func (t *Theme) control(v *field, f Form, d *form.Field) {
	chosen := f.Answers[d.ID]
	switch d.Kind {
	case form.LongText:
		v.Rows, v.Max = 6, d.Trait().Max
	case form.GUID, form.Domain:
		if d.Many > 1 {
			v.Control, v.Rows = "textarea", 3
			v.Value = strings.Join(chosen, "\n")
			v.Hint = t.Text(f.Locale, "form.many", d.Many)
		}
	case form.Choice, form.MultiChoice:
		for i, o := range d.Options {
			id := v.ID
			if i > 0 {
				id += "-" + o.ID
			}
			v.Options = append(v.Options, option{
				ID: id, Value: o.ID, Label: o.Label.In(f.Locale), Help: o.Help.In(f.Locale),
				Chosen: slices.Contains(chosen, o.ID) || len(chosen) == 0 && v.Value == o.ID,
			})
		}
	case form.Consent:
		v.Value = d.Value
		v.Options = []option{{Chosen: len(chosen) > 0 && chosen[0] == d.Value}}
	case form.Hidden:
		if v.Value == "" {
			v.Value = d.Value
		}
	case form.Moment:
		t.moment(v, f, d)
	case form.File:
		v.Multiple = d.MaxFiles > 1
		v.Accept = accept(d.Types)
		v.Hint = t.Text(f.Locale, "form.files", strings.ToUpper(strings.Join(d.Types, t.Text(f.Locale, "list.comma"))), d.MaxMB, d.MaxFiles)
	}
}

// moment shows the day and time in the browser's own control, or as text when
// what was typed is not a moment, so that it can be mended.
func (t *Theme) moment(v *field, f Form, d *form.Field) {
	text, zone, _ := strings.Cut(v.Value, " ")
	v.Type = "datetime-local"
	if _, err := form.ParseMoment(v.Value); v.Value != "" && err != nil {
		v.Type, text = "text", v.Value
		for _, z := range d.Zones {
			text = strings.TrimSpace(strings.TrimSuffix(text, z))
		}
	}
	v.Value = text
	v.ZoneID, v.ZoneName = v.ID+"-zone", d.ID+form.ZoneSuffix
	for _, z := range d.Zones {
		v.Zones = append(v.Zones, option{Value: z, Label: t.Zone(f.Locale, z), Chosen: z == zone})
	}
}

// accept is the accept attribute for the types that a form names.
func accept(types []string) string {
	var list []string
	for _, t := range types {
		switch t {
		case "jpeg":
			list = append(list, ".jpg", ".jpeg")
		default:
			list = append(list, "."+t)
		}
	}
	return strings.Join(list, ",")
}

// draft tells whether an answer may be kept on the reader's device.
func draft(d *form.Field) bool {
	switch d.Kind {
	case form.Consent, form.File, form.Hidden:
		return false
	}
	if d.Draft != nil {
		return *d.Draft
	}
	return d.PII != "sensitive"
}

// answers are all visible fields with what was answered, for the page to check
// them and for the receipt.
func (t *Theme) answers(f Form) []Answer {
	var rows []Answer
	for _, v := range t.fields(f) {
		row := Answer{Field: v.Name, Label: v.Label}
		switch v.Control {
		case "hidden":
			continue
		case "radios", "checkboxes":
			for _, o := range v.Options {
				if o.Chosen {
					row.Values = append(row.Values, o.Label)
				}
			}
		case "checkbox":
			key := "check.not-agreed"
			if v.Options[0].Chosen {
				key = "check.agreed"
			}
			row.Values = []string{t.Text(f.Locale, key)}
		case "file":
			row.Values = v.Kept
		case "moment":
			row.Values = t.momentAnswer(f, v)
		default:
			if v.Value != "" {
				row.Values = []string{v.Value}
				row.Long = isLong(v.Value)
			}
		}
		if len(row.Values) == 0 && v.WhenData != "" {
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

func (t *Theme) momentAnswer(f Form, v field) []string {
	value := f.Answers.Get(v.Name)
	at, err := form.ParseMoment(value)
	if err != nil || value == "" {
		return f.Answers[v.Name]
	}
	return []string{t.Moment(f.Locale, at, at.Location().String())}
}

// carried are all answers as hidden inputs, so that the page to check them can
// send them again.
func carried(f Form) []Pair {
	var pairs []Pair
	for _, d := range f.Definition.Fields {
		if d.Kind == form.File {
			continue
		}
		for _, value := range f.Answers[d.ID] {
			pairs = append(pairs, Pair{d.ID, value})
		}
	}
	return pairs
}
