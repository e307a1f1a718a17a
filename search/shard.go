package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Files of an index, below its folder, each packed with gzip:
//
//	s/N.bin      lists of sign pairs, N = hash of the term modulo manifest.Signs
//	w/K_.bin     lists of words, K = the key in manifest.Words the range begins
//	             with, in hexadecimal digits; the first range has none
//	r/N.bin      rows of the articles N*Rows and following, a JSON list
//	x/N.bin      words of N letters, to correct misspelt ones
//	facets.bin   which articles have a type, category, product, applies-to
//	variants.bin pairs of Han signs, the second being indexed for the first
//
// A list file is written by columns, because that packs better than by rows:
// number of terms, terms, their counts and lengths, then of all lists the
// differences between articles, the impacts, and the places.
//
// The folder is named by what the files have in common: which article has which
// number, and which pair is in which file. While that is the same, an edit changes
// only the files that have something of it.

// Sizes are in bytes before packing, which halves them. Small sites have small
// files, because a query pays for whole ones; large sites have few, because hosts
// and builds pay for each.
const (
	leastSigns = 1600 // in a file of sign pairs
	usualSigns = 3600 // from enoughFiles on
	leastWords = 4000 // in a file of words: the manifest has a key for each
	usualWords = 6000

	enoughFiles = 1500 // of lists
	mostFiles   = 8000 // beyond it files grow

	leastRows = 2 // articles in a file of rows
	mostRows  = 8
)

// A cutter collects the files of an index, not yet packed.
type cutter struct{ files map[string][]byte }

// bytes is the size of a list before packing, about.
func (l *list) bytes() int { return len(l.term) + 4 + 4*len(l.postings) }

// sizes are those of a file of sign pairs and of one of words, by the size of all
// lists: they grow in steps, so that an edit hardly ever changes them.
func sizes(total int) (signs, words int) {
	signs = leastSigns
	for signs < usualSigns && total > signs*enoughFiles || total > signs*mostFiles {
		signs += signs / 2
	}
	return signs, max(signs*usualWords/usualSigns, leastWords)
}

// lists cuts sorted lists into shards and says how to find them.
func (c *cutter) lists(lists []list) (signs int, words []string) {
	total, ofSigns, terms := 0, 0, 0
	for i := range lists {
		n := lists[i].bytes()
		total += n
		if isSigns(lists[i].term) {
			ofSigns += n
			terms++
		}
	}
	ofPairs, ofWord := sizes(total)
	signs = 1
	for signs*ofPairs < ofSigns && 2*signs < terms {
		signs += max(signs/4, 1) // in steps, as sizes
	}
	shards := make([][]list, signs)
	var ofWords []list
	for _, l := range lists {
		if isSigns(l.term) {
			n := fnv(l.term) % uint32(signs)
			shards[n] = append(shards[n], l)
		} else {
			ofWords = append(ofWords, l)
		}
	}
	for i, s := range shards {
		c.files["s/"+strconv.Itoa(i)] = encode(s)
	}
	words = []string{}
	c.files[wordFile("")] = encode(nil)
	first := true
	ranges(ofWords, 0, 0, ofWord, func(part []list, begin string) {
		if first {
			begin, first = "", false
		} else {
			words = append(words, begin)
		}
		c.files[wordFile(begin)] = encode(part)
	})
	return signs, words
}

// wordFile names the file of the range that begins with a key, "" the first: by
// the key and not by a number, so that one more range moves no other.
func wordFile(key string) string { return "w/" + hex.EncodeToString([]byte(key)) + "_" }

// ranges cuts sorted lists, whose terms agree up to a depth in bytes, into ranges
// of a size, and tells what the terms of each begin with or come after. The first
// lists, so many as pending says, come before that depth and go with the others.
//
// Terms that begin alike stay together where they fit. So a cut depends only on
// the terms around it, and an edit hardly ever moves one.
func ranges(lists []list, pending, depth, size int, cut func(part []list, begin string)) {
	from, filled, first := 0, 0, ""
	for i := range lists[:pending] {
		filled += lists[i].bytes()
		first = lists[0].term
	}
	for i := pending; i < len(lists); {
		term := lists[i].term
		begin := term[:depth+width(term[depth:])]
		to, bytes := i+1, lists[i].bytes()
		for len(begin) > depth && to < len(lists) && strings.HasPrefix(lists[to].term, begin) {
			bytes += lists[to].bytes()
			to++
		}
		if filled > 0 && filled+bytes > size && (bytes <= size || filled > size/4) {
			cut(lists[from:i], first)
			from, filled = i, 0
		}
		if filled == 0 {
			first = begin
		}
		if bytes > size && to-i > 1 {
			ranges(lists[from:to], i-from, len(begin), size, func(part []list, inner string) {
				if &part[0] == &lists[from] {
					inner = first
				}
				cut(part, inner)
			})
			from, filled = to, 0
		} else {
			filled += bytes
		}
		i = to
	}
	if from < len(lists) {
		cut(lists[from:], first)
	}
}

