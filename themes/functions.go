package themes

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode/utf8"
)

// functions are what layouts may call, bound to a locale:
//
//	t "key" args…     a text of the catalogue
//	has "key"         whether there is one
//	n "key" count     with its singular form
//	date, moment      a <time> element; moment takes zones
//	duration, hours   in words
//	zone              a zone's name
//	lang              the lang attribute of a locale: zh-hans → zh-Hans
//	asset "name"      an asset's path, integrity "name" its hash
//	href              an address that may be a tel: one
//	contents          headings as a list of links
//	ruby              {業務|ぎょうむ} as ruby, everything else escaped
//	paragraphs        plain text as paragraphs
func (t *Theme) functions(locale string) template.FuncMap {
	return template.FuncMap{
		"t":          func(key string, args ...any) string { return t.Text(locale, key, args...) },
		"has":        func(key string) bool { return t.Text(locale, key) != key },
		"n":          func(key string, count int) string { return t.plural(locale, key, count) },
		"date":       func(day time.Time) template.HTML { return t.dateElement(locale, day) },
		"moment":     func(at time.Time, zones []string) template.HTML { return t.momentElement(locale, at, zones...) },
		"otherzone":  func(at time.Time, zone string) string { return t.Moment(locale, at, zone) },
		"duration":   func(d Duration) string { return t.Duration(locale, d) },
		"hours":      func(h Hours) string { return t.Hours(locale, h) },
		"hoursdata":  hoursData,
		"iso":        Duration.iso,
		"zone":       func(zone string) string { return t.Zone(locale, zone) },
		"gap":        func(r HourRange) string { return t.Hours(locale, Hours{Ranges: []HourRange{r}}) },
		"lang":       Lang,
		"locale":     func() string { return locale },
		"asset":      func(name string) *Asset { return t.asset(name) },
		"title":      func(v View) string { return t.title(locale, v) },
		"href":       href,
		"contents":   contents,
		"ruby":       ruby,
		"paragraphs": paragraphs,
		"texts":      func(prefix string) string { return t.textsJSON(locale, prefix) },
		"fields":     t.fields,
		"answers":    t.answers,
		"carried":    carried,
		"names":      func() fieldNames { return names },
		"add":        func(a, b int) int { return a + b },
		"json": func(v any) (string, error) {
			b, err := json.Marshal(v)
			return string(b), err
		},
		"join": strings.Join,
		"list": func(items ...string) []string { return items },
		"dict": dict,
	}
}

func (t *Theme) asset(name string) *Asset {
	if a := t.byName[name]; a != nil {
		return a
	}
	return &Asset{Name: name, Path: "assets/" + name}
}

// textsJSON is the part of the catalogue that a script shows, without the prefix.
func (t *Theme) textsJSON(locale, prefix string) string {
	texts := t.texts[locale]
	if texts == nil {
		texts = t.texts["en"]
	}
	part := map[string]string{}
	for key, text := range texts {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			part[name] = text
		}
	}
	b, _ := json.Marshal(part)
	return string(b)
}

// Lang is the BCP 47 spelling of a locale, for lang attributes.
func Lang(locale string) string {
	parts := strings.Split(locale, "-")
	for i, p := range parts {
		switch {
		case i == 0:
		case len(p) == 4:
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		case len(p) == 2:
			parts[i] = strings.ToUpper(p)
		}
	}
	return strings.Join(parts, "-")
}

// href lets telephone numbers through, which html/template takes for a trick.
func href(url string) any {
	if number, ok := strings.CutPrefix(url, "tel:"); ok && strings.Trim(number, "+0123456789-.()") == "" {
		return template.URL(url)
	}
	return url
}

// ruby escapes a text and draws {base|reading} in it as ruby.
func ruby(text string) template.HTML {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		inside, after, closed := strings.Cut(rest, "}")
		base, reading, isRuby := strings.Cut(inside, "|")
		if !ok || !closed || !isRuby || base == "" || reading == "" {
			b.WriteString(template.HTMLEscapeString(text))
			return template.HTML(b.String())
		}
		b.WriteString(template.HTMLEscapeString(before))
		fmt.Fprintf(&b, "<ruby>%s<rp>(</rp><rt>%s</rt><rp>)</rp></ruby>",
			template.HTMLEscapeString(base), template.HTMLEscapeString(reading))
		text = after
	}
}

// paragraphs draws plain text: blank lines part paragraphs, line ends stay.
func paragraphs(text string) template.HTML {
	var b strings.Builder
	for _, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(string(ruby(p)), "\n", "<br>") + "</p>")
		}
	}
	return template.HTML(b.String())
}

// isLong tells a text that needs lines of its own.
func isLong(s string) bool { return utf8.RuneCountInString(s) > 60 || strings.Contains(s, "\n") }

// dict is names and values for a layout that is drawn inside another.
func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			m[name] = pairs[i+1]
		}
	}
	return m
}
