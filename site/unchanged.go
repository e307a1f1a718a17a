package site

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"annai/themes"
)

// unchanged tells whether a file of the site would be made as it was published,
// and takes over what is known of a page.
//
// A page is made from its own file, from what it read besides, from the answers
// to its links, and from what it shows of other pages and of the site. When
// nothing that pages show of each other has changed (the structure is the same),
// the first two decide. Else the others are computed again and compared.
func (s *Site) unchanged(f *File) bool {
	if s.Cache == nil {
		return false
	}
	rec := s.Cache.outputs[f.Path]
	switch {
	case rec == nil || !rec.same:
		return false
	case f.Page == nil && f.key != 0:
		return rec.Key == f.key
	case f.Page == nil:
		return f.plain && s.sameStructure
	case rec.Facts.text == "" || rec.Input != f.Page.input.hash || !s.sameReads(rec.Reads):
		return false
	}
	known, err := unpackFacts(rec)
	if err != nil || !s.hasDiagrams(known.Diagrams) {
		return false
	}
	if !s.sameStructure && (s.showsOthers(f.Page) || rec.Key != s.pageKey(f.Page, known.Form) || known.Answers != s.answers(f.Page, s.links(known).Asked)) {
		return false
	}
	f.Page.facts = known
	return true
}

// showsOthers tells the pages that list other pages.
func (s *Site) showsOthers(p *Page) bool {
	return p.Meta.Type == "home" || p.Meta.Type == "category"
}

// sameReads compares the files that a page read with what they are now.
func (s *Site) sameReads(reads []dependency) bool {
	for _, r := range reads {
		if s.hashNow(r.Path) != r.Hash {
			return false
		}
	}
	return true
}

// hashNow is the hash of a file that pages read, 0 when there is none. It is
// computed once.
func (s *Site) hashNow(p string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h, ok := s.readHashes[p]; ok {
		return h
	}
	h := uint64(0)
	if f := s.tree.byPath[p]; f != nil {
		h = s.hashInput(f)
	} else if file, err := s.openAny(p); err == nil {
		defer file.Close()
		h = hashReader(file)
	}
	s.readHashes[p] = h
	return h
}

func hashReader(f fs.File) uint64 {
	h := xxhash.New()
	buf := make([]byte, 32<<10)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err != nil {
			return h.Sum64()
		}
	}
}

// pageKey is a hash of what a page shows beside its own text.
func (s *Site) pageKey(p *Page, form bool) uint64 {
	h := newHasher()
	h.number(s.env)
	h.number(s.chromeHash[s.chromeOf(p)])
	h.number(s.navHash(p))
	d := &draft{site: s, page: p, facts: &facts{}}
	sh := d.shell()
	sh.Site = nil
	h.json(sh)
	h.json(d.head())
	h.json(d.foot())
	h.add(p.Path, p.Lang, p.input.pack().text)
	if p.nav != nil {
		h.add(p.nav.synonyms...)
	}
	if form {
		h.number(s.policyHash)
	}
	return h.Sum64()
}

// prepareCache computes what pages are compared by.
func (s *Site) prepareCache() {
	s.readHashes = map[string]uint64{}
	s.chromeHash = map[*themes.Site]uint64{}
	for _, c := range s.chrome {
		copied := *c
		copied.Nav = nil
		h := newHasher()
		h.json(copied)
		s.chromeHash[c] = h.Sum64()
	}
	s.hashNav()
	h := newHasher()
	for _, name := range slices.Sorted(maps.Keys(s.Theme.Snapshot())) {
		h.add(name, s.Theme.Snapshot()[name])
	}
	h.json(s.Config)
	h.json(s.pivots)
	h.json(s.prompts)
	h.add(s.Live, s.root)
	if s.Diagrams != nil {
		h.add(s.Diagrams.Command...)
	}
	s.env = h.Sum64()
	s.policyHash = s.hashPolicy()
	s.structure = s.hashStructure()
	s.sameStructure = s.Cache != nil && s.Cache.body.Structure == s.structure
}

func (s *Site) hashPolicy() uint64 {
	h := newHasher()
	h.json(s.Forms)
	h.json(s.Tables)
	h.json(s.Products)
	h.json(s.Notices)
	h.json(s.Calendars)
	return h.Sum64()
}

// hashStructure is a hash of everything but the text of articles: which files
// there are, what articles say in their front matter, and what is in the others
// that are not just shown.
func (s *Site) hashStructure() uint64 {
	h := newHasher()
	h.number(s.env)
	h.number(s.policyHash)
	h.add(s.today().Format(time.DateOnly), s.Only)
	for _, f := range s.tree.files {
		h.add(f.path)
		switch {
		case f.meta != nil:
			h.add(f.pack().text)
		case path.Ext(f.path) == ".json" || isYAML(f.path) || isTOC(f.path):
			h.number(s.hashInput(f))
		}
	}
	if s.Fallback != nil {
		fs.WalkDir(s.Fallback, ".", func(p string, d fs.DirEntry, err error) error {
			h.add(p)
			return nil
		})
	}
	return h.Sum64()
}

