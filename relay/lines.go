package relay

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"annai/form"
	"annai/policy"
	"annai/themes"
)

// What people and other systems get to read of the answers, and what of it may
// leave the partner.

// LinesOf words a submission's answers in a language, as long as its form has
// the version that was sent; else it is the words that were stored.
func (s *Server) LinesOf(sub Submission, locale string) []Line {
	e := s.edition.Load()
	if e == nil || sub.Answers == nil {
		return sub.Lines
	}
	d, _ := e.definition(sub.Form, sub.Version)
	if d == nil || d.Version != sub.Version {
		return sub.Lines
	}
	lines := e.linesOf(d, sub.Answers, nil, "", locale)
	for _, l := range sub.Lines {
		if d.Field(l.Field) == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

// Handover picks of a submission's lines those that its form allows to be passed
// on to the upstream operator, and tells whether the sender agreed to that. When
// the form is gone nobody knows, so nothing is.
func (s *Server) Handover(sub Submission, lines []Line) (allowed []Line, agreed bool) {
	e := s.edition.Load()
	if e == nil {
		return nil, false
	}
	d, _ := e.definition(sub.Form, sub.Version)
	if d == nil {
		return nil, false
	}
	ids := forwarded(d)
	for _, l := range lines {
		f := d.Field(l.Field)
		if f != nil && f.Kind != form.Consent && f.Kind != form.Hidden && (ids == nil || slices.Contains(ids, l.Field)) {
			allowed = append(allowed, l)
		}
	}
	return allowed, !consentRefused(d, sub.Answers)
}

// FieldsFor are the fields that a submission may hand to a destination; nil for
// all.
func (s *Server) FieldsFor(sub Submission, destination string) []string {
	if !s.Routes.outside(destination) {
		return nil
	}
	if e := s.edition.Load(); e != nil {
		if d, _ := e.definition(sub.Form, sub.Version); d != nil {
			return forwarded(d)
		}
	}
	return []string{} // the form is gone: nobody knows
}

// Label is what a form calls one of its fields.
func (s *Server) Label(formID, field, locale string) string {
	if e := s.edition.Load(); e != nil && e.forms[formID] != nil {
		if f := e.forms[formID].Field(field); f != nil {
			return f.Label.In(locale, "en")
		}
	}
	return field
}

// Span is a length of time in words: 4 時間.
func (s *Server) Span(d policy.Duration, locale string) string {
	if e := s.edition.Load(); e != nil {
		return e.theme.Duration(locale, themes.Duration(d))
	}
	return d.String()
}

// linesOf are the answers as people read them.
func (e *edition) linesOf(d *form.Definition, answers, extra form.Answers, page, locale string) []Line {
	var lines []Line
	for i := range d.Fields {
		f := &d.Fields[i]
		if len(answers[f.ID]) > 0 {
			lines = append(lines, Line{Field: f.ID, Label: f.Label.In(locale, "en"), Text: strings.Join(e.shown(f, answers[f.ID], locale), "\n")})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		lines = append(lines, Line{Field: name, Label: clip(name, 80), Text: clip(strings.Join(extra[name], "\n"), 4000)})
	}
	if page != "" {
		lines = append(lines, Line{Field: form.PageField, Label: word(locale, "page"), Text: clip(page, 400)})
	}
	return lines
}

// shown are a field's values as a reader sees them: options by their labels, a
// moment with its zone in words.
func (e *edition) shown(f *form.Field, values []string, locale string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v
		for _, o := range f.Options {
			if o.ID == v {
				list[i] = o.Label.In(locale, "en")
			}
		}
		switch f.Kind {
		case form.Consent:
			list[i] = word(locale, "agreed")
		case form.Moment:
			if at, err := form.ParseMoment(v); err == nil {
				list[i] = e.theme.Moment(locale, at, at.Location().String())
			}
		}
	}
	return list
}

// forwarded lists the fields that the form allows to be handed to the upstream
// operator; nil, all of them, when it says nothing about it.
func forwarded(d *form.Definition) []string {
	var ids []string
	said := false
	for i := range d.Fields {
		f := &d.Fields[i]
		said = said || len(f.Forward) > 0
		if len(f.Forward) == 0 && f.PII == "" || slices.Contains(f.Forward, "upstream") {
			ids = append(ids, f.ID)
		}
	}
	if !said {
		return nil
	}
	return ids
}

// consentRefused tells that the form asked whether data may be handed on, and the
// reader didn't agree.
func consentRefused(d *form.Definition, answers form.Answers) bool {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Kind == form.Consent {
			return answers.Get(f.ID) != f.Value
		}
	}
	return false
}

// subjectOf names the request: the form's subject field, or its first text.
func subjectOf(d *form.Definition, answers form.Answers) string {
	text := answers.Get(d.Subject)
	for i := range d.Fields {
		k := d.Fields[i].Kind
		if text == "" && (k == form.Text || k == form.LongText) {
			text = answers.Get(d.Fields[i].ID)
		}
	}
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > 120 {
		text = string([]rune(text)[:119]) + "…"
	}
	return text
}

func contactOf(d *form.Definition, answers form.Answers) Contact {
	first := func(k form.Kind) string {
		for i := range d.Fields {
			if v := answers.Get(d.Fields[i].ID); d.Fields[i].Kind == k && v != "" {
				return v
			}
		}
		return ""
	}
	return Contact{Name: first(form.PersonName), Organization: first(form.Organization), Email: first(form.Email), Phone: first(form.Phone)}
}

// findable are the texts by which the request can be found again.
func findable(d *form.Definition, answers form.Answers) []string {
	var list []string
	for i := range d.Fields {
		f := &d.Fields[i]
		for _, v := range answers[f.ID] {
			switch f.Kind {
			case form.Email, form.Domain, form.GUID, form.Digits:
				list = append(list, foundBy(v))
			case form.Phone:
				list = append(list, foundBy(v))
				if e164 := form.E164(v); e164 != "" {
					list = append(list, e164)
				}
			}
		}
	}
	return list
}

// foundBy is how an address or a number is compared.
func foundBy(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) > n {
		return string([]rune(s)[:n]) + "…"
	}
	return s
}
