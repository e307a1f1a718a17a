// Package source is a text file, a position in it, and a problem found there.
//
// Everything that reads what an author wrote (articles, forms, rules, notices,
// site.yaml) reads it through a [File], so that each complaint can say where it
// is. Readers never stop at the first fault: they add a [Problem] and go on.
// The command prints all of them at once, sorted:
//
//	content/ja/install.md:14:5: link to "setup.md": no such page [broken-link]
//	    did you mean "set-up.md"?
//
// The flow: New → Position(offset) → Problems.Errorf(…) → Sort → print.
// YAML files go through [Decode], which fills a Go struct and reports unknown
// keys, wrong types and missing values at their place in the file.
package source

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// A File is a text and the path by which messages name it: relative to the
// content folder, with forward slashes.
type File struct {
	Path string
	Text []byte

	once  sync.Once
	lines []int // offset of the first byte of each line; built on first use
}

// New returns the file of that path and text. Text is kept, not copied.
func New(path string, text []byte) *File { return &File{Path: path, Text: text} }

// Position tells the line and column of a byte offset. An offset outside the
// text is moved to its nearest end.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.Text))
	f.once.Do(f.index)
	line := sort.SearchInts(f.lines, offset+1) - 1
	return Position{
		Path: f.Path,
		Line: line + 1,
		Col:  utf8.RuneCount(f.Text[f.lines[line]:offset]) + 1,
	}
}

func (f *File) index() {
	f.lines = append(f.lines, 0)
	for i, b := range f.Text {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
}

// Whole is the position that means the file as such.
func (f *File) Whole() Position { return Position{Path: f.Path} }

// A Position is a place in a file. Line and Col count from 1, Col in Unicode
// code points; Line 0 means the whole file, Col 0 the whole line.
type Position struct {
	Path string `json:"path"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// String is path, path:line or path:line:col.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.Path
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Col)
}

// Before orders positions by path, line and column.
func (p Position) Before(q Position) bool {
	if p.Path != q.Path {
		return p.Path < q.Path
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Col < q.Col
}

// Plural is a helper of messages: Plural(2, "page") is "2 pages".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
