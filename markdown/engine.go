package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newBlockParser is goldmark with the dialect's constructs. It has no state.
func newBlockParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(capped{parser.NewListParser()}, 300),
			util.Prioritized(capped{parser.NewListItemParser()}, 400),
			util.Prioritized(colonParser{}, 450),
			util.Prioritized(&leafParser{trigger: '[', interrupt: true, open: openQuoteMark}, 460),
			util.Prioritized(&leafParser{trigger: '[', interrupt: true, open: openInclude}, 461),
			util.Prioritized(&leafParser{trigger: '[', interrupt: true, open: openSnippet}, 462),
			util.Prioritized(definitionParser{parser.NewParagraphParser()}, 470),
			util.Prioritized(mathParser{}, 480),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(capped{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(inlineParsers()...),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{}, 100),
			util.Prioritized(tableReader{}, 200),
		),
	)
}

// newInlineParser reads every line as text: includes inside a text.
func newInlineParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
		parser.WithInlineParsers(inlineParsers()...),
		parser.WithParagraphTransformers(util.Prioritized(definitions{}, 100)),
	)
}

func inlineParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(&inlineFunc{"[", inlineInclude}, 150),
		util.Prioritized(linkParser{parser.NewLinkParser()}, 200),
		util.Prioritized(&inlineFunc{"<", openXref}, 250),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(rawTagParser{parser.NewRawHTMLParser()}, 400),
		util.Prioritized(emphasisParser{}, 500),
		util.Prioritized(&inlineFunc{":", openColon}, 600),
		util.Prioritized(&inlineFunc{"@", openMention}, 700),
		util.Prioritized(&inlineFunc{"$", openMath}, 800),
		util.Prioritized(bareURLs{}, 999),
	}
}

// capped keeps a container parser from nesting deeper than maxDepth.
type capped struct{ parser.BlockParser }

func (p capped) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if isSeparator(reader, pc) {
		return nil, parser.NoChildren
	}
	if tooDeep(parent) {
		if r := readingOf(pc); !r.deep {
			r.deep = true
			_, segment := reader.PeekLine()
			r.doc.Problems.Warnf(r.position(segment.Start), "too-deep", "quotes and lists are nested deeper than %d levels, what is inside stays text", maxDepth)
		}
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

// isSeparator tells a table's line like `- | -`, which isn't a list.
func isSeparator(reader text.Reader, pc parser.Context) bool {
	p, ok := pc.LastOpenedBlock().Node.(*ast.Paragraph)
	if !ok || p.Lines().Len() == 0 {
		return false
	}
	line, _ := reader.PeekLine()
	if bytes.IndexByte(line, '|') < 0 || readAlignments(line) == nil {
		return false
	}
	last := p.Lines().At(p.Lines().Len() - 1)
	return bytes.IndexByte(last.Value(reader.Source()), '|') >= 0
}

// linkParser is goldmark's with a cap on open brackets: it looks at all of them
// again for each one that closes.
type linkParser struct{ parser.InlineParser }

func (p linkParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	r := readingOf(pc)
	line, _ := reader.PeekLine()
	switch line[0] {
	case '[', '!':
		if r.brackets >= maxBrackets {
			return nil
		}
		n := p.InlineParser.Parse(parent, reader, pc)
		if n != nil {
			r.brackets++
		}
		return n
	}
	if len(line) > 1 && line[1] == '(' && !r.hasTarget(line[2:]) {
		return nil
	}
	r.brackets = max(r.brackets-1, 0)
	return p.InlineParser.Parse(parent, reader, pc)
}

// hasTarget looks ahead for the end of a link's target and its title. What it
// looks at in vain is counted: a file may not make us read it again and again.
func (r *reading) hasTarget(rest []byte) bool {
	if r.scanned > maxScan {
		rest = rest[:min(len(rest), maxTarget)]
	}
	end := bytes.IndexByte(rest, ')')
	if end >= 0 && bytes.IndexByte(rest[:end], '"') < 0 {
		if end > maxTarget {
			r.scanned += end
		}
		return true
	}
	// The title or the parenthesis may stand on the next line.
	r.scanned += len(rest)
	return r.scanned <= maxScan
}

// definitions reads link definitions: goldmark makes a reader for each paragraph to
// find that most have none.
type definitions struct{}

func (definitions) Transform(n *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := n.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		said := line.Value(reader.Source())
		if i == 0 {
			if begin := util.TrimLeftSpace(said); len(begin) > 0 && begin[0] != '[' {
				return
			}
		}
		if bytes.Contains(said, []byte("]:")) {
			parser.LinkReferenceParagraphTransformer.Transform(n, reader, pc)
			return
		}
	}
}

// definitionParser begins a new paragraph for a link definition behind many lines:
// goldmark moves all lines of a paragraph for each definition in it.
type definitionParser struct{ parser.BlockParser }

func (definitionParser) Trigger() []byte             { return []byte{'['} }
func (definitionParser) CanInterruptParagraph() bool { return true }

func (p definitionParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	last, ok := pc.LastOpenedBlock().Node.(*ast.Paragraph)
	if !ok || last.Lines().Len() < maxDefinitions {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

func (p linkParser) CloseBlock(parent ast.Node, reader text.Reader, pc parser.Context) {
	p.InlineParser.(parser.CloseBlocker).CloseBlock(parent, reader, pc)
}
