package site

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
)

// TestOneRuleChangesEverything holds that a rule is written once: changed in
// rules/, it changes the card, the questions, what the form asks for and what
// the relay decides.
func TestOneRuleChangesEverything(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	before, ps := check(t, m)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	rules := string(m["rules/sign-in.yaml"].Data)
	changed := strings.NewReplacer(
		"    when: {health: [not-listed], blocked: [\"no\"]}\n    handler: partner\n    severity: B\n    evidence: [since]\n",
		"    when: {health: [not-listed], blocked: [\"no\"]}\n    handler: partner-then-upstream\n    severity: A\n    grounds: [no-training]\n    evidence: [since, tried]\n    try_first: [performance/health]\n    upstream: {product: office, severity: B}\n",
	).Replace(rules)
	if changed == rules {
		t.Fatal("nothing was changed")
	}
	m["rules/sign-in.yaml"] = &fstest.MapFile{Data: []byte(changed)}
	after, ps := check(t, m)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	card := func(s *Site, page string) string {
		_, rest, _ := strings.Cut(text(t, s, page), `id="working"`)
		card, _, _ := strings.Cut(rest, "</section>")
		return card
	}
	for _, page := range []string{"ja/rules/sign-in/index.html", "ja/rules/sign-in/triage/index.html"} {
		old, new := card(before, page), card(after, page)
		for _, words := range []string{"試したこと", `data-severity="A"`, before.text("ja", "handler.partner-then-upstream"), before.text("ja", "ground.no-training"), "オフィス"} {
			if strings.Contains(old, words) || !strings.Contains(new, words) {
				t.Errorf("%s: %q must be new on the card:\n%s", page, words, new)
			}
		}
	}
	decide := func(s *Site) policy.Decision {
		var buf bytes.Buffer
		made, err := s.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		if err := made.Write(&buf); err != nil {
			t.Fatal(err)
		}
		read, err := policy.ReadManifest(&buf) // as the relay gets it
		if err != nil {
			t.Fatal(err)
		}
		return read.Decide(read.Form("request"), form.Answers{"health": {"not-listed"}, "blocked": {"no"}, "since": {"2026-11-22T09:00+09:00"}})
	}
	was, is := decide(before), decide(after)
	if was.Handler != policy.Partner || was.Severity != "B" || len(was.Missing) != 0 {
		t.Errorf("before: %+v", was)
	}
	if is.Handler != policy.PartnerThenUpstream || is.Severity != "A" || strings.Join(is.Missing, " ") != "tried" || is.Upstream == nil || is.Upstream.Severity != "B" {
		t.Errorf("after: %+v", is)
	}
}

