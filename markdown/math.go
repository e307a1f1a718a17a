package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// openMath reads `$ formula $`. The dollars stand like quotation marks: what is
// before and behind is a space or punctuation, and the formula is not alone on
// one side with a space.
func openMath(r *reading, _ ast.Node, line []byte, start int) (construct, int) {
	if !isSpaceOrPunct(r.before(start)) {
		return nil, 0
	}
	open := 1
	if len(line) > 1 && line[1] == '$' {
		open = 2
	}
	if len(line) <= open || line[open] == '\n' {
		return nil, 0
	}
	for i := open; i < len(line) && i < 1000; i++ {
		switch line[i] {
		case '\\':
			i++
		case '\n':
			return nil, 0
		case '$':
			end := i
			for i < len(line) && line[i] == '$' {
				i++
			}
			if i-end < open {
				continue
			}
			if !isSpaceOrPunct(runeAt(line, i)) || (line[open] == ' ') != (line[end-1] == ' ') || end == open {
				return nil, 0
			}
			return mathText(bytes.TrimSpace(line[open:end])), i
		}
	}
	return nil, 0
}

// A mathText is a formula in TeX, shown as its text.
type mathText string

func (t mathText) collect(c *collector, _ ast.Node) { c.say(string(t)) }

func (t mathText) html(w *writer, _ ast.Node) {
	w.string(`<span class="math">`)
	w.text(string(t))
	w.string("</span>")
}

// A mathBlock is a formula between two lines `$$`.
type mathBlock struct {
	lines []byte
}

type mathParser struct{}

func (mathParser) Trigger() []byte             { return []byte{'$'} }
func (mathParser) CanInterruptParagraph() bool { return true }
func (mathParser) CanAcceptIndentedLine() bool { return false }

func (mathParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	if string(bytes.TrimSpace(line)) != "$$" {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return block(&mathBlock{}), parser.NoChildren
}

func (mathParser) Continue(n ast.Node, reader text.Reader, _ parser.Context) parser.State {
	m := n.(*blockNode).construct.(*mathBlock)
	line, _ := reader.PeekLine()
	line = bytes.TrimSpace(line)
	reader.AdvanceToEOL()
	if string(line) == "$$" {
		return parser.Close
	}
	m.lines = append(append(m.lines, line...), '\n')
	return parser.Continue | parser.NoChildren
}

func (mathParser) Close(ast.Node, text.Reader, parser.Context) {}

func (m *mathBlock) collect(c *collector, _ ast.Node) {
	c.newline()
	c.out = append(c.out, m.lines...)
}

func (m *mathBlock) html(w *writer, _ ast.Node) {
	w.string(`<div class="math">`)
	w.escape(bytes.TrimSpace(m.lines))
	w.string("</div>\n")
}
