package markdown

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"annai/internal/source"
)

// A page is an article while it is read: what its files share.
type page struct {
	Options
	doc   *Document
	main  *unit
	stack []string // paths of the files being read, for cycles
	files int      // includes and code files asked for, see maxIncludes

	ids     map[string]bool // explicit ids, then all
	slugs   map[string]int  // how often a slug was given
	tabs    int             // tab groups so far
	active  []selection     // the tabs shown so far, for dependent tabs
	strange map[string]bool // languages complained about
	ragged  bool            // the author's HTML needs tidying

	headings map[*ast.Heading]*heading
	links    map[ast.Node]*Link
	images   map[ast.Node]*Image
	films    map[ast.Node]*video // that stand where images do
	raws     map[ast.Node][]token
	diagrams map[ast.Node]*Diagram
	versions []*moniker
}

// A unit is one file of a page: the article or something it includes.
type unit struct {
	file   *source.File
	root   ast.Node
	at     *cursor
	inline bool
}

func newPage(o Options) *page {
	return &page{
		Options:  o,
		doc:      &Document{Anchors: map[string]source.Position{}},
		ids:      map[string]bool{},
		slugs:    map[string]int{},
		strange:  map[string]bool{},
		headings: map[*ast.Heading]*heading{},
		links:    map[ast.Node]*Link{},
		images:   map[ast.Node]*Image{},
		films:    map[ast.Node]*video{},
		raws:     map[ast.Node][]token{},
		diagrams: map[ast.Node]*Diagram{},
	}
}

var readingKey = parser.NewContextKey()

// engines are goldmark's parsers, made once: they are stateless.
var engines struct {
	once          sync.Once
	block, inline parser.Parser
}

// A reading is a file being parsed; parsers find it in their context.
type reading struct {
	*page
	unit     *unit
	imageEnd int // offset of the last :::image-end, see lastImageEnd

	brackets, delimiters int // of the paragraph, see limits.go
	scanned              int // bytes looked at for targets of links
	deep                 bool
}

func readingOf(pc parser.Context) *reading { return pc.Get(readingKey).(*reading) }

// before is the character before an offset.
func (r *reading) before(offset int) rune {
	if offset <= 0 {
		return '\n'
	}
	c, _ := utf8.DecodeLastRune(r.unit.file.Text[:offset])
	return c
}

// position is the place of an offset in the file being read.
func (r *reading) position(offset int) source.Position { return r.unit.at.position(offset) }

// read parses a file, or for inline only its inlines.
func (p *page) read(f *source.File, inline bool) *unit {
	body := blankFrontMatter(f.Text)
	u := &unit{file: &source.File{Path: f.Path, Text: body}, inline: inline}
	u.at = &cursor{file: u.file}
	p.stack = append(p.stack, f.Path)
	defer func() { p.stack = p.stack[:len(p.stack)-1] }()

	pc := parser.NewContext(parser.WithIDs(noIDs{}))
	pc.Set(readingKey, &reading{page: p, unit: u})
	engines.once.Do(func() { engines.block, engines.inline = newBlockParser(), newInlineParser() })
	engine := engines.block
	if inline {
		engine = engines.inline
	}
	u.root = engine.Parse(text.NewReader(body), parser.WithContext(pc))
	return u
}

// noIDs stands for goldmark's own heading ids, which are not used.
type noIDs struct{}

func (noIDs) Generate([]byte, ast.NodeKind) []byte { return nil }
func (noIDs) Put([]byte)                           {}

var bom = []byte("\ufeff")

// blankFrontMatter returns the text with its BOM and front matter replaced by
// spaces, so that offsets stay. docfx's rule: the first line, without trailing
// blanks, is "---", and so is the end or it is "...".
func blankFrontMatter(body []byte) []byte {
	start := 0
	if bytes.HasPrefix(body, bom) {
		start = len(bom)
	}
	end := frontMatterEnd(body[start:])
	if start+end == 0 {
		return body
	}
	blank := bytes.Clone(body)
	for i := range start + end {
		if c := blank[i]; c != '\n' && c != '\r' {
			blank[i] = ' '
		}
	}
	return blank
}

// frontMatterEnd is the offset behind the closing line, or 0 without front matter.
func frontMatterEnd(body []byte) int {
	line, rest, found := bytes.Cut(body, []byte("\n"))
	if !found || string(bytes.TrimRight(line, " \t\r")) != "---" {
		return 0
	}
	offset := len(line) + 1
	for found {
		line, rest, found = bytes.Cut(rest, []byte("\n"))
		offset += len(line)
		if s := string(bytes.TrimRight(line, " \t\r")); s == "---" || s == "..." {
			return offset
		}
		offset++
	}
	return 0
}
