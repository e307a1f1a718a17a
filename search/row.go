package search

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A row is what a result shows of an article and what the last step of ranking
// looks at. Rows of neighbours in the order of ids share a file.
type row struct {
	URL         string
	Title       string
	Description string
	Type        string
	Category    string
	Products    []string
	Headings    []rowHeading
}

// A rowHeading is a place in the article that a result can lead to.
type rowHeading struct {
	ID, Text string
	Start    int // first token; then the eighth of the article it begins in
}

const (
	longestDescription = 120 // runes of a result row
	mostHeadings       = 24
	longestHeading     = 60
)

func newRow(d *Document) row {
	r := row{
		URL: d.URL, Title: strings.TrimSpace(d.Title), Type: d.Type, Category: d.Category, Products: d.Products,
		Description: cut(d.Description, longestDescription),
	}
	if r.Description == "" {
		for _, s := range d.Sections {
			if r.Description = cut(s.Text, longestDescription); r.Description != "" {
				break
			}
		}
	}
	return r
}

// cut shortens a text to n runes and joins its lines.
func cut(text string, n int) string {
	out := make([]byte, 0, min(len(text), 4*n)+len("…"))
	space := false
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			continue
		case unicode.IsSpace(r):
			space = len(out) > 0
			continue
		case space:
			if n--; n >= 0 {
				out = append(out, ' ')
			}
			space = false
		}
		if n--; n < 0 {
			return string(append(out, "…"...))
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// start notes where a section begins.
func (r *row) start(s *Section, at int) {
	if s.ID != "" && len(r.Headings) < mostHeadings {
		r.Headings = append(r.Headings, rowHeading{s.ID, cut(s.Heading, longestHeading), at})
	}
}

// stretch turns the beginnings of sections into eighths.
func (r *row) stretch(n int) {
	for i := range r.Headings {
		r.Headings[i].Start = min(r.Headings[i].Start/n, 7)
	}
}

// appendJSON writes a row as a list, which is shorter than an object and packs
// better: url, title, description, type, category, products, headings; each
// heading as id, text and eighth one after the other, id "" when the text gives it.
func (r *row) appendJSON(out []byte) []byte {
	out = append(out, '[')
	for _, s := range [...]string{r.URL, r.Title, r.Description, r.Type, r.Category} {
		out = append(appendString(out, s), ',')
	}
	out = append(out, '[')
	for i, p := range r.Products {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, p)
	}
	out = append(out, "],["...)
	for i, h := range r.Headings {
		if i > 0 {
			out = append(out, ',')
		}
		id := h.ID
		if id == slug(h.Text) {
			id = ""
		}
		out = append(appendString(out, id), ',')
		out = append(appendString(out, h.Text), ',')
		out = strconv.AppendInt(out, int64(h.Start), 10)
	}
	return append(out, "]]"...)
}

// appendString writes a text as JSON, signs of HTML as they are.
func appendString(out []byte, s string) []byte {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError }) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.Encode(s) // a string: cannot fail
		return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
	}
	return append(append(append(out, '"'), s...), '"')
}

// UnmarshalJSON reads what appendJSON writes.
func (r *row) UnmarshalJSON(data []byte) error {
	var headings []json.RawMessage
	list := []any{&r.URL, &r.Title, &r.Description, &r.Type, &r.Category, &r.Products, &headings}
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for i := 0; i+2 < len(headings); i += 3 {
		var h rowHeading
		for j, to := range []any{&h.ID, &h.Text, &h.Start} {
			if err := json.Unmarshal(headings[i+j], to); err != nil {
				return err
			}
		}
		if h.ID == "" {
			h.ID = slug(h.Text)
		}
		r.Headings = append(r.Headings, h)
	}
	return nil
}

// slug is the fragment that most headings get: lower case, spaces as hyphens,
// other signs than ASCII letters, digits, - and _ dropped. "" when there are any
// beyond ASCII, because then the rule is not as simple.
func slug(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r == ' ':
			b.WriteByte('-')
		case r >= 0x80:
			return ""
		}
	}
	return b.String()
}
