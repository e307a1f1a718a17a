package source

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode fills the struct that v points to from the file's YAML, strictly: an
// unknown key, a repeated key, a value of the wrong type and a missing required
// value are problems with their position, and decoding goes on behind them.
//
// Keys are the `yaml:"name"` tags; `yaml:"name,required"` must be present and
// not empty; `yaml:",inline"` takes an embedded struct's keys. A field of type
// [Position] is filled with the place of its mapping instead of being a key.
// Maps keep no order; a type that needs its own reading implements [Decoder].
// The file's BOM is ignored. Only the first document is read.
func Decode(f *File, v any) Problems {
	n, ps := ParseYAML(f)
	if n.IsZero() {
		return ps
	}
	ps.Append(n.Decode(v))
	return ps
}

// A Node is a piece of YAML with its file, for readers that walk it themselves.
type Node struct {
	File *File
	YAML *yaml.Node
}

// A Decoder reads itself from a node and reports what is wrong with it.
type Decoder interface {
	DecodeYAML(n Node) Problems
}

// otherBreaks end a line in YAML's eyes, but in no editor's: with them lines would
// be counted that the file doesn't have.
var otherBreaks = regexp.MustCompile("\r+([^\r\n]|$)|\u0085|\u2028|\u2029")

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// ParseYAML reads the file's first document. A syntax error is one problem and
// a zero Node; an empty file is a zero Node without a problem.
func ParseYAML(f *File) (Node, Problems) {
	var ps Problems
	var doc yaml.Node
	text := otherBreaks.ReplaceAll(f.Text, []byte(" $1"))
	if err := yaml.Unmarshal(text, &doc); err != nil {
		at := f.Whole()
		message := err.Error()
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			at.Line, _ = strconv.Atoi(m[1])
			message = message[len(m[0]):]
		}
		ps.Errorf(at, "yaml-syntax", "not valid YAML: %s", message).
			Hintf("check the indentation and quote values that contain \": \" or start with a special sign")
		return Node{}, ps
	}
	if len(doc.Content) == 0 {
		return Node{}, nil
	}
	return Node{File: f, YAML: doc.Content[0]}, nil
}

// IsZero tells a node that is not there.
func (n Node) IsZero() bool { return n.YAML == nil }

// Position is where the node begins.
func (n Node) Position() Position {
	return Position{Path: n.File.Path, Line: n.YAML.Line, Col: n.YAML.Column}
}

// IsScalar, IsList and IsMap tell the node's kind. Aliases are followed.
func (n Node) IsScalar() bool { return n.resolve().Kind == yaml.ScalarNode }
func (n Node) IsList() bool   { return n.resolve().Kind == yaml.SequenceNode }
func (n Node) IsMap() bool    { return n.resolve().Kind == yaml.MappingNode }

// Text is a scalar as it was written, without quotes.
func (n Node) Text() string { return n.resolve().Value }

// Items are the elements of a list.
func (n Node) Items() []Node {
	return n.wrap(n.resolve().Content)
}

// Pairs are the keys and values of a mapping, in order.
func (n Node) Pairs() (keys, values []Node) {
	all := n.wrap(n.resolve().Content)
	for i := 0; i+1 < len(all); i += 2 {
		keys, values = append(keys, all[i]), append(values, all[i+1])
	}
	return keys, values
}

func (n Node) wrap(list []*yaml.Node) []Node {
	nodes := make([]Node, len(list))
	for i, y := range list {
		nodes[i] = Node{n.File, y}
	}
	return nodes
}

func (n Node) resolve() *yaml.Node {
	if n.YAML.Kind == yaml.AliasNode {
		return n.YAML.Alias
	}
	return n.YAML
}

func (n Node) kind() string {
	switch n.resolve().Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", n.Text())
}

// Decode fills v from the node; see the function [Decode].
func (n Node) Decode(v any) Problems {
	var ps Problems
	n.decode(reflect.ValueOf(v).Elem(), &ps)
	return ps
}

var (
	positionType = reflect.TypeFor[Position]()
	decoderType  = reflect.TypeFor[Decoder]()
)

