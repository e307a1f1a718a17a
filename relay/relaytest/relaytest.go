// Package relaytest is a small site for tests of the relay: three forms, rules
// that lead to the partner or to 21Vianet, a product, a notice, and the default
// theme in three languages.
package relaytest

import (
	"bytes"
	"embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

//go:embed site
var files embed.FS

// Locales of the site.
var Locales = []string{"ja", "zh-hans", "en"}

// Manifest is what a builder would have written of the site. BaseURL is
// https://support.example.com, the relay's address https://relay.example.com.
func Manifest(t testing.TB) *policy.Manifest {
	t.Helper()
	m := &policy.Manifest{
		Format: policy.ManifestFormat,
		Site: policy.SiteFacts{
			Contact: "support",
			Title:   map[string]string{"ja": "見本の案内", "zh-hans": "示例支持", "en": "Example support"},
			BaseURL: "https://support.example.com", RelayURL: "https://relay.example.com", Locales: Locales, Hash: "test",
		},
		Calendars: map[string]policy.Calendar{}, Shells: map[string]string{}, Pages: map[string]map[string]string{},
	}
	var ps source.Problems
	read := func(name string) *source.File {
		text, err := files.ReadFile("site/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return source.New(name, text)
	}
	for _, id := range []string{"support", "ack", "plain"} {
		d, problems := form.Parse(read("forms/"+id+".yaml"), nil, Locales)
		ps.Append(problems)
		m.Forms = append(m.Forms, d)
	}
	table, problems := policy.ParseTable(read("rules/sign-in.yaml"), nil, Locales)
	ps.Append(problems)
	m.Tables = append(m.Tables, table)
	products, problems := policy.ParseProducts(read("products.yaml"), nil, Locales)
	ps.Append(problems)
	m.Products = products
	notice, problems := policy.ParseNotice(read("notice.yaml"), nil, Locales)
	ps.Append(problems)
	m.Notices = append(m.Notices, notice)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	addTheme(t, m)
	return m
}

func addTheme(t testing.TB, m *policy.Manifest) {
	theme, problems := themes.Open(nil, Locales)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	m.Theme = theme.Snapshot()
	for _, locale := range Locales {
		var shell bytes.Buffer
		site := &themes.Site{Locale: locale, Title: m.Site.Title[locale], BaseURL: m.Site.BaseURL, Root: m.Site.BaseURL + "/", HomeURL: m.Site.BaseURL + "/" + locale + "/"}
		if err := theme.Render(&shell, themes.Blank{Shell: themes.Shell{Site: site, NoIndex: true}}); err != nil {
			t.Fatal(err)
		}
		m.Shells[locale] = shell.String()
	}
}

// Site writes the manifest, and a page for each locale, to a folder as a builder
// would.
func Site(t testing.TB, m *policy.Manifest) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	write(policy.ManifestName, text.String())
	write("index.html", "<!doctype html><title>languages</title>")
	for _, locale := range Locales {
		write(locale+"/index.html", "<!doctype html><title>home "+locale+"</title>")
		write(locale+"/404.html", "<!doctype html><title>not found "+locale+"</title>")
	}
	write("assets/style.3f2a91c4.css", "body{}")
	return dir
}
