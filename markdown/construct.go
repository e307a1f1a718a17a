package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A construct is something CommonMark doesn't have. It is carried by a node.
type construct interface {
	// collect adds what the construct holds to the document.
	collect(c *collector, n ast.Node)
	// html writes it with all its children.
	html(w *writer, n ast.Node)
}

var (
	kindBlock  = ast.NewNodeKind("AnnaiBlock")
	kindInline = ast.NewNodeKind("AnnaiInline")
)

// A blockNode is a construct on lines of its own.
type blockNode struct {
	ast.BaseBlock
	construct
}

func block(c construct) *blockNode { return &blockNode{construct: c} }

func (n *blockNode) Kind() ast.NodeKind         { return kindBlock }
func (n *blockNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// An inlineNode is a construct inside a text.
type inlineNode struct {
	ast.BaseInline
	construct
}

func inline(c construct) *inlineNode { return &inlineNode{construct: c} }

func (n *inlineNode) Kind() ast.NodeKind         { return kindInline }
func (n *inlineNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// A leafParser is a block parser for constructs of one line.
type leafParser struct {
	trigger   byte
	interrupt bool // may end a paragraph
	open      func(r *reading, parent ast.Node, line []byte, start int) construct
}

func (p *leafParser) Trigger() []byte { return []byte{p.trigger} }

func (p *leafParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	offset := max(pc.BlockOffset(), 0)
	c := p.open(readingOf(pc), parent, trimLine(line[offset:]), segment.Start+offset-segment.Padding)
	if c == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return block(c), parser.NoChildren
}

func (p *leafParser) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}
func (p *leafParser) Close(ast.Node, text.Reader, parser.Context) {}
func (p *leafParser) CanInterruptParagraph() bool                 { return p.interrupt }
func (p *leafParser) CanAcceptIndentedLine() bool                 { return false }

// An inlineFunc is an inline parser: it gets the rest of the line and its offset
// and returns what it made of how many bytes.
type inlineFunc struct {
	trigger string
	parse   func(r *reading, parent ast.Node, line []byte, start int) (construct, int)
}

func (p *inlineFunc) Trigger() []byte { return []byte(p.trigger) }

func (p *inlineFunc) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, segment := reader.PeekLine()
	c, n := p.parse(readingOf(pc), parent, line[:min(len(line), maxMark)], segment.Start)
	if c == nil {
		return nil
	}
	reader.Advance(n)
	node := inline(c)
	node.SetPos(segment.Start)
	return node
}

func trimLine(line []byte) []byte {
	return util.TrimRightSpace(line)
}
