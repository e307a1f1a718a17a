package search

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A judge looks at the rows of the best articles: how much of the query a title
// or heading is, and which section to lead to.
type judge struct {
	fold   folder
	whole  string             // query, folded
	weight map[string]float64 // of its terms
	total  float64
}

// What the rows may add to a score, as factors.
const (
	titleEquals   = 1.6
	titleContains = 1.35
	titleAlike    = 0.8
	headingAlike  = 0.3
	half          = 0.499 // below one half by more than rounding
	rounding      = 1e-9
)

func (x *Index) judge(query string, groups []group) *judge {
	j := &judge{fold: folder{variants: variantsOf(x.Locale)}, weight: map[string]float64{}}
	j.whole = j.folded(query)
	for i := range groups {
		g := &groups[i]
		w := g.weight * math.Pow(x.idf(g), rarity)
		j.total += w
		for _, a := range g.terms {
			j.weight[a.list.term] = max(j.weight[a.list.term], w*a.factor)
		}
	}
	return j
}

// folded is a text without anything but letters, digits and signs.
func (j *judge) folded(text string) string {
	j.fold.normalise(text)
	var out []rune
	for i, r := range j.fold.signs {
		if c := j.fold.classes[i]; c != other && c != joiner {
			out = append(out, r)
		}
	}
	return string(out)
}

// alike is how much of the query a short text has, and how much of it is of the
// query, as one figure from 0 to 1.
func (j *judge) alike(text string) (share, both float64) {
	if j.total == 0 {
		return 0, 0
	}
	seen := map[string]bool{}
	hit, tokens, hits := 0.0, 0.0, 0.0
	j.fold.tokens(text, 0, false, func(t *token) {
		if t.kind == part {
			return
		}
		tokens++
		term := string(t.term())
		if w, ok := j.weight[term]; ok {
			hits++
			if !seen[term] {
				seen[term] = true
				hit += w
			}
		}
	})
	if tokens == 0 {
		return 0, 0
	}
	share = min(hit/j.total, 1)
	precise := hits / tokens
	if share+precise == 0 {
		return 0, 0
	}
	return share, 2 * share * precise / (share + precise)
}

func (j *judge) result(r row, s scored) Result {
	out := Result{URL: r.URL, Title: r.Title, Description: r.Description, Type: r.Type, Category: r.Category, Products: r.Products}
	title := j.folded(r.Title)
	factor := 1.0
	switch {
	case j.whole == "":
	case title == j.whole:
		factor = titleEquals
	case utf8.RuneCountInString(j.whole) > 1 && strings.Contains(title, j.whole):
		factor = titleContains
	}
	inTitle, titleBoth := j.alike(r.Title)
	factor *= 1 + titleAlike*titleBoth*titleBoth
	best, bestShare, at := 0.0, 0.0, -1
	for i, h := range r.Headings {
		share, both := j.alike(h.Text)
		if h.Text == r.Title {
			continue
		}
		if both > best+rounding {
			best, bestShare, at = both, share, i
		}
	}
	factor *= 1 + headingAlike*best*best
	if at < 0 || bestShare <= inTitle+rounding {
		at = -1
		if inTitle < half {
			at = place(r, s)
		}
	}
	if at >= 0 {
		out.SectionID, out.Section = r.Headings[at].ID, r.Headings[at].Text
	}
	out.Score = s.score * factor
	return out
}

// place finds the section in which most of the query stands together.
func place(r row, s scored) int {
	eighth, most := 0, 0.0
	for i, p := range s.places {
		if p > most {
			eighth, most = i, p
		}
	}
	at := -1
	if most < half {
		return at
	}
	for i, h := range r.Headings {
		if h.Start <= eighth {
			at = i
		}
		if h.Start == eighth {
			break
		}
	}
	return at
}
