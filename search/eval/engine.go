package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"annai/search"
)

// An engine answers queries of one locale.
type engine struct {
	name   string
	ask    func(locale string, queries []query) ([]answer, error)
	sample int // ask only so many; all when 0
}

// An answer is what an engine found, and what a reader fetches for it: as a first
// query, and as one after another.
type answer struct {
	Results []result `json:"results"`
	First   fetched  `json:"first"`
	Next    *fetched `json:"next"`
	MS      float64  `json:"ms"`
}

type fetched struct {
	Files int `json:"files"`
	Bytes int `json:"bytes"`
}

type result struct {
	URL     string  `json:"url"`
	Section string  `json:"section"`
	Score   float64 `json:"score"`
}

const here = "search/eval/"

// start makes the engines that were asked for. The programs in Node are run at the
// root of the project.
func (r *run) start(c *corpus) ([]engine, error) {
	if err := c.export(r.documents()); err != nil {
		return nil, err
	}
	anchors := func(program string) func(string, []query) ([]answer, error) {
		return func(locale string, queries []query) ([]answer, error) {
			return node(queries, here+program, r.documents(), r.modules, r.work, locale)
		}
	}
	var all []engine
	for _, name := range r.engines {
		switch name {
		case "go":
			all = append(all, engine{name: name, ask: c.inGo})
		case "node":
			all = append(all, engine{name: name, ask: func(_ string, queries []query) ([]answer, error) {
				return node(queries, here+"theme.cjs", "themes/default/assets/search.js", c.public)
			}})
		case "minisearch", "pagefind":
			if r.modules == "" {
				return nil, fmt.Errorf("%s: name the folder that npm installed it to with -modules", name)
			}
			all = append(all, engine{name: name, ask: anchors(name + ".mjs")})
		case "chromium":
			for _, e := range append([]string{"ours"}, r.anchors()...) {
				all = append(all, engine{name: "cr:" + e, sample: r.inBrowser, ask: func(locale string, queries []query) ([]answer, error) {
					return r.inChromium(c, e, locale, queries)
				}})
			}
		default:
			return nil, fmt.Errorf("no engine %q: there are go, node, minisearch, pagefind, chromium", name)
		}
	}
	return all, nil
}

// anchors are the other engines of this run; they come before Chromium, which
// serves what they built.
func (r *run) anchors() []string {
	var names []string
	for _, e := range r.engines {
		if e == "chromium" {
			break
		}
		if e == "minisearch" || e == "pagefind" {
			names = append(names, e)
		}
	}
	return names
}

// inGo asks the index that was published.
func (c *corpus) inGo(locale string, queries []query) ([]answer, error) {
	index, err := search.Open(os.DirFS(c.public), locale)
	if err != nil {
		return nil, err
	}
	answers := make([]answer, len(queries))
	for i, q := range queries {
		start := time.Now()
		found, err := index.Search(search.Query{Text: q.Text})
		if err != nil {
			return nil, err
		}
		answers[i].MS = float64(time.Since(start).Microseconds()) / 1000
		for _, r := range found.Results {
			answers[i].Results = append(answers[i].Results, result{r.URL, r.SectionID, r.Score})
		}
	}
	return answers, nil
}

// node runs a program with queries as its input, one a line.
func node(queries []query, args ...string) ([]answer, error) {
	var in, out bytes.Buffer
	e := json.NewEncoder(&in)
	for _, q := range queries {
		if err := e.Encode(map[string]any{"locale": q.Locale, "q": q.Text, "limit": 10}); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("node", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("node %v: %w", args, err)
	}
	var answers []answer
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("node %v: %w", args, err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(queries) {
		return nil, fmt.Errorf("node %v: %d answers to %d queries", args, len(answers), len(queries))
	}
	return answers, lines.Err()
}
