package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"annai/internal/source"
)

var (
	kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	verb  = regexp.MustCompile(`%(?:[.\d]*\[(\d+)\]|[.\d]*)([a-zA-Z])`)
)

// saidInCode are the sentences by code, and the hints, as the source has them.
func saidInCode(t *testing.T) (sentences map[string][]string, hints []string) {
	sentences = map[string][]string{}
	calls := map[string]bool{"Errorf": true, "Warnf": true, "problem": true, "warn": true}
	each := func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch f := c.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		if name == "Hintf" || name == "hint" {
			if text, ok := literal(c.Args, 0); ok && !slices.Contains(hints, text) {
				hints = append(hints, text)
			}
		}
		for i := range min(2, len(c.Args)) {
			code, ok1 := literal(c.Args, i)
			text, ok2 := literal(c.Args, i+1)
			if calls[name] && ok1 && ok2 && kebab.MatchString(code) && !slices.Contains(sentences[code], text) {
				sentences[code] = append(sentences[code], text)
			}
		}
		return true
	}
	for _, dir := range []string{"internal/source", "form", "policy", "markdown", "themes", "site", "cmd/annai"} {
		filepath.WalkDir(filepath.Join("../..", dir), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, each)
			return nil
		})
	}
	return sentences, hints
}

func literal(args []ast.Expr, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	b, ok := args[i].(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}

// TestTonguesSayEverything holds that a problem is told in every language, with
// all its values, and explained by a page.
func TestTonguesSayEverything(t *testing.T) {
	sentences, hints := saidInCode(t)
	if len(sentences) < 100 || len(hints) < 50 {
		t.Fatalf("only %d codes and %d hints were found in the source", len(sentences), len(hints))
	}
	for code := range sentences {
		if _, err := os.Stat(filepath.Join("../../docs/problems", code+".md")); err != nil {
			t.Errorf("docs/problems has no page %s.md", code)
		}
	}
	for _, locale := range tongues {
		text, err := tongueFiles.ReadFile("texts/" + locale + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		said := new(tongue)
		if ps := source.Decode(source.New(locale, text), said); len(ps) > 0 {
			t.Fatal(ps)
		}
		for code, english := range sentences {
			s := said.Sentences[code]
			for _, e := range english {
				translated := s.one
				if s.many != nil {
					translated = s.many[e]
				} else if len(english) > 1 {
					translated = ""
				}
				if translated == "" {
					t.Errorf("%s: nothing is said for %s: %s", locale, code, e)
				} else if want, got := verbs(e), verbs(translated); want != got {
					t.Errorf("%s: %s shows %s, the English sentence %s", locale, code, got, want)
				}
			}
		}
		for code := range said.Sentences {
			if sentences[code] == nil {
				t.Errorf("%s: the source has no code %s", locale, code)
			}
		}
		for _, e := range hints {
			translated := said.Hints[e]
			if translated == "" {
				t.Errorf("%s: nothing is said for the hint %q", locale, e)
			} else if want, got := verbs(e), verbs(translated); want != got {
				t.Errorf("%s: the hint %q shows %s, not %s", locale, e, got, want)
			}
		}
		for e := range said.Hints {
			if !slices.Contains(hints, e) {
				t.Errorf("%s: the source has no hint %q", locale, e)
			}
		}
	}
}

// verbs are the values that a sentence shows, in their order, numbers apart from
// words.
func verbs(format string) string {
	var list []string
	for i, m := range verb.FindAllStringSubmatch(format, -1) {
		number := strconv.Itoa(i + 1)
		if m[1] != "" {
			number = m[1]
		}
		kind := "word"
		if strings.Contains("dgf", m[2]) {
			kind = "number"
		}
		list = append(list, number+":"+kind)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

func TestTranslate(t *testing.T) {
	var ps source.Problems
	at := source.Position{Path: "ja/a.md", Line: 3, Col: 1}
	ps.Errorf(at, "broken-link", "link to %q: %s", "b.md", "no such page").Hintf("did you mean %q?", "c.md")
	ps.Errorf(at, "words-missing", "%s is not worded in %s", "the label of health's option yes", "en").Hintf("a form may never fall back to another language")
	ps.Errorf(at, "yaml-type", "%s where %s is expected", "a list", "text")
	ps.Warnf(at, "brand-contrast", "%s: %s has a contrast of %.1f:1 on %s, text needs %.1f:1", "accent", "#aaaaaa", 2.32, "#ffffff", 4.5)
	ps.Errorf(at, "a-code-from-the-future", "something else")
	var got strings.Builder
	for _, p := range readTongue("ja").translate(ps) {
		fmt.Fprintln(&got, p)
	}
	want := `ja/a.md:3:1: リンク先「b.md」：そのようなページはありません [broken-link]
    「c.md」ではありませんか
ja/a.md:3:1: enにhealth's option yesのラベルがありません [words-missing]
    フォームを別の言語で代わりに示すことはできません
ja/a.md:3:1: 文字列のはずですが、リストです [yaml-type]
ja/a.md:3:1: warning: accent：#aaaaaaの#ffffffに対するコントラストは2.3:1です。文字には4.5:1が要ります [brand-contrast]
ja/a.md:3:1: something else [a-code-from-the-future]
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	for value, want := range map[string]string{"ja_JP.UTF-8": "ja", "zh_CN.UTF-8": "zh-hans", "C": "c", "en_GB": "en"} {
		t.Setenv("LC_ALL", value)
		if got := ownTongue(); got != want {
			t.Errorf("LC_ALL=%s is %s, want %s", value, got, want)
		}
	}
}
