package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A directive is what stands behind three colons: `::: zone pivot="a"`.
type directive struct {
	name   string
	attrs  []attribute
	colons int  // before the name, at least three
	ended  bool // by three colons
	size   int  // bytes, up to and with the ending colons
}

// An attribute of a directive or an HTML tag.
type attribute struct{ name, value string }

func (d *directive) get(name string) string {
	for _, a := range d.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (d *directive) has(name string) bool {
	return slices.ContainsFunc(d.attrs, func(a attribute) bool { return a.name == name })
}

// unknown returns the first attribute that is not among the names.
func (d *directive) unknown(names ...string) string {
	for _, a := range d.attrs {
		if !slices.Contains(names, a.name) {
			return a.name
		}
	}
	return ""
}

// parseDirective reads a directive at the start of the line. It is nil when there
// is none or its attributes are not of the form name="value" or name, each once.
func parseDirective(line []byte) *directive {
	colons := len(line) - len(bytes.TrimLeft(line, ":"))
	if colons < 3 {
		return nil
	}
	i := skipBlanks(line, colons)
	start := i
	for i < len(line) && (isNameByte(line[i])) {
		i++
	}
	d := &directive{name: strings.ToLower(string(line[start:i])), colons: colons}
	switch d.name {
	case "":
		return nil
	case "moniker", "row", "column":
	default:
		if colons > 3 {
			return nil
		}
	}
	for {
		before := i
		i = skipBlanks(line, i)
		if i >= len(line) || line[i] == '\n' || line[i] == '\r' {
			d.size = before
			return d
		}
		if bytes.HasPrefix(line[i:], []byte(":::")) {
			d.ended, d.size = true, i+3
			return d
		}
		nameStart := i
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		name := strings.ToLower(string(line[nameStart:i]))
		if name == "" || d.has(name) {
			return nil
		}
		i = skipBlanks(line, i)
		if i >= len(line) || line[i] != '=' {
			d.attrs = append(d.attrs, attribute{name, ""})
			continue
		}
		i = skipBlanks(line, i+1)
		if i >= len(line) || line[i] != '"' {
			return nil
		}
		value, _, closed := bytes.Cut(line[i+1:], []byte(`"`))
		if !closed {
			return nil
		}
		d.attrs = append(d.attrs, attribute{name, unescape(value)})
		i += len(value) + 2
	}
}

func skipBlanks(line []byte, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	return i
}

// nameBytes are those of a lower-case name.
const nameBytes = "abcdefghijklmnopqrstuvwxyz0123456789-_"

func isNameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}

// A fenced construct holds blocks between `::: name` and `::: name-end`.
type fenced interface {
	construct
	bounds() *fence
}

// A fence is what fenced constructs have in common.
type fence struct {
	name   string
	colons int
	start  int  // offset of its opening line
	loose  bool // indented as the author likes, see strip
	indent int  // bytes to strip from each line
	closed bool
}

func (f *fence) bounds() *fence { return f }

// colonParser opens all constructs of whole lines that begin with three colons.
type colonParser struct{}

