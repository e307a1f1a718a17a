package markdown

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"annai/internal/source"
)

// A Diagram is a picture written as text: a fence of the language mermaid.
type Diagram struct {
	Text string
	Pos  source.Position

	// The caller's answer: where the picture is, and its size in pixels when known.
	// Without an URL the text is shown as code.
	URL           string
	Width, Height int
}

// collectDiagram notes a fence that is a diagram.
func (c *collector) collectDiagram(n *ast.FencedCodeBlock) {
	if string(n.Language(c.src())) != "mermaid" {
		return
	}
	g := &Diagram{Text: string(fenceListing(n, c.src()).text), Pos: c.unit.at.position(n.Pos())}
	c.doc.Diagrams = append(c.doc.Diagrams, g)
	c.diagrams[n] = g
}

var accTitle = regexp.MustCompile(`(?m)^\s*accTitle\s*:\s*(\S.*?)\s*$`)

// diagram writes the picture with its text below: the only thing that says to
// everybody what it shows.
func (w *writer) diagram(g *Diagram, n ast.Node) {
	alt := w.page.words("diagram")
	if m := accTitle.FindStringSubmatch(g.Text); m != nil {
		alt = m[1]
	}
	w.string(`<figure class="diagram"><img`)
	w.attr("src", escapeURL(g.URL))
	w.attr("alt", strings.TrimSpace(alt))
	w.size(g.Width, g.Height)
	w.string(` loading="lazy"><details class="long-description"><summary>`)
	w.text(w.page.words("diagram-text"))
	w.string("</summary>")
	fenceListing(n, w.src).html(w, n)
	w.string("</details></figure>\n")
}

// size writes a picture's size when it is known.
func (w *writer) size(width, height int) {
	if width > 0 && height > 0 {
		w.attr("width", strconv.Itoa(width))
		w.attr("height", strconv.Itoa(height))
	}
}
