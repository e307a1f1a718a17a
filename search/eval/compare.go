package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// An engine answers queries by a program in Node.
type engine struct {
	name string
	args []string
}

// compare asks the theme's engine, MiniSearch and Pagefind the same queries.
// It is run at the root of the project; modules has the node_modules of both.
func compare(pages map[string][]page, queries, modules string) error {
	asked, err := readQueries(strings.Split(queries, ","))
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	documents := filepath.Join(work, "documents.jsonl")
	if err := export(documents, pages); err != nil {
		return err
	}
	paths := map[string]string{}
	for _, locale := range locales {
		if len(pages[locale]) == 0 {
			continue
		}
		index, urls, err := build(locale, pages[locale])
		if err != nil {
			return err
		}
		for u, p := range urls {
			paths[u] = p
		}
		for _, f := range index.Files() {
			if err := write(work, f); err != nil {
				return err
			}
		}
	}
	const here = "search/eval/"
	engines := []engine{
		{"ours", []string{here + "browser.cjs", "themes/default/assets/search.js", work}},
		{"minisearch", []string{here + "minisearch.mjs", documents, modules}},
		{"pagefind", []string{here + "pagefind.mjs", documents, modules}},
	}
	for _, locale := range locales {
		mine := slices.DeleteFunc(slices.Clone(asked), func(q query) bool { return q.Locale != locale || len(pages[locale]) == 0 })
		if len(mine) == 0 {
			continue
		}
		fmt.Printf("\n%s: %d articles, %d queries\n", locale, len(pages[locale]), len(mine))
		columns := map[string]map[string]map[bool]*score{}
		for _, e := range engines {
			answers, err := ask(mine, e.args...)
			if err != nil {
				return err
			}
			columns[e.name] = map[string]map[bool]*score{}
			for i, a := range answers {
				rank := slices.IndexFunc(a.Results, func(r result) bool { return slices.Contains(mine[i].Expect, paths[r.URL]) })
				count(columns[e.name], mine[i], rank, len(a.Results))
			}
			printCost(e.name, answers)
		}
		printColumns(columns, engines)
	}
	return nil
}

// printColumns prints the mean reciprocal rank by type, and for all the rest.
func printColumns(columns map[string]map[string]map[bool]*score, engines []engine) {
	names := []string{}
	for name := range columns["ours"] {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Printf("%-14s", "MRR tuned/held")
	for _, e := range engines {
		fmt.Printf("  %-13s", e.name)
	}
	fmt.Println()
	for _, name := range names {
		fmt.Printf("%-14s", name)
		for _, e := range engines {
			s := columns[e.name][name]
			fmt.Printf("  %.3f / %.3f", mean(s[false]), mean(s[true]))
		}
		fmt.Println()
	}
	for _, e := range engines {
		fmt.Printf("%-11s all: %v   held: %v   (n, MRR, at 1, at 5, none)\n", e.name, columns[e.name]["all"][false], columns[e.name]["all"][true])
	}
}

func mean(s *score) float64 { return s.reciprocal / float64(max(s.n, 1)) }

// printCost prints what readers fetch, in KB and files, at the median and for all
// but one in twenty, and how long an answer took.
func printCost(name string, answers []answer) {
	var first, next, files, ms []float64
	for _, a := range answers {
		if a.First.Files > 0 {
			first = append(first, float64(a.First.Bytes)/1000)
			files = append(files, float64(a.First.Files))
		}
		next = append(next, float64(a.Next.Bytes)/1000)
		ms = append(ms, a.MS)
	}
	fmt.Printf("%-11s first query %s KB in %s requests, next %s KB, %s ms\n", name, spread(first), spread(files), spread(next), spread(ms))
}

func spread(v []float64) string {
	if len(v) == 0 {
		return "-"
	}
	slices.Sort(v)
	return fmt.Sprintf("%.1f / %.1f", v[len(v)/2], v[len(v)*95/100])
}
