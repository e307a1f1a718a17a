package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
)

// In bilingual editions each translated sentence is followed by its original:
//
//	<span data-ttu-id="…">翻訳</span><span class="sxs-lookup"><span data-stu-id="…">Original</span></span>
//
// The original is there but not shown until the reader asks for it.
type original struct{}

func isOriginal(src []byte, n *ast.RawHTML) bool {
	s := n.Segments.At(0)
	return bytes.Contains(src[s.Start:s.Stop], []byte("sxs-lookup"))
}

// wrapOriginal puts what stands between two raw tags into one node.
func (c *collector) wrapOriginal(parent ast.Node, start, end ast.Node) {
	x := inline(original{})
	x.SetPos(start.Pos())
	for n := start.NextSibling(); n != end; {
		next := n.NextSibling()
		parent.RemoveChild(parent, n)
		x.AppendChild(x, n)
		n = next
	}
	parent.RemoveChild(parent, end)
	parent.InsertAfter(parent, start, x)
	// The loop of inlines goes on with x.
}

func (original) collect(c *collector, n ast.Node) {
	c.muted++
	c.inlines(n)
	c.muted--
}

func (original) html(w *writer, n ast.Node) {
	w.string(`<span class="original" lang="en" hidden>`)
	w.children(n)
	w.string("</span>")
}
