package site

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
)

// JSON Schemas of everything that an author writes as YAML, made from the types
// that read it: editors complete keys by them and underline what is wrong.

// A Schema is one of them.
type Schema struct {
	Name  string   // site, products, form, form-words, front-matter …
	Files []string // what it is for, as globs of the content folder; none for front matter
	Body  []byte   // JSON
}

// Schemas are those of all kinds of files, sorted by name.
func Schemas() []Schema {
	facts := []struct {
		name, files, words string
		value              any
	}{
		{"calendar", "calendars/*.yaml", "", policy.Calendar{}},
		{"form", "forms/*.yaml", "*/forms/*.yaml", form.Definition{}},
		{"glossary", "glossary.yaml", "*/glossary.yaml", glossaryFile{}},
		{"notice", "notices/*/*.yaml", "*/notices/*/*.yaml", policy.Notice{}},
		{"products", "products.yaml", "*/products.yaml", productsFile{}},
		{"rules", "rules/*.yaml", "*/rules/*.yaml", policy.Table{}},
		{"site", "site.yaml", "", Config{}},
		{"status", "status.yaml", "*/status.yaml", statusFile{}},
	}
	list := []Schema{{Name: "front-matter", Body: frontSchema()}}
	for _, f := range facts {
		t := reflect.TypeOf(f.value)
		list = append(list, Schema{f.name, []string{f.files}, document(f.name, schemaOf(t))})
		if f.words != "" {
			list = append(list, Schema{f.name + "-words", []string{f.words}, document(f.name+"-words", wordsSchema(t))})
		}
	}
	slices.SortFunc(list, func(a, b Schema) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// productsFile is products.yaml, as policy reads it.
type productsFile struct {
	Products []policy.Product `yaml:"products,required"`
}

func document(name string, s object) []byte {
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = name
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // made of maps and strings above
	}
	return append(body, '\n')
}

// frontSchema lets the page's type choose which further keys there are. Keys of
// Microsoft's publishing are passed over.
func frontSchema() []byte {
	all := object{}
	var choices []any
	for _, kind := range pageTypes {
		s := schemaOf(reflect.TypeOf(frontOf(kind)).Elem())
		properties := s["properties"].(object)
		for key, value := range properties {
			all[key] = value
		}
		var foreign []string
		for key := range properties {
			foreign = append(foreign, key)
		}
		slices.Sort(foreign)
		condition := object{"properties": object{"type": object{"const": kind}}}
		if kind != "article" {
			condition["required"] = []string{"type"}
		}
		choices = append(choices, object{
			"if":   condition,
			"then": object{"propertyNames": object{"anyOf": []any{object{"enum": foreign}, object{"pattern": foreignPattern}}}},
		})
	}
	return document("front-matter", object{"type": "object", "properties": all, "required": []string{"title"}, "allOf": choices})
}

// foreignPattern is foreignKey without its flag, which JSON Schema doesn't know.
var foreignPattern = strings.TrimPrefix(foreignKey.String(), "(?i)")

// enums are the closed lists, by type and key.
var enums = map[string][]string{
	"site.articleFront.type":       pageTypes,
	"site.articleFront.audience":   audiences,
	"site.articleFront.status":     {"draft", "published"},
	"site.translationFront.method": {stateHuman, statePostEdited, stateMachine},
	"site.Update.state":            outageStates,
	"form.Suggest.by":              form.SuggestBy,
	"form.Field.kind":              formKinds(),
	"form.Field.pii":               {"maybe", "personal", "sensitive"},
	"policy.Table.hit":             {"unique", "first"},
	"policy.Rule.handler":          {string(policy.Self), string(policy.Partner), string(policy.PartnerThenUpstream), string(policy.Upstream)},
	"policy.Rule.grounds":          policy.Grounds,
	"policy.Notice.covers":         policy.Categories,
	"policy.Channel.kind":          {"form", "phone", "email", "chat"},
	"policy.Channel.answered":      {"person", "machine"},
	"policy.Change.kind":           {"improvement", "changed", "removed"},
}

func formKinds() []string {
	var list []string
	for k := range form.Traits {
		list = append(list, string(k))
	}
	slices.Sort(list)
	return list
}

var (
	positionType  = reflect.TypeFor[source.Position]()
	wordsType     = reflect.TypeFor[source.Words]()
	proseType     = reflect.TypeFor[prose]()
	clockType     = reflect.TypeFor[policy.Clock]()
	rangeType     = reflect.TypeFor[policy.Range]()
	durationType  = reflect.TypeFor[policy.Duration]()
	valueType     = reflect.TypeFor[policy.Value]()
	requiredType  = reflect.TypeFor[form.Required]()
	conditionType = reflect.TypeFor[form.Condition]()
)

// schemaOf is a type's schema: by what reads it, or by its fields.
func schemaOf(t reflect.Type) object {
	text := object{"type": "string"}
	switch t {
	case wordsType:
		return object{"oneOf": []any{text, object{"type": "object", "additionalProperties": text}}}
	case proseType:
		return object{"type": "string", "description": "Markdown"}
	case clockType:
		return object{"oneOf": []any{object{"const": "24x7"}, object{"type": "array", "items": structSchema(rangeType)}}}
	case durationType:
		return object{"type": "string", "pattern": `^(PT0S|P(\d+D)?(T(\d+H)?(\d+M)?)?|P\d+BD)$`, "description": "PT30M, PT1H, P1D, or P1BD for a business day"}
	case valueType:
		return object{"oneOf": []any{text, structSchema(t)}}
	case requiredType:
		return object{"oneOf": []any{object{"type": "boolean"}, object{
			"type": "object", "properties": object{"when": schemaOf(conditionType)}, "required": []string{"when"}, "additionalProperties": false,
		}}}
	case conditionType:
		return object{"type": "object", "additionalProperties": object{"oneOf": []any{text, object{"type": "array", "items": text}}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return structSchema(t)
	}
	return text
}

func structSchema(t reflect.Type) object {
	properties := object{}
	var required []string
	eachKey(t, func(owner reflect.Type, f reflect.StructField, name string, must bool) {
		s := schemaOf(f.Type)
		if values := enums[owner.String()+"."+name]; values != nil {
			if items, ok := s["items"].(object); ok {
				items["enum"] = values
			} else {
				s["enum"] = values
			}
		}
		properties[name] = s
		if must {
			required = append(required, name)
		}
	})
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// eachKey calls with every key of a struct that YAML fills, those of inlined
// structs included.
func eachKey(t reflect.Type, f func(owner reflect.Type, field reflect.StructField, name string, required bool)) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			eachKey(field.Type, f)
		case name != "" && name != "-" && field.Type != positionType:
			f(t, field, name, options == "required")
		}
	}
}

// keysOf are the keys of a front matter.
func keysOf(v any) []string {
	var keys []string
	eachKey(reflect.TypeOf(v).Elem(), func(_ reflect.Type, _ reflect.StructField, name string, _ bool) { keys = append(keys, name) })
	return keys
}

// wordsSchema is that of the words beside facts: the same shape with nothing but
// texts in it, and lists as mappings by id.
func wordsSchema(t reflect.Type) object {
	switch {
	case t == wordsType:
		return object{"type": "string"}
	case t.Kind() == reflect.Pointer:
		return wordsSchema(t.Elem())
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": wordsSchema(t.Elem())}
	}
	properties := object{}
	eachKey(t, func(_ reflect.Type, f reflect.StructField, name string, _ bool) {
		if hasWords(f.Type) {
			properties[name] = wordsSchema(f.Type)
		}
	})
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func hasWords(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map:
		return t == wordsType || hasWords(t.Elem())
	case reflect.Pointer, reflect.Slice:
		return hasWords(t.Elem())
	case reflect.Struct:
		found := false
		eachKey(t, func(_ reflect.Type, f reflect.StructField, _ string, _ bool) { found = found || hasWords(f.Type) })
		return found
	}
	return false
}
