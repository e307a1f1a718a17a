package search

import (
	"encoding/binary"
	"slices"
	"sync"
)

// A Builder takes articles in any order, from any number of goroutines, and gives
// an index whose bytes depend on neither. It keeps no text: about 3 KB an article.
type Builder struct {
	Locale   string
	Synonyms [][]string // groups of the site's own, beside those of the package

	// Saved gives what an earlier builder has saved; nil when there is nothing. It
	// is called at most once, when the first article is added. See [Builder.Reuse].
	Saved func() []byte

	once     sync.Once
	terms    names             // as they are indexed
	written  names             // words as they are written, for spelling
	earlier  map[string]string // articles of the earlier builder, by path
	thesaur  *thesaurus
	function map[string]bool // words that synonyms don't add
	workers  sync.Pool       // *worker

	mu       sync.Mutex
	articles []*article
}

// An article is what is kept of a document.
type article struct {
	path     string
	row      string // JSON
	kind     string // of the document: its type
	category string
	products []string
	applies  []string
	length   int    // tokens in the body
	title    int    // tokens in the title
	hits     string // see appendHit
	words    string // numbers of written words, as varints
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
	inAlias    // what the thesaurus adds to the title
	inSynonyms // what it adds to the rest
)

// names are numbered as they come. Workers ask for each name once or twice, so
// one lock serves them all.
type names struct {
	mu    sync.Mutex
	all   []string
	slots []uint32 // hash table with open addressing: number + 1, 0 is free
}

func (n *names) id(name []byte) uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if 2*len(n.all) >= len(n.slots) {
		n.resize(4 * len(n.slots))
	}
	s := n.slot(fnv(name), string(name))
	if *s == 0 {
		n.all = append(n.all, string(name))
		*s = uint32(len(n.all))
	}
	return *s - 1
}

