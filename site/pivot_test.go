package site

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestChoices: the selector of a page asks what its group of zones asks, else in
// the theme's words.
func TestChoices(t *testing.T) {
	const zones = "# T\n\n::: zone pivot=\"a\"\nA\n::: zone-end\n\n::: zone pivot=\"b-c\"\nB\n::: zone-end\n"
	s, _ := Load(Options{Name: "docs", Content: fstest.MapFS{
		"docfx.json": {Data: []byte(`{"build": {"content": [{"files": ["**/*.md", "**/*.yml"]}]}}`)},
		"groups.yml": {Data: []byte("### YamlMime:ZonePivotGroups\ngroups:\n- id: g\n  title: Kinds\n  prompt: Which kind?\n  pivots:\n  - id: a\n    title: The first\n")},
		"asks.md":    {Data: []byte("---\nzone_pivot_groups: g\n---\n" + zones)},
		"silent.md":  {Data: []byte(zones)},
	}})
	for page, want := range map[string]string{
		"asks/index.html":   `{"":"Which kind?","a":"The first","b-c":"b c"}`,
		"silent/index.html": `{"":"Choose your case","a":"The first","b-c":"b c"}`,
	} {
		got := ""
		if m := regexp.MustCompile(`data-pivot-labels=("[^"]*"|'[^']*')`).FindStringSubmatch(text(t, s, page)); m != nil {
			got = strings.NewReplacer("&#34;", `"`, "&quot;", `"`).Replace(m[1][1 : len(m[1])-1])
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", page, got, want)
		}
	}
}

// TestLandingHeadings: cards are headings of the second level unless their section
// has one.
func TestLandingHeadings(t *testing.T) {
	s, _ := Load(Options{Name: "docs", Content: fstest.MapFS{
		"docfx.json": {Data: []byte(`{"build": {"content": [{"files": ["**/*.md", "**/*.yml"]}]}}`)},
		"hub.yml": {Data: []byte("### YamlMime:Hub\ntitle: T\nhighlightedContent:\n  items:\n  - title: One\n    url: a.md\n" +
			"productDirectory:\n  title: Products\n  items:\n  - title: Two\n    url: a.md\n")},
		"land.yml": {Data: []byte("### YamlMime:Landing\ntitle: T\nlandingContent:\n- title: Three\n  linkLists:\n  - linkListType: overview\n    links:\n    - text: A\n      url: a.md\n")},
		"a.md":     {Data: []byte("# A\n")},
	}})
	tag := regexp.MustCompile(`<(h[1-6])[^>]*>(?:<a[^>]*>)?([^<]*)`)
	for page, want := range map[string]string{
		"hub/index.html":  "h1 T, h2 One, h2 Products, h3 Two",
		"land/index.html": "h1 T, h2 Three",
	} {
		var got []string
		_, main, _ := strings.Cut(text(t, s, page), "<main")
		main, _, _ = strings.Cut(main, "</main>")
		for _, m := range tag.FindAllStringSubmatch(main, -1) {
			got = append(got, m[1]+" "+m[2])
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s: got %s, want %s", page, got, want)
		}
	}
}
