package site_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"annai/site"
)

const corpora = "../../shared/corpus"

// needCorpora skips a test where the articles are not there, but never in CI.
func needCorpora(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(corpora); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no articles in ", corpora)
	}
}

// TestCorpora builds real repositories: as many pages come out as articles go
// in, and what is wrong with them is counted by kind.
func TestCorpora(t *testing.T) {
	needCorpora(t)
	for _, test := range []struct {
		folder string
		inside string // folder of the articles, below each of locales
		counts string
	}{
		{"partner-center", "", "broken-anchor 21, broken-link 320, heading-skip 48, missing-images 3, theme-no-texts 1, toc-missing-page 105"},
		{"azure-aks", "articles", "broken-anchor 19, directive-extra 1, heading-skip 22, missing-code 49, missing-images 1, missing-include 218"},
		{"support-insights", "", "broken-link 7, html-unknown 4, missing-images 2"},
	} {
		t.Run(test.folder, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(corpora, test.folder)
			s, _ := site.Load(site.Options{Content: os.DirFS(dir), Name: test.folder, Dir: dir, Now: testNow})
			in := articlesIn(t, dir, test.inside)
			if got := len(s.Pages()); got != in {
				t.Errorf("%d articles in, %d pages out", in, got)
			}
			problems, err := s.Check(nil)
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for _, p := range problems {
				counts[p.Code]++
				if p.Path == "" || strings.HasSuffix(p.Path, ".md") && p.Line == 0 {
					t.Errorf("a problem without a place: %v", p)
				}
			}
			if got := join(counts); got != test.counts {
				t.Errorf("problems are\n%s\nwant\n%s", got, test.counts)
			}
			files := map[string]bool{}
			for _, f := range s.Files() {
				if files[f.Path] {
					t.Errorf("two files want to be %s", f.Path)
				}
				files[f.Path] = true
			}
			for _, p := range s.Pages() {
				if !files[p.Out] || p.Title() == "" {
					t.Errorf("%s: no file, or no title", p.Path)
				}
			}
		})
	}
}

// articlesIn counts the files that readers should find: articles that are no
// includes and no tables of contents, and YAML pages.
func articlesIn(t *testing.T, dir, inside string) int {
	t.Helper()
	n := 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "includes" {
				return fs.SkipDir
			}
			return nil
		}
		if inside != "" && !strings.HasPrefix(p, inside+"/") {
			return nil
		}
		switch {
		case path.Ext(p) == ".md" && !strings.EqualFold(path.Base(p), "toc.md"):
			n++
		case path.Ext(p) == ".yml":
			text, err := fs.ReadFile(os.DirFS(dir), p)
			if err != nil {
				return err
			}
			for _, kind := range []string{"FAQ", "Landing", "Hub"} {
				first, _, _ := strings.Cut(string(text), "\n")
				if strings.Contains(first, "YamlMime:"+kind) {
					n++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func join(counts map[string]int) string {
	var list []string
	for code, n := range counts {
		list = append(list, fmt.Sprint(code, " ", n))
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}
