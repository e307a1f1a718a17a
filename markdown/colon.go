package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A directive is what stands behind three colons: `::: zone pivot="a"`.
type directive struct {
	name  string
	attrs []attribute
	ended bool // by three colons
	size  int  // bytes, up to and with the ending colons
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

// unknown returns the first attribute that is not among the names.
func (d *directive) unknown(names ...string) string {
next:
	for _, a := range d.attrs {
		for _, n := range names {
			if a.name == n {
				continue next
			}
		}
		return a.name
	}
	return ""
}

// parseDirective reads a directive at the start of the line. It is nil when there
// is none or its attributes are not of the form name="value".
func parseDirective(line []byte) *directive {
	if !bytes.HasPrefix(line, []byte(":::")) {
		return nil
	}
	i := skipBlanks(line, 3)
	start := i
	for i < len(line) && (isNameByte(line[i])) {
		i++
	}
	d := &directive{name: strings.ToLower(string(line[start:i]))}
	if d.name == "" || d.name == "no-loc" && (start > 3 || string(line[start:i]) != d.name) {
		return nil
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
		i = skipBlanks(line, i)
		if name == "" || i >= len(line) || line[i] != '=' {
			return nil
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
	start  int // offset of its opening line
	indent int // columns to strip from each line, -1 until the first one
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
		r.checkDirective(line, start)
		return nil, parser.NoChildren
	}
	if len(bytes.TrimSpace(line[d.size:])) > 0 || tooDeep(parent) {
		return nil, parser.NoChildren
	}
	c, state := r.openDirective(d, parent, start)
	if c == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return block(c), state
}

// openDirective makes the construct of a directive, or nil when it is none or
// its attributes are wrong. Then its line stays text.
func (r *reading) openDirective(d *directive, parent ast.Node, start int) (construct, parser.State) {
	f := fence{name: d.name, start: start}
	var c construct
	switch d.name {
	case "zone":
		c = r.openZone(d, f)
	case "moniker":
		c = r.openMoniker(d, f)
	case "row":
		f.indent = -1
		if d.ended && d.unknown("count") == "" {
			c = &row{fence: f}
		}
	case "column":
		f.indent = -1
		if span := d.get("span"); isRow(parent) && d.ended && d.unknown("span") == "" && (span == "" || isDigits(span)) {
			c = &column{fence: f, span: span}
		}
	case "image":
		if x := r.openComplexImage(d, start); x != nil {
			return x, parser.NoChildren
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

// checkDirective complains about a line that was meant as a directive but can't
// be read as one.
func (r *reading) checkDirective(line []byte, start int) {
	name := bytes.TrimLeft(line[3:], " \t")
	if i := bytes.IndexFunc(name, func(c rune) bool { return c > 127 || !isNameByte(byte(c)) }); i >= 0 {
		name = name[:i]
	}
	switch strings.ToLower(string(name)) {
	case "zone", "moniker", "row", "column", "code", "form":
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
	if _, inCode := pc.LastOpenedBlock().Node.(*ast.FencedCodeBlock); !inCode && isEnd(line[first:], f.name) {
		f.closed = true
		reader.AdvanceToEOL()
		return parser.Close
	}
	if segment.Padding == 0 && f.indent != 0 {
		if f.indent < 0 {
			f.indent = first
		}
		reader.Advance(min(first, f.indent))
	}
	return parser.Continue | parser.HasChildren
}

// isEnd tells a line like `::: zone-end` or `:::zone-end:::`.
func isEnd(line []byte, name string) bool {
	if !bytes.HasPrefix(line, []byte(":::")) {
		return false
	}
	rest := bytes.TrimSpace(line[3:])
	if len(rest) < len(name)+4 || !strings.EqualFold(string(rest[:len(name)]), name) || !bytes.EqualFold(rest[len(name):len(name)+4], []byte("-end")) {
		return false
	}
	rest = bytes.TrimSpace(rest[len(name)+4:])
	return len(bytes.TrimLeft(rest, ":")) == 0
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
