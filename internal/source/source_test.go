package source

import (
	"strings"
	"testing"
)

func TestPosition(t *testing.T) {
	f := New("a.md", []byte("日本\r\nx\n\nend"))
	for _, c := range []struct {
		offset int
		want   string
	}{
		{-1, "a.md:1:1"}, {0, "a.md:1:1"}, {3, "a.md:1:2"}, {8, "a.md:2:1"}, {9, "a.md:2:2"},
		{10, "a.md:3:1"}, {11, "a.md:4:1"}, {99, "a.md:4:4"},
	} {
		if got := f.Position(c.offset).String(); got != c.want {
			t.Errorf("Position(%d) = %s, want %s", c.offset, got, c.want)
		}
	}
	if got := f.Whole().String(); got != "a.md" {
		t.Errorf("Whole() = %s", got)
	}
}

func TestProblemsSortAndCount(t *testing.T) {
	f := New("b.md", []byte("one\ntwo\n"))
	var ps Problems
	ps.Errorf(f.Position(4), "z", "second line")
	ps.Warnf(f.Position(0), "a", "first %s", "line").Hintf("do %d things", 2)
	ps.Errorf(f.Position(4), "z", "second line")
	ps.Sort()
	want := "b.md:1:1: warning: first line [a]\n    do 2 things\nb.md:2:1: second line [z]"
	if got := ps.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if ps.Errors() != 1 || ps.Err() == nil {
		t.Errorf("Errors() = %d, Err() = %v", ps.Errors(), ps.Err())
	}
	if (Problems{{Severity: Warning}}).Err() != nil {
		t.Error("a warning is no error")
	}
}

type thing struct {
	Position
	Name  string            `yaml:"name,required"`
	Count int               `yaml:"count"`
	On    bool              `yaml:"on"`
	Tags  []string          `yaml:"tags"`
	Words Words             `yaml:"words"`
	Parts []part            `yaml:"parts"`
	Map   map[string]string `yaml:"map"`
}

type part struct {
	Position
	ID    string `yaml:"id,required"`
	Label Words  `yaml:"label"`
}

func TestDecode(t *testing.T) {
	var x thing
	f := New("t.yaml", []byte("\uFEFFname: 名前\ncount: 3\non: yes\ntags: [a, b]\nwords: {ja-JP: 語, en: word}\nparts:\n  - id: p\n    label: both\nmap: {k: v}\n"))
	if ps := Decode(f, &x); len(ps) > 0 {
		t.Fatal(ps)
	}
	if x.Name != "名前" || x.Count != 3 || !x.On || len(x.Tags) != 2 || x.Words["ja"] != "語" || x.Map["k"] != "v" {
		t.Errorf("decoded %+v", x)
	}
	if got := x.Parts[0].Position.String(); got != "t.yaml:7:5" {
		t.Errorf("part stands at %s", got)
	}
	if got := x.Parts[0].Label.In("zh-hans"); got != "both" {
		t.Errorf("label = %q", got)
	}
}

// TestDecodeProblems holds that nothing wrong goes unseen, each at its place.
func TestDecodeProblems(t *testing.T) {
	for text, want := range map[string]string{
		"nam: x":              `t.yaml:1:1: "name" is missing here [yaml-missing-key]|t.yaml:1:1: unknown key "nam" [yaml-unknown-key]|    did you mean "name"?`,
		"name: x\nname: y":    `t.yaml:2:1: the key "name" stands here twice [yaml-duplicate-key]`,
		"name: x\ncount: two": `t.yaml:2:8: "two" where a whole number is expected [yaml-type]`,
		"name: [x]":           `t.yaml:1:1: "name" is missing here [yaml-missing-key]|t.yaml:1:7: a list where text is expected [yaml-type]`,
		"name: x\non: maybe":  `t.yaml:2:5: "maybe" where true or false is expected [yaml-type]`,
		"name: x\nparts: 3":   `t.yaml:2:8: "3" where a list is expected [yaml-type]`,
		"- a":                 `t.yaml:1:1: a list where a mapping is expected [yaml-type]`,
		"name: ''":            `t.yaml:1:1: "name" is missing here [yaml-missing-key]`,
		"name: x\nwords: [a]": `t.yaml:2:8: a list where a text per language is expected [yaml-type]`,
	} {
		var x thing
		ps := Decode(New("t.yaml", []byte(text)), &x)
		ps.Sort()
		if got := strings.ReplaceAll(ps.Error(), "\n", "|"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	var x thing
	if ps := Decode(New("t.yaml", []byte("name: 'x\n")), &x); len(ps) != 1 || ps[0].Code != "yaml-syntax" || ps[0].Line == 0 {
		t.Errorf("syntax error: %v", ps)
	}
	if ps := Decode(New("t.yaml", nil), &x); len(ps) > 0 {
		t.Errorf("empty file: %v", ps)
	}
}

func TestMergeWords(t *testing.T) {
	var x thing
	Decode(New("t.yaml", []byte("name: n\nparts: [{id: a}, {id: b}]")), &x)
	words, _ := ParseYAML(New("ja/t.yaml", []byte("words: 語\nparts:\n  a: {label: あ}\n  c: {label: し}\nname: N\n")))
	ps := MergeWords(&x, "ja", words)
	ps.Sort()
	if x.Words["ja"] != "語" || x.Parts[0].Label["ja"] != "あ" || x.Name != "n" {
		t.Errorf("merged %+v", x)
	}
	want := `ja/t.yaml:4:3: nothing is called "c" here [words-unknown-key]|    did you mean "a"?|ja/t.yaml:5:1: nothing is called "name" here [words-unknown-key]`
	if got := strings.ReplaceAll(ps.Error(), "\n", "|"); !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestLocale(t *testing.T) {
	for tag, want := range map[string]string{
		"ja-JP": "ja", "ja": "ja", "zh-CN": "zh-hans", "zh-Hans": "zh-hans", "en-us": "en", "zh_TW": "zh-hant", "pt-BR": "pt-br", "ko-kr": "ko",
	} {
		if got := Locale(tag); got != want {
			t.Errorf("Locale(%q) = %q, want %q", tag, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	if got := Nearest("csp-program", []string{"csp-programs", "other"}); got != "csp-programs" {
		t.Errorf("got %q", got)
	}
	if got := Nearest("zzzz", []string{"alpha", "beta"}); got != "" {
		t.Errorf("got %q for nothing near", got)
	}
}

// FuzzDecode: whatever a YAML file holds, reading it neither panics nor puts a
// problem outside the file.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"name: x", "- a", "parts: [{id: &a b}, *a]", "a: &x [*x]", "? [a]\n: b", "name: !!int x", "<<: {name: x}", "\x00", "words: {1: 2}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := New("f.yaml", []byte(text))
		var x thing
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 2
		for _, p := range Decode(file, &x) {
			if p.Line > lines {
				t.Errorf("%v lies behind line %d", p, lines)
			}
		}
	})
}
