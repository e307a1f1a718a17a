package markdown

import "github.com/yuin/goldmark/ast"

// A row holds columns side by side: `:::row:::` … `:::row-end:::`.
type row struct{ fence }

// A column of a row. Its text may be indented.
type column struct {
	fence
	span string // how many shares of the width, "2"
}

func isRow(n ast.Node) bool {
	b, ok := n.(*blockNode)
	if !ok {
		return false
	}
	_, ok = b.construct.(*row)
	return ok
}

func (*row) collect(c *collector, n ast.Node) { c.children(n) }

func (*row) html(w *writer, n ast.Node) { w.wrap(`<div class="row">`, n, "</div>\n") }

func (*column) collect(c *collector, n ast.Node) { c.children(n) }

func (x *column) html(w *writer, n ast.Node) {
	w.string(`<div class="column`)
	if x.span != "1" && isDigits(x.span) {
		w.string(" span")
		w.string(x.span)
	}
	w.wrap(`">`, n, "</div>\n")
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) < 3
}