// TestLanguageStates holds each state to what it shows and what it tells search
// engines.
func TestLanguageStates(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	english := func(name, old, new string) {
		f := m["en/"+name]
		if !strings.Contains(string(f.Data), old) {
			t.Fatalf("%s: no %q", name, old)
		}
		f.Data = []byte(strings.Replace(string(f.Data), old, new, 1))
	}
	english("updates/news.md", "method: human", "method: machine")
	english("configuration/domain.md", "method: human", "method: post-edited")
	english("accounts-billing/invoice.md", "source_rev: ", "source_rev: old")
	m["ja/updates/more.md"] = &fstest.MapFile{Data: []byte("---\ntitle: もっと\ndescription: もっとの説明です。\ntype: article\ncategory: updates\nowner: desk\n---\n\n本文")}
	s, ps := check(t, m)
	if ps.Errors() > 0 {
		t.Fatal(ps)
	}
	for _, c := range []struct {
		page, state         string
		shows               string // key of the theme's texts
		lang, robots        string
		hreflang, canonical bool
	}{
		{"account-setup/add", "human", "language.human", `<html lang="en"`, "", true, true},
		{"configuration/domain", "post-edited", "language.post-edited", `<html lang="en"`, "", true, true},
		{"updates/news", "machine", "language.machine", `<html lang="en"`, "noindex", false, false},
		{"accounts-billing/invoice", "stale", "language.stale", `<html lang="en"`, "", true, true},
		{"updates/more", "fallback", "language.fallback", `<article class="doc">`, "", false, true},
	} {
		p := s.Page("en", c.page)
		if got := s.stateOf(p); got != c.state {
			t.Errorf("%s is %s, want %s", c.page, got, c.state)
			continue
		}
		html := text(t, s, p.Out)
		shows := s.text("en", c.shows)
		shows, _, _ = strings.Cut(shows, "%s")
		for _, want := range []string{shows, c.lang} {
			if !strings.Contains(html, want) {
				t.Errorf("%s (%s) doesn't show %q", c.page, c.state, want)
			}
		}
		if got := strings.Contains(html, `content="noindex"`); got != (c.robots != "") {
			t.Errorf("%s (%s): noindex is %v", c.page, c.state, got)
		}
		if got := strings.Contains(html, `<link rel="alternate" hreflang="ja"`); got != c.hreflang {
			t.Errorf("%s (%s): hreflang is %v", c.page, c.state, got)
		}
		japanese := text(t, s, s.Page("ja", c.page).Out)
		if got := strings.Contains(japanese, `<link rel="alternate" hreflang="en"`); got != c.hreflang {
			t.Errorf("%s (%s): the original's hreflang is %v", c.page, c.state, got)
		}
		sitemap := text(t, s, "sitemap.xml")
		if got := strings.Contains(sitemap, "<loc>https://support.example.com"+p.URL+"</loc>"); got != c.hreflang {
			t.Errorf("%s (%s): in the sitemap is %v", c.page, c.state, got)
		}
	}
	fallback := text(t, s, s.Page("en", "updates/more").Out)
	for _, want := range []string{`<link rel="canonical" href="https://support.example.com/ja/updates/more/">`, `<h1 lang="ja"`, `<div class="prose" lang="ja">`} {
		if !strings.Contains(fallback, want) {
			t.Errorf("the fallback lacks %s", want)
		}
	}
}

// TestPagesOfASupportSite lists what is made of the facts.
func TestPagesOfASupportSite(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	s, _ := Load(Options{Content: m, Name: "content", Now: testDay})
	have := map[string]bool{}
	for _, p := range paths(s) {
		if have[p] {
			t.Errorf("%s is made twice", p)
		}
		have[p] = true
	}
	for _, p := range []string{
		"index.html", "404.html", "ja/404.html", "robots.txt", "sitemap.xml", "llms.txt", "ja/llms.txt", "en/feed.xml", "en/notice/feed.xml", "en/status/feed.xml",
		"ja/search/index.html", "ja/forms/request/index.html", "ja/forms/request/embed/index.html", "ja/rules/sign-in/index.html", "ja/rules/sign-in/triage/index.html",
		"ja/notice/index.html", "ja/notice/1/index.html", "ja/notice/2/index.html", "ja/notice/2/diff/index.html", "ja/status/index.html", "ja/glossary/index.html",
		"ja/connectivity/sign-in.md", "en/connectivity/index.md",
	} {
		if !have[p] {
			t.Errorf("there is no %s", p)
		}
	}
	for _, f := range s.Files() {
		if _, err := f.Bytes(); err != nil {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
}

// TestSchemasFitTheContent reads the example site with its own schemas: what the
// program takes, an editor must not underline.
func TestSchemasFitTheContent(t *testing.T) {
	content := os.DirFS("../content")
	for _, s := range Schemas() {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.Body))
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(s.Name+".json", doc); err != nil {
			t.Fatal(err)
		}
		schema, err := c.Compile(s.Name + ".json")
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		checked := 0
		for _, pattern := range s.Files {
			names, _ := fs.Glob(content, pattern)
			for _, name := range names {
				if strings.HasPrefix(pattern, "*/") != isLocale(strings.SplitN(name, "/", 2)[0]) {
					continue // notices/ID/N.yaml looks like LOCALE/notices/N.yaml
				}
				text, err := fs.ReadFile(content, name)
				if err != nil {
					t.Fatal(err)
				}
				n, _ := source.ParseYAML(source.New(name, text))
				if err := schema.Validate(plainYAML(t, n)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				checked++
			}
		}
		if s.Name == "front-matter" {
			checked = checkFronts(t, content, schema)
		}
		if checked == 0 && !strings.HasSuffix(s.Name, "-words") {
			t.Errorf("%s was tried on nothing", s.Name)
		}
	}
}

func checkFronts(t *testing.T, content fs.FS, schema *jsonschema.Schema) int {
	checked := 0
	fs.WalkDir(content, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".md") || !strings.Contains(name, "/") {
			return err
		}
		text, err := fs.ReadFile(content, name)
		if err != nil {
			return err
		}
		fr, _ := readFront(source.New(name, text))
		if fr == nil {
			return nil
		}
		if err := schema.Validate(plainYAML(t, fr.node)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checked++
		return nil
	})
	return checked
}

