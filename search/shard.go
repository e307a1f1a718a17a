package search

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Files of an index, below its version, each packed with gzip:
//
//	s/N.bin      lists of sign pairs, N = hash of the term modulo manifest.Signs
//	w/N.bin      lists of words, N = the range of manifest.Words the term is in
//	r/N.bin      rows of the articles N*Rows and following, a JSON list
//	x/N.bin      words of N letters, to correct misspelt ones
//	facets.bin   which articles have a type, category, product, applies-to
//	variants.bin pairs of Han signs, the second being indexed for the first
//
// A list file is written by columns, because that packs better than by rows:
// number of terms, terms, their counts and lengths, then of all lists the
// differences between articles, the impacts, and the places.

const (
	signShard = 3000 // bytes before packing: about 1.5 KB packed
	wordShard = 4500 // larger, because the manifest has a key for each
	mostFiles = 8000 // of lists; beyond it shards grow
	leastRows = 2    // articles in a file of rows, on small sites
	mostRows  = 4
)

// A cutter collects the files of an index, not yet packed.
type cutter struct{ files map[string][]byte }

// lists cuts sorted lists into shards and says how to find them.
func (c *cutter) lists(lists []list) (signs int, words []string) {
	bytesOf := func(l list) int { return len(l.term) + 4 + 4*len(l.postings) }
	total, ofSigns := 0, 0
	for _, l := range lists {
		total += bytesOf(l)
		if isSigns(l.term) {
			ofSigns += bytesOf(l)
		}
	}
	signs = 1
	for size := max(signShard, total/mostFiles); signs*size < ofSigns; {
		signs *= 2
	}
	shards := make([][]list, signs)
	var ofWords []list
	for _, l := range lists {
		if isSigns(l.term) {
			n := fnv(l.term) & uint32(signs-1)
			shards[n] = append(shards[n], l)
		} else {
			ofWords = append(ofWords, l)
		}
	}
	for i, s := range shards {
		c.files["s/"+strconv.Itoa(i)] = encode(s)
	}
	words = []string{}
	from, filled, size := 0, 0, max(wordShard, total/mostFiles)
	for i := range ofWords {
		if filled > 0 && filled+bytesOf(ofWords[i]) > size {
			c.files["w/"+strconv.Itoa(len(words))] = encode(ofWords[from:i])
			words = append(words, separator(ofWords[i-1].term, ofWords[i].term))
			from, filled = i, 0
		}
		filled += bytesOf(ofWords[i])
	}
	c.files["w/"+strconv.Itoa(len(words))] = encode(ofWords[from:])
	return signs, words
}

// separator is the shortest beginning of b that comes after a. Both are compared
// as UTF-8 here and as UTF-16 in the browser, so it never ends inside a sign.
func separator(a, b string) string {
	for i := range b {
		if i > 0 && b[:i] > a {
			return b[:i]
		}
	}
	return b
}

func encode(lists []list) []byte {
	out := binary.AppendUvarint(nil, uint64(len(lists)))
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
func (c *cutter) rows(articles []*article) (int, error) {
	share := min(max(len(articles)/2000, leastRows), mostRows)
	for i := 0; i < len(articles); i += share {
		var rows []row
		for _, a := range articles[i:min(i+share, len(articles))] {
			rows = append(rows, a.row)
		}
		text, err := json.Marshal(rows)
		if err != nil {
			return 0, err
		}
		c.files["r/"+strconv.Itoa(i/share)] = text
	}
	return share, nil
}

// facets writes for each facet and value the articles that have it, as
// differences.
func (c *cutter) facets(articles []*article) error {
	all := map[string]map[string][]int{}
	for i, a := range articles {
		for name, values := range map[string][]string{
			"type": {a.row.Type}, "category": {a.category}, "product": a.products, "applies": a.applies,
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
	lengths := []int{}
	for n, list := range by {
		if len(list) > mostSpellings {
			slices.SortStableFunc(list, func(x, y spelling) int { return cmp.Compare(y.count, x.count) })
			list = list[:mostSpellings]
			slices.SortFunc(list, func(x, y spelling) int { return strings.Compare(x.word, y.word) })
		}
		var b strings.Builder
		for _, w := range list {
			fmt.Fprintf(&b, "%s %d\n", w.word, w.count)
		}
		c.files["x/"+strconv.Itoa(n)] = []byte(b.String())
		lengths = append(lengths, n)
	}
	sort.Ints(lengths)
	return lengths
}

func pack(data []byte) []byte {
	var p packer
	return p.pack(data)
}

// A packer packs files one after the other with one compressor.
type packer struct{ w *gzip.Writer }

func (p *packer) pack(data []byte) []byte {
	var b bytes.Buffer
	if p.w == nil {
		p.w, _ = gzip.NewWriterLevel(&b, gzip.BestCompression)
	} else {
		p.w.Reset(&b)
	}
	p.w.Write(data) // to memory: cannot fail
	p.w.Close()
	return b.Bytes()
}

// mostUnpacked bounds what a file may unpack to, in bytes.
const mostUnpacked = 64 << 20

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errDamaged
	}
	data, err := io.ReadAll(io.LimitReader(r, mostUnpacked+1))
	if err != nil || len(data) > mostUnpacked {
		return nil, errDamaged
	}
	return data, nil
}
