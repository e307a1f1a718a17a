package source

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Words are one text in several languages, by locale ("ja", "zh-hans", "en").
type Words map[string]string

// In returns the text in the locale, or the first of the fallbacks that has it,
// or any; "" only when there is none at all.
func (w Words) In(locale string, fallbacks ...string) string {
	for _, l := range append([]string{locale}, fallbacks...) {
		if s := w[l]; s != "" {
			return s
		}
	}
	for _, l := range slices.Sorted(maps.Keys(w)) {
		if w[l] != "" {
			return w[l]
		}
	}
	return ""
}

// Missing lists those of the locales that have no text.
func (w Words) Missing(locales []string) []string {
	var missing []string
	for _, l := range locales {
		if w[l] == "" {
			missing = append(missing, l)
		}
	}
	return missing
}

// DecodeYAML reads a mapping of locales to texts, or one text for all locales,
// kept under "".
func (w *Words) DecodeYAML(n Node) Problems {
	var ps Problems
	*w = Words{}
	if n.IsScalar() {
		(*w)[""] = n.Text()
		return ps
	}
	if !n.IsMap() {
		ps.Errorf(n.Position(), "yaml-type", "%s where a text per language is expected", n.kind())
		return ps
	}
	keys, values := n.Pairs()
	for i, k := range keys {
		if !values[i].IsScalar() {
			ps.Errorf(values[i].Position(), "yaml-type", "%s where text is expected", values[i].kind())
			continue
		}
		(*w)[Locale(k.Text())] = values[i].Text()
	}
	return ps
}

// Locale brings a language tag to the form that folders and URLs use: BCP 47 in
// lower case, without what the language implies. Microsoft's spellings (ja-jp,
// zh-cn, en-us) are understood.
func Locale(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	switch tag {
	case "zh", "zh-cn", "zh-sg", "zh-hans-cn":
		return "zh-hans"
	case "zh-tw", "zh-hk", "zh-mo", "zh-hant-tw":
		return "zh-hant"
	case "pt-br", "sr-latn-rs":
		return tag
	}
	if language, region, ok := strings.Cut(tag, "-"); ok && len(language) == 2 && len(region) == 2 {
		return language
	}
	return tag
}

// MergeWords puts the texts of one locale's words file into the Words fields of
// the facts that v points to. The words file has the same shape as the facts,
// with a list's elements as a mapping by their id (a change's by what changed):
//
//	title: サポートの依頼
//	fields:
//	  email: {label: メールアドレス, help: 返事をお送りする先です}
//
// A key that is no text of the facts is a problem at its place.
func MergeWords(v any, locale string, words Node) Problems {
	var ps Problems
	if !words.IsZero() {
		mergeWords(reflect.ValueOf(v).Elem(), locale, words, &ps)
	}
	return ps
}

var wordsType = reflect.TypeFor[Words]()

func mergeWords(v reflect.Value, locale string, n Node, ps *Problems) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	switch {
	case v.Type() == wordsType:
		if !n.IsScalar() {
			ps.Errorf(n.Position(), "yaml-type", "%s where text is expected", n.kind())
			return
		}
		if v.IsNil() {
			v.Set(reflect.ValueOf(Words{}))
		}
		v.SetMapIndex(reflect.ValueOf(locale), reflect.ValueOf(n.Text()))
	case !n.IsMap():
		ps.Errorf(n.Position(), "yaml-type", "%s where a mapping is expected", n.kind())
	case v.Kind() == reflect.Struct:
		fields := map[string]structField{}
		var names []string
		collectFields(v, Position{}, fields, &names)
		eachPair(n, ps, names, func(name string) (reflect.Value, func(), bool) {
			f, ok := fields[name]
			return f.value, nil, ok && carriesWords(f.value.Type())
		}, locale)
	case v.Kind() == reflect.Slice:
		byID := map[string]reflect.Value{}
		for i := range v.Len() {
			e := v.Index(i)
			if e.Kind() == reflect.Pointer {
				e = e.Elem()
			}
			for _, name := range []string{"ID", "What"} {
				if id := e.FieldByName(name); id.IsValid() {
					byID[id.String()] = v.Index(i)
					break
				}
			}
		}
		eachPair(n, ps, slices.Sorted(maps.Keys(byID)), func(name string) (reflect.Value, func(), bool) {
			e, ok := byID[name]
			return e, nil, ok
		}, locale)
	case v.Kind() == reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		eachPair(n, ps, nil, func(name string) (reflect.Value, func(), bool) {
			e := reflect.New(v.Type().Elem()).Elem()
			key := reflect.ValueOf(name).Convert(v.Type().Key())
			if old := v.MapIndex(key); old.IsValid() {
				e.Set(old)
			}
			return e, func() { v.SetMapIndex(key, e) }, true
		}, locale)
	}
}

func eachPair(n Node, ps *Problems, names []string, find func(string) (reflect.Value, func(), bool), locale string) {
	keys, values := n.Pairs()
	for i, k := range keys {
		v, done, ok := find(k.Text())
		if !ok {
			p := ps.Errorf(k.Position(), "words-unknown-key", "nothing is called %q here", k.Text())
			if near := Nearest(k.Text(), names); near != "" {
				p.Hintf("did you mean %q?", near)
			}
			continue
		}
		mergeWords(v, locale, values[i], ps)
		if done != nil {
			done()
		}
	}
}

// carriesWords tells whether a type is Words or holds some.
func carriesWords(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return carriesWords(t.Elem())
	case reflect.Map:
		return t == wordsType || carriesWords(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && carriesWords(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
