package themes

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"annai/internal/source"
)

// Text is a text of the theme in that locale, filled as by fmt.Sprintf. A locale
// without texts has the English ones. An unknown key is shown as itself, so that
// a page is never lost over it; Open reports it before.
func (t *Theme) Text(locale, key string, args ...any) string {
	texts := t.texts[locale]
	if texts == nil {
		texts = t.texts["en"]
	}
	text, ok := texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Has tells whether the theme has texts in that locale.
func (t *Theme) Has(locale string) bool { return t.texts[locale] != nil }

// readTexts reads texts/LOCALE.yaml: a flat mapping of keys to texts. English is
// always read, as what is shown when there is nothing better; it is also the
// list of keys that every locale must have, but for KEY.one, the form for one
// thing, which only some languages have.
func (t *Theme) readTexts(locales []string, ps *source.Problems) {
	positions := map[string]map[string]source.Position{}
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		if path.Dir(name) == "texts" {
			locale := strings.TrimSuffix(path.Base(name), ".yaml")
			t.texts[locale], positions[locale] = readTextFile(source.New(name, []byte(t.files[name])), ps)
		}
	}
	for _, locale := range locales {
		if t.texts[locale] == nil {
			ps.Warnf(source.Position{Path: "texts/" + locale + ".yaml"}, "theme-no-texts",
				"the theme has no texts in %q, its buttons and labels are shown in English", locale)
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(t.texts["en"])) {
			if _, ok := t.texts[locale][key]; !ok && !strings.HasSuffix(key, ".one") {
				ps.Errorf(source.Position{Path: "texts/" + locale + ".yaml"}, "theme-missing-text", "no text for %q", key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(t.texts[locale])) {
			if english, ok := t.texts["en"][key]; !ok {
				unknownText(positions[locale][key], key, t.texts["en"], ps)
			} else if verbs(t.texts[locale][key]) != verbs(english) {
				otherValues(positions[locale][key], key, english, ps)
			}
		}
	}
}

// mergeTexts lays an overlay's texts over the default ones of the locale, and
// complains about keys that no layout shows.
func mergeTexts(name, standard, own string, ps *source.Problems) string {
	texts, _ := readTextFile(source.New(name, []byte(standard)), ps)
	changed, at := readTextFile(source.New(name, []byte(own)), ps)
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		before, ok := texts[key]
		if !ok {
			unknownText(at[key], key, texts, ps)
			continue
		}
		if verbs(changed[key]) != verbs(before) {
			otherValues(at[key], key, before, ps)
			continue
		}
		texts[key] = changed[key]
	}
	merged, _ := json.Marshal(texts) // JSON is YAML
	return string(merged)
}

func unknownText(at source.Position, key string, texts map[string]string, ps *source.Problems) {
	p := ps.Errorf(at, "theme-unknown-text", "no layout shows a text called %q", key)
	if near := source.Nearest(key, slices.Sorted(maps.Keys(texts))); near != "" {
		p.Hintf("did you mean %q?", near)
	}
}

func otherValues(at source.Position, key, text string, ps *source.Problems) {
	ps.Errorf(at, "theme-text-values", "%q must show the same values as %q", key, text)
}

func readTextFile(f *source.File, ps *source.Problems) (map[string]string, map[string]source.Position) {
	texts, at := map[string]string{}, map[string]source.Position{}
	n, problems := source.ParseYAML(f)
	ps.Append(problems)
	if n.IsZero() {
		return texts, at
	}
	keys, values := n.Pairs()
	for i, k := range keys {
		if !values[i].IsScalar() {
			ps.Errorf(values[i].Position(), "yaml-type", "%q must be a text", k.Text())
			continue
		}
		texts[k.Text()], at[k.Text()] = values[i].Text(), k.Position()
	}
	return texts, at
}

// verbs lists the formatting verbs of a text without their order: a translation
// may turn them round (%[2]s … %[1]s) but must show each of them.
func verbs(text string) string {
	var found [16]byte
	next, n := 0, 0
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		i++
		if i+2 < len(text) && text[i] == '[' {
			next = int(text[i+1] - '1')
			i += 3
		}
		if i >= len(text) || text[i] == '%' || next < 0 || next >= len(found) {
			continue
		}
		found[next] = text[i]
		next++
		n = max(n, next)
	}
	return string(found[:n])
}
