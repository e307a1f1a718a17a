package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"annai/internal/source"
)

// A Label is what a button or a menu of a product says, `:ui[Support requests]`,
// with what it means in the reader's language in braces:
// `:ui[Support requests]{サポート要求}`.
type Label struct {
	Text        string // as the product prints it
	Translation string // or ""
	Pos         source.Position

	Lang string // the caller's answer: BCP 47 language of Text when it isn't the page's
}

// openLabel reads a label. Without [Options].Labels it stays text, as in every
// repository of Microsoft's.
func (r *reading) openLabel(line []byte, start int) (construct, int) {
	if !r.Labels {
		return nil, 0
	}
	text, rest, ok := cutLabel(line[len(labelMark)-1:], '[', ']')
	if !ok || text == "" {
		r.doc.Problems.Warnf(r.position(start), "invalid-label", "a label needs its text").
			Hintf("write :ui[what the screen says]{what it means}")
		return nil, 0
	}
	l := &Label{Text: text, Pos: r.position(start)}
	if translation, after, ok := cutLabel(rest, '{', '}'); ok {
		l.Translation, rest = translation, after
	}
	return label{l}, len(line) - len(rest)
}

var labelMark = []byte(":ui[")

// cutLabel takes what stands between two brackets at the start of a line; a
// backslash keeps the sign behind it.
func cutLabel(line []byte, open, end byte) (text string, rest []byte, ok bool) {
	if len(line) == 0 || line[0] != open {
		return "", line, false
	}
	for i := 1; i < len(line) && line[i] != '\n'; i++ {
		switch line[i] {
		case '\\':
			i++
		case end:
			return strings.TrimSpace(unescape(line[1:i])), line[i+1:], true
		}
	}
	return "", line, false
}

type label struct{ *Label }

func (l label) collect(c *collector, _ ast.Node) {
	c.doc.Labels = append(c.doc.Labels, l.Label)
	c.say(l.Text)
	if l.Translation != "" {
		before, after := brackets(c.Locale)
		c.say(before + l.Translation + after)
	}
}

func (l label) html(w *writer, _ ast.Node) {
	w.string(`<b class="ui"`)
	if l.Lang != "" {
		w.attr("lang", l.Lang)
	}
	w.string(` translate="no">`)
	w.text(l.Text)
	w.string("</b>")
	if l.Translation != "" {
		before, after := brackets(w.page.Locale)
		w.text(before + l.Translation + after)
	}
}

// brackets are those of a language's texts.
func brackets(locale string) (before, after string) {
	if l := strings.ToLower(locale); strings.HasPrefix(l, "ja") || strings.HasPrefix(l, "zh") {
		return "（", "）"
	}
	return " (", ")"
}
