// Command eval measures how well search finds articles.
//
//	go run ./search/eval -content DIR [-queries FILE] [-engines go,node,minisearch,pagefind,chromium]
//
// It is run at the root of the project. The flow:
//
//	open(DIR)       builds the site as annai build does, or takes what -public has   corpus.go
//	corpus.read     takes the articles out of the published pages                    page.go
//	readQueries     or queries made of the articles, and those written by hand       query.go
//	engine.ask      the index that was published, and other engines                  engine.go, chromium.go
//	table           ranks, by type of query and engine                               score.go
//
// For each type it prints the mean reciprocal rank of the first right article among
// ten, how often it was first and among five, and how many queries found nothing.
// A third of the queries, chosen by hash, is reported apart and never tuned on.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	var r run
	var names string
	flag.StringVar(&r.content, "content", "", "folder of articles: a site, a repository of Microsoft's, or a folder of several")
	flag.StringVar(&r.queries, "queries", "", "file of queries, JSON lines; made from the articles when empty")
	flag.StringVar(&r.public, "public", "", "build the site there; a site that is there already is taken as it is")
	flag.StringVar(&names, "engines", "go", "which to ask: go, node, minisearch, pagefind, chromium")
	flag.StringVar(&r.modules, "modules", "", "folder that npm installed minisearch and pagefind to")
	flag.StringVar(&r.only, "locale", "", "measure only that locale")
	flag.IntVar(&r.limit, "limit", 0, "at most so many made queries a locale")
	flag.IntVar(&r.inBrowser, "in-browser", 60, "queries a locale to ask in Chromium")
	flag.StringVar(&r.misses, "misses", "", "print the tuned queries of that type (or all) not answered first")
	times := flag.Int("times", 0, "measure size and bytes with so many copies of the articles, their sections exchanged")
	flag.Parse()
	r.engines = strings.Split(names, ",")
	if r.modules != "" {
		r.modules, _ = filepath.Abs(r.modules) // Node finds modules by absolute paths only
	}
	work, err := os.MkdirTemp("", "eval-")
	if err != nil {
		log.Fatal(err)
	}
	r.work = work
	if *times > 0 {
		err = r.scale(*times)
	} else {
		err = r.compare()
	}
	os.RemoveAll(work)
	if err != nil {
		log.Fatal(err)
	}
}

// A run is one measurement; work is its folder for what it leaves.
type run struct {
	content, queries, public, modules, only, misses, work string

	limit, inBrowser int
	engines          []string
}

// compare asks all engines the same queries, a locale after the other.
func (r *run) compare() error {
	c, asked, err := r.ask()
	if err != nil {
		return err
	}
	engines, err := r.start(c)
	if err != nil {
		return err
	}
	for _, locale := range c.locales {
		mine := asked[locale]
		if len(mine) == 0 {
			continue
		}
		fmt.Printf("\n%s: %d articles, %d queries\n", locale, len(c.pages[locale]), len(mine))
		t := table{}
		for _, e := range engines {
			queries := mine
			if e.sample > 0 {
				queries = thin(mine, e.sample)
			}
			answers, err := e.ask(locale, queries)
			if err != nil {
				return err
			}
			t.add(e.name, queries, answers)
			fmt.Println(e.name + ": " + cost(answers))
			if e.name == r.engines[0] {
				c.explain(r.misses, queries, answers)
			}
		}
		t.print(os.Stdout)
	}
	return nil
}

// open builds the site, unless it is there, and reads its pages.
func (r *run) open() (*corpus, error) {
	if r.content == "" {
		return nil, fmt.Errorf("name the folder of articles with -content")
	}
	public := r.public
	if public == "" {
		public = filepath.Join(r.work, "public")
	}
	return open(r.content, public)
}

// ask opens the content and reads the queries, or makes them: by locale, of those
// that are asked for.
func (r *run) ask() (*corpus, map[string][]query, error) {
	c, err := r.open()
	if err != nil {
		return nil, nil, err
	}
	var asked []query
	if r.queries != "" {
		asked, err = c.readQueries(r.queries, true)
	} else if asked, err = r.generate(c); err == nil {
		var natural []query
		natural, err = c.readQueries("search/eval/testdata/natural.jsonl", false)
		asked = append(asked, natural...)
	}
	if err != nil {
		return nil, nil, err
	}
	by := map[string][]query{}
	for _, locale := range c.locales {
		if r.only != "" && r.only != locale {
			continue
		}
		mine := slices.DeleteFunc(slices.Clone(asked), func(q query) bool { return q.Locale != locale })
		if r.limit > 0 {
			of := func(natural bool) []query {
				return slices.DeleteFunc(slices.Clone(mine), func(q query) bool { return (q.Type == "natural") != natural })
			}
			mine = slices.Concat(thin(of(false), r.limit), of(true))
		}
		by[locale] = mine
	}
	return c, by, nil
}

// thin takes n of a list, evenly spread.
func thin(all []query, n int) []query {
	if n >= len(all) {
		return all
	}
	kept := make([]query, n)
	for i := range kept {
		kept[i] = all[i*len(all)/n]
	}
	return kept
}
