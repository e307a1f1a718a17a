// Package markdown reads the dialect of Microsoft Learn (CommonMark, GFM and the
// extensions of docfx) and writes valid, script-free HTML.
//
// The flow: [Parse] makes a [Document] of an article and everything it includes;
// the caller looks at its links, images, forms and cross references, tells each
// where it leads; [Document.Render] writes the page's body.
//
//	Parse ─▶ blocks and inlines (goldmark, and one file per construct here)
//	      ─▶ shape:   tabs and alerts are grouped out of what was read
//	      ─▶ collect: headings, ids, links, images, texts, in document order
//	Render ─▶ html, and tidy when the author's own HTML was not well-formed
//
// Parsing does no I/O except through Options.Open. Nothing an author writes makes
// it fail: what can't be understood stays text and becomes a problem with a
// position. The time is linear in the input (limits.go holds the caps).
//
// A construct is a type with two methods, collect and html, and the goldmark
// parser that makes it; alert.go is a good one to read first.
package markdown

import (
	"io"
	"sync"

	"annai/internal/source"
)

// Options say how an article is to be read. The zero value reads plain text
// without includes.
type Options struct {
	// Locale is the page's language: in other languages than English, names that
	// aren't translated are marked as English.
	Locale string
	// Open finds an include or a code file: target as it is written, base the
	// path of the file that names it. Front matter is handled here.
	Open func(target, base string) (*source.File, error)
	// RawHTML is "" for the allow-list or "all" for authors who own their text.
	RawHTML string
	// Labels reads :ui[…]{…}, which the dialect of Microsoft's own repositories
	// doesn't have.
	Labels bool
	// Highlight appends code in colours to html; nil or false leaves it plain. What
	// it appends is trusted.
	Highlight func(html []byte, lang, code string) ([]byte, bool)
	// Text gives the words the renderer adds ("note", "video" …, see texts.go);
	// "" means the English default.
	Text func(key string) string
	// Monikers orders the versions that ranges like ">=vs-2019" choose from,
	// oldest first. Without it the order is that of the numbers in the names.
	Monikers []string
}

// A Document is an article that has been read. The caller fills the fields of its
// links, images, forms and cross references before Render.
type Document struct {
	Title    string                     // text of the first h1, or ""
	Headings []Heading                  // in order, without those of tabs
	Anchors  map[string]source.Position // every valid #fragment
	Links    []*Link
	Images   []*Image
	Diagrams []*Diagram
	Forms    []*FormRef
	Xrefs    []*Xref
	Labels   []*Label
	Includes []string  // paths of files that were read, for the build's dependencies
	Sections []Section // visible text, for search
	Pivots   []string  // names that zones are shown for, in order of appearance
	Monikers []string  // versions that parts of the page are for, oldest first
	Problems source.Problems

	page *page
}

// A Heading is an entry of the page's contents.
type Heading struct {
	Level int
	ID    string
	Text  string
	Pos   source.Position
}

// A Section is the visible text below a heading, its blocks separated by newlines.
// The text before the first heading has no ID.
type Section struct {
	ID      string
	Heading string
	Level   int
	Text    string
}

// LinkKind tells how a link was written.
type LinkKind string

const (
	LinkText     LinkKind = "text"     // [text](target) and reference links
	LinkURL      LinkKind = "url"      // <https://…> and bare URLs
	LinkHTML     LinkKind = "html"     // <a href>
	LinkLightbox LinkKind = "lightbox" // [![…](…)](…#lightbox) and :::image lightbox
	LinkVideo    LinkKind = "video"    // [!VIDEO] and :::video
)

// A Link leads somewhere. Target is as written, with escapes and entities
// resolved; a leading "xref:" makes it a cross reference with its own text.
type Link struct {
	Target string
	Text   string
	Pos    source.Position
	Base   string // path of the file that names it
	Kind   LinkKind

	// The caller's answer. An empty URL means Target as it is; a broken link is
	// shown as its text.
	URL    string
	Title  string
	Broken bool
}

// An Image is a picture that the page shows.
type Image struct {
	Source string
	Alt    string
	Pos    source.Position
	Base   string

	// The caller's answer. An empty URL means Source as it is; a missing image is
	// shown as a placeholder with its alternative text. Width and Height are the
	// picture's size in pixels when known, so that the page doesn't jump.
	URL           string
	Title         string
	Missing       bool
	Width, Height int
}

// A FormRef is the place of a request form, `:::form id="support":::`.
type FormRef struct {
	ID   string
	Pos  source.Position
	Base string

	HTML string // the caller's answer; trusted
}

// An Xref is a cross reference without a text of its own: <xref:uid>, @uid or
// <xref href="uid">.
type Xref struct {
	UID     string
	Anchor  string // what follows the uid's #, or ""
	Query   string // what else the query says, for the address
	Display string // the query's displayProperty: "", "fullName", "nameWithType"
	Text    string // the query's text, or ""
	Alt     string // the query's alt, for a uid that nobody knows, or ""
	Raw     string // as written
	Short   bool   // written @uid: not resolving it is no fault
	Pos     source.Position
	Base    string

	target string // with its query

	// The caller's answer. Without an URL the fallback text is shown: Alt, Text, or for
	// <xref:uid> the last part of the name, or for @uid what was written.
	// Literal tells that Title is a name that isn't translated.
	URL     string
	Title   string
	Literal bool
}

// Parse reads an article's body. The text's front matter, if it is still there,
// is skipped; offsets and so positions are those of the file.
func Parse(f *source.File, o Options) *Document {
	p := newPage(o)
	p.main = p.read(f, false)
	p.collect()
	return p.doc
}

// Render writes the page's body as HTML. It may be called once per document;
// different documents may be rendered concurrently.
func (d *Document) Render(w io.Writer) error {
	buf := buffers.Get().(*[]byte)
	*buf = d.page.html((*buf)[:0])
	_, err := w.Write(*buf)
	if cap(*buf) <= maxBuffer {
		buffers.Put(buf)
	}
	return err
}

// buffers are kept from page to page: a new one for each would be the largest
// thing that is allocated.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxBuffer = 1 << 20
