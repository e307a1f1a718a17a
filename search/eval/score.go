package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strings"
)

// A score sums up the answers to a type of query.
type score struct {
	n, first, five, none int
	reciprocal, squares  float64
}

func (s *score) count(rank, results int) {
	s.n++
	if rank >= 0 {
		v := 1 / float64(rank+1)
		s.reciprocal += v
		s.squares += v * v
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

func (s *score) mean() float64 { return s.reciprocal / float64(max(s.n, 1)) }

// margin is the half of the 95 % interval of the mean.
func (s *score) margin() float64 {
	n := float64(max(s.n, 1))
	return 1.96 * math.Sqrt(max(s.squares/n-s.mean()*s.mean(), 0)/n)
}

func (s *score) String() string {
	n := float64(max(s.n, 1))
	return fmt.Sprintf("%5d  %.3f ±%.3f  %.3f  %.3f  %5.2f%%", s.n, s.mean(), s.margin(), float64(s.first)/n, float64(s.five)/n, 100*float64(s.none)/n)
}

// A table has what each engine scored, by type of query: the part that was tuned
// on, then the part that was held back.
type table struct {
	engines []string
	scores  map[string]map[string]*[2]score // engine → type
}

func (t *table) add(engine string, queries []query, answers []answer) {
	if t.scores == nil {
		t.scores = map[string]map[string]*[2]score{}
	}
	t.engines = append(t.engines, engine)
	types := map[string]*[2]score{}
	t.scores[engine] = types
	for i, q := range queries {
		part := 0
		if q.held() {
			part = 1
		}
		for _, name := range []string{q.Type, "all"} {
			if types[name] == nil {
				types[name] = new([2]score)
			}
			types[name][part].count(q.rank(answers[i].Results), len(answers[i].Results))
		}
	}
}

// print writes the ranks of all engines side by side, then for each engine all
// figures of all its queries and of the questions.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "\n%-22s", "MRR@10 tuned / held")
	for _, e := range t.engines {
		fmt.Fprintf(w, "  %-13s", e)
	}
	fmt.Fprintln(w)
	for _, name := range t.types() {
		n := t.scores[t.engines[0]][name]
		fmt.Fprintf(w, "%-13s%4d %4d", name, n[0].n, n[1].n)
		for _, e := range t.engines {
			if s := t.scores[e][name]; s != nil {
				fmt.Fprintf(w, "  %.3f / %.3f", s[0].mean(), s[1].mean())
			} else {
				fmt.Fprintf(w, "  %-13s", "-")
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n%-27s n  MRR           at 1   at 5     none\n", "")
	for _, name := range []string{"all", "natural"} {
		for _, e := range t.engines {
			s := t.scores[e][name]
			if s == nil {
				continue
			}
			for part, word := range []string{"tuned", "held"} {
				fmt.Fprintf(w, "%-8s %-10s %-5s%v\n", name, e, word, &s[part])
			}
		}
	}
}

func (t *table) types() []string {
	var names []string
	for name := range t.scores[t.engines[0]] {
		if name != "all" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return append(names, "all")
}

// cost tells what readers fetch, at the median and for all but one in twenty, and
// how long an answer took.
func cost(answers []answer) string {
	var first, files, next, nextFiles, ms []float64
	for _, a := range answers {
		if a.First.Files > 0 {
			first, files = append(first, float64(a.First.Bytes)/1000), append(files, float64(a.First.Files))
		}
		if a.Next != nil {
			next, nextFiles = append(next, float64(a.Next.Bytes)/1000), append(nextFiles, float64(a.Next.Files))
		}
		ms = append(ms, a.MS)
	}
	var b strings.Builder
	if len(first) > 0 {
		fmt.Fprintf(&b, "first query %s KB in %s requests, next %s KB in %s; ", spread(first), spread(files), spread(next), spread(nextFiles))
	}
	fmt.Fprintf(&b, "%s ms (median / 95 %%)", spread(ms))
	return b.String()
}

func spread(v []float64) string {
	if len(v) == 0 {
		return "-"
	}
	slices.Sort(v)
	return fmt.Sprintf("%.1f / %.1f", v[len(v)/2], v[len(v)*95/100])
}

// explain prints queries of a type that were not answered first, with what was
// found instead; never those that are held back.
func (c *corpus) explain(kind string, queries []query, answers []answer) {
	for i, q := range queries {
		found := answers[i].Results
		rank := q.rank(found)
		if kind != q.Type && kind != "all" || rank == 0 || q.held() {
			continue
		}
		fmt.Printf("  rank %2d  %q\n", rank+1, q.Text)
		for j, r := range found[:min(3, len(found))] {
			title := ""
			if p := c.urls[r.URL]; p != nil {
				title = p.Title
			}
			fmt.Printf("           %d %.3f %s | %s\n", j+1, r.Score, r.URL, title)
		}
		for _, p := range q.pages[:min(2, len(q.pages))] {
			fmt.Printf("           want %s | %s\n", p.URL, p.Title)
		}
	}
}
