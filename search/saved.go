package search

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"sync/atomic"
)

// A saved article is what Add keeps of a document, so that a later build of the
// same site needs to analyse only what has changed:
//
//	length and JSON of what describes the article
//	number of hits, then of each its term, count, fields and eighths
//	number of words as written, then the words
//
// It is good for a builder of the same locale and synonyms, and this version of
// the program; [Builder.Restore] refuses what it can't read, not what is old.

type savedArticle struct {
	Row               row
	Path, Category    string
	Products, Applies []string
	Length, Title     int
}

// Analyse adds a document and returns what Restore adds it by.
func (b *Builder) Analyse(d Document) []byte {
	b.once.Do(b.begin)
	w := b.workers.Get().(*worker)
	defer b.workers.Put(w)
	a := w.read(&d)
	out := w.save(a)
	b.keep(a)
	return out
}

func (w *worker) save(a *article) []byte {
	about, _ := json.Marshal(savedArticle{a.row, a.path, a.category, a.products, a.applies, a.length, a.title}) // strings and numbers: cannot fail
	out := append(binary.AppendUvarint(nil, uint64(len(about))), about...)
	out = binary.AppendUvarint(out, uint64(len(a.hits)))
	for _, h := range a.hits {
		out = appendText(out, w.b.terms.name(h.term))
		out = append(out, h.count, byte(h.fields), h.where)
	}
	out = binary.AppendUvarint(out, uint64(len(w.seen)))
	for _, s := range w.seen {
		out = appendText(out, s)
	}
	return out
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// Restore adds what Analyse has returned. It is safe for concurrent use.
func (b *Builder) Restore(saved []byte) error {
	b.once.Do(b.begin)
	r := bytes.NewBuffer(saved)
	about, err := readText(r)
	if err != nil {
		return err
	}
	var s savedArticle
	if json.Unmarshal(about, &s) != nil {
		return errDamaged
	}
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(r.Len()) {
		return errDamaged
	}
	a := &article{
		row: s.Row, path: s.Path, category: s.Category, products: s.Products, applies: s.Applies,
		length: s.Length, title: s.Title, hits: make([]hit, n),
	}
	for i := range a.hits {
		term, err := readText(r)
		rest := r.Next(3)
		if err != nil || len(rest) < 3 {
			return errDamaged
		}
		a.hits[i] = hit{b.terms.id(term), rest[0], field(rest[1]), rest[2]}
	}
	if n, err = binary.ReadUvarint(r); err != nil || n > uint64(r.Len()) {
		return errDamaged
	}
	words := make([]string, n)
	for i := range words {
		word, err := readText(r)
		if err != nil {
			return err
		}
		words[i] = string(word)
	}
	for _, w := range words {
		b.saw(w)
	}
	b.keep(a)
	return nil
}

func readText(r *bytes.Buffer) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(r.Len()) {
		return nil, errDamaged
	}
	return r.Next(int(n)), nil
}

// saw counts an article that has a word.
func (b *Builder) saw(word string) {
	n, ok := b.written.Load(word)
	if !ok {
		n, _ = b.written.LoadOrStore(word, new(atomic.Uint32))
	}
	n.(*atomic.Uint32).Add(1)
}

func (b *Builder) keep(a *article) {
	b.mu.Lock()
	b.articles = append(b.articles, a)
	b.mu.Unlock()
}
