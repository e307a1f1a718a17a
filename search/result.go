package search

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// A Query is what is asked of an index. Filters name a facet (type, category,
// product, applies) and the values of which an article must have one.
type Query struct {
	Text    string
	Limit   int // results; 10 when 0
	Filters map[string][]string
	Explain bool
}

// Results are the best articles first.
type Results struct {
	About       int  // how many articles have something of the query
	Nearest     bool // none has; these have words that begin alike, or single signs
	Corrections []Correction
	Results     []Result
}

// A Correction is a word that the index doesn't have and the one taken instead.
type Correction struct{ From, To string }

// A Result is one article. SectionID is the fragment of the section that answers,
// empty when the article as a whole does.
type Result struct {
	URL, Title, Description string
	SectionID, Section      string
	Type, Category          string
	Products                []string
	Score                   float64
	Explain                 []string
}

// Search answers a query. It reads the files that it needs and keeps them.
func (x *Index) Search(q Query) (Results, error) {
	f := &folder{variants: variantsOf(x.Locale)}
	groups := f.parse(q.Text, x.manifest.Function, x.manifest.Weak)
	asked := groups
	groups, corrections, err := x.find(groups)
	nearest := err == nil && len(groups) == 0
	if nearest {
		groups, err = x.nearest(asked)
	}
	if err != nil {
		return Results{}, fmt.Errorf("search %q: %w", x.Locale, err)
	}
	allowed, err := x.allowed(q.Filters)
	if err != nil {
		return Results{}, fmt.Errorf("search %q: %w", x.Locale, err)
	}
	ranked := x.rank(groups, allowed)
	out := Results{About: len(ranked), Nearest: nearest && len(ranked) > 0, Corrections: corrections}
	limit := cmp.Or(q.Limit, 10)
	j := x.judge(q.Text, groups)
	for _, s := range ranked[:min(limit, len(ranked))] {
		r, err := x.row(s.article)
		if err != nil {
			return Results{}, fmt.Errorf("search %q: %w", x.Locale, err)
		}
		result := j.result(r, s)
		if q.Explain {
			result.Explain = x.explain(groups, s)
		}
		out.Results = append(out.Results, result)
	}
	slices.SortStableFunc(out.Results, func(a, b Result) int { return cmp.Compare(b.Score, a.Score) })
	return out, nil
}

// allowed returns a test of an article against filters, or nil.
func (x *Index) allowed(filters map[string][]string) (func(int) bool, error) {
	if len(filters) == 0 {
		return nil, nil
	}
	facets, err := load(x, "facets", func(data []byte) (all map[string]map[string][]int, err error) {
		return all, json.Unmarshal(data, &all)
	})
	if err != nil {
		return nil, err
	}
	passed := make([]int, x.manifest.Articles)
	for name, values := range filters {
		once := make([]bool, x.manifest.Articles)
		for _, v := range values {
			id := 0
			for _, step := range facets[name][v] {
				if id += step; id < 0 || id >= len(passed) {
					return nil, errDamaged
				}
				if !once[id] {
					once[id] = true
					passed[id]++
				}
			}
		}
	}
	return func(id int) bool { return passed[id] == len(filters) }, nil
}
