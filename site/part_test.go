package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// What lies beside the manifest may be damaged or go: the site is then made anew,
// and right.
func TestDamagedParts(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	out := filepath.Join(t.TempDir(), "public")
	build(t, content, out)
	want := snapshot(t, out)
	parts := func() []string {
		list, err := filepath.Glob(filepath.Join(out+".cache", "part-*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if len(parts()) != 2 {
		t.Fatalf("%d parts, want one with facts and one with links", len(parts()))
	}
	for _, what := range []string{"damaged", "gone"} {
		for i := range parts() {
			name := parts()[i]
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			os.Remove(name)
			if what == "damaged" {
				text[len(text)/2] ^= 1
				write(t, name, string(text))
			}
			write(t, filepath.Join(out, "index.html"), "changed by hand") // so that the manifest is read
			report, err := build(t, content, out)
			if err != nil || report.Rendered < report.Pages {
				t.Errorf("%s %d: %d of %d rendered, %v", what, i, report.Rendered, report.Pages, err)
			}
			sameFiles(t, fmt.Sprint(what, i), snapshot(t, out), want)
		}
	}
}
