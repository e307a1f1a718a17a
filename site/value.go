package site

import (
	"bytes"
	"strings"

	"annai/internal/source"
	"annai/markdown"
	"annai/themes"
)

// prose is Markdown that stands in a field of the front matter. It keeps its
// place, so that a broken link in a step is reported where it is written.
type prose struct{ node source.Node }

// DecodeYAML takes text of any style.
func (p *prose) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	if !n.IsScalar() {
		ps.Errorf(n.Position(), "field-not-text", "this must be text, written as Markdown")
		return ps
	}
	p.node = n
	return ps
}

// Text is the Markdown; "" when the field is missing.
func (p prose) Text() string {
	if p.node.IsZero() || isNull(p.node) {
		return ""
	}
	return strings.TrimSpace(p.node.Text())
}

// Position is where the field's value begins.
func (p prose) Position() source.Position {
	if p.node.IsZero() {
		return source.Position{}
	}
	return p.node.Position()
}

// block renders a field as paragraphs, lists and so on.
func (d *draft) block(p prose) (themes.HTML, error) {
	if p.Text() == "" {
		return "", nil
	}
	doc := d.readProse(p)
	var buf bytes.Buffer
	err := doc.Render(&buf)
	return themes.HTML(buf.String()), err
}

// line renders a field that stands inside a sentence or a list's item.
func (d *draft) line(p prose) (themes.HTML, error) {
	html, err := d.block(p)
	text := strings.TrimSpace(string(html))
	inner, opened := strings.CutPrefix(text, "<p>")
	inner, closed := strings.CutSuffix(inner, "</p>")
	if opened && closed && !strings.Contains(inner, "<p>") {
		return themes.HTML(inner), err
	}
	if text != "" {
		d.problem(p.Position(), "field-one-paragraph", "this is more than one paragraph of text")
	}
	return themes.HTML(text), err
}

// readProse parses a field, mends the positions, and resolves it like a body.
func (d *draft) readProse(p prose) *markdown.Document {
	text := p.node.Text()
	f := source.New(d.page.Path, []byte(text))
	doc := d.readMarkdown(f)
	at := newValuePlace(p.node)
	d.lint(f, at.mend)
	for _, x := range doc.Labels {
		at.mend(&x.Pos)
	}
	for _, x := range doc.Links {
		at.mend(&x.Pos)
	}
	for _, x := range doc.Images {
		at.mend(&x.Pos)
	}
	for _, x := range doc.Forms {
		at.mend(&x.Pos)
	}
	for _, x := range doc.Xrefs {
		at.mend(&x.Pos)
	}
	for i := range doc.Problems {
		at.mend(&doc.Problems[i].Position)
	}
	d.resolve(doc)
	d.collect(doc)
	return doc
}

// A valuePlace tells where the lines of a YAML value stand in its file.
type valuePlace struct {
	start source.Position
	lines []string // of the file
	down  int      // lines from the value's mark to its first line of text
	right int      // columns before the text, on that line and in a block on all
	block bool
}

func newValuePlace(n source.Node) valuePlace {
	v := valuePlace{start: n.Position(), lines: strings.Split(string(n.File.Text), "\n")}
	v.right = v.start.Col - 1
	switch first := v.at(v.start.Line, v.right); {
	case strings.HasPrefix(first, "|"), strings.HasPrefix(first, ">"):
		v.block, v.down = true, 1
		for line := v.start.Line + 1; line <= len(v.lines); line++ {
			if text := v.at(line, 0); strings.TrimSpace(text) != "" {
				v.right = len(text) - len(strings.TrimLeft(text, " "))
				break
			}
		}
	case strings.HasPrefix(first, `"`), strings.HasPrefix(first, `'`):
		v.right++
	}
	return v
}

// at is the file's text from a column of a line on, columns counting from 0.
func (v *valuePlace) at(line, col int) string {
	if line < 1 || line > len(v.lines) {
		return ""
	}
	runes := []rune(strings.TrimRight(v.lines[line-1], "\r"))
	if col > len(runes) {
		return ""
	}
	return string(runes[col:])
}

// mend moves a position inside the value to the file. Positions in included
// files stay. Where YAML folded lines the line is told, and no column.
func (v *valuePlace) mend(p *source.Position) {
	if p.Path != v.start.Path || p.Line == 0 {
		return
	}
	shift := v.right
	if p.Line > 1 && !v.block {
		shift = 0
	}
	p.Line += v.start.Line - 1 + v.down
	if p.Col > 0 {
		p.Col += shift
	}
	if v.at(p.Line, p.Col-1) == "" {
		p.Line, p.Col = min(p.Line, len(v.lines)), 0
	}
}
