package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var localeFolder = regexp.MustCompile(`^[a-z]{2}-[a-z]{2,4}$`)

// copyContent copies a folder of real articles twice, so that it can be edited:
// as it is, and for Hugo, where a folder's own page has another name.
func (b *bench) copyContent() error {
	from := os.DirFS(b.content)
	b.content = filepath.Join(b.dir, "content-real")
	var articles []string
	err := fs.WalkDir(from, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, p)
		if err != nil {
			return err
		}
		hugo := p
		if strings.EqualFold(path.Base(p), "index.md") {
			hugo = path.Join(path.Dir(p), "_index.md")
		} else if path.Ext(p) == ".md" && !strings.Contains(p, "includes/") && !strings.EqualFold(path.Base(p), "toc.md") {
			articles = append(articles, p)
		}
		for _, name := range []string{filepath.Join(b.content, p), filepath.Join(b.hugoContent, hugo)} {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(name, text, 0o644); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(articles) == 0 {
		err = errors.New("no articles in the content")
	}
	if err != nil {
		return err
	}
	slices.Sort(articles)
	b.pages, b.edited = len(articles), articles[len(articles)/2]
	entries, err := fs.ReadDir(from, ".")
	for _, e := range entries {
		if e.IsDir() && localeFolder.MatchString(e.Name()) {
			b.hugoLocales = append(b.hugoLocales, e.Name())
		}
	}
	if b.hugoLocales == nil {
		b.hugoLocales = []string{"."}
	}
	return err
}