// pack is the packed metadata of an article.
func (f *input) pack() parcel {
	if f.packed.text == "" && f.meta != nil {
		f.packed.text = pack(f.meta)
	}
	return f.packed
}

// hashNav gives every entry of the navigation a hash of what it opens.
func (s *Site) hashNav() {
	var visit func(items []*navNode) uint64
	visit = func(items []*navNode) uint64 {
		h := newHasher()
		for _, n := range items {
			h.add(n.title, n.url, n.more)
		}
		for _, n := range items {
			n.hash = visit(n.items)
		}
		return h.Sum64()
	}
	for _, t := range s.navs {
		t.hash = visit(t.items)
	}
}

// navHash is a hash of the navigation as the page shows it: the entries at the
// top, those beside what leads to the page, and those below it.
func (s *Site) navHash(p *Page) uint64 {
	if p.nav == nil {
		return 0
	}
	h := newHasher()
	h.number(p.nav.tree.hash)
	for _, n := range p.nav.above() {
		h.number(n.hash)
	}
	h.number(p.nav.hash)
	return h.Sum64()
}

// asked is something that a page looked up by its path: a link, or a picture.
type asked struct {
	Base, Link string // Base "" is the page's own file
	Picture    bool
}

// ask resolves a link and notes the question, so that the next build can tell
// whether the answer would still be the same.
func (d *draft) ask(base, link string) target {
	t := d.site.resolve(d.page, base, link)
	d.note(asked{Base: base, Link: link}).target(t)
	return t
}

// note keeps a question, and returns what its answer is to be added to.
func (d *draft) note(question asked) hasher {
	if question.Base == d.page.Path {
		question.Base = "" // which no file has
	}
	d.facts.found.Asked = append(d.facts.found.Asked, question)
	if d.answers.Digest == nil {
		d.answers = newHasher()
	}
	return d.answers
}

func (h hasher) target(t target) {
	h.add(t.url, t.file, t.broken, t.hint, t.fragment)
	if t.page != nil {
		h.add(t.page.Title())
	}
}

// answers is a hash of the answers to all that a page looked up, as they are now.
func (s *Site) answers(p *Page, list []asked) uint64 {
	if len(list) == 0 {
		return 0
	}
	h := newHasher()
	for _, a := range list {
		base := cmp.Or(a.Base, p.Path)
		if a.Picture {
			h.add(s.findPicture(base, a.Link))
			continue
		}
		h.target(s.resolve(p, base, a.Link))
	}
	return h.Sum64()
}

// packInto and unpackFacts keep a page's facts in the manifest.
func (f *facts) packInto(rec *outputRecord) {
	kept := *f
	kept.Reads, kept.Problems = nil, nil
	rec.Reads = f.Reads
	rec.Facts.text = pack(packedFacts{kept, recordsOf(f.Problems)})
	rec.Links.text = pack(f.found)
}

type packedFacts struct {
	Facts    facts
	Problems []problemRecord
}

func unpackFacts(rec *outputRecord) (*facts, error) {
	var p packedFacts
	if err := unpack(rec.Facts.text, &p); err != nil {
		return nil, err
	}
	f := p.Facts
	f.Problems, f.Reads, f.kept = problemsOf(p.Problems), rec.Reads, rec.Links
	return &f, nil
}

// links are read when they are asked for: most builds need few of them. Their part
// was found to be whole when the manifest was read, and has been open since.
func (s *Site) links(f *facts) *linkFacts {
	if f.kept.Part != 0 {
		unpack(s.Cache.text(f.kept), &f.found)
		f.kept = parcel{}
	}
	return &f.found
}

// verify finds out which of the published files are still as they were.
func (c *Cache) verify(out *Folder) {
	list := c.head.Outputs
	dir := filepath.Clean(out.Dir) + string(filepath.Separator)
	each(len(list), func(i int) {
		size, mtime, ok := lstat(dir + filepath.FromSlash(list[i].Path))
		list[i].same = ok && size == list[i].Size && mtime == list[i].Time
	})
}

// fresh tells whether nothing at all has changed since the site was published,
// and if so, what was found then.
func (s *Site) fresh(out *Folder) (*Report, bool) {
	c := s.Cache
	if c.head.Stamp == 0 || drawingFailed(c.head.Problems) {
		return nil, false
	}
	s.themeFS = s.themeFolder(c.head.Theme)
	if c.head.Stamp != s.stamp() || slices.ContainsFunc(c.head.Outputs, func(f published) bool { return !f.same }) {
		return nil, false
	}
	return &Report{
		Pages: c.head.Pages, Files: len(c.head.Outputs), Problems: problemsOf(c.head.Problems), Published: true,
	}, true
}