func (colonParser) Trigger() []byte             { return []byte{':'} }
func (colonParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine: columns are usually indented inside their row.
func (colonParser) CanAcceptIndentedLine() bool { return true }

func (colonParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	offset := pc.BlockOffset()
	if offset < 0 || !bytes.HasPrefix(line[offset:], []byte(":::")) {
		return nil, parser.NoChildren
	}
	if pc.BlockIndent() > 3 && !isRow(parent) {
		return nil, parser.NoChildren
	}
	r := readingOf(pc)
	start := segment.Start + offset - segment.Padding
	line = trimLine(line[offset:])
	d := parseDirective(line)
	if d == nil {
		if !isInlineDirective(line) { // they are read again with the text
			r.checkDirective(line, start)
		}
		return nil, parser.NoChildren
	}
	extra := bytes.TrimLeft(line[d.size:], ": \t")
	if len(extra) > 0 && (d.name == "image" || d.name == "form") || tooDeep(parent) {
		return nil, parser.NoChildren
	}
	c, state := r.openDirective(d, parent, start)
	if c == nil {
		return nil, parser.NoChildren
	}
	n := block(c)
	if len(extra) > 0 {
		// docfx drops it, here no text is lost.
		r.reportExtra(extra, d.name, start)
		end := start + len(line)
		p := ast.NewParagraph()
		p.SetPos(end - len(extra))
		p.Lines().Append(text.NewSegment(end-len(extra), end))
		n.AppendChild(n, p)
	}
	reader.AdvanceToEOL()
	return n, state
}

// openDirective makes the construct of a directive, or nil when it is none or
// its attributes are wrong. Then its line stays text.
func (r *reading) openDirective(d *directive, parent ast.Node, start int) (construct, parser.State) {
	f := fence{name: d.name, colons: d.colons, start: start}
	var c construct
	switch d.name {
	case "zone":
		c = r.openZone(d, f, parent)
	case "moniker":
		c = r.openMoniker(d, f)
	case "row":
		f.loose = true
		if d.ended && d.unknown("count") == "" {
			c = &row{fence: f}
		}
	case "column":
		f.loose = true
		if d.ended && d.unknown("span") == "" {
			c = &column{fence: f, span: d.get("span")}
		}
	case "image":
		if x := r.openComplexImage(d, start); x != nil {
			return x, parser.NoChildren
		}
	case "video":
		if x := r.openComplexVideo(d, f, start); x != nil {
			return x, parser.HasChildren
		}
	case "code":
		if x := r.openCode(d, start); x != nil {
			return x, parser.NoChildren
		}
	case "form":
		if x := r.openForm(d, start); x != nil {
			return x, parser.NoChildren
		}
	}
	if c == nil {
		return nil, parser.NoChildren
	}
	return c, parser.HasChildren
}

// reportExtra complains about what stands behind a directive on its line.
func (r *reading) reportExtra(extra []byte, name string, start int) {
	if len(extra) > 0 {
		r.doc.Problems.Warnf(r.position(start), "directive-extra", "%q is on the line of :::%s, which stands alone", extra, name).
			Hintf("put it on the next line")
	}
}

// isInlineDirective tells a line of a construct that may also stand in a text.
func isInlineDirective(line []byte) bool {
	return hasPrefixFold(line, ":::image") || hasPrefixFold(line, ":::video")
}

// checkDirective complains about a line that was meant as a directive but can't
// be read as one.
func (r *reading) checkDirective(line []byte, start int) {
	name := bytes.TrimLeft(line[3:], " \t")
	if i := bytes.IndexFunc(name, func(c rune) bool { return c > 127 || !isNameByte(byte(c)) }); i >= 0 {
		name = name[:i]
	}
	switch strings.ToLower(string(name)) {
	case "zone", "moniker", "row", "column", "code", "form", "image", "video":
		r.doc.Problems.Warnf(r.position(start), "invalid-directive", "the attributes of :::%s can't be read, so it stays text", name).
			Hintf(`attributes are written name="value", on one line`)
	}
}

func (colonParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*blockNode)
	if x, ok := n.construct.(*complexImage); ok {
		return x.readLine(n, reader)
	}
	fc, ok := n.construct.(fenced)
	if !ok {
		return parser.Close
	}
	f := fc.bounds()
	line, segment := reader.PeekLine()
	first := skipBlanks(line, 0)
	if first >= len(line) || line[first] == '\n' || line[first] == '\r' {
		return parser.Continue | parser.HasChildren
	}
	last := pc.LastOpenedBlock().Node
	if _, inCode := last.(*ast.FencedCodeBlock); !inCode {
		if extra, ok := cutEnd(line[first:], f.name, f.colons); ok {
			f.closed = true
			r := readingOf(pc)
			r.reportExtra(extra, f.name+"-end", segment.Start+first)
			reader.AdvanceToEOL()
			return parser.Close
		}
	}
	if f.loose && (last == n || last.Parent() == n && last.Kind() == ast.KindParagraph) {
		// Rows and columns are indented for the eye: what is not in a list or a
		// fence stands on the left, and what is stays as far from it as it is.
		f.indent = first
	}
	if segment.Padding == 0 {
		reader.Advance(min(first, f.indent))
	}
	return parser.Continue | parser.HasChildren
}

// cutEnd tells a line like `::: zone-end` or `:::zone-end:::` and returns what
// stands behind it.
func cutEnd(line []byte, name string, colons int) (extra []byte, ok bool) {
	rest := bytes.TrimLeft(line, ":")
	if len(line)-len(rest) != colons {
		return nil, false
	}
	rest = bytes.TrimSpace(rest)
	name += "-end"
	if !hasPrefixFold(rest, name) {
		return nil, false
	}
	return bytes.TrimLeft(bytes.TrimSpace(rest[len(name):]), ":"), true
}

func (colonParser) Close(node ast.Node, _ text.Reader, pc parser.Context) {
	fc, ok := node.(*blockNode).construct.(fenced)
	if !ok {
		return
	}
	if f := fc.bounds(); !f.closed {
		r := readingOf(pc)
		r.doc.Problems.Warnf(r.position(f.start), "unclosed-block", ":::%s is not closed", f.name).
			Hintf("end it with :::%s-end", f.name)
	}
}
