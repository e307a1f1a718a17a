package markdown

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"annai/internal/source"
)

// An inclusion is another file's text: `[!INCLUDE [title](path)]`, alone on its
// line with all its blocks, or inside a text with only its inlines.
type inclusion struct {
	unit  *unit // nil when the file can't be shown
	raw   string
	block bool
}

// A bracket is what stands in `[!WORD-suffix[text](target "title")]`.
type bracket struct {
	word, suffix, text, target, title string
	size                              int
	dashed                            bool // written [!WORD-…
}

// parseBracket reads a bracket at the start of the line, or returns nil.
func parseBracket(line []byte) *bracket {
	if !bytes.HasPrefix(line, []byte("[!")) {
		return nil
	}
	i := 2
	for i < len(line) && (isNameByte(line[i]) || line[i] == '#' || line[i] == '+' || line[i] == '.') {
		i++
	}
	b := &bracket{}
	b.word, b.suffix, b.dashed = strings.Cut(string(line[2:i]), "-")
	b.word = strings.TrimSuffix(strings.ToLower(b.word), "+")
	i = skipBlanks(line, i)
	if i >= len(line) || line[i] != '[' || b.word != "include" && b.word != "code" && b.word != "notebook" {
		return nil
	}
	end := closing(line, i, '[', ']')
	if end < 0 || end+1 >= len(line) || line[end+1] != '(' {
		return nil
	}
	b.text = unescape(line[i+1 : end])
	start := skipBlanks(line, end+2)
	end = closing(line, end+1, '(', ')')
	if end < 0 || end+1 >= len(line) || line[end+1] != ']' {
		return nil
	}
	inner := bytes.TrimSpace(line[start:end])
	if q := bytes.IndexAny(inner, " \t"); q > 0 {
		rest := bytes.TrimSpace(inner[q:])
		if len(rest) >= 2 && (rest[0] == '"' || rest[0] == '\'') && rest[len(rest)-1] == rest[0] {
			b.title = unescape(rest[1 : len(rest)-1])
			inner = inner[:q]
		}
	}
	b.target = unescape(bytes.Trim(inner, "<>"))
	b.size = end + 2
	return b
}

// literal is the bracket as it may be shown.
func (b *bracket) literal() string { return "[!" + b.word + "[" + b.text + "](" + b.target + ")]" }

// closing is the offset of the bracket that closes the one at start, or -1.
func closing(line []byte, start int, open, shut byte) int {
	level := 0
	for i := start; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '\n':
			return -1
		case open:
			level++
		case shut:
			if level--; level == 0 {
				return i
			}
		}
	}
	return -1
}

// openInclude reads an include that stands alone on its line. [!include-[…]] is
// always one inside a text.
func openInclude(r *reading, _ ast.Node, line []byte, start int) construct {
	b := parseBracket(line)
	if b == nil || b.word != "include" || b.dashed || b.size != len(line) {
		return nil
	}
	return &inclusion{unit: r.include(b, start, false), raw: b.literal(), block: true}
}

// inlineInclude reads an include inside a text. Alone in a table's cell it is one
// with blocks.
func inlineInclude(r *reading, parent ast.Node, line []byte, start int) (construct, int) {
	b := parseBracket(line)
	if b == nil || b.word != "include" {
		return nil, 0
	}
	whole := r.isWholeCell(parent, start, start+b.size)
	return &inclusion{unit: r.include(b, start, !whole), raw: b.literal(), block: whole}, b.size
}

// include reads the file of an include. A file that is missing or includes itself
// is nil and a problem.
func (r *reading) include(b *bracket, start int, inline bool) *unit {
	at := r.position(start)
	f := r.openFile(b.target)
	switch {
	case f == nil:
		r.doc.Problems.Warnf(at, "missing-include", "there is no file %q to include", b.target).
			Hintf("it may be in a repository that this one depends on")
		return nil
	case slices.Contains(r.stack, f.Path):
		r.doc.Problems.Warnf(at, "include-cycle", "%q includes itself: %s", f.Path, strings.Join(append(r.stack, f.Path), " → "))
		return nil
	case len(r.stack) > maxIncludeDepth:
		r.doc.Problems.Warnf(at, "too-many-includes", "the page includes too many files")
		return nil
	}
	return r.read(f, inline)
}

// openFile finds a file by what an author wrote, relative to the file being read.
func (r *reading) openFile(target string) *source.File {
	if r.Open == nil || target == "" || r.files >= maxIncludes {
		return nil
	}
	r.files++
	f, err := r.Open(target, r.unit.file.Path)
	if plain, bad := url.PathUnescape(target); (err != nil || f == nil) && bad == nil && plain != target {
		f, err = r.Open(plain, r.unit.file.Path)
	}
	if err != nil || f == nil {
		return nil
	}
	if !slices.Contains(r.doc.Includes, f.Path) {
		r.doc.Includes = append(r.doc.Includes, f.Path)
	}
	return f
}

func (x *inclusion) collect(c *collector, _ ast.Node) {
	if x.unit == nil {
		return
	}
	outer := c.unit
	c.unit = x.unit
	if x.block {
		c.blocks(x.unit.root)
	} else {
		for n := x.unit.root.FirstChild(); n != nil; n = n.NextSibling() {
			c.inlines(n)
			c.out = append(c.out, ' ')
		}
	}
	c.unit = outer
}

func (x *inclusion) html(w *writer, n ast.Node) {
	if x.unit == nil {
		tag := "span"
		if x.block {
			tag = "p"
		}
		w.string("<" + tag + ` class="missing-include"`)
		w.attr("data-source", x.raw)
		w.string(">")
		w.text(w.page.words("missing-include"))
		w.string("</" + tag + ">")
		return
	}
	outer := w.unit
	w.unit = x.unit
	w.src = x.unit.file.Text
	if x.block {
		w.children(x.unit.root)
	} else {
		for p := x.unit.root.FirstChild(); p != nil; p = p.NextSibling() {
			if p.PreviousSibling() != nil {
				w.string("\n")
			}
			w.children(p)
		}
	}
	w.unit = outer
	w.src = outer.file.Text
}
