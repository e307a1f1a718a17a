package main

import (
	"fmt"
	"math/rand/v2"

	"annai/search"
)

// multiply makes a site of so many times the articles. The copies have the titles
// of the originals with a number and sections of others, so that they are of real
// text and none is like another. Their vocabulary is that of one copy: a real site
// of that size has some more words.
func multiply(pages map[string][]page, times int) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, locale := range locales {
		originals := pages[locale]
		var pool []search.Section
		for _, p := range originals {
			pool = append(pool, p.Sections...)
		}
		all := originals
		for n := 1; n < times; n++ {
			for _, p := range originals {
				copied := p
				copied.Title = fmt.Sprintf("%s %s", p.Title, pool[r.IntN(len(pool))].Heading)
				copied.Description = originals[r.IntN(len(originals))].Description
				copied.URL = fmt.Sprintf("/%d%s", n, p.URL)
				copied.Path = fmt.Sprintf("%d/%s", n, p.Path)
				copied.Category = fmt.Sprintf("%s-%d", p.Category, n%7)
				copied.Sections = make([]search.Section, len(p.Sections))
				for i := range copied.Sections {
					copied.Sections[i] = pool[r.IntN(len(pool))]
				}
				all = append(all, copied)
			}
		}
		pages[locale] = all
	}
}
