package search

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// A posting says how well one article matches one term, in two bytes.
//
// Impact is TTHNSBBB: TT is 3 for a title of at most 6 tokens, 2 for one of at
// most 14, 1 for a longer one, 0 when the term isn't in it; H is set for a
// heading, N for description, keywords and codes, S for synonyms of these; BBB is
// the weight in the body, saturated and corrected for length, in 7 steps. What
// each is worth is decided when a query is ranked. Where has a bit for each eighth
// of the article.
type posting struct {
	article uint32
	impact  uint8
	where   uint8
}

// A list is all that the index has of one term. Some of its postings may be left
// out, the count is of all.
type list struct {
	term     string
	count    int
	postings []posting
}

const (
	commonShare = 0.35 // of articles: words of more bodies than that are told by title and heading only
	commonFrom  = 200  // articles, for that rule
	longestList = 600  // postings; the best ones are kept
	bestOfFacet = 40   // postings kept for each category and product beyond those
)

// Build sorts what was added and cuts it to files. Nothing may be added after.
func (b *Builder) Build() (*Index, error) {
	b.once.Do(b.begin)
	slices.SortFunc(b.articles, func(x, y *article) int {
		return cmp.Or(cmp.Compare(x.category, y.category), slices.Compare(x.products, y.products), cmp.Compare(x.path, y.path))
	})
	lists := b.lists()
	for i := range lists {
		b.prune(&lists[i])
	}
	lists = slices.DeleteFunc(lists, func(l list) bool { return len(l.postings) == 0 })
	c := cutter{files: map[string][]byte{}}
	m := manifest{Format: format, Articles: len(b.articles), Function: functionOf(b.Locale)}
	m.Signs, m.Words = c.lists(lists)
	var err error
	if m.Rows, err = c.rows(b.articles); err != nil {
		return nil, fmt.Errorf("search index %q: %w", b.Locale, err)
	}
	if err = c.facets(b.articles); err != nil {
		return nil, fmt.Errorf("search index %q: %w", b.Locale, err)
	}
	m.Spelling = c.spelling(b.vocabulary())
	if table := variantText(b.Locale); table != "" {
		m.Variants = true
		c.files["variants"] = []byte(table)
	}
	return b.publish(m, c.files)
}

// publish names the version by the content of all files and packs them.
func (b *Builder) publish(m manifest, files map[string][]byte) (*Index, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	m.Version = hex.EncodeToString(h.Sum(nil))[:12]
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	x := newIndex(b.Locale)
	x.manifest = m
	root := path.Join("search", b.Locale)
	x.files = make([]File, len(names))
	var workers sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var p packer
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				x.files[i] = File{path.Join(root, m.Version, names[i]+".bin"), p.pack(files[names[i]]), true}
			}
		})
	}
	workers.Wait()
	x.files = append(x.files, File{path.Join(root, "manifest.bin"), pack(text), false})
	sort.Slice(x.files, func(i, j int) bool { return x.files[i].Path < x.files[j].Path })
	at := make(map[string]int, len(x.files))
	for i, f := range x.files {
		at[f.Path] = i
	}
	x.fetch = func(name string) ([]byte, error) {
		i, ok := at[path.Join(root, m.Version, name+".bin")]
		if !ok {
			return nil, fmt.Errorf("search index has no file %q", name)
		}
		return unpack(x.files[i].Body)
	}
	return x, nil
}

// lists turns the articles' hits into lists of postings, sorted by term.
func (b *Builder) lists() []list {
	counts := make([]uint32, len(b.terms.names)+1)
	total := 0
	for _, a := range b.articles {
		total += a.length
		for _, h := range a.hits {
			counts[h.term+1]++
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	all := make([]posting, counts[len(counts)-1])
	next := slices.Clone(counts)
	average := float64(total) / float64(max(len(b.articles), 1))
	for i, a := range b.articles {
		for _, h := range a.hits {
			all[next[h.term]] = posting{uint32(i), a.impact(h, average), h.where}
			next[h.term]++
		}
		a.hits = nil
	}
	lists := make([]list, 0, len(b.terms.names))
	for t, name := range b.terms.names {
		from, to := counts[t], counts[t+1]
		if n := int(to - from); n > 0 {
			lists = append(lists, list{name, n, all[from:to:to]})
		}
	}
	slices.SortFunc(lists, func(x, y list) int { return strings.Compare(x.term, y.term) })
	return lists
}

func (a *article) impact(h hit, average float64) uint8 {
	var v uint8
	if h.fields&inTitle != 0 {
		switch {
		case a.title <= 6:
			v = 3 << 6
		case a.title <= 14:
			v = 2 << 6
		default:
			v = 1 << 6
		}
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
	if h.count > 0 {
		tf := float64(h.count)
		tf /= tf + 1.2*(1-0.6+0.6*float64(a.length)/average)
		v |= uint8(min(max(int(tf*7+0.5), 1), 7))
	}
	return v
}

// prune leaves out postings that would hardly ever decide a ranking: of very
// common words those in bodies, of long lists the weakest. Each category and
// product keeps its best, or a filter would lose articles.
func (b *Builder) prune(l *list) {
	n := len(b.articles)
	if n > commonFrom && float64(l.count) > commonShare*float64(n) {
		l.postings = slices.DeleteFunc(l.postings, func(p posting) bool { return p.impact < 8 })
	}
	if len(l.postings) <= longestList {
		return
	}
	order := slices.Clone(l.postings)
	slices.SortStableFunc(order, func(x, y posting) int { return cmp.Compare(y.impact, x.impact) })
	kept, facet := map[uint32]bool{}, map[string]int{}
	for i, p := range order {
		a := b.articles[p.article]
		keep := i < longestList
		for _, f := range append([]string{"\x00" + a.category}, a.products...) {
			if facet[f]++; facet[f] <= bestOfFacet {
				keep = true
			}
		}
		if keep {
			kept[p.article] = true
		}
	}
	l.postings = slices.DeleteFunc(l.postings, func(p posting) bool { return !kept[p.article] })
}

// A spelling is a word as it is written, and how many articles have it.
type spelling struct {
	word  string
	count int
}

// vocabulary lists the words that a misspelt one may be taken for.
func (b *Builder) vocabulary() []spelling {
	var all []spelling
	b.written.Range(func(w, n any) bool {
		all = append(all, spelling{w.(string), int(n.(*atomic.Uint32).Load())})
		return true
	})
	slices.SortFunc(all, func(x, y spelling) int { return strings.Compare(x.word, y.word) })
	return all
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
