package site

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

// TestLinks: where links lead, in a repository of Microsoft's and in a site of
// ours. A line is the file that names the link, the link, and the answer.
func TestLinks(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/links.txtar")
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]fstest.MapFS{}
	for _, f := range archive.Files {
		name, p, _ := strings.Cut(f.Name, "/")
		if p == "" {
			continue
		}
		if content[name] == nil {
			content[name] = fstest.MapFS{}
		}
		content[name][p] = &fstest.MapFile{Data: f.Data}
	}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".links")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s, _ := Load(Options{Content: content[name], Name: name})
			for line := range strings.Lines(string(f.Data)) {
				base, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
				link, want, _ := strings.Cut(rest, " → ")
				p := s.byPath[base]
				if p == nil {
					t.Fatalf("no page %q", base)
				}
				r := s.resolve(p, base, strings.Trim(link, `"`))
				got := r.url
				if r.broken != "" {
					got = "broken: " + r.broken
					if r.hint != "" {
						got += ", " + r.hint + "?"
					}
				}
				if got != want {
					t.Errorf("%s: %s leads to %s, want %s", base, link, got, want)
				}
			}
		})
	}
}
