package search

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What each kind of evidence is worth. Tuned on two thirds of the evaluation's
// queries; the curves are flat, so the structure matters and not the figures.
// The same figures are in the theme's search.js; a test compares the rankings.
const (
	heading      = 0.9
	named        = 1.6
	synonym      = 0.5
	body         = 1.4
	saturation   = 1.8
	rarity       = 0.55 // power of a group's idf
	completeness = 0.6  // power of the share of the query that an article has
	strength     = 0.7  // for what stands in title, heading, names or synonyms
	nearness     = 0.4  // for what stands together in one eighth of the article
)

// title by its length: long or only by other words, medium, short.
var title = [4]float64{0, 4.5, 6, 6}

// typos and beginnings of words count less than the word itself.
const (
	prefixFactor   = 0.7
	oneTypoFactor  = 0.6
	twoTyposFactor = 0.4
	partFactor     = 0.15
	mostPrefixes   = 12
	mostTypos      = 4
)

// scored is an article with its score so far.
type scored struct {
	article int
	score   float64
	places  [8]float64 // share of the query in each eighth
}

// find looks the groups' terms up and decides what stands for unknown ones.
func (x *Index) find(groups []group) ([]group, []Correction, error) {
	var corrections []Correction
	var out []group
	for _, g := range groups {
		l, err := x.list(g.term)
		if err != nil {
			return nil, nil, err
		}
		if l.count > 0 {
			g.terms = append(g.terms, alternative{l, 1})
		}
		switch {
		case g.kind != word:
		case len(g.terms) == 0 && len(g.parts) > 1:
			// An unknown compound is asked for by its parts.
			for _, p := range g.parts {
				if l, err = x.list(p.term); err != nil {
					return nil, nil, err
				}
				if l.count > 0 {
					out = append(out, group{term: p.term, surface: p.surface, weight: g.weight * 0.7, kind: part, terms: []alternative{{l, 1}}})
				}
			}
			if g.last {
				if err = x.prefixes(&g); err != nil {
					return nil, nil, err
				}
			}
		default:
			for _, p := range g.parts {
				if l, err = x.list(p.term); err != nil {
					return nil, nil, err
				}
				if l.count > 0 {
					g.terms = append(g.terms, alternative{l, partFactor})
				}
			}
			if g.last || len(g.terms) == 0 && hasDigit(g.surface) {
				if err = x.prefixes(&g); err != nil {
					return nil, nil, err
				}
			}
			if len(g.terms) == 0 && !g.weak {
				to, err := x.correct(&g)
				if err != nil {
					return nil, nil, err
				}
				if to != "" {
					corrections = append(corrections, Correction{g.surface, to})
				}
			}
		}
		if len(g.terms) > 0 {
			out = append(out, g)
		}
	}
	return out, corrections, nil
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// list finds the list of a term; its count is 0 when there is none.
func (x *Index) list(term string) (list, error) {
	if term == "" {
		return list{}, nil
	}
	lists, err := x.shard(x.shardOf(term))
	if err != nil {
		return list{}, err
	}
	i, ok := slices.BinarySearchFunc(lists, term, func(l list, t string) int { return strings.Compare(l.term, t) })
	if !ok {
		return list{}, nil
	}
	return lists[i], nil
}

// shardOf names the file that a term's list is in.
func (x *Index) shardOf(term string) string {
	if isSigns(term) {
		return "s/" + strconv.Itoa(int(fnv(term)%uint32(x.manifest.Signs)))
	}
	words := x.manifest.Words
	n := sort.Search(len(words), func(i int) bool { return words[i] > term })
	if n == 0 {
		return wordFile("")
	}
	return wordFile(words[n-1])
}

// prefixes adds words that begin with what was typed, the most frequent ones, and
// words of which it is a longer form.
func (x *Index) prefixes(g *group) error {
	length := utf8.RuneCountInString(g.surface)
	if length < 2 {
		return nil
	}
	lists, err := x.shard(x.shardOf(g.surface))
	if err != nil {
		return err
	}
	var begin []list
	for _, l := range lists {
		n := utf8.RuneCountInString(l.term)
		shorter := n >= 4 && length-n <= 4 && strings.HasPrefix(g.surface, l.term)
		if l.term != g.term && (shorter || strings.HasPrefix(l.term, g.surface)) {
			begin = append(begin, l)
		}
	}
	slices.SortStableFunc(begin, func(a, b list) int { return cmp.Compare(b.count, a.count) })
	// The fewer letters, the less they tell which word it will be.
	factor := prefixFactor * min(1, float64(length)/5)
	for _, l := range begin[:min(len(begin), mostPrefixes)] {
		g.terms = append(g.terms, alternative{l, factor})
	}
	return nil
}

// nearest finds something for groups of which no article has anything: words that
// begin as they do, and their single signs in titles and headings.
func (x *Index) nearest(groups []group) ([]group, error) {
	var out []group
	for _, g := range groups {
		near := group{term: g.term, weight: g.weight, kind: g.kind}
		if g.kind == pair {
			for _, s := range g.term {
				l, err := x.list(string(s))
				if err != nil {
					return nil, err
				}
				if l.count > 0 {
					near.terms = append(near.terms, alternative{l, partFactor})
				}
			}
		} else {
			surface := []rune(g.surface)
			for n := len(surface) - 1; n >= 3 && len(near.terms) == 0; n-- {
				near.surface = string(surface[:n])
				if err := x.prefixes(&near); err != nil {
					return nil, err
				}
			}
		}
		if len(near.terms) > 0 {
			out = append(out, near)
		}
	}
	return out, nil
}

// idf is how rare a group is: that of its most frequent alternative of full
// worth, or of them all taken together.
func (x *Index) idf(g *group) float64 {
	n := 0.0
	for _, a := range g.terms {
		if a.factor == 1 {
			n = float64(a.list.count)
			break
		}
		n = max(n, float64(a.list.count))
	}
	return math.Log(1 + (float64(x.manifest.Articles)-n+0.5)/(n+0.5))
}

// worth is what a posting says about its article, 0 to 1.
func worth(impact uint8) float64 {
	v := title[impact>>6] + body*float64(impact&7)/7
	if impact&32 != 0 {
		v += heading
	}
	if impact&16 != 0 {
		v += named
	}
	if impact&8 != 0 {
		v += synonym
	}
	return v / (v + saturation)
}

// firmness is how sure a posting makes that the article is about its term.
func firmness(impact uint8) float64 {
	switch {
	case impact >= 64:
		return 1
	case impact >= 16:
		return 0.9
	case impact >= 8:
		return 0.4
	}
	return 0
}

// rank scores all articles that have any of the groups, best first.
func (x *Index) rank(groups []group, allowed func(article int) bool) []scored {
	n := x.manifest.Articles
	score, matched, strong := make([]float64, n), make([]float64, n), make([]float64, n)
	places := make([][8]float64, n)
	var touched []int
	total := 0.0
	best, where, firm := make([]float64, n), make([]uint8, n), make([]float64, n)
	var of []int
	for i := range groups {
		g := &groups[i]
		weight := g.weight * math.Pow(x.idf(g), rarity)
		total += weight
		of = of[:0]
		for _, a := range g.terms {
			for _, p := range a.list.postings {
				id := int(p.article)
				if best[id] == 0 {
					of = append(of, id)
				}
				if v := a.factor * worth(p.impact); v > best[id] {
					best[id] = v
				}
				where[id] |= p.where
				firm[id] = max(firm[id], firmness(p.impact)*a.factor)
			}
		}
		for _, id := range of {
			if matched[id] == 0 {
				touched = append(touched, id)
			}
			score[id] += weight * best[id]
			matched[id] += weight
			strong[id] += weight * firm[id]
			for b := range 8 {
				if where[id]>>b&1 != 0 {
					places[id][b] += weight
				}
			}
			best[id], where[id], firm[id] = 0, 0, 0
		}
	}
	var results []scored
	for _, id := range touched {
		if allowed != nil && !allowed(id) {
			continue
		}
		s := scored{article: id, places: places[id]}
		near := 0.0
		for b := range s.places {
			s.places[b] /= total
			near = max(near, s.places[b])
		}
		sure := strong[id] / total
		s.score = score[id] * math.Pow(matched[id]/total, completeness) * (1 + strength*sure*sure) * (1 + nearness*near*near)
		results = append(results, s)
	}
	slices.SortFunc(results, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.article, b.article))
	})
	return results
}

// shard reads and decodes a file of lists, once.
func (x *Index) shard(name string) ([]list, error) {
	return load(x, name, func(data []byte) ([]list, error) { return decode(data, x.manifest.Articles) })
}

func (x *Index) row(article int) (row, error) {
	rows, err := load(x, "r/"+strconv.Itoa(article/x.manifest.Rows), func(data []byte) (rows []row, err error) {
		return rows, json.Unmarshal(data, &rows)
	})
	if err != nil {
		return row{}, err
	}
	if i := article % x.manifest.Rows; i < len(rows) {
		return rows[i], nil
	}
	return row{}, errDamaged
}

// load gives a file of the index in decoded form and keeps it.
func load[T any](x *Index, name string, decode func([]byte) (T, error)) (T, error) {
	x.mu.Lock()
	kept, ok := x.loaded[name]
	x.mu.Unlock()
	if ok {
		return kept.(T), nil
	}
	data, err := x.fetch(name)
	if err != nil {
		var none T
		return none, err
	}
	v, err := decode(data)
	if err != nil {
		return v, err
	}
	x.mu.Lock()
	x.loaded[name] = v
	x.mu.Unlock()
	return v, nil
}
