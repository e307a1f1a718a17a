package search

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// correct finds words of the index that a misspelt one was meant to be: at most
// one letter wrong, or two in words of eight and more. It returns the likeliest.
func (x *Index) correct(g *group) (string, error) {
	w := g.surface
	if len(w) < 4 || !spellable([]byte(w)) {
		return "", nil
	}
	allowed := 1
	if len(w) >= 8 {
		allowed = 2
	}
	type near struct {
		spelling
		distance int
	}
	var all []near
	// Words that are two letters longer or shorter are the last resort.
	for _, n := range []int{len(w), len(w) - 1, len(w) + 1, len(w) - 2, len(w) + 2} {
		if d := len(w) - n; d > allowed || -d > allowed || d*d == 4 && len(all) > 0 {
			continue
		}
		if !slices.Contains(x.manifest.Spelling, n) {
			continue
		}
		words, err := load(x, "x/"+strconv.Itoa(n), parseSpellings)
		if err != nil {
			return "", err
		}
		for _, s := range words {
			if d := distance(w, s.word, allowed); d <= allowed {
				all = append(all, near{s, d})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b near) int {
		same := func(s near) int { // the first letter is seldom the wrong one
			if s.word[0] != w[0] {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.distance+same(a), b.distance+same(b)), cmp.Compare(b.count, a.count), strings.Compare(a.word, b.word))
	})
	f := &folder{}
	for _, s := range all[:min(len(all), mostTypos)] {
		l, err := x.list(f.stem([]byte(s.word)))
		if err != nil {
			return "", err
		}
		if l.count == 0 || slices.ContainsFunc(g.terms, func(a alternative) bool { return a.list.term == l.term }) {
			continue
		}
		factor := oneTypoFactor
		if s.distance > 1 {
			factor = twoTyposFactor
		}
		g.terms = append(g.terms, alternative{l, factor})
	}
	if len(g.terms) == 0 {
		return "", nil
	}
	return all[0].word, nil
}

func parseSpellings(data []byte) ([]spelling, error) {
	var all []spelling
	for line := range strings.Lines(string(data)) {
		var s spelling
		if _, err := fmt.Sscanf(line, "%s %d", &s.word, &s.count); err != nil {
			return nil, errDamaged
		}
		all = append(all, s)
	}
	return all, nil
}

// distance counts the letters to insert, drop, replace, or swap with the next one
// to make b of a (optimal string alignment). Anything over most may be returned
// for a distance over most.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	var before, last, now [32]int
	if len(b) >= len(now) {
		return most + 1
	}
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most {
			return most + 1
		}
		before, last = last, now
	}
	return last[len(b)]
}
