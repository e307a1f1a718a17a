package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"annai/internal/source"
)

// A query is what a reader asks, and the articles that would be right.
type query struct {
	Locale string   `json:"locale"`
	Text   string   `json:"q"`
	Type   string   `json:"type"`
	Expect []string `json:"expect"` // source paths, relative to the content folder

	pages []*page // of Expect
}

// held tells whether a query belongs to the third that is not tuned on.
func (q query) held() bool {
	h := fnv.New32a()
	h.Write([]byte(q.Locale + q.Text))
	return h.Sum32()%3 == 0
}

// rank is that of the first right article, -1 when none is among the results.
func (q query) rank(results []result) int {
	return slices.IndexFunc(results, func(r result) bool {
		return slices.ContainsFunc(q.pages, func(p *page) bool { return p.URL == r.URL })
	})
}

// readQueries reads queries, one JSON object a line. Lines that are none are
// errors, all told at once. A right article that the site doesn't have is told
// and counts as not found; in queries that are not all about this content
// (strict false), those of other articles are left out.
func (c *corpus) readQueries(name string, strict bool) ([]query, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []query
	var bad []error
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		if n++; len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		q, err := parseQuery(lines.Bytes())
		if err == nil && !slices.Contains(c.locales, q.Locale) {
			if !strict {
				continue
			}
			err = fmt.Errorf("locale %q: the site has %s", q.Locale, strings.Join(c.locales, ", "))
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		for _, expected := range q.Expect {
			if p := c.page(expected); p != nil {
				q.pages = append(q.pages, p)
			} else if strict {
				fmt.Fprintf(os.Stderr, "%s:%d: no article %q in the site: counts as not found\n", name, n, expected)
			}
		}
		if len(q.pages) > 0 || strict {
			all = append(all, q)
		}
	}
	if err := lines.Err(); err != nil {
		bad = append(bad, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	if bad != nil {
		return nil, errors.Join(bad...)
	}
	if strict && !slices.ContainsFunc(all, func(q query) bool { return len(q.pages) > 0 }) {
		return nil, fmt.Errorf("%s: none of its %s expects an article of this site; paths are relative to the content folder", name, source.Plural(len(all), "line"))
	}
	return all, nil
}

func parseQuery(line []byte) (q query, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return q, fmt.Errorf("column %d: %w", d.InputOffset()+1, err)
	}
	switch {
	case d.More():
		return q, fmt.Errorf("column %d: more than one object", d.InputOffset()+1)
	case q.Locale == "":
		return q, errors.New(`no "locale"`)
	case strings.TrimSpace(q.Text) == "":
		return q, errors.New(`no "q"`)
	case len(q.Expect) == 0:
		return q, errors.New(`no "expect": the paths of the right articles`)
	}
	if q.Type == "" {
		q.Type = "other"
	}
	q.Locale = source.Locale(q.Locale)
	return q, nil
}

// page finds an article by its source path. A path may have more or fewer folders
// in front than the content folder has, if only one article is meant.
func (c *corpus) page(expected string) *page {
	name := path.Clean(strings.TrimPrefix(filepath.ToSlash(expected), "/"))
	if p := c.paths[name]; p != nil {
		return p
	}
	var found *page
	for at, p := range c.paths {
		if !strings.HasSuffix("/"+at, "/"+name) && !strings.HasSuffix("/"+name, "/"+at) {
			continue
		}
		if found != nil {
			return nil
		}
		found = p
	}
	return found
}

// made is how many queries of a locale are made from its articles, about.
const made = 1700

// generate makes queries from the articles, by the program in Node.
func (r *run) generate(c *corpus) ([]query, error) {
	cmd := exec.Command("node", "search/eval/queries.mjs", r.documents(), fmt.Sprint(made), "search/data/variants.zh-hans.txt")
	if err := c.export(r.documents()); err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("make queries: %w", err)
	}
	file := filepath.Join(r.work, "queries.jsonl")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		return nil, err
	}
	return c.readQueries(file, true)
}

// documents is the file of all articles, for the programs in Node.
func (r *run) documents() string { return filepath.Join(r.work, "documents.jsonl") }

func (c *corpus) export(name string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, locale := range c.locales {
		for _, p := range c.pages[locale] {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(name, b.Bytes(), 0o600)
}
