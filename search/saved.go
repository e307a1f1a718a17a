package search

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// What a builder saves is all that it keeps of articles, so that a later build of
// the same site analyses only those that have changed:
//
//	a line that says for which locale and synonyms it is good
//	number and texts of the terms, then of the words as they are written
//	of each article its length, path, row, type, category, products, applies-to,
//	its lengths in tokens, hits, and words
//	a checksum in four bytes, little endian
//
// Numbers are varints, texts and lists have their length before them.

// Save writes what the builder keeps. It is called after [Builder.Build].
func (b *Builder) Save(to io.Writer) error {
	sum := crc32.New(castagnoli)
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	w.WriteString(b.goodFor()) // the first error stays until Flush
	var out []byte
	for _, names := range [...][]string{b.terms.all, b.written.all} {
		out = binary.AppendUvarint(out[:0], uint64(len(names)))
		for _, name := range names {
			out = appendText(out, name)
		}
		w.Write(out)
	}
	for _, a := range b.articles {
		out = appendText(out[:0], a.path)
		for _, s := range [...]string{a.row, a.kind, a.category} {
			out = appendText(out, s)
		}
		for _, list := range [...][]string{a.products, a.applies} {
			out = binary.AppendUvarint(out, uint64(len(list)))
			for _, s := range list {
				out = appendText(out, s)
			}
		}
		out = binary.AppendUvarint(out, uint64(a.length))
		out = binary.AppendUvarint(out, uint64(a.title))
		out = appendText(appendText(out, a.hits), a.words)
		w.Write(binary.AppendUvarint(nil, uint64(len(out))))
		w.Write(out)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (b *Builder) goodFor() string { return fmt.Sprintf("2 %q %q\n", b.Locale, b.Synonyms) }

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// recall takes over names and articles that an earlier builder has saved; nothing
// of what is damaged or was saved for other synonyms.
func (b *Builder) recall(saved []byte) {
	end := len(saved) - 4
	if end < 0 || crc32.Checksum(saved[:end], castagnoli) != binary.LittleEndian.Uint32(saved[end:]) {
		return
	}
	rest, ok := strings.CutPrefix(string(saved[:end]), b.goodFor())
	if !ok {
		return
	}
	r := reader{rest: rest}
	b.terms.take(&r)
	b.written.take(&r)
	b.earlier = map[string]string{}
	for r.rest != "" {
		a := reader{rest: r.text()}
		b.earlier[a.text()] = a.rest
	}
}

// take reads names and gives them their numbers.
func (n *names) take(r *reader) {
	n.all = make([]string, r.number())
	for i := range n.all {
		n.all[i] = r.text()
	}
	n.resize(3 * len(n.all))
}

// Reuse adds the article of a path as an earlier builder has saved it, and tells
// whether there is one. It is safe for concurrent use.
func (b *Builder) Reuse(path string) bool {
	b.once.Do(b.begin)
	saved, ok := b.earlier[path]
	if !ok {
		return false
	}
	r := reader{rest: saved}
	a := &article{path: path, row: r.text(), kind: r.text(), category: r.text()}
	a.products, a.applies = r.list(), r.list()
	a.length, a.title = r.number(), r.number()
	a.hits, a.words = r.text(), r.text()
	b.keep(a)
	return true
}

// A reader takes apart what Save has written and a checksum vouches for.
type reader struct{ rest string }

func (r *reader) number() int {
	v, n := takeNumber(r.rest)
	r.rest = r.rest[n:]
	return int(v)
}

func (r *reader) text() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) list() []string {
	n := r.number()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}
