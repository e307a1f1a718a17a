package search

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A posting says how well one article matches one term, in two bytes.
//
// Impact is TTHNSBBB: TT is 3 for a title of at most 6 tokens, 2 for one of at
// most 14, 1 for a longer one or for synonyms of its words, 0 when the term isn't
// in it; H is set for a heading, N for description, keywords and codes, S for
// synonyms of these; BBB is the weight in the body, saturated and corrected for
// length, in 7 steps. What each is worth is decided when a query is ranked. Where
// has a bit for each eighth of the article.
type posting struct {
	article uint32
	impact  uint8
	where   uint8
}

// A list is all that the index has of one term. Some of its postings may be left
// out, the count is of all articles that have the term, see count.
type list struct {
	term     string
	count    int
	postings []posting
}

// manyTimes is from when on a count takes a byte of its own in a written hit.
const manyTimes = 7

// appendHit writes a hit: its term, fields and count in one byte, and places.
func appendHit(out []byte, h hit) []byte {
	out = binary.AppendUvarint(out, uint64(h.term))
	out = append(out, byte(h.fields)<<3|min(h.count, manyTimes), h.where)
	if h.count >= manyTimes {
		out = append(out, h.count)
	}
	return out
}

// nextHit reads the hit that appendHit has written at i, and returns where the
// next one is.
func nextHit(s string, i int) (hit, int) {
	term, shift := uint32(s[i]), 7
	for i++; term>>shift != 0; i++ { // the bit that says there is more
		term = term&(1<<shift-1) | uint32(s[i])<<shift
		shift += 7
	}
	h := hit{term, s[i] & manyTimes, field(s[i] >> 3), s[i+1]}
	i += 2
	if h.count == manyTimes {
		h.count = s[i]
		i++
	}
	return h, i
}