// width is the length of the first sign of a text in bytes.
func width(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

func encode(lists []list) []byte {
	size := 16
	for i := range lists {
		size += lists[i].bytes()
	}
	out := binary.AppendUvarint(make([]byte, 0, size), uint64(len(lists)))
	for _, l := range lists {
		out = append(binary.AppendUvarint(out, uint64(len(l.term))), l.term...)
	}
	for _, l := range lists {
		out = binary.AppendUvarint(out, uint64(l.count))
		out = binary.AppendUvarint(out, uint64(len(l.postings)))
	}
	for _, l := range lists {
		last := uint32(0)
		for _, p := range l.postings {
			out = binary.AppendUvarint(out, uint64(p.article-last))
			last = p.article
		}
	}
	for _, l := range lists {
		for _, p := range l.postings {
			out = append(out, p.impact)
		}
	}
	for _, l := range lists {
		for _, p := range l.postings {
			out = append(out, p.where)
		}
	}
	return out
}

var errDamaged = errors.New("search index is damaged: build the site again")

// decode reads a list file. It accepts nothing that encode doesn't write.
func decode(data []byte, articles int) ([]list, error) {
	r := bytes.NewReader(data)
	number := func(most int) (int, error) {
		n, err := binary.ReadUvarint(r)
		if err != nil || n > uint64(most) {
			return 0, errDamaged
		}
		return int(n), nil
	}
	n, err := number(len(data))
	if err != nil {
		return nil, err
	}
	lists := make([]list, n)
	for i := range lists {
		size, err := number(r.Len())
		if err != nil || size > r.Len() {
			return nil, errDamaged
		}
		term := make([]byte, size)
		io.ReadFull(r, term)
		lists[i].term = string(term)
	}
	for i := range lists {
		if lists[i].count, err = number(articles); err != nil {
			return nil, err
		}
		length, err := number(min(articles, len(data)))
		if err != nil {
			return nil, err
		}
		lists[i].postings = make([]posting, length)
	}
	for _, l := range lists {
		last := 0
		for i := range l.postings {
			step, err := number(articles)
			if err != nil || last+step >= articles {
				return nil, errDamaged
			}
			last += step
			l.postings[i].article = uint32(last)
		}
	}
	for _, l := range lists {
		for i := range l.postings {
			if l.postings[i].impact, err = r.ReadByte(); err != nil {
				return nil, errDamaged
			}
		}
	}
	for _, l := range lists {
		for i := range l.postings {
			if l.postings[i].where, err = r.ReadByte(); err != nil {
				return nil, errDamaged
			}
		}
	}
	return lists, nil
}

// rows writes the result rows and returns how many share a file.
func (c *cutter) rows(articles []*article) int {
	share := min(max(len(articles)/1000, leastRows), mostRows)
	for i := 0; i < len(articles); i += share {
		text := []byte{'['}
		for _, a := range articles[i:min(i+share, len(articles))] {
			text = append(append(text, a.row...), ',')
		}
		text[len(text)-1] = ']'
		c.files["r/"+strconv.Itoa(i/share)] = text
	}
	return share
}

// facets writes for each facet and value the articles that have it, as
// differences.
func (c *cutter) facets(articles []*article) error {
	all := map[string]map[string][]int{}
	for i, a := range articles {
		for name, values := range map[string][]string{
			"type": {a.kind}, "category": {a.category}, "product": a.products, "applies": a.applies,
		} {
			for _, v := range values {
				if v == "" {
					continue
				}
				if all[name] == nil {
					all[name] = map[string][]int{}
				}
				all[name][v] = append(all[name][v], i)
			}
		}
	}
	for _, values := range all {
		for _, ids := range values {
			for i := len(ids) - 1; i > 0; i-- {
				ids[i] -= ids[i-1]
			}
		}
	}
	text, err := json.Marshal(all)
	c.files["facets"] = text
	return err
}

// mostSpellings is how many words of one length are offered: the most frequent.
const mostSpellings = 2500

// spelling writes the lists of words by length and returns the lengths.
func (c *cutter) spelling(words []spelling) []int {
	by := map[int][]spelling{}
	for _, w := range words {
		by[len(w.word)] = append(by[len(w.word)], w)
	}
	for n, list := range by {
		if len(list) > mostSpellings {
			slices.SortFunc(list, func(x, y spelling) int {
				return cmp.Or(cmp.Compare(y.count, x.count), strings.Compare(x.word, y.word))
			})
			list = list[:mostSpellings]
		}
		slices.SortFunc(list, func(x, y spelling) int { return strings.Compare(x.word, y.word) })
		var text []byte
		for _, w := range list {
			text = append(append(text, w.word...), ' ')
			text = append(strconv.AppendInt(text, int64(w.count), 10), '\n')
		}
		c.files["x/"+strconv.Itoa(n)] = text
	}
	return slices.Sorted(maps.Keys(by))
}