func (n Node) decode(v reflect.Value, ps *Problems) {
	if v.Addr().Type().Implements(decoderType) {
		ps.Append(v.Addr().Interface().(Decoder).DecodeYAML(n))
		return
	}
	if n.IsScalar() && n.resolve().Tag == "!!null" {
		return
	}
	wrong := func(want string) {
		ps.Errorf(n.Position(), "yaml-type", "%s where %s is expected", n.kind(), want)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		n.decode(v.Elem(), ps)
	case reflect.String:
		if !n.IsScalar() {
			wrong("text")
			return
		}
		v.SetString(n.Text())
	case reflect.Bool:
		// YAML 1.2 and what people write; yes and no are text elsewhere.
		switch strings.ToLower(n.Text()) {
		case "true", "yes", "on":
			v.SetBool(true)
		case "false", "no", "off":
			v.SetBool(false)
		default:
			wrong("true or false")
		}
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Text(), 10, 64)
		if err != nil {
			wrong("a whole number")
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.Text(), 64)
		if err != nil {
			wrong("a number")
			return
		}
		v.SetFloat(x)
	case reflect.Slice:
		if !n.IsList() {
			wrong("a list")
			return
		}
		for _, item := range n.Items() {
			e := reflect.New(v.Type().Elem()).Elem()
			item.decode(e, ps)
			v.Set(reflect.Append(v, e))
		}
	case reflect.Map:
		if !n.IsMap() {
			wrong("a mapping")
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		keys, values := n.Pairs()
		for i, k := range keys {
			key := reflect.ValueOf(k.Text()).Convert(v.Type().Key())
			if v.MapIndex(key).IsValid() {
				ps.Errorf(k.Position(), "yaml-duplicate-key", "the key %q stands here twice", k.Text())
				continue
			}
			e := reflect.New(v.Type().Elem()).Elem()
			values[i].decode(e, ps)
			v.SetMapIndex(key, e)
		}
	case reflect.Struct:
		if !n.IsMap() {
			wrong("a mapping")
			return
		}
		n.decodeStruct(v, ps)
	case reflect.Interface:
		var x any
		if err := n.YAML.Decode(&x); err != nil {
			wrong("a value")
			return
		}
		if x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		panic("source.Decode: unsupported type " + v.Type().String())
	}
}

func (n Node) decodeStruct(v reflect.Value, ps *Problems) {
	fields := map[string]structField{}
	var names []string
	collectFields(v, n.Position(), fields, &names)
	seen := map[string]bool{}
	keys, values := n.Pairs()
	for i, k := range keys {
		name := k.Text()
		field, known := fields[name]
		switch {
		case !known:
			p := ps.Errorf(k.Position(), "yaml-unknown-key", "unknown key %q", name)
			if near := Nearest(name, names); near != "" {
				p.Hintf("did you mean %q?", near)
			} else {
				p.Hintf("known here: %s", strings.Join(names, ", "))
			}
		case seen[name]:
			ps.Errorf(k.Position(), "yaml-duplicate-key", "the key %q stands here twice", name)
		default:
			seen[name] = true
			values[i].decode(field.value, ps)
		}
	}
	for _, name := range names {
		if f := fields[name]; f.required && f.value.IsZero() && !(seen[name] && f.value.Kind() != reflect.String) {
			ps.Errorf(n.Position(), "yaml-missing-key", "%q is missing here", name)
		}
	}
}

type structField struct {
	value    reflect.Value
	required bool
}

// collectFields lists the keys of a struct and sets its position, if one is given.
func collectFields(v reflect.Value, at Position, fields map[string]structField, names *[]string) {
	for i := range v.NumField() {
		t := v.Type().Field(i)
		if !t.IsExported() {
			continue
		}
		if t.Type == positionType {
			if at.Path != "" {
				v.Field(i).Set(reflect.ValueOf(at))
			}
			continue
		}
		name, options, _ := strings.Cut(t.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			collectFields(v.Field(i), at, fields, names)
		case name == "" || name == "-":
		default:
			fields[name] = structField{v.Field(i), options == "required"}
			*names = append(*names, name)
		}
	}
}
