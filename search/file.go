package search

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
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
	m := manifest{Format: format, Articles: len(b.articles), Function: functionOf(b.Locale), Weak: weakTerms()}
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
	fmt.Fprintln(h, m.Format, m.Signs, m.Rows)
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
