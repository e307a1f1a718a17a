package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"annai/internal/source"
	"annai/search"
)

type searchCommand struct {
	Query   []string            `arg:"" help:"What a reader would type."`
	Public  string              `short:"o" default:"public" placeholder:"DIR" help:"Folder the site was published to (public)."`
	Locale  string              `help:"Locale to search; all of the site when left out."`
	Limit   int                 `default:"10" help:"Most results of a locale (10)."`
	Filter  map[string][]string `sep:"none" mapsep:";" placeholder:"FACET=VALUE" help:"Only articles with that type, category, product or applies."`
	Explain bool                `help:"Say what each score is made of."`
	JSON    bool                `name:"json" help:"Write JSON, one object per locale."`
}

func (c *searchCommand) Run(t *terminal) error {
	locales, err := c.locales()
	if err != nil {
		return err
	}
	for _, locale := range locales {
		index, err := search.Open(os.DirFS(c.Public), locale)
		if err != nil {
			return err
		}
		found, err := index.Search(search.Query{Text: strings.Join(c.Query, " "), Limit: c.Limit, Filters: c.Filter, Explain: c.Explain})
		if err != nil {
			return err
		}
		if c.JSON {
			e := json.NewEncoder(t.out)
			e.SetEscapeHTML(false)
			err = e.Encode(map[string]any{"locale": locale, "found": found})
		} else {
			c.print(t, locale, found)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// locales are the one that was asked for, or all that have an index.
func (c *searchCommand) locales() ([]string, error) {
	if c.Locale != "" {
		return []string{source.Locale(c.Locale)}, nil
	}
	manifests, err := filepath.Glob(filepath.Join(c.Public, "search", "*", "manifest.bin"))
	if err != nil || len(manifests) == 0 {
		return nil, fmt.Errorf("%s has no search index: run annai build first, or name its folder with --public", c.Public)
	}
	var locales []string
	for _, m := range manifests {
		locales = append(locales, path.Base(path.Dir(filepath.ToSlash(m))))
	}
	slices.Sort(locales)
	return locales, nil
}

func (c *searchCommand) print(t *terminal, locale string, found search.Results) {
	fmt.Fprintf(t.out, "%s: %s", locale, source.Plural(found.About, "article"))
	if found.Nearest {
		fmt.Fprint(t.out, ", none with these words; the nearest")
	}
	fmt.Fprintln(t.out)
	for _, k := range found.Corrections {
		fmt.Fprintf(t.out, "    no %q: %q taken instead\n", k.From, k.To)
	}
	for i, r := range found.Results {
		url := r.URL
		if r.SectionID != "" {
			url += "#" + r.SectionID
		}
		fmt.Fprintf(t.out, "%3d. %s\n     %s\n", i+1, r.Title, url)
		if c.Explain {
			fmt.Fprintf(t.out, "     score %.2f\n", r.Score)
			for _, line := range r.Explain {
				fmt.Fprintf(t.out, "       %s\n", line)
			}
		}
	}
}
