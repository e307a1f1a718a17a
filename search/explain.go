package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// explain tells in words what the score of an article is made of, a line for each
// group of the query.
func (x *Index) explain(groups []group, s scored) []string {
	var lines []string
	for i := range groups {
		g := &groups[i]
		weight := g.weight * math.Pow(x.idf(g), rarity)
		line := fmt.Sprintf("%-12s weight %.2f  not in it", g.term, weight)
		best := 0.0
		for _, a := range g.terms {
			at, ok := slices.BinarySearchFunc(a.list.postings, s.article, func(p posting, id int) int { return cmp.Compare(int(p.article), id) })
			if !ok {
				continue
			}
			p := a.list.postings[at]
			if v := a.factor * worth(p.impact); v > best {
				best = v
				line = fmt.Sprintf("%-12s weight %.2f  worth %.2f  in %d articles: %s", g.term, weight, v, a.list.count, fields(p))
				if a.factor != 1 {
					line += fmt.Sprintf(" (as %q, ×%.1f)", a.list.term, a.factor)
				}
			}
		}
		lines = append(lines, line)
	}
	near := 0.0
	for _, p := range s.places {
		near = max(near, p)
	}
	return append(lines, fmt.Sprintf("before title and headings are compared %.2f; %.0f %% of the query stand together", s.score, 100*near))
}

// fields names where a posting has its term.
func fields(p posting) string {
	var names []string
	if p.impact>>6 > 0 {
		names = append(names, "title")
	}
	if p.impact&32 != 0 {
		names = append(names, "heading")
	}
	if p.impact&16 != 0 {
		names = append(names, "description or keywords")
	}
	if p.impact&8 != 0 {
		names = append(names, "synonyms")
	}
	if n := p.impact & 7; n > 0 {
		names = append(names, fmt.Sprintf("text %d/7", n))
	}
	return strings.Join(names, ", ")
}