// slot is where a name is, or belongs.
func (n *names) slot(hash uint32, name string) *uint32 {
	mask := uint32(len(n.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &n.slots[i]; *s == 0 || n.all[*s-1] == name {
			return s
		}
	}
}

// resize makes the table large enough for so many slots at least.
func (n *names) resize(least int) {
	size := 1 << 10
	for size < least {
		size *= 2
	}
	n.slots = make([]uint32, size)
	for i, name := range n.all {
		*n.slot(fnv(name), name) = uint32(i + 1)
	}
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
// that most tokens cost one look at a table of its own.
type worker struct {
	b        *Builder
	fold     folder
	synonyms folder
	pairs    pairTable
	words    map[string]*known // as written
	slot     []uint32          // by term of a word: where its hit is in hits, if it is there
	hits     []hit
	pos      []placed
	article  uint32   // how many it has read
	seen     []uint32 // written words of this article
	out      []byte
}

// A known word is a term and the last article that it was seen in.
type known struct {
	term    uint32
	article uint32
	hit     uint32 // there
	written uint32
	spelt   bool // whether a misspelt word may be taken for it
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

func (b *Builder) keep(a *article) {
	b.mu.Lock()
	b.articles = append(b.articles, a)
	b.mu.Unlock()
}

func (b *Builder) begin() {
	if b.Saved != nil {
		b.recall(b.Saved())
	}
	variants := variantsOf(b.Locale)
	b.thesaur = newThesaurus(b.Locale, b.Synonyms, variants)
	b.function = map[string]bool{}
	for _, word := range functionOf(b.Locale) {
		b.function[word] = true
	}
	table := &foldTable{variants: variants}
	b.workers.New = func() any {
		w := &worker{b: b, words: map[string]*known{}}
		w.fold = folder{variants: variants, table: table}
		w.synonyms = w.fold
		return w
	}
}

// read takes what the index needs of a document.
func (w *worker) read(d *Document) *article {
	w.hits, w.pos, w.seen = w.hits[:0], w.pos[:0], w.seen[:0]
	w.article++
	row := newRow(d)
	a := &article{path: d.Path, kind: d.Type, category: d.Category, products: d.Products, applies: d.Applies}
	a.title = w.fold.tokens(d.Title, 0, true, func(t *token) { w.hits[w.hit(t)].fields |= inTitle })
	for _, text := range slices.Concat(d.Keywords, d.Codes, []string{d.Description}) {
		w.fold.tokens(text, 0, true, func(t *token) { w.hits[w.hit(t)].fields |= inNames })
	}
	// Other words for the title are nearly as good as its own; other words for the
	// rest only hint at it.
	for _, text := range w.b.thesaur.expand(&w.synonyms, d.Title) {
		w.fold.tokens(text, 0, true, func(t *token) { w.mark(t, inAlias|inNames) })
	}
	for _, text := range w.b.thesaur.expand(&w.synonyms, d.hints()...) {
		w.fold.tokens(text, 0, false, func(t *token) { w.mark(t, inSynonyms) })
	}
	inSection := func(t *token) {
		h := w.hit(t)
		w.hits[h].fields |= inHeading
		w.pos = append(w.pos, placed{h, uint32(t.position)})
	}
	inText := func(t *token) {
		h := w.hit(t)
		if w.hits[h].count < 255 {
			w.hits[h].count++
		}
		w.pos = append(w.pos, placed{h, uint32(t.position)})
	}
	at := 0
	for i := range d.Sections {
		s := &d.Sections[i]
		start := at
		at = w.fold.tokens(s.Heading, at, true, inSection)
		at = w.fold.tokens(s.Text, at, false, inText)
		row.start(s, start)
		at += 2 // sections are apart
	}
	a.length = at
	stretch := stretchOf(at)
	row.stretch(stretch)
	a.row = string(row.appendJSON(nil))
	w.place(stretch)
	w.out = w.out[:0]
	for _, h := range w.hits {
		w.out = appendHit(w.out, h)
	}
	a.hits = string(w.out)
	w.out = w.out[:0]
	for _, id := range w.seen {
		w.out = binary.AppendUvarint(w.out, uint64(id))
	}
	a.words = string(w.out)
	return a
}

// mark notes a word of a synonym, unless it is one that only makes a phrase: the
// "of" of "out of space", the "turn" of "turn off".
func (w *worker) mark(t *token, in field) {
	if t.verb || t.kind == word && w.b.function[string(t.surface)] {
		return
	}
	w.hits[w.hit(t)].fields |= in
}

// place marks the eighths of the article that hits are in.
func (w *worker) place(stretch int) {
	bit, end := uint8(1), uint32(stretch)
	for _, p := range w.pos { // in the order of the text
		for p.at >= end && bit < 1<<7 {
			bit <<= 1
			end += uint32(stretch)
		}
		w.hits[p.hit].where |= bit
	}
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
	if t.surface == nil {
		key := uint64(w.fold.signs[t.at])
		if t.kind == pair {
			key = key<<32 | uint64(w.fold.signs[t.at+1])
		}
		e := w.pairs.find(key)
		if e.key == 0 {
			e.key, e.term = key, w.b.terms.id(t.term())
		} else if e.article == w.article {
			return e.hit
		}
		e.article, e.hit = w.article, uint32(len(w.hits))
		w.hits = append(w.hits, hit{term: e.term})
		return e.hit
	}
	k := w.word(t)
	if k.article == w.article {
		return k.hit
	}
	id := k.term
	if int(id) >= len(w.slot) {
		w.slot = append(w.slot, make([]uint32, int(id)+1024-len(w.slot))...)
	}
	i := w.slot[id]
	if int(i) >= len(w.hits) || w.hits[i].term != id {
		i = uint32(len(w.hits))
		w.slot[id] = i
		w.hits = append(w.hits, hit{term: id})
	}
	k.article, k.hit = w.article, i
	if k.spelt {
		w.seen = append(w.seen, k.written)
	}
	return i
}

// mostKnown bounds what a worker remembers.
const mostKnown = 200_000

// word finds what is known of a word.
func (w *worker) word(t *token) *known {
	k := w.words[string(t.surface)]
	if k == nil {
		if len(w.words) >= mostKnown {
			clear(w.words)
		}
		k = &known{term: w.b.terms.id(t.term())}
		if spellable(t.surface) {
			k.spelt, k.written = true, w.b.written.id(t.surface)
		}
		w.words[string(t.surface)] = k
	}
	return k
}

// spellable words are offered for misspelt ones: Latin letters only.
func spellable(w []byte) bool { return len(w) >= 4 && len(w) <= 24 && ascii(w) }

// A pairTable finds pairs of signs and single signs by their code points: a hash
// table with open addressing.
type pairTable struct {
	slots []pairSlot
	used  int
}

type pairSlot struct {
	key     uint64 // 0 is free
	term    uint32
	article uint32 // the last one that has it
	hit     uint32 // there
}

// find returns the slot of a key, or a free one that the caller fills at once.
func (t *pairTable) find(key uint64) *pairSlot {
	if len(t.slots) > 0 {
		if s := t.at(key); s.key != 0 || t.used < len(t.slots)/2 {
			if s.key == 0 {
				t.used++
			}
			return s
		}
	}
	old := t.slots
	t.slots = make([]pairSlot, max(2*len(old), 1<<10))
	for i := range old {
		if old[i].key != 0 {
			*t.at(old[i].key) = old[i]
		}
	}
	t.used++
	return t.at(key)
}

func (t *pairTable) at(key uint64) *pairSlot {
	mask := uint64(len(t.slots) - 1)
	for i := (key * 0x9e3779b97f4a7c15 >> 32) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.key == key || s.key == 0 {
			return s
		}
	}
}
