package form

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-playground/validator/v10"
	"github.com/nyaruka/phonenumbers"

	"annai/internal/source"
)

// Rules is the closed list of rules that a field may name beyond its kind's own,
// with the tag of validator/v10 that carries each out. Rules of the validator
// that touch disk or network, and whatever else it has, can't be reached.
var Rules = map[string]string{
	"email":    "email,annai_email",
	"phone":    "annai_phone",
	"domain":   "fqdn",
	"guid":     "uuid",
	"moment":   "annai_moment",
	"past":     "annai_past", // a moment not in the future
	"digits":   "number",
	"url":      "http_url",
	"ascii":    "printascii",
	"alphanum": "alphanum",
}

// tag is the validator's tag for one value of the field, without emptiness.
func (f *Field) tag(rule string) (string, error) {
	if name, parameter, ok := strings.Cut(rule, "="); ok {
		n, err := strconv.Atoi(parameter)
		if err != nil || n < 0 || name != "min" && name != "max" && name != "len" {
			return "", fmt.Errorf("%q takes a whole number", name)
		}
		return rule, nil
	}
	if rule == "option" {
		ids := make([]string, len(f.Options))
		for i, o := range f.Options {
			ids[i] = "'" + o.ID + "'"
		}
		return "oneof=" + strings.Join(ids, " "), nil
	}
	if tag, ok := Rules[rule]; ok {
		return tag, nil
	}
	return "", fmt.Errorf("there is no rule %q", rule)
}

// rules are all rules of one value of the field, in the order of their messages.
func (f *Field) rules() []string {
	t := f.Trait()
	var rules []string
	switch t.Control {
	case "radios", "checkboxes":
		rules = append(rules, "option")
	case "input", "textarea":
		if f.Min > 0 {
			rules = append(rules, "min="+strconv.Itoa(f.Min))
		}
		rules = append(rules, "max="+strconv.Itoa(t.Max))
	}
	rules = append(rules, t.Rules...)
	return append(rules, f.Rules...)
}

// prove tries each rule of the field on real values, because the validator
// panics on some faults, and only when it meets a value.
func (c *checker) prove(f *Field) {
	for _, rule := range f.rules() {
		tag, err := f.tag(rule)
		if err == nil {
			err = probe(tag)
		}
		if err != nil {
			c.problems.Errorf(f.Position, "form-rule", "the rule %q of %q can't be used: %v", rule, f.ID, err).
				Hintf("the rules are %s, min=N, max=N, len=N", strings.Join(slices.Sorted(maps.Keys(Rules)), ", "))
		}
	}
}

func probe(tag string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	for _, sample := range []string{"", "a", "123", "a@example.com", "長い文字列"} {
		_ = engine().VarWithKey("probe", sample, tag)
	}
	return nil
}

// engine is the validator with our own rules. It is safe for concurrent use.
var engine = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	own := map[string]func(string) bool{
		"annai_email":  isEmail,
		"annai_phone":  isPhone,
		"annai_moment": func(s string) bool { _, err := ParseMoment(s); return err == nil },
		"annai_past": func(s string) bool {
			t, err := ParseMoment(s)
			return err == nil && !t.After(time.Now().Add(10*time.Minute)) // clocks differ
		},
	}
	for name, holds := range own {
		// The error is for an empty name or a nil function only.
		_ = v.RegisterValidation(name, func(fl validator.FieldLevel) bool { return holds(fl.Field().String()) })
	}
	return v
})

// htmlEmail is the HTML standard's "valid e-mail address", with a dot in the
// domain; the local part in addition follows RFC 5321's dot-atom and lengths.
var htmlEmail = regexp.MustCompile(`^[a-zA-Z0-9!#$%&'*+/=?^_{|}~` + "`" + `-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_{|}~` + "`" + `-]+)*@` +
	`[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$`)

func isEmail(s string) bool {
	local, _, _ := strings.Cut(s, "@")
	return len(s) <= 254 && len(local) <= 64 && htmlEmail.MatchString(s)
}

// phoneRegions are tried in turn for a number without a country code.
var phoneRegions = []string{"JP", "CN", "TW", "HK", "US"}

func isPhone(s string) bool { return E164(s) != "" }

// E164 brings a phone number to the international form (ITU-T E.164), or is ""
// when it can't be one. Numbers without a country code are read as Japanese or
// Chinese ones. Short service numbers (95105) and 400 numbers count as well.
func E164(s string) string {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		} else if !strings.ContainsRune("+-–(). /ext#", r) {
			return ""
		}
	}
	if digits < 5 || digits > 20 {
		return ""
	}
	for _, region := range phoneRegions {
		n, err := phonenumbers.Parse(s, region)
		if err == nil && phonenumbers.IsValidNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164)
		}
	}
	for _, region := range phoneRegions {
		n, err := phonenumbers.Parse(s, region)
		if err == nil && phonenumbers.IsPossibleNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164)
		}
	}
	return ""
}

// Prove checks a definition that came in a manifest, where no author's file is
// at hand: the error names the form and the field.
func (d *Definition) Prove() error {
	c := checker{d: d, ids: map[string]source.Position{}}
	c.definition()
	if err := c.problems.Err(); err != nil {
		return fmt.Errorf("form %q: %w", d.ID, err)
	}
	return nil
}

// International is how a number in E.164 form is printed for people
// ("+81 3-1234-5678"), or the text itself when it can't be read.
func International(e164 string) string {
	n, err := phonenumbers.Parse(e164, phonenumbers.UNKNOWN_REGION)
	if err != nil {
		return e164
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
