package main

import (
	"math"
	"os"
	"os/exec"
	"testing"

	"annai/search"
)

// Both engines must rank alike: the same articles in the same order with the same
// section, for questions, titles, pieces of titles and misspelt words.
func TestBothEnginesRankAlike(t *testing.T) {
	pages, err := load("../../../shared/corpus")
	if err != nil || len(pages) == 0 || !has("node") {
		if os.Getenv("CI") != "" {
			t.Fatalf("articles and node are needed: %v", err)
		}
		t.Skip("no articles or no node")
	}
	queries, err := readQueries([]string{"testdata/natural.jsonl", "testdata/odd.jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	indexes := map[string]*search.Index{}
	for _, locale := range []string{"ja", "zh-hans", "en"} {
		built, _, err := build(locale, pages[locale])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range built.Files() {
			if err := write(root, f); err != nil {
				t.Fatal(err)
			}
		}
		// Read back, as the relay does.
		if indexes[locale], err = search.Open(os.DirFS(root), locale); err != nil {
			t.Fatal(err)
		}
		for i, p := range pages[locale] {
			if r := []rune(p.Title); i%9 == 0 && len(r) > 6 {
				queries = append(queries, query{Locale: locale, Text: p.Title}, query{Locale: locale, Text: string(r[:len(r)*2/3])})
			}
		}
	}
	answers, err := ask(queries, "browser.cjs", "../../themes/default/assets/search.js", root)
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
