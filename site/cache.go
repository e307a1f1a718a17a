package site

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// A Cache is what a build leaves for the next one: what was read of every input,
// and for every file of the site what it was made from. A page is made again
// when something that it was made from differs; see [Site.unchanged].
type Cache struct {
	dir     string
	head    cacheHead
	body    cacheBody
	rest    *os.File // where the body begins, until it is read
	inputs  map[string]*inputRecord
	outputs map[string]*outputRecord
	blocks  *blockCache

	linkFiles []*os.File // of body.Links
}

// cacheHead is the first part of the manifest: what tells whether anything has
// changed at all, and what was said then.
type cacheHead struct {
	Program  string // that wrote it: another one may render otherwise
	Stamp    uint64 // of all inputs' sizes and times, and of the options
	Theme    string // folder of the theme that is laid over
	Pages    int
	Outputs  []published // sorted by path
	Problems []problemRecord
}

// cacheBody is the rest, which only a build that has something to do reads.
type cacheBody struct {
	Structure uint64 // of all that pages show of each other
	Indexes   []indexRecord
	Known     []partRecord // with the metadata and facts
	Links     []partRecord
	Inputs    []inputRecord
	Outputs   []outputRecord // in the order of the head's
}

// size is about how many bytes it takes when it is packed.
func (h cacheHead) size() int {
	n := 256 * (1 + len(h.Problems))
	for i := range h.Outputs {
		n += len(h.Outputs[i].Path) + 14
	}
	return n
}

// size is about how many bytes it takes when it is packed.
func (b cacheBody) size() int {
	n := 0
	for i := range b.Inputs {
		n += len(b.Inputs[i].Path) + 256*len(b.Inputs[i].Problems) + 48
	}
	for i := range b.Outputs {
		n += 64*len(b.Outputs[i].Reads) + 40
	}
	return n + n/8
}

// An inputRecord is what was read of a file of the content. Time 0 means that it
// was written so shortly before that a later change might not show in its time.
type inputRecord struct {
	Path     string
	Size     int64
	Time     int64
	Hash     uint64
	Rev      string
	Mime     string
	Meta     parcel // none is no page
	Problems []problemRecord
}

// published is a file of the site as it was published.
type published struct {
	Path string
	Size int64
	Time int64

	same bool // it is still there as it was
}

// An outputRecord is what a file of the site was made from.
type outputRecord struct {
	published // in the manifest's head

	Hash  uint64
	Key   uint64 // of all that it was made from, beside Input and Reads
	Input uint64 // hash of a page's own file
	Reads []dependency
	Facts parcel // none is no page
	Links parcel
}

// A dependency is a file that a page read besides its own: an include, a piece
// of code. Hash is 0 when it could not be read.
type dependency struct {
	Path string
	Hash uint64
}

const manifestName = "manifest"

// OpenCache reads what an earlier build left in the folder. What can't be read is
// forgotten.
func OpenCache(dir string) *Cache {
	c := &Cache{dir: dir, blocks: openBlocks(filepath.Join(dir, "highlight"))}
	file, err := os.Open(filepath.Join(dir, manifestName))
	if err != nil {
		return c
	}
	size, head := readText(file, headSize), ""
	if len(size) == headSize {
		head = readText(file, int64(binary.LittleEndian.Uint64([]byte(size))))
	}
	if unpack(head, &c.head) != nil || c.head.Program != program() {
		c.head = cacheHead{}
		file.Close()
		return c
	}
	c.rest = file
	return c
}

// headSize is what the head's length takes in the manifest, before the head.
const headSize = 8

// readText reads n bytes of the file, or what is left of it.
func readText(file *os.File, n int64) string {
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	n = max(0, min(n, info.Size()))
	var b strings.Builder
	b.Grow(int(n))
	io.CopyN(&b, file, n) // what is missing is found by unpack
	return b.String()
}

// read reads the rest of the manifest.
func (c *Cache) read() {
	if c.inputs != nil {
		return
	}
	if c.rest != nil {
		if unpack(readText(c.rest, math.MaxInt64), &c.body) != nil || len(c.body.Outputs) != len(c.head.Outputs) || c.readParts() != nil {
			c.head, c.body = cacheHead{}, cacheBody{}
		}
		c.close()
	}
	for i := range c.body.Outputs {
		c.body.Outputs[i].published = c.head.Outputs[i]
	}
	c.index()
}

// close ends the reading of the manifest.
func (c *Cache) close() {
	if c.rest != nil {
		c.rest.Close()
		c.rest = nil
	}
}

func (c *Cache) index() {
	c.inputs = make(map[string]*inputRecord, len(c.body.Inputs))
	for i := range c.body.Inputs {
		c.inputs[c.body.Inputs[i].Path] = &c.body.Inputs[i]
	}
	c.outputs = make(map[string]*outputRecord, len(c.body.Outputs))
	for i := range c.body.Outputs {
		c.outputs[c.body.Outputs[i].Path] = &c.body.Outputs[i]
	}
}

// program names this build of the program: by its executable's size and time.
func program() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("1 %d %d", info.Size(), info.ModTime().UnixNano())
}

