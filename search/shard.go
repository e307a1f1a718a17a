package search

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// Files of an index, below its folder, each packed with gzip:
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
//
// The folder is named by what the files have in common: which article has which
// number, and which term is in which file. While that is the same, an edit changes
// only the files that have something of it.

const (
	signShard = 3600 // bytes before packing: about 2 KB packed
	wordShard = 6000 // larger, because the manifest has a key for each
	mostFiles = 5000 // of lists; beyond it shards grow
	leastRows = 4    // articles in a file of rows, on small sites
	mostRows  = 8
)

// Build sorts what was added and cuts it to files. Nothing may be added after.
func (b *Builder) Build() (*Index, error) {
	b.once.Do(b.begin)
	slices.SortFunc(b.articles, func(x, y *article) int {
		return cmp.Or(cmp.Compare(x.category, y.category), slices.Compare(x.products, y.products), cmp.Compare(x.path, y.path))
	})
	lists := b.lists()
	p := newPruner(b.articles)
	for i := range lists {
		p.prune(&lists[i])
	}
	lists = slices.DeleteFunc(lists, func(l list) bool { return len(l.postings) == 0 })
	c := cutter{files: map[string][]byte{}}
	m := manifest{Format: format, Articles: len(b.articles), Function: functionOf(b.Locale)}
	m.Signs, m.Words = c.lists(lists)
	m.Rows = c.rows(b.articles)
	if err := c.facets(b.articles); err != nil {
		return nil, fmt.Errorf("search index %q: %w", b.Locale, err)
	}
	m.Spelling = c.spelling(b.vocabulary())
	if table := variantText(b.Locale); table != "" {
		m.Variants = true
		c.files["variants"] = []byte(table)
	}
	return b.publish(m, c.files)
}

// publish names the folder and the version, and lists the files.
func (b *Builder) publish(m manifest, files map[string][]byte) (*Index, error) {
	h := sha256.New()
	fmt.Fprintln(h, m.Format, m.Signs, m.Rows, m.Words)
	for _, a := range b.articles {
		fmt.Fprintln(h, a.path)
	}
	m.Folder = hex.EncodeToString(h.Sum(nil)[:6])
	root := path.Join("search", b.Locale)
	x := newIndex(b.Locale)
	x.fetch = func(name string) ([]byte, error) {
		data, ok := files[name]
		if !ok {
			return nil, fmt.Errorf("search index has no file %q", name)
		}
		return data, nil
	}
	h.Reset()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := newFile(path.Join(root, m.Folder, name+".bin"), files[name], true)
		x.files = append(x.files, f)
		fmt.Fprintf(h, "%s %x\n", name, f.Sum)
	}
	m.Version = hex.EncodeToString(h.Sum(nil)[:6])
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	x.manifest = m
	x.files = append(x.files, newFile(path.Join(root, "manifest.bin"), text, false))
	slices.SortFunc(x.files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	return x, nil
}

func newFile(path string, data []byte, immutable bool) File {
	sum := sha256.Sum256(data)
	return File{Path: path, Immutable: immutable, Sum: binary.BigEndian.Uint64(sum[:]), data: data}
}

// A cutter collects the files of an index, not yet packed.
type cutter struct{ files map[string][]byte }

// bytes is the size of a list before packing, about.
func (l *list) bytes() int { return len(l.term) + 4 + 4*len(l.postings) }

// shardSize is the size of a shard by that of all: it grows in steps, so that an
// edit hardly ever changes it.
func shardSize(size, total int) int {
	for total > size*mostFiles {
		size += size / 2
	}
	return size
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
	signs = 1
	for size := shardSize(signShard, total); signs*size < ofSigns && 2*signs < terms; {
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
	last := ""
	cut := func(range_ []list) {
		if n := len(words); len(c.files) > signs { // not the first one
			words = append(words, separator(last, range_[0].term))
			c.files["w/"+strconv.Itoa(n+1)] = encode(range_)
		} else {
			c.files["w/0"] = encode(range_)
		}
		last = range_[len(range_)-1].term
	}
	if len(ofWords) == 0 {
		c.files["w/0"] = encode(nil)
	} else {
		ranges(ofWords, 0, shardSize(wordShard, total), cut)
	}
	return signs, words
}

// ranges cuts sorted lists, whose terms agree up to a depth in bytes, into ranges
// of a size. What begins with the same letters stays together where it fits, so
// whether there is a cut depends only on the terms around it.
func ranges(lists []list, depth, size int, cut func([]list)) {
	from, filled := 0, 0
	flush := func(to int) {
		if to > from {
			cut(lists[from:to])
		}
		from, filled = to, 0
	}
	for i := 0; i < len(lists); {
		begin := lists[i].term[:depth+width(lists[i].term[depth:])]
		to, bytes := i, 0
		for to < len(lists) && strings.HasPrefix(lists[to].term, begin) && (to == i || len(begin) > depth) {
			bytes += lists[to].bytes()
			to++
		}
		switch {
		case bytes > size && to-i > 1:
			flush(i)
			ranges(lists[i:to], len(begin), size, cut)
			from = to
		case filled+bytes > size:
			flush(i)
			filled = bytes
		default:
			filled += bytes
		}
		i = to
	}
	flush(len(lists))
}

// width is the length of the first sign of a text in bytes.
func width(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
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
	share := min(max(len(articles)/2000, leastRows), mostRows)
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

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 6) // 1 % larger than the best, a quarter of its time
	return w
}}

// Body is the file's content: it is packed when it is asked for.
func (f File) Body() []byte { return pack(f.data) }

func pack(data []byte) []byte {
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	w.Write(data) // to memory: cannot fail
	w.Close()
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
