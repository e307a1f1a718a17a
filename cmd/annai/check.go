package main

import (
	"fmt"
	"sort"

	"annai/internal/source"
	"annai/site"
)

type checkCommand struct {
	contentFlags
	Format string `enum:"human,json,github,counts" default:"human" help:"How problems are written: human, json (one object per line), github (annotations) or counts (by kind)."`
}

func (c *checkCommand) Run(t *terminal) error {
	o, prefix, err := c.options()
	if err != nil {
		return err
	}
	s, _ := site.Load(o)
	bar := newProgress(t)
	ps, err := s.Check(bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	ps = c.told(ps, prefix)
	switch c.Format {
	case "json":
		err = printJSON(t.out, ps)
	case "github":
		printGitHub(t.out, ps)
	case "counts":
		printCounts(t, ps)
	default:
		printProblems(t.err, ps, c.Strict)
		if len(ps) == 0 {
			fmt.Fprintf(t.out, "%s: %s, no problems\n", c.Content, source.Plural(len(s.Pages()), "page"))
		}
	}
	if err == nil && bad(ps, c.Strict) {
		return errFound
	}
	return err
}

// printCounts writes how often each kind of problem was found.
func printCounts(t *terminal, ps source.Problems) {
	counts := map[string]int{}
	for _, p := range ps {
		counts[p.Code]++
	}
	codes := make([]string, 0, len(counts))
	for code := range counts {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		fmt.Fprintf(t.out, "%s %d\n", code, counts[code])
	}
}
