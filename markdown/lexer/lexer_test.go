package lexer

import (
	"bytes"
	"flag"
	"html"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden file")

const golden = "testdata/languages.txtar"

// TestGolden holds what each language looks like: N.lang is followed by N.html.
func TestGolden(t *testing.T) {
	a, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: a.Comment}
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
		lang, ok := strings.CutPrefix(path.Ext(f.Name), ".")
		if !ok || strings.HasSuffix(f.Name, ".html") {
			continue
		}
		page, ok := Append(nil, lang, string(f.Data))
		if !ok {
			t.Errorf("%s: the language is unknown", f.Name)
		}
		got.Files = append(got.Files, f, txtar.File{Name: f.Name + ".html", Data: append(bytes.TrimRight(page, "\n"), '\n')})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range got.Files {
		if want[f.Name] != string(f.Data) {
			t.Errorf("%s: got\n%s\nwant\n%s", f.Name, f.Data, want[f.Name])
		}
	}
}

var span = regexp.MustCompile(`<span class="h[kscnfvt]">([^<]*)</span>`)

// check fails when a sign of the code is lost, or the page isn't spans and text.
func check(t *testing.T, lang, code string) {
	t.Helper()
	page, ok := Append(nil, lang, code)
	if !ok {
		t.Fatalf("%s is unknown", lang)
	}
	text := span.ReplaceAllString(string(page), "$1")
	if strings.ContainsAny(text, "<>") || html.UnescapeString(text) != html.UnescapeString(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(code)) {
		t.Errorf("%s: %q became %q", lang, code, page)
	}
}

// FuzzAppend keeps every sign of any code in every language.
func FuzzAppend(f *testing.F) {
	a, err := txtar.ParseFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		f.Add(string(file.Data))
	}
	for _, piece := range hostile {
		f.Add(piece)
	}
	f.Fuzz(func(t *testing.T, code string) {
		for lang := range languages() {
			check(t, lang, code)
		}
	})
}

// hostile pieces open what nothing closes, or make a scanner look ahead.
var hostile = []string{
	"$(", "${", "`", "\"", "'", "\"$(", "'''", "(", "[", "{", "<<A ", "<<A\n", "<a b=", "<!", "/*", "/", "/a[", "\\", "\\\n#", "#\\\n",
	"-", "- ", "a.", "a ", "a(", "a: ", "|\n", "- |\n ", "\"\n'", "[ ", "@\"\n", "@\"", "$\"", "&", "<#", ":", "a\t", "\"a\" ", "=", "{a: ", "[a, ", "{a a", "[a", "a\n\n", "\n ", "x y: ",
}