// save writes the manifest: whole, or not at all.
func (c *Cache) save() error {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	c.head.Outputs = make([]published, len(c.body.Outputs))
	for i := range c.body.Outputs {
		c.head.Outputs[i] = c.body.Outputs[i].published
	}
	if err := c.saveParts(); err != nil {
		return err
	}
	head := appendPacked(make([]byte, 0, c.head.size()), reflect.ValueOf(c.head))
	temp := filepath.Join(c.dir, manifestName+".new")
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	defer f.Close()
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	body := appendPacked(make([]byte, 0, c.body.size()), reflect.ValueOf(c.body))
	for _, part := range [][]byte{size, head, body} {
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(c.dir, manifestName)); err != nil {
		return err
	}
	c.removeParts()
	return nil
}

// racy is how long before a build a file must have been written for its time to
// tell of every later change: file systems count in steps of some milliseconds.
const racy = 50 * time.Millisecond

// recall takes over what an earlier build read of a file that didn't change.
func (s *Site) recall(f *input) bool {
	rec := s.record(f.path)
	if rec == nil || rec.Size != f.size || rec.Time == 0 || rec.Time != f.mtime.UnixNano() {
		return false
	}
	return f.restore(rec)
}

// record is what an earlier build read of a file; nil when it knew none, when
// the defaults that docfx.json gives have changed since, or when the site wasn't
// ours then and is now.
func (s *Site) record(p string) *inputRecord {
	if s.Cache == nil || s.newDefaults() {
		return nil
	}
	rec := s.Cache.inputs[p]
	if rec != nil && rec.Rev == "" && s.tree.has("site.yaml") {
		return nil
	}
	return rec
}

// newDefaults tells whether a docfx.json differs from the one that the cache was
// made with: it may change every page's metadata.
func (s *Site) newDefaults() bool {
	s.defaultsOnce.Do(func() {
		for _, f := range s.tree.files {
			if stem(f.path) != "docfx" {
				continue
			}
			rec := s.Cache.inputs[f.path]
			if rec == nil || rec.Hash != s.hashInput(f) {
				s.defaultsDiffer = true
			}
		}
		for p := range s.Cache.inputs {
			if stem(p) == "docfx" && !s.tree.has(p) {
				s.defaultsDiffer = true
			}
		}
	})
	return s.defaultsDiffer
}

// restore fills an input from its record.
func (f *input) restore(rec *inputRecord) bool {
	if rec.Meta.text != "" && unpack(rec.Meta.text, &f.meta) != nil {
		f.meta = nil
		return false
	}
	f.read, f.hash, f.rev, f.mime, f.ps = true, rec.Hash, rec.Rev, rec.Mime, problemsOf(rec.Problems)
	f.packed = rec.Meta
	return true
}

// hashInput is the hash of a file that pass A doesn't read.
func (s *Site) hashInput(f *input) uint64 {
	if f.read {
		return f.hash
	}
	if s.Cache != nil {
		if rec := s.Cache.inputs[f.path]; rec != nil && rec.Size == f.size && rec.Time != 0 && rec.Time == f.mtime.UnixNano() {
			f.read, f.hash = true, rec.Hash
			return f.hash
		}
	}
	text, err := fs.ReadFile(s.tree.fsys, f.path)
	if err != nil {
		return 0
	}
	f.read, f.hash = true, xxhash.Sum64(text)
	return f.hash
}

// stamp is a hash of what can be known without reading: when it is the same, so
// is the site.
func (s *Site) stamp() uint64 {
	h := newHasher()
	h.add(s.BaseURL, s.RelayURL, s.Only, s.Live, fmt.Sprint(s.Drafts, s.Internal, s.SearchNoIndex, s.Fallback != nil), s.today().Format(time.DateOnly))
	if s.Diagrams != nil {
		h.add(s.Diagrams.Command...)
	}
	for _, f := range s.tree.files {
		h.file(f.path, f.size, f.mtime)
	}
	for _, other := range s.otherFolders() {
		fs.WalkDir(other, ".", func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					h.file(p, info.Size(), info.ModTime())
				}
			}
			return nil
		})
	}
	return h.Sum64()
}

// otherFolders are read beside the content: the theme's, the fallback's.
func (s *Site) otherFolders() []fs.FS {
	var list []fs.FS
	if s.themeFS != nil {
		list = append(list, s.themeFS)
	}
	if s.Fallback != nil {
		list = append(list, s.Fallback)
	}
	return list
}

// A hasher makes one number of many values.
type hasher struct{ *xxhash.Digest }

func newHasher() hasher { return hasher{xxhash.New()} }

func (h hasher) add(texts ...string) {
	for _, t := range texts {
		h.WriteString(t)
		h.Write([]byte{0})
	}
}

func (h hasher) number(n uint64) {
	var b [8]byte
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	h.Write(b[:])
}

func (h hasher) file(p string, size int64, t time.Time) {
	h.add(p)
	h.number(uint64(size))
	h.number(uint64(t.UnixNano()))
}

func (h hasher) json(v any) {
	if err := json.NewEncoder(h).Encode(v); err != nil {
		h.add(err.Error())
	}
}
