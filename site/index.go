package site

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"annai/internal/source"
	"annai/search"
)

// An indexRecord is a file beside the manifest with all that the search index of
// a locale was made from, see [search.Builder.Save].
type indexRecord struct {
	Locale string
	Size   int64
	Time   int64
}

func (c *Cache) indexName(locale string) string { return filepath.Join(c.dir, "search-"+locale) }

// savedIndex is what an earlier build saved of a locale's index; nil when there is
// none, or another than the manifest tells of.
func (c *Cache) savedIndex(locale string) []byte {
	for _, rec := range c.body.Indexes {
		if rec.Locale != locale {
			continue
		}
		if now, err := statIndex(locale, c.indexName(locale)); err != nil || now != rec {
			return nil
		}
		data, err := os.ReadFile(c.indexName(locale))
		if err != nil {
			return nil
		}
		return data
	}
	return nil
}

func statIndex(locale, name string) (indexRecord, error) {
	info, err := os.Stat(name)
	if err != nil {
		return indexRecord{}, err
	}
	return indexRecord{locale, info.Size(), info.ModTime().UnixNano()}, nil
}

// saveIndexes saves what the indexes were made from and returns the records of
// all; a locale whose index was kept keeps its own.
func (c *Cache) saveIndexes(builders map[string]*search.Builder, locales []string) ([]indexRecord, error) {
	kept := slices.DeleteFunc(slices.Clone(c.body.Indexes), func(rec indexRecord) bool {
		return builders[rec.Locale] != nil || !slices.Contains(locales, rec.Locale)
	})
	for _, locale := range slices.Sorted(maps.Keys(builders)) {
		rec, err := saveIndex(builders[locale], locale, c.indexName(locale))
		if err != nil {
			return nil, err
		}
		kept = append(kept, rec)
	}
	return kept, nil
}

func saveIndex(b *search.Builder, locale, name string) (indexRecord, error) {
	f, err := os.Create(name + ".new")
	if err != nil {
		return indexRecord{}, err
	}
	err = b.Save(f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return indexRecord{}, err
	}
	return statIndex(locale, name)
}

// index adds a page to its locale's search index.
func (s *Site) index(d *draft) {
	if b := s.builders[d.page.Locale]; b != nil && s.searchable(d.page) {
		b.Add(d.document())
	}
}

// beginIndex makes pages add themselves to the search index when they are
// rendered.
func (s *Site) beginIndex() {
	s.builders = map[string]*search.Builder{}
	for _, locale := range s.Config.Locales {
		s.builders[locale] = &search.Builder{Locale: locale, Synonyms: s.synonyms(locale)}
	}
}

// indexFiles are the search index of every locale.
func (s *Site) indexFiles() []*File {
	s.indexSupport()
	var files []*File
	for _, locale := range slices.Sorted(maps.Keys(s.builders)) {
		index, err := s.builders[locale].Build()
		if err != nil {
			s.report(source.Problems{{Severity: source.Error, Position: source.Position{Path: "search/" + locale}, Code: "search-index", Message: err.Error()}})
			continue
		}
		for _, f := range index.Files() {
			files = append(files, &File{Path: f.Path, key: f.Sum, write: func(w io.Writer) error {
				_, err := w.Write(f.Body())
				return err
			}})
		}
	}
	return files
}

// index adds the search index to the files. That of a locale in which no page
// changed is as it was published; for the others, pages that were not rendered
// are taken from what an earlier build saved, or read.
func (b *build) index(rest *[]*File) error {
	s := b.site
	if b.out == nil {
		return nil
	}
	for _, locale := range s.Config.Locales {
		if kept := b.keptIndex(locale); kept != nil {
			*rest = append(*rest, kept...)
			delete(s.builders, locale)
		}
	}
	var first error
	var mu sync.Mutex
	each(len(b.skipped), func(i int) {
		p := b.skipped[i]
		if s.builders[p.Locale] == nil || !s.searchable(p) || s.builders[p.Locale].Reuse(p.documentPath()) {
			return
		}
		known := p.facts
		if _, _, err := s.viewOf(p); err != nil {
			mu.Lock()
			first = err
			mu.Unlock()
		}
		p.facts = known
	})
	*rest = append(*rest, s.indexFiles()...)
	return first
}

// keptIndex are a locale's published index files when nothing in them can
// differ.
func (b *build) keptIndex(locale string) []*File {
	s := b.site
	pages := 0
	for _, p := range s.pages {
		if p.Locale == locale {
			pages++
		}
	}
	for _, p := range b.skipped {
		if p.Locale == locale {
			pages--
		}
	}
	if !s.sameStructure || pages > 0 {
		return nil
	}
	var kept []*File
	for i := range s.Cache.head.Outputs {
		rec := &s.Cache.head.Outputs[i]
		if !strings.HasPrefix(rec.Path, "search/"+locale+"/") {
			continue
		}
		if !rec.same {
			return nil
		}
		kept = append(kept, &File{Path: rec.Path, plain: true})
	}
	return kept
}
