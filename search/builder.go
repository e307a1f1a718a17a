package search

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// A Builder takes articles in any order, from any number of goroutines, and gives
// an index whose bytes depend on neither. It keeps no text: about 3 KB an article.
type Builder struct {
	Locale   string
	Synonyms [][]string // groups of the site's own, beside those of the package

	once    sync.Once
	terms   terms
	written sync.Map // word as written → *atomic.Uint32, in how many articles
	thesaur *thesaurus
	workers sync.Pool // *worker

	mu       sync.Mutex
	articles []*article
}

// An article is what is kept of a document.
type article struct {
	row      row
	path     string
	category string
	products []string
	applies  []string
	length   int   // tokens in the body
	title    int   // tokens in the title
	hits     []hit // one for each term
}

// A hit is a term in an article.
type hit struct {
	term   uint32
	count  uint8 // in the body, 255 and more as 255
	fields field
	where  uint8 // eighths of the article that have it, see stretch
}

type field uint8

const (
	inTitle field = 1 << iota
	inHeading
	inNames    // description, keywords, codes
	inSynonyms // what the thesaurus adds
)

// Terms are numbered as they come; numbers are given out in 64 stripes so that
// workers seldom wait for each other.
type terms struct {
	stripes [64]struct {
		sync.Mutex
		ids map[string]uint32
	}
	mu    sync.Mutex
	names []string
}

func (t *terms) id(term []byte) uint32 {
	s := &t.stripes[fnv(term)%64]
	s.Lock()
	defer s.Unlock()
	if id, ok := s.ids[string(term)]; ok {
		return id
	}
	if s.ids == nil {
		s.ids = map[string]uint32{}
	}
	name := string(term)
	t.mu.Lock()
	id := uint32(len(t.names))
	t.names = append(t.names, name)
	t.mu.Unlock()
	s.ids[name] = id
	return id
}

func (t *terms) name(id uint32) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.names[id]
}

// fnv is the 32-bit FNV-1a hash, mixed once more so that its low bits can be used.
func fnv[T string | []byte](s T) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// A worker analyses one article at a time. What it learns of terms it keeps, so
// that most tokens cost one look at a map of its own.
type worker struct {
	b        *Builder
	fold     folder
	synonyms folder
	pairs    map[uint64]uint32 // pairs and single signs → term
	words    map[string]*known // as written
	slot     []uint32          // by term: where its hit is in hits, if it is there
	hits     []hit
	pos      []placed
	article  int      // how many it has read
	seen     []string // words of this article, for spelling
}

// A known word is a term and the last article that it was seen in.
type known struct {
	word    string
	term    uint32
	article int
}

// placed is one occurrence in the running text of the article.
type placed struct {
	hit uint32
	at  uint32
}

// Add analyses a document. It is safe for concurrent use.
func (b *Builder) Add(d Document) {
	b.once.Do(b.begin)
	w := b.workers.Get().(*worker)
	a := w.read(&d)
	b.workers.Put(w)
	b.keep(a)
}

func (b *Builder) begin() {
	variants := variantsOf(b.Locale)
	b.thesaur = newThesaurus(b.Locale, b.Synonyms, variants)
	b.workers.New = func() any {
		return &worker{b: b, fold: folder{variants: variants}, synonyms: folder{variants: variants}, pairs: map[uint64]uint32{}, words: map[string]*known{}}
	}
}

// read takes what the index needs of a document.
func (w *worker) read(d *Document) *article {
	w.hits, w.pos, w.seen = w.hits[:0], w.pos[:0], w.seen[:0]
	w.article++
	a := &article{
		row: newRow(d), path: d.Path,
		category: d.Category, products: d.Products, applies: d.Applies,
	}
	a.title = w.fold.tokens(d.Title, 0, true, func(t *token) { w.hits[w.hit(t)].fields |= inTitle })
	// Other words for the title name the article as its keywords do; other words
	// for the rest only hint at it.
	names := slices.Concat(d.Keywords, d.Codes, []string{d.Description}, w.b.thesaur.expand(&w.synonyms, d.Title))
	for _, text := range names {
		w.fold.tokens(text, 0, true, func(t *token) { w.hits[w.hit(t)].fields |= inNames })
	}
	for _, text := range w.b.thesaur.expand(&w.synonyms, d.hints()...) {
		w.fold.tokens(text, 0, false, func(t *token) { w.hits[w.hit(t)].fields |= inSynonyms })
	}
	at := 0
	for i := range d.Sections {
		s := &d.Sections[i]
		start := at
		at = w.fold.tokens(s.Heading, at, true, func(t *token) {
			h := w.hit(t)
			w.hits[h].fields |= inHeading
			w.pos = append(w.pos, placed{h, uint32(t.position)})
		})
		at = w.fold.tokens(s.Text, at, false, func(t *token) {
			h := w.hit(t)
			if w.hits[h].count < 255 {
				w.hits[h].count++
			}
			w.pos = append(w.pos, placed{h, uint32(t.position)})
		})
		a.row.start(s, start)
		at += 2 // sections are apart
	}
	a.length = at
	stretch := stretchOf(at)
	for _, p := range w.pos {
		w.hits[p.hit].where |= 1 << min(int(p.at)/stretch, 7)
	}
	a.row.stretch(stretch)
	a.hits = append([]hit(nil), w.hits...)
	for _, s := range w.seen {
		w.b.saw(s)
	}
	return a
}

// hints are the short texts of a document beside its title.
func (d *Document) hints() []string {
	texts := append([]string{d.Description}, d.Keywords...)
	for i := range d.Sections {
		texts = append(texts, d.Sections[i].Heading)
	}
	return texts
}

// stretchOf is the length in tokens of one eighth of an article. Short articles
// have fewer: what stands within some lines is together.
func stretchOf(length int) int { return max((length+7)/8, 40) }

// hit finds or begins the article's hit for a token.
func (w *worker) hit(t *token) uint32 {
	id := w.term(t)
	if int(id) >= len(w.slot) {
		w.slot = append(w.slot, make([]uint32, int(id)+1024-len(w.slot))...)
	}
	i := w.slot[id]
	if int(i) >= len(w.hits) || w.hits[i].term != id {
		i = uint32(len(w.hits))
		w.slot[id] = i
		w.hits = append(w.hits, hit{term: id})
	}
	return i
}

// mostKnown bounds what a worker remembers.
const mostKnown = 200_000

// term finds the number of a token's term.
func (w *worker) term(t *token) uint32 {
	if t.surface == nil {
		key := uint64(w.fold.signs[t.at])
		if t.kind == pair {
			key = key<<32 | uint64(w.fold.signs[t.at+1])
		}
		id, ok := w.pairs[key]
		if !ok {
			id = w.b.terms.id(t.term())
			w.pairs[key] = id
		}
		return id
	}
	k := w.words[string(t.surface)]
	if k == nil {
		if len(w.words) >= mostKnown {
			clear(w.words)
		}
		k = &known{word: string(t.surface), term: w.b.terms.id(t.term()), article: -1}
		if len(k.word) < 4 || !spellable(t.surface) {
			k.word = ""
		}
		w.words[string(t.surface)] = k
	}
	if k.word != "" && k.article != w.article {
		k.article = w.article
		w.seen = append(w.seen, k.word)
	}
	return k.term
}

// spellable words are offered for misspelt ones: Latin letters only.
func spellable(w []byte) bool { return len(w) <= 24 && utf8.Valid(w) && ascii(w) }
