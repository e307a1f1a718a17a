package form

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Raw is what a browser sent, by field name.
type Raw map[string][]string

// Answers are cleaned values, by field id. A field without an answer is absent.
type Answers map[string][]string

// Get is the first value of a field, or "".
func (a Answers) Get(id string) string {
	if len(a[id]) == 0 {
		return ""
	}
	return a[id][0]
}

// Names that the pages send beside the fields; no field can have them, and
// names that begin with "_" are all reserved.
const (
	LocaleField   = "lang"       // the page's language
	VersionField  = "form"       // ID@VERSION of the definition that the page was built from, see [Definition.Stamp]
	CharsetField  = "_charset_"  // the browser writes the encoding here (HTML standard)
	TokenField    = "_token"     // the relay's one-time token, on its check page
	ProofField    = "_proof"     // proof of work, when the page's script could do it
	PageField     = "_page"      // path of the article that led here
	HoneypotField = "_extra_ref" // invisible; filled in only by machines
	ActionField   = "_action"    // which button: check, send, change
	ZoneSuffix    = ".zone"      // a moment's time zone, beside its own field
)

// Normalise cleans what was sent: line ends become LF, text Unicode's NFC (ids,
// phones and addresses NFKC, so that full-width signs count), ends are trimmed of
// every kind of blank, and each kind is brought to its own form. Values of names
// that the definition doesn't have come back as extra, so that nothing which a
// page of an older version sent is lost; names that begin with "_" are left out.
// Text that isn't UTF-8 or holds control characters makes Invalid.
func (d *Definition) Normalise(raw Raw) (answers Answers, extra Answers, invalid *Invalid) {
	answers, extra = Answers{}, Answers{}
	var errs []FieldError
	for name, values := range raw {
		base, isZone := strings.CutSuffix(name, ZoneSuffix)
		if Reserved(name) || isZone && d.Field(base) != nil {
			continue
		}
		f := d.Field(name)
		if f == nil {
			extra[name] = cleanAll(values)
			continue
		}
		cleaned, rule := f.normalise(values, raw[name+ZoneSuffix])
		if rule != "" {
			errs = append(errs, FieldError{Field: name, Rule: rule, field: f})
		}
		if len(cleaned) > 0 {
			answers[name] = cleaned
		}
	}
	return answers, extra, d.invalid(errs)
}

// Reserved tells a name that is no field's.
func Reserved(name string) bool {
	return name == LocaleField || name == VersionField || strings.HasPrefix(name, "_")
}

// Stamp is ID@VERSION, what a page says of the form that it shows.
func (d *Definition) Stamp() string { return d.ID + "@" + strconv.Itoa(d.Version) }

// StampVersion is the version in a stamp of this form, or 0.
func (d *Definition) StampVersion(stamp string) int {
	version, ok := strings.CutPrefix(stamp, d.ID+"@")
	n, err := strconv.Atoi(version)
	if !ok || err != nil || n < 1 {
		return 0
	}
	return n
}

func cleanAll(values []string) []string {
	cleaned := make([]string, 0, len(values))
	for _, v := range values {
		cleaned = append(cleaned, strings.ToValidUTF8(v, "\uFFFD"))
	}
	return cleaned
}

// normalise cleans one field's values; rule names what can't be accepted.
func (f *Field) normalise(values, zone []string) (cleaned []string, rule string) {
	trait := f.Trait()
	for _, v := range values {
		if !readable(v) {
			return append(cleaned, strings.ToValidUTF8(v, "\uFFFD")), "unreadable"
		}
		if v = f.clean(v, trait); v != "" {
			cleaned = append(cleaned, v)
		}
	}
	if trait.Control != "checkboxes" && trait.Control != "file" && len(cleaned) > 1 {
		return cleaned, "repeated"
	}
	switch {
	case f.Kind == GUID && len(cleaned) > 0:
		cleaned = guids(cleaned[0])
	case f.Kind == Moment && len(cleaned) > 0:
		if len(zone) == 0 || !readable(zone[0]) {
			zone = []string{""}
		}
		cleaned[0] = momentText(cleaned[0], f.clean(zone[0], trait))
	}
	return cleaned, ""
}

// readable tells text from bytes: UTF-8 without control characters but tab and
// line ends.
func readable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return false
		}
	}
	return true
}

func (f *Field) clean(s string, trait Trait) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if trait.Compact {
		s = norm.NFKC.String(s)
	} else {
		s = norm.NFC.String(s)
	}
	s = strings.TrimFunc(s, blank)
	if trait.Control == "input" || trait.Control == "moment" {
		s = strings.Join(strings.Fields(s), " ") // one line
	}
	switch f.Kind {
	case Domain:
		s = domainOf(s)
	case Email:
		s = emailOf(s)
	case Digits:
		s = strings.NewReplacer(" ", "", "-", "", "\u2010", "", "\u2212", "").Replace(s)
	}
	return s
}

// blank is white space as people see it: Unicode's, and the signs of no width.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200B' || r == '\u200C' || r == '\u200D' || r == '\uFEFF' || r == '\u2060' || r == '\u00AD'
}

func domainOf(s string) string {
	s = strings.ToLower(s)
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s, _, _ = strings.Cut(rest, "/")
	}
	return strings.TrimRight(s, ". ")
}

// emailOf drops what address books add ("Name <a@b>") and spaces inside.
func emailOf(s string) string {
	if i, j := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>'); i >= 0 && j > i {
		s = s[i+1 : j]
	}
	s = strings.TrimPrefix(s, "mailto:")
	if local, domain, ok := strings.Cut(s, "@"); ok {
		s = strings.TrimSpace(local) + "@" + strings.ToLower(strings.TrimSpace(domain))
	}
	return s
}

var guid = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// guids picks the GUIDs out of a text that may say more ("Correlation ID: …");
// a text without any stays as it is, for the rule to refuse.
func guids(s string) []string {
	found := guid.FindAllString(s, -1)
	if len(found) == 0 {
		return []string{s}
	}
	for i := range found {
		found[i] = strings.ToLower(found[i])
	}
	return found
}

// momentLayouts are the ways in which people and browsers write a time.
var momentLayouts = []string{
	"2006-1-2T15:4", "2006-1-2T15:4:5", "2006-1-2 15:4", "2006-1-2 15:4:5", "2006/1/2 15:4", "2006.1.2 15:4",
	"2006年1月2日 15時4分", "2006年1月2日15時4分", "2006年1月2日 15時", "2006年1月2日15時", "2006年1月2日 15:4", "2006年1月2日15:4",
	"2006年1月2日 15点4分", "2006年1月2日15点4分", "2006年1月2日15点", "2 Jan 2006 15:4", "Jan 2, 2006 15:4",
}

// momentText is a moment in the one form that is stored: "2006-01-02T15:04 ZONE".
// What can't be read stays as it was typed.
func momentText(s, zone string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.Format(time.RFC3339)
	}
	if text, named, ok := strings.Cut(s, " "); ok && strings.Contains(named, "/") && zone == "" {
		s, zone = text, named
	}
	for _, layout := range momentLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return strings.TrimSpace(t.Format("2006-01-02T15:04") + " " + zone)
		}
	}
	return strings.TrimSpace(s + " " + zone)
}

// ParseMoment reads a moment as Normalise writes it. Without a zone it is UTC.
func ParseMoment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	text, zone, _ := strings.Cut(s, " ")
	location, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, errors.New("unknown time zone")
	}
	return time.ParseInLocation("2006-01-02T15:04", text, location)
}
