package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"annai/search"
)

// scale measures size, bytes and rank at so many times the articles, with the
// index alone: the site around it costs the same however search is done.
func (r *run) scale(times int) error {
	c, asked, err := r.ask()
	if err != nil {
		return err
	}
	for _, locale := range c.locales {
		mine := asked[locale]
		if len(mine) == 0 {
			continue
		}
		documents := multiply(c.pages[locale], times)
		start := time.Now()
		index, err := search.Build(locale, documents, nil)
		if err != nil {
			return err
		}
		took, size := time.Since(start), 0
		root := filepath.Join(r.work, "scaled")
		for _, f := range index.Files() {
			body := f.Body()
			size += len(body)
			name := filepath.Join(root, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(name, body, 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("\n%s: %d articles, index of %.2f MB in %d files built in %v\n", locale, len(documents), float64(size)/1e6, len(index.Files()), took.Round(time.Millisecond))
		answers, err := node(mine, here+"theme.cjs", "themes/default/assets/search.js", root)
		if err != nil {
			return err
		}
		fmt.Println(cost(answers))
		t := table{}
		t.add("node", mine, answers)
		t.print(os.Stdout)
	}
	return nil
}

// multiply makes a site of so many times the articles. The copies have the titles
// of the originals with a heading of another, and sections of others, so that they
// are of real text and none is like another. Their vocabulary is that of one copy:
// a real site of that size has some more words.
func multiply(pages []*page, times int) []search.Document {
	r := rand.New(rand.NewPCG(1, 2))
	var pool []search.Section
	var all []search.Document
	for _, p := range pages {
		pool = append(pool, p.Sections...)
		all = append(all, p.Document)
	}
	for n := 1; n < times; n++ {
		for _, p := range pages {
			copied := p.Document
			copied.Title = fmt.Sprintf("%s %s", p.Title, pool[r.IntN(len(pool))].Heading)
			copied.Description = pages[r.IntN(len(pages))].Description
			copied.URL = fmt.Sprintf("/%d%s", n, p.URL)
			copied.Path = fmt.Sprintf("%d/%s", n, p.Path)
			copied.Category = fmt.Sprintf("%s-%d", filepath.Base(filepath.Dir(p.Path)), n%7)
			copied.Sections = make([]search.Section, len(p.Sections))
			for i := range copied.Sections {
				copied.Sections[i] = pool[r.IntN(len(pool))]
			}
			all = append(all, copied)
		}
	}
	return all
}
