package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// tableReader makes tables of paragraphs with a line like `--|:-:`. As in docfx
// and unlike GFM a row may have more cells than the head, which then gets empty
// ones: no text is lost. Pipes in code spans don't separate cells.
type tableReader struct{}

func (tableReader) Transform(p *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := p.Lines()
	src := reader.Source()
	for i := 1; i < lines.Len(); i++ {
		seg := lines.At(i)
		aligns := readAlignments(seg.Value(src))
		if aligns == nil {
			continue
		}
		head := lines.At(i - 1)
		if bytes.IndexByte(head.Value(src), '|') < 0 && len(aligns) > 1 {
			continue
		}
		makeTable(p, lines, i, aligns, src)
		return
	}
}

// makeTable replaces a paragraph, from the line before the separator on.
func makeTable(p *ast.Paragraph, lines *text.Segments, separator int, aligns []extast.Alignment, src []byte) {
	table := extast.NewTable()
	table.SetPos(lines.At(separator - 1).Start)
	var rows [][]text.Segment
	columns := len(aligns)
	for i := separator - 1; i < lines.Len(); i++ {
		if i == separator {
			continue
		}
		cells := splitRow(lines.At(i), src)
		columns = max(columns, len(cells))
		rows = append(rows, cells)
	}
	for len(aligns) < columns {
		aligns = append(aligns, extast.AlignNone)
	}
	table.Alignments = aligns
	for i, cells := range rows {
		row := extast.NewTableRow(aligns)
		row.SetPos(table.Pos())
		if len(cells) > 0 {
			row.SetPos(cells[0].Start)
		}
		// Rows are not filled up: the page would grow with the square of the input.
		for k := range cells {
			cell := extast.NewTableCell()
			cell.Alignment = aligns[k]
			cell.Lines().Append(cells[k])
			cell.SetPos(cells[k].Start)
			row.AppendChild(row, cell)
		}
		if i == 0 {
			table.AppendChild(table, extast.NewTableHeader(row))
		} else {
			table.AppendChild(table, row)
		}
	}
	p.Parent().InsertAfter(p.Parent(), p, table)
	if separator == 1 {
		p.Parent().RemoveChild(p.Parent(), p)
		return
	}
	lines.SetSliced(0, separator-1)
	last := lines.At(separator - 2)
	lines.Set(separator-2, last.TrimRightSpace(src))
}

// readAlignments reads a separator line, or returns nil.
func readAlignments(line []byte) []extast.Alignment {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '|' && line[0] != '-' && line[0] != ':' {
		return nil
	}
	piped := bytes.IndexByte(line, '|') >= 0 || line[0] == ':' || line[len(line)-1] == ':'
	if !piped {
		return nil
	}
	line = bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("|")), []byte("|"))
	var aligns []extast.Alignment
	for cell := range bytes.SplitSeq(line, []byte("|")) {
		cell = bytes.TrimSpace(cell)
		left, right := bytes.HasPrefix(cell, []byte(":")), bytes.HasSuffix(cell, []byte(":"))
		if dashes := bytes.Trim(cell, ":"); len(dashes) == 0 || len(bytes.Trim(dashes, "-")) > 0 || len(cell)-len(dashes) > 2 {
			return nil
		}
		a := extast.AlignNone
		switch {
		case left && right:
			a = extast.AlignCenter
		case left:
			a = extast.AlignLeft
		case right:
			a = extast.AlignRight
		}
		if aligns = append(aligns, a); len(aligns) > maxColumns {
			return nil
		}
	}
	return aligns
}

// splitRow finds the cells of a line. What is beyond the widest table allowed
// stays in the last cell.
func splitRow(seg text.Segment, src []byte) []text.Segment {
	seg = seg.TrimRightSpace(src)
	seg = seg.TrimLeftSpace(src)
	start, stop := seg.Start, seg.Stop
	if start < stop && src[start] == '|' {
		start++
	}
	if stop > start && src[stop-1] == '|' && !isEscaped(src[start:stop-1]) {
		stop--
	}
	var cells []text.Segment
	add := func(from, to int) {
		c := text.NewSegment(from, to)
		c = c.TrimLeftSpace(src)
		cells = append(cells, c.TrimRightSpace(src))
	}
	from := start
	spans := codeSpans{line: src[start:stop]}
	for i := start; i < stop; i++ {
		switch src[i] {
		case '\\':
			i++
		case '`':
			i = start + spans.skip(i-start) - 1
		case '|':
			if len(cells) < maxColumns-1 {
				add(from, i)
				from = i + 1
			}
		}
	}
	add(from, stop)
	return cells
}

func isEscaped(before []byte) bool {
	n := len(before) - len(bytes.TrimRight(before, `\`))
	return n%2 == 1
}

// codeSpans skips the code spans of a line in linear time: it remembers run
// lengths that have no further match.
type codeSpans struct {
	line    []byte
	without map[int]int // run length → offset from which on there is none
}

// skip returns the offset behind the code span that begins at i, or behind its
// backticks when it isn't closed.
func (s *codeSpans) skip(i int) int {
	n := runLength(s.line, i)
	if at, known := s.without[n]; known && i >= at {
		return i + n
	}
	for k := i + n; k < len(s.line); {
		if s.line[k] != '`' {
			k++
			continue
		}
		m := runLength(s.line, k)
		if m == n {
			return k + m
		}
		k += m
	}
	if s.without == nil {
		s.without = map[int]int{}
	}
	s.without[n] = i
	return i + n
}

func runLength(line []byte, i int) int {
	n := i
	for n < len(line) && line[n] == '`' {
		n++
	}
	return n - i
}

// isWholeCell tells whether src[start:stop] is all that a table's cell holds.
func (r *reading) isWholeCell(n ast.Node, start, stop int) bool {
	if n.Kind() != extast.KindTableCell || n.Lines().Len() != 1 {
		return false
	}
	seg := n.Lines().At(0)
	return seg.Start == start && seg.Stop == stop
}

// table writes a table in a box of its own that scrolls and that the keyboard can
// reach. It is named by the heading before it.
func (w *writer) table(n ast.Node) {
	w.string(`<div class="table-box" role="group" tabindex="0"`)
	if w.lastHeading != "" {
		w.attr("aria-labelledby", w.lastHeading)
	} else {
		w.attr("aria-label", w.page.words("table"))
	}
	w.string("><table>\n")
	columns := len(n.(*extast.Table).Alignments)
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		switch {
		case row.Kind() == extast.KindTableHeader:
			w.string("<thead>\n")
			w.row(row, "th", columns)
			w.string("</thead>\n")
			if row.NextSibling() != nil {
				w.string("<tbody>\n")
			}
		default:
			w.row(row, "td", min(columns, maxFilledColumns))
		}
	}
	if n.ChildCount() > 1 {
		w.string("</tbody>\n")
	}
	w.string("</table></div>\n")
}

func (w *writer) row(row ast.Node, tag string, columns int) {
	w.string("<tr>\n")
	w.inCell++
	for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
		w.string("<" + tag)
		switch cell.(*extast.TableCell).Alignment {
		case extast.AlignLeft:
			w.string(` class="align-left"`)
		case extast.AlignCenter:
			w.string(` class="align-center"`)
		case extast.AlignRight:
			w.string(` class="align-right"`)
		}
		w.string(">")
		w.children(cell)
		w.string("</" + tag + ">\n")
	}
	w.inCell--
	for range columns - row.ChildCount() {
		w.string("<" + tag + "></" + tag + ">\n")
	}
	w.string("</tr>\n")
}
