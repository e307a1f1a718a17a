package form

// A Kind is what a field asks for. It settles the control, its autocomplete and
// keyboard, its limits and its rules.
type Kind string

const (
	Text         Kind = "text"
	LongText     Kind = "long-text"
	Choice       Kind = "choice"
	MultiChoice  Kind = "multi-choice"
	PersonName   Kind = "person-name"
	Email        Kind = "email"
	Phone        Kind = "phone"
	Organization Kind = "organization"
	Domain       Kind = "domain"
	GUID         Kind = "guid"
	Moment       Kind = "moment" // date, time of day and zone
	Digits       Kind = "digits" // a number that is a name: an order, a ticket
	File         Kind = "file"
	Consent      Kind = "consent"
	Hidden       Kind = "hidden"
)

// A Trait is what a kind settles for its fields.
type Trait struct {
	Control      string   // input, textarea, radios, checkboxes, checkbox, file, moment, hidden
	Type         string   // of an input element
	Autocomplete string   // HTML token; "off" where a browser's guess would be wrong
	InputMode    string   // which keyboard a phone shows
	Spellcheck   bool     //
	Max          int      // code points when the field names no limit
	Compact      bool     // compatibility forms folded (NFKC), as in ids, phones, addresses
	Rules        []string // of the closed list, always applied
}

// Traits of every kind.
var Traits = map[Kind]Trait{
	Text:         {Control: "input", Type: "text", Autocomplete: "off", Spellcheck: true, Max: 200},
	LongText:     {Control: "textarea", Autocomplete: "off", Spellcheck: true, Max: 4000},
	Choice:       {Control: "radios"},
	MultiChoice:  {Control: "checkboxes"},
	PersonName:   {Control: "input", Type: "text", Autocomplete: "name", Max: 200},
	Email:        {Control: "input", Type: "email", Autocomplete: "email", InputMode: "email", Max: 254, Compact: true, Rules: []string{"email"}},
	Phone:        {Control: "input", Type: "tel", Autocomplete: "tel", InputMode: "tel", Max: 40, Compact: true, Rules: []string{"phone"}},
	Organization: {Control: "input", Type: "text", Autocomplete: "organization", Max: 200},
	Domain:       {Control: "input", Type: "text", Autocomplete: "off", InputMode: "url", Max: 253, Compact: true, Rules: []string{"domain"}},
	GUID:         {Control: "input", Type: "text", Autocomplete: "off", Max: 400, Compact: true, Rules: []string{"guid"}},
	Moment:       {Control: "moment", Autocomplete: "off", Max: 40, Compact: true, Rules: []string{"moment"}},
	Digits:       {Control: "input", Type: "text", Autocomplete: "off", InputMode: "numeric", Max: 64, Compact: true, Rules: []string{"digits"}},
	File:         {Control: "file"},
	Consent:      {Control: "checkbox"},
	Hidden:       {Control: "hidden", Max: 400, Compact: true},
}

// Trait is what the field's kind settles, with the field's own narrowing.
func (f *Field) Trait() Trait {
	t := Traits[f.Kind]
	if f.Autocomplete != "" {
		t.Autocomplete = f.Autocomplete
	}
	if f.Max > 0 {
		t.Max = f.Max
	}
	return t
}
