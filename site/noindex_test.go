package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"annai/search"
	"annai/site"
)

// TestNoIndex leaves pages that are marked out of the search index, unless the
// build is told that the mark is for the web's search engines.
func TestNoIndex(t *testing.T) {
	dir := t.TempDir()
	for i, robots := range []string{"NOINDEX, NOFOLLOW", "noindex", "index"} {
		write(t, filepath.Join(dir, fmt.Sprintf("ja-jp/page-%d.md", i)), "---\ntitle: 請求書\nROBOTS: "+robots+"\n---\n# 請求書\n\n本文。\n")
	}
	for all, want := range map[bool]int{false: 1, true: 3} {
		out := &site.Folder{Dir: t.TempDir()}
		o := site.Options{Content: os.DirFS(dir), Name: dir, Dir: dir, SearchNoIndex: all}
		if _, err := site.Build(o, out, false, nil); err != nil {
			t.Fatal(err)
		}
		x, err := search.Open(os.DirFS(out.Dir), "ja")
		if err != nil {
			t.Fatal(err)
		}
		found, err := x.Search(search.Query{Text: "請求書"})
		if err != nil || len(found.Results) != want {
			t.Errorf("with all %t: %d found, want %d (%v)", all, len(found.Results), want, err)
		}
	}
}
