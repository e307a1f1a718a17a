package markdown

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"annai/internal/source"
)

// A cursor tells positions in a file. It remembers the last one, so that asking
// for many in order costs no more than reading the file once.
type cursor struct {
	file  *source.File
	lines []int // offset of the first byte of each line

	line, offset, col int // the last answer, counted from 0
}

func (c *cursor) position(offset int) source.Position {
	text := c.file.Text
	offset = min(max(offset, 0), len(text))
	if c.lines == nil {
		c.lines = make([]int, 1, bytes.Count(text, []byte("\n"))+1)
		for i := bytes.IndexByte(text, '\n') + 1; i > 0; {
			c.lines = append(c.lines, i)
			next := bytes.IndexByte(text[i:], '\n') + 1
			if next == 0 {
				break
			}
			i += next
		}
	}
	line := c.line
	if offset < c.lines[line] || line+1 < len(c.lines) && offset >= c.lines[line+1] {
		line = sort.SearchInts(c.lines, offset+1) - 1
	}
	from, col := c.lines[line], 0
	if line == c.line && offset >= c.offset && c.offset >= from {
		from, col = c.offset, c.col
	}
	c.line, c.offset = line, offset
	c.col = col + utf8.RuneCount(text[from:offset])
	return source.Position{Path: c.file.Path, Line: line + 1, Col: c.col + 1}
}
