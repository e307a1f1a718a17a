package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"annai/search"
)

// TestNoIndex leaves pages that are marked out of the search index, unless most
// are: then the mark is for the web's search engines.
func TestNoIndex(t *testing.T) {
	for _, test := range []struct{ marked, plain, found int }{{1, 2, 2}, {1, 1, 1}, {2, 1, 3}, {2, 0, 2}} {
		dir := t.TempDir()
		content, out := filepath.Join(dir, "content"), filepath.Join(dir, "public")
		for i := range test.marked {
			write(t, filepath.Join(content, fmt.Sprintf("ja-jp/marked-%d.md", i)), "---\ntitle: 請求書\nROBOTS: NOINDEX, NOFOLLOW\n---\n# 請求書\n\n本文。\n")
		}
		for i := range test.plain {
			write(t, filepath.Join(content, fmt.Sprintf("ja-jp/plain-%d.md", i)), "---\ntitle: 請求書\n---\n# 請求書\n\n本文。\n")
		}
		if _, err := build(t, content, out); err != nil {
			t.Fatal(err)
		}
		x, err := search.Open(os.DirFS(out), "ja")
		if err != nil {
			t.Fatal(err)
		}
		found, err := x.Search(search.Query{Text: "請求書"})
		if err != nil || len(found.Results) != test.found {
			t.Errorf("%d marked, %d not: %d found, want %d (%v)", test.marked, test.plain, len(found.Results), test.found, err)
		}
	}
}
