package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"annai/search"
)

// Both engines must rank alike: the same articles in the same order with the same
// section, for questions, titles, pieces of titles and misspelt words.
func TestBothEnginesRankAlike(t *testing.T) {
	if _, err := os.Stat("../../../shared/corpus"); err != nil || !has("node") {
		if os.Getenv("CI") != "" {
			t.Fatalf("articles and node are needed: %v", err)
		}
		t.Skip("no articles or no node")
	}
	c, err := open("../../../shared/corpus", filepath.Join(t.TempDir(), "public"))
	if err != nil {
		t.Fatal(err)
	}
	queries, err := c.readQueries("testdata/natural.jsonl", false)
	if err != nil {
		t.Fatal(err)
	}
	odd, err := os.ReadFile("testdata/odd.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(odd)) {
		var q query
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		queries = append(queries, q)
	}
	indexes := map[string]*search.Index{}
	for _, locale := range []string{"ja", "zh-hans", "en"} {
		if indexes[locale], err = search.Open(os.DirFS(c.public), locale); err != nil {
			t.Fatal(err)
		}
		for i, p := range c.pages[locale] {
			if r := []rune(p.Title); i%9 == 0 && len(r) > 6 {
				queries = append(queries, query{Locale: locale, Text: p.Title}, query{Locale: locale, Text: string(r[:len(r)*2/3])})
			}
		}
	}
	answers, err := node(queries, "theme.cjs", "../../themes/default/assets/search.js", c.public)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range queries {
		found, err := indexes[q.Locale].Search(search.Query{Text: q.Text})
		if err != nil {
			t.Fatal(err)
		}
		theirs := answers[i].Results
		if len(found.Results) != len(theirs) {
			t.Errorf("%s %q: %d results in Go, %d in the browser", q.Locale, q.Text, len(found.Results), len(theirs))
			continue
		}
		for j, r := range found.Results {
			if r.URL != theirs[j].URL || r.SectionID != theirs[j].Section || math.Abs(r.Score-theirs[j].Score) > 1e-9*r.Score {
				t.Errorf("%s %q: result %d is %s#%s (%g) in Go, %s#%s (%g) in the browser", q.Locale, q.Text, j, r.URL, r.SectionID, r.Score, theirs[j].URL, theirs[j].Section, theirs[j].Score)
				break
			}
		}
	}
	t.Logf("%d queries", len(queries))
}

func has(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// A line that is no query is told with its place, all of them at once; an article
// that isn't there only costs its query.
func TestReadQueries(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "content", "ja-jp", "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"content/ja-jp/deep/a.md": "---\ntitle: 甲\n---\n# 甲\n\n本文。\n", "content/ja-jp/b.md": "# 乙\n\n本文。\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := open(filepath.Join(dir, "content"), filepath.Join(dir, "public"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "queries.jsonl")
	read := func(text string) ([]query, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return c.readQueries(file, true)
	}
	queries, err := read(`{"locale": "ja-JP", "q": "甲", "type": "x", "expect": ["ja-jp/deep/a.md"]}` + "\n\n" +
		`{"locale": "ja", "q": "甲乙", "expect": ["nowhere.md", "content/ja-jp/b.md", "deep/a.md"]}` + "\n")
	if err != nil || len(queries) != 2 || len(queries[0].pages) != 1 || len(queries[1].pages) != 2 || queries[1].Type != "other" {
		t.Errorf("%+v, %v", queries, err)
	}
	_, err = read("{\"locale\": \"ja\", \"q\": \"a\", \"expect\": [\"b.md\"]}\n{\"locale\": \"ja\"\n{\"locale\": \"fr\", \"q\": \"a\", \"expect\": [\"b.md\"]}\n{\"locale\": \"ja\", \"q\": \"a\"}\n")
	for _, want := range []string{"queries.jsonl:2: column ", `queries.jsonl:3: locale "fr": the site has ja`, `queries.jsonl:4: no "expect"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
	if _, err = read(`{"locale": "ja", "q": "甲", "expect": ["x.md"]}`); err == nil || !strings.Contains(err.Error(), "none of its 1 line") {
		t.Errorf("%v", err)
	}
}