// plainYAML is a node as JSON has it, dates as text.
func plainYAML(t *testing.T, n source.Node) any {
	var v any
	if ps := n.Decode(&v); len(ps) > 0 {
		t.Fatal(ps)
	}
	b, err := json.Marshal(jsonOf(v))
	if err != nil {
		t.Fatal(err)
	}
	x, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func jsonOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = jsonOf(x)
		}
	case []any:
		for i, x := range v {
			v[i] = jsonOf(x)
		}
	case interface{ Format(string) string }:
		return v.Format("2006-01-02T15:04:05Z07:00")
	}
	return v
}

// TestNavigationToOwnPages: the header may name pages that the site makes.
func TestNavigationToOwnPages(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	m["site.yaml"].Data = slices.Concat(m["site.yaml"].Data, []byte("navigation: [{page: status}, {page: rules/sign-in, title: {ja: 担当, en: Who}}, {page: rules/nosuch}]\n"))
	s, ps := check(t, m)
	if len(ps) != 1 || ps[0].Code != "unknown-page" {
		t.Errorf("one page is unknown: %v", ps)
	}
	for _, want := range []string{`<a href="/en/status/">Service status</a>`, `<a href="/en/rules/sign-in/">Who</a>`} {
		if html := text(t, s, "en/updates/news/index.html"); !strings.Contains(html, want) {
			t.Errorf("the header lacks %s", want)
		}
	}
}

// TestInternalPages: what is for the partner's own desk is in no file of a public
// site, in no language, although only the original says so.
func TestInternalPages(t *testing.T) {
	m := baseContent(t)
	m["ja/updates/desk.md"] = &fstest.MapFile{Data: []byte("---\ntitle: 机の手引きQZ\ndescription: 内部QZ\ncategory: updates\nowner: o\naudience: partner-agent\n---\n本文QZ\n")}
	m["en/updates/desk.md"] = &fstest.MapFile{Data: []byte("---\ntitle: Desk guide QZ\ndescription: Internal QZ\ncategory: updates\nowner: o\ntranslation: {of: ja, source_rev: REV, method: human}\n---\nBody QZ\n")}
	fillRevisions(m)
	for internal, want := range map[bool]bool{false: false, true: true} {
		dir := filepath.Join(t.TempDir(), "site")
		if _, err := Build(Options{Content: m, Name: "content", Now: testDay, Internal: internal}, &Folder{Dir: dir}, false, nil); err != nil {
			t.Fatal(err)
		}
		found := false
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				text, _ := os.ReadFile(path)
				if bytes.Contains(text, []byte("QZ")) || strings.Contains(path, "desk") {
					found = true
					if !want {
						t.Errorf("%s has it", path)
					}
				}
			}
			return err
		})
		if want && !found {
			t.Error("nothing of it with Internal")
		}
	}
}
