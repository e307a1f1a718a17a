// Command eval measures how well search finds articles.
//
//	go run ./search/eval -content DIR [-queries FILE] [-against MODULES]
//
// It is run at the root of the project, and with -against also asks MiniSearch and
// Pagefind, from a folder that npm has installed them to.
//
// It reads the articles below DIR, builds an index of each locale, asks it the
// queries of FILE (JSON lines: locale, q, type, expect: source paths), and prints
// for each type the mean reciprocal rank of the first right article among ten,
// how often it was first and among five, and how many queries found nothing.
// A third of the queries, chosen by hash, is reported apart and never tuned on.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"os"
	"slices"
	"sort"
	"strings"
	"time"

	"annai/search"
)

var locales = []string{"ja", "zh-hans", "en"}

type query struct {
	Locale string   `json:"locale"`
	Text   string   `json:"q"`
	Type   string   `json:"type"`
	Expect []string `json:"expect"`
}

// held tells whether a query belongs to the third that is not tuned on.
func (q query) held() bool {
	h := fnv.New32a()
	h.Write([]byte(q.Locale + q.Text))
	return h.Sum32()%3 == 0
}

func main() {
	content := flag.String("content", "", "folder of articles")
	queries := flag.String("queries", "", "files of queries, JSON lines, separated by commas; made from the articles when empty")
	documents := flag.String("documents", "", "write the articles there, JSON lines, and stop")
	public := flag.String("public", "", "write the indexes below that folder")
	against := flag.String("against", "", "folder with node_modules of minisearch and pagefind, to compare with")
	only := flag.String("locale", "", "measure only that locale")
	times := flag.Int("times", 1, "as many copies of the articles, their sections exchanged, to measure size")
	misses := flag.String("misses", "", "print the queries of that type (or all) not answered first")
	flag.Parse()
	log.SetFlags(0)
	pages, err := load(*content)
	if err != nil {
		log.Fatal(err)
	}
	if *only != "" {
		locales = []string{*only}
	}
	multiply(pages, *times)
	if *documents != "" {
		if err := export(*documents, pages); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *queries == "" {
		if *queries, err = generate(pages); err != nil {
			log.Fatal(err)
		}
		defer os.Remove(strings.Split(*queries, ",")[0])
	}
	if *against != "" {
		if err := compare(pages, *queries, *against); err != nil {
			log.Fatal(err)
		}
		return
	}
	asked, err := readQueries(strings.Split(*queries, ","))
	if err != nil {
		log.Fatal(err)
	}
	for _, locale := range locales {
		if len(pages[locale]) == 0 {
			continue
		}
		start := time.Now()
		index, paths, err := build(locale, pages[locale])
		if err != nil {
			log.Fatal(err)
		}
		took := time.Since(start)
		size := 0
		for _, f := range index.Files() {
			size += len(f.Body)
			if *public != "" {
				if err := write(*public, f); err != nil {
					log.Fatal(err)
				}
			}
		}
		fmt.Printf("\n%s: %d articles, index built in %v, %d files, %.2f MB\n", locale, len(pages[locale]), took.Round(time.Millisecond), len(index.Files()), float64(size)/1e6)
		report(index, paths, locale, asked, *misses)
	}
}

func build(locale string, pages []page) (*search.Index, map[string]string, error) {
	b := search.Builder{Locale: locale}
	paths := map[string]string{}
	for _, p := range pages {
		b.Add(p.Document)
		paths[p.URL] = p.Path
	}
	index, err := b.Build()
	return index, paths, err
}

// score sums up the answers to a type of query.
type score struct {
	n, first, five, none int
	reciprocal           float64
}

func (s score) String() string {
	n := float64(max(s.n, 1))
	return fmt.Sprintf("%5d  %.3f  %.3f  %.3f  %.2f%%", s.n, s.reciprocal/n, float64(s.first)/n, float64(s.five)/n, 100*float64(s.none)/n)
}

func report(index *search.Index, paths map[string]string, locale string, asked []query, misses string) {
	scores := map[string]map[bool]*score{}
	var spent []time.Duration
	known := map[string]bool{}
	for _, p := range paths {
		known[p] = true
	}
	for _, q := range asked {
		if q.Locale != locale || !slices.ContainsFunc(q.Expect, func(p string) bool { return known[p] }) {
			continue // of other articles
		}
		start := time.Now()
		found, err := index.Search(search.Query{Text: q.Text})
		if err != nil {
			log.Fatal(err)
		}
		spent = append(spent, time.Since(start))
		rank := slices.IndexFunc(found.Results, func(r search.Result) bool { return slices.Contains(q.Expect, paths[r.URL]) })
		count(scores, q, rank, len(found.Results))
		if (misses == q.Type || misses == "all") && rank != 0 && !q.held() {
			fmt.Printf("  rank %2d  %q\n", rank+1, q.Text)
			for i, r := range found.Results[:min(3, len(found.Results))] {
				fmt.Printf("           %d %.3f %s | %s\n", i+1, r.Score, paths[r.URL], r.Title)
			}
			fmt.Printf("           want %s\n", q.Expect[0])
		}
	}
	printScores(scores)
	if len(spent) > 0 {
		slices.Sort(spent)
		fmt.Printf("time a query: median %v, 95 %% %v\n", spent[len(spent)/2], spent[len(spent)*95/100])
	}
}

// count adds an answer: rank is that of the first right article, -1 for none.
func count(scores map[string]map[bool]*score, q query, rank, results int) {
	for _, name := range []string{q.Type, "all"} {
		if scores[name] == nil {
			scores[name] = map[bool]*score{false: {}, true: {}}
		}
		s := scores[name][q.held()]
		s.n++
		if rank >= 0 {
			s.reciprocal += 1 / float64(rank+1)
		}
		if rank == 0 {
			s.first++
		}
		if rank >= 0 && rank < 5 {
			s.five++
		}
		if results == 0 {
			s.none++
		}
	}
}

func printScores(scores map[string]map[bool]*score) {
	names := make([]string, 0, len(scores))
	for name := range scores {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Printf("%-14s %5s  %-5s  %-5s  %-5s  %-6s   %5s  %-5s  %-5s  %-5s  none\n", "type", "tuned", "MRR", "at 1", "at 5", "none", "held", "MRR", "at 1", "at 5")
	for _, name := range names {
		fmt.Printf("%-14s %v   %v\n", name, scores[name][false], scores[name][true])
	}
}

func readQueries(names []string) ([]query, error) {
	var all []query
	for _, name := range names {
		if name == "" {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			var q query
			if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			all = append(all, q)
		}
		f.Close()
		if err := lines.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}
