// Package search builds the search index of a site and answers queries from it.
//
// The index is a set of small files that any web server can hand out. A query
// fetches only the few it needs, so a reader pays some tens of kilobytes for the
// first search on a site of ten thousand articles and next to nothing for the
// second. The same files are read by two engines that rank alike: the one in
// this package (annai search, the relay) and the script of the theme.
//
// The flow of a build:
//
//	Builder.Add(document)  → tokens, counted by field       analysis.go, builder.go
//	Builder.Build()        → sorted, pruned, cut to files    file.go, posting.go, shard.go
//	Index.Files()          → search/LOCALE/manifest.bin and search/LOCALE/FOLDER/…
//
// The flow of a query:
//
//	Index.Search(query) → groups of terms   query.go
//	                    → shards → scores   rank.go
//	                    → rows → results    result.go
//
// Text is compared after analysis: one Unicode form, one case, kana as hiragana,
// Chinese simplified, English words stemmed, Han and kana as pairs of signs.
// There is no dictionary of words, so there is none that could differ between the
// build and the browser.
package search

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sync"
)

// A Document is one article, as text. Path is its source file and must be unique
// within an index; URL is what a result leads to.
type Document struct {
	URL, Path          string
	Title, Description string
	Keywords           []string // other names: front matter, table of contents
	Codes              []string // error codes that the article answers
	Type, Category     string
	Products, Applies  []string
	Sections           []Section
}

// A Section is the visible text below one heading. ID is its fragment; it and
// Heading are empty for what stands before the first heading.
type Section struct{ ID, Heading, Text string }

// A File is part of an index. Path is relative to the root of the site. What is Immutable may be cached for ever under an address
// that bears the manifest's version, as the browser asks for it.
type File struct {
	Path      string
	Immutable bool
	Sum       uint64 // of the content: equal sums, equal files

	data []byte // not yet packed
}

// An Index answers queries in one locale. It is safe for concurrent use.
type Index struct {
	Locale string

	manifest manifest
	fetch    func(name string) ([]byte, error) // unpacked content of FOLDER/name
	files    []File                            // nil when opened

	mu     sync.Mutex
	loaded map[string]any // decoded files by name
}

// A manifest is the one file that changes in place. It says where the others are.
type manifest struct {
	Format   int      `json:"format"`   // of all files; readers refuse any other
	Folder   string   `json:"folder"`   // of the other files
	Version  string   `json:"version"`  // of their content
	Articles int      `json:"articles"` // ids run from 0
	Signs    int      `json:"signs"`    // shards of sign pairs
	Words    []string `json:"words"`    // first key of each word shard but the first
	Rows     int      `json:"rows"`     // articles in a file of result rows
	Spelling []int    `json:"spelling"` // lengths that have a spelling list
	Variants bool     `json:"variants"` // whether there is a table of sign variants
	Weak     []string `json:"weak"`     // terms that say little
	Function []string `json:"function"` // words and phrases that only make a sentence, folded
}

const format = 3

// Build makes an index of documents.
func Build(locale string, documents []Document, synonyms [][]string) (*Index, error) {
	b := Builder{Locale: locale, Synonyms: synonyms}
	for _, d := range documents {
		b.Add(d)
	}
	return b.Build()
}

// Files lists what must be written for the index, sorted by path. It is nil for
// an index that was opened.
func (x *Index) Files() []File { return x.files }

// Open reads the index of a locale from a built site. Files are read when a query
// needs them and then kept.
func Open(site fs.FS, locale string) (*Index, error) {
	root := path.Join("search", locale)
	data, err := fs.ReadFile(site, path.Join(root, "manifest.bin"))
	if err != nil {
		return nil, fmt.Errorf("open search index %q: %w", locale, err)
	}
	if data, err = unpack(data); err != nil {
		return nil, fmt.Errorf("open search index %q: %w", locale, err)
	}
	x := newIndex(locale)
	if err := json.Unmarshal(data, &x.manifest); err != nil {
		return nil, fmt.Errorf("open search index %q: %w", locale, err)
	}
	if err := x.manifest.check(); err != nil {
		return nil, fmt.Errorf("open search index %q: %w", locale, err)
	}
	x.fetch = func(name string) ([]byte, error) {
		packed, err := fs.ReadFile(site, path.Join(root, x.manifest.Folder, name+".bin"))
		if err != nil {
			return nil, err
		}
		return unpack(packed)
	}
	return x, nil
}

func newIndex(locale string) *Index {
	return &Index{Locale: locale, loaded: map[string]any{}}
}

// check refuses a manifest that this version of the program cannot read.
func (m *manifest) check() error {
	switch {
	case m.Format != format:
		return fmt.Errorf("format %d, want %d: build the site again", m.Format, format)
	case m.Articles < 0 || m.Rows < 1 || m.Signs < 1 || m.Signs > 1<<24 || !fs.ValidPath(m.Folder):
		return fmt.Errorf("manifest is damaged: build the site again")
	}
	return nil
}
