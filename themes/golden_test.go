package themes

import (
	"bytes"
	"flag"
	"html"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares what stands in <main> of every kind of page: in Japanese
// its HTML, in the other languages, whose markup is the same, its words.
func TestGolden(t *testing.T) {
	theme := open(t)
	for _, locale := range sampleLocales {
		s := newSampler(t, theme, locale, "https://relay.example.cn")
		views := s.views()
		var got txtar.Archive
		for _, path := range slices.Sorted(maps.Keys(views)) {
			v := views[path].(View)
			main, err := theme.HTML(locale, v.layout(), v)
			if err != nil {
				t.Fatal(err)
			}
			text := unstamped(lines(string(main)))
			if locale != "ja" {
				text = visible(string(main))
			}
			got.Files = append(got.Files, txtar.File{Name: "/" + path, Data: []byte(text)})
		}
		compareGolden(t, "testdata/"+locale+".txtar", txtar.Format(&got))
	}
}

// TestGoldenPage compares whole pages: head, header, navigation, contact, footer.
func TestGoldenPage(t *testing.T) {
	theme := open(t)
	s := newSampler(t, theme, "ja", "https://relay.example.cn")
	var got txtar.Archive
	for _, v := range []View{s.views()["faq/"].(View), s.views()["choice/"].(View), s.views()["moved/"].(View)} {
		var page bytes.Buffer
		if err := theme.Render(&page, v); err != nil {
			t.Fatal(err)
		}
		text := unstamped(lines(page.String()))
		got.Files = append(got.Files, txtar.File{Name: v.layout(), Data: []byte(text)})
	}
	compareGolden(t, "testdata/page.txtar", txtar.Format(&got))
}

var (
	fingerprint = regexp.MustCompile(`\.[0-9a-f]{8}\.`)
	integrity   = regexp.MustCompile(`sha384-[A-Za-z0-9+/=&#;]+`)
	betweenTags = regexp.MustCompile(`>\s*<`)
	tag         = regexp.MustCompile(`<[^>]*>`)
	blankLines  = regexp.MustCompile(`\n\s*\n+`)
)

// lines puts every tag on its own line, so that a difference is a line.
func lines(s string) string {
	return strings.TrimSpace(blankLines.ReplaceAllString(betweenTags.ReplaceAllString(s, ">\n<"), "\n")) + "\n"
}

// unstamped takes out what changes with every edit of a sheet or script.
func unstamped(s string) string {
	return integrity.ReplaceAllString(fingerprint.ReplaceAllString(s, ".HASH."), "sha384-HASH")
}

// visible is the text without its markup.
func visible(s string) string {
	s = html.UnescapeString(tag.ReplaceAllString(s, "\n"))
	return strings.TrimSpace(blankLines.ReplaceAllString(s, "\n")) + "\n"
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./themes -update writes it)", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Errorf("%s:%d differs\n got %s\nwant %s\n(go test ./themes -update rewrites it)", file, i+1, g[i], at(w, i))
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", file, len(g), len(w))
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(end)"
}