// takeNumber reads a varint from the beginning of s and tells its length, 0 when
// there is none.
func takeNumber(s string) (v uint64, n int) {
	for n < len(s) && n < binary.MaxVarintLen32 {
		c := s[n]
		v |= uint64(c&0x7f) << (7 * n)
		n++
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

const (
	commonShare = 0.35 // of articles: words of more bodies than that are told by title and heading only
	commonFrom  = 200  // articles, for that rule
	longestList = 600  // postings; the best ones are kept
	bestOfFacet = 40   // postings kept for each category and product beyond those
)

// lists turns the articles' hits into lists of postings, sorted by term.
func (b *Builder) lists() []list {
	terms := b.terms.all
	next := make([]uint32, len(terms)+1) // where the next posting of a term goes
	total := 0
	for _, a := range b.articles {
		total += a.length
		var h hit
		for at := 0; at < len(a.hits); {
			h, at = nextHit(a.hits, at)
			next[h.term+1]++
		}
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	all := make([]posting, next[len(next)-1])
	average := averageLength(total, len(b.articles))
	for i, a := range b.articles {
		weights := a.weights(average)
		var h hit
		for at := 0; at < len(a.hits); {
			h, at = nextHit(a.hits, at)
			all[next[h.term]] = posting{uint32(i), weights.impact(h), h.where}
			next[h.term]++
		}
	}
	lists := make([]list, 0, len(terms))
	for _, t := range sorted(terms) {
		from, to := uint32(0), next[t]
		if t > 0 {
			from = next[t-1]
		}
		if to > from {
			lists = append(lists, list{terms[t], count(terms[t], all[from:to]), all[from:to:to]})
		}
	}
	return lists
}

// count is how many articles have a term. Those that have a word only as a synonym
// don't make it less telling, unless there are no others. Pairs of signs are pieces
// of words, of which that can't be said.
func count(term string, postings []posting) int {
	if isSigns(term) {
		return len(postings)
	}
	n := 0
	for _, p := range postings {
		if p.impact&(1<<7|1<<5|7) != 0 || p.impact>>6 == 0 && p.impact&(1<<4) != 0 {
			n++
		}
	}
	return cmp.Or(n, len(postings))
}

// sorted are the numbers of names in their order. Most differ in their first eight
// bytes, which compare as one number.
func sorted(names []string) []uint32 {
	type key struct {
		begin uint64
		id    uint32
	}
	keys := make([]key, len(names))
	for i, name := range names {
		var first [8]byte
		copy(first[:], name)
		keys[i] = key{binary.BigEndian.Uint64(first[:]), uint32(i)}
	}
	slices.SortFunc(keys, func(x, y key) int {
		if x.begin != y.begin {
			return cmp.Compare(x.begin, y.begin)
		}
		return strings.Compare(names[x.id], names[y.id])
	})
	ids := make([]uint32, len(keys))
	for i := range keys {
		ids[i] = keys[i].id
	}
	return ids
}

// averageLength is in steps of an eighth of an octave, so that an edit of one
// article doesn't shift the weights in all others.
func averageLength(total, articles int) float64 {
	mean := float64(total) / float64(max(articles, 1))
	return math.Exp2(math.Round(8*math.Log2(max(mean, 1))) / 8)
}

// weights are what the hits of one article are worth.
type weights struct {
	title uint8     // of a term in the title
	norm  float64   // length, for counts in the body
	few   [16]uint8 // of small counts
}

func (a *article) weights(average float64) weights {
	w := weights{title: 1 << 6, norm: 1.2 * (1 - 0.6 + float64(0.6*float64(a.length)/average))}
	switch {
	case a.title <= 6:
		w.title = 3 << 6
	case a.title <= 14:
		w.title = 2 << 6
	}
	for count := range w.few {
		w.few[count] = w.body(count)
	}
	return w
}

// body is the weight of a term that stands in the body so many times.
func (w *weights) body(count int) uint8 {
	if count == 0 {
		return 0
	}
	tf := float64(count)
	return uint8(min(max(int(float64(tf/(tf+w.norm)*7)+0.5), 1), 7))
}

func (w *weights) impact(h hit) uint8 {
	v := uint8(0)
	if int(h.count) < len(w.few) {
		v = w.few[h.count]
	} else {
		v = w.body(int(h.count))
	}
	switch {
	case h.fields&inTitle != 0:
		v |= w.title
	case h.fields&inAlias != 0:
		v |= 1 << 6
	}
	if h.fields&inHeading != 0 {
		v |= 1 << 5
	}
	if h.fields&inNames != 0 {
		v |= 1 << 4
	}
	if h.fields&inSynonyms != 0 {
		v |= 1 << 3
	}
	return v
}

// A pruner leaves out postings that would hardly ever decide a ranking: of very
// common words those in bodies, of long lists the weakest. Each category and
// product keeps its best, or a filter would lose articles.
type pruner struct {
	facets [][]uint32 // of an article: numbers of its category and products
	kept   []int      // by facet: postings of the list at hand
	order  []uint32
	keep   []bool
}

func newPruner(articles []*article) *pruner {
	p := &pruner{facets: make([][]uint32, len(articles))}
	numbers := map[string]uint32{}
	number := func(name string) uint32 {
		n, ok := numbers[name]
		if !ok {
			n = uint32(len(numbers))
			numbers[name] = n
		}
		return n
	}
	var last *article
	for i, a := range articles {
		if last != nil && last.category == a.category && slices.Equal(last.products, a.products) {
			p.facets[i] = p.facets[i-1]
			continue
		}
		last = a
		list := []uint32{number("\x00" + a.category)}
		for _, name := range a.products {
			list = append(list, number(name))
		}
		p.facets[i] = list
	}
	p.kept = make([]int, len(numbers))
	return p
}

func (p *pruner) prune(l *list) {
	n := len(p.facets)
	if n > commonFrom && float64(l.count) > commonShare*float64(n) {
		l.postings = slices.DeleteFunc(l.postings, func(p posting) bool { return p.impact < 8 })
	}
	if len(l.postings) <= longestList {
		return
	}
	p.sort(l.postings)
	clear(p.kept)
	p.keep = append(p.keep[:0], make([]bool, len(l.postings))...)
	for i, at := range p.order {
		keep := i < longestList
		for _, f := range p.facets[l.postings[at].article] {
			p.kept[f]++
			keep = keep || p.kept[f] <= bestOfFacet
		}
		p.keep[at] = keep
	}
	out := l.postings[:0]
	for i, x := range l.postings {
		if p.keep[i] {
			out = append(out, x)
		}
	}
	l.postings = out
}

// sort sets order to the places of the postings, the best ones first.
func (p *pruner) sort(postings []posting) {
	var next [257]uint32
	for _, x := range postings {
		next[256-int(x.impact)]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	p.order = slices.Grow(p.order[:0], len(postings))[:len(postings)]
	for i, x := range postings {
		at := &next[255-int(x.impact)]
		p.order[*at] = uint32(i)
		*at++
	}
}

// A spelling is a word as it is written, and how many articles have it.
type spelling struct {
	word  string
	count int
}

// vocabulary lists the words that a misspelt one may be taken for.
func (b *Builder) vocabulary() []spelling {
	all := make([]spelling, len(b.written.all))
	for i, word := range b.written.all {
		all[i].word = word
	}
	for _, a := range b.articles {
		for rest := a.words; rest != ""; {
			id, n := takeNumber(rest)
			if n == 0 {
				break
			}
			all[id].count++
			rest = rest[n:]
		}
	}
	return slices.DeleteFunc(all, func(s spelling) bool { return s.count == 0 })
}

// isSigns tells whether a term is of signs (Han, kana, Hangul) or a word.
func isSigns(term string) bool {
	r, _ := utf8.DecodeRuneInString(term)
	switch classOf(r) {
	case han, hiragana, katakana, hangul:
		return true
	}
	return false
}
