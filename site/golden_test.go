package site

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var (
	mainPart = regexp.MustCompile(`(?s)<main[^>]*>(.*?)</main>`)
	lineTags = regexp.MustCompile(`</?(?:h[1-6]|p|li|dt|dd|tr|div|section|summary|ol|ul|dl|table|form|fieldset|legend|label|button|article|header|footer|nav|details|aside)\b[^>]*>`)
	cellTags = regexp.MustCompile(`</t[hd]>`)
	links    = regexp.MustCompile(`<a [^>]*href="([^"]*)"[^>]*>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
)

// reading is what a reader gets of a page without its looks: the lines of its
// main part, with where links lead.
func reading(html string) string {
	m := mainPart.FindStringSubmatch(html)
	if m == nil {
		return html
	}
	text := strings.ReplaceAll(m[1], "\n", " ")
	text = lineTags.ReplaceAllString(text, "\n")
	text = cellTags.ReplaceAllString(text, " | ")
	text = links.ReplaceAllString(text, "[$1] ")
	text = entities.Replace(tags.ReplaceAllString(text, ""))
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestPages compares what the small site's pages say, and its files for programs,
// with testdata/support-pages.txtar.
func TestPages(t *testing.T) {
	const name = "testdata/support-pages.txtar"
	m := baseContent(t)
	fillRevisions(m)
	s, ps := check(t, m)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Files {
		f := &a.Files[i]
		got := text(t, s, f.Name)
		if strings.HasSuffix(f.Name, ".html") {
			got = reading(got)
		}
		if !strings.HasSuffix(got, "\n") {
			got += "\n"
		}
		if *update {
			f.Data = []byte(got)
		} else if got != string(f.Data) {
			t.Errorf("%s\ngot\n%s\nwant\n%s", f.Name, got, f.Data)
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
