package markdown

import (
	"bytes"
	"sort"
	"strings"
	"unicode"

	emoji "github.com/yuin/goldmark-emoji/definition"
	"github.com/yuin/goldmark/ast"
)

// openColon reads what begins with a colon inside a text: :::image, :::video,
// :::no-loc, labels and emoji.
func openColon(r *reading, parent ast.Node, line []byte, start int) (construct, int) {
	if bytes.HasPrefix(line, labelMark) {
		return r.openLabel(line, start)
	}
	if !bytes.HasPrefix(line, []byte(":::")) {
		return openEmoji(r, line, start)
	}
	if bytes.HasPrefix(line, noLocStart) {
		return openNoLoc(line)
	}
	if !isInlineDirective(line) {
		return nil, 0
	}
	d := parseDirective(line)
	if d == nil {
		d = parseDirective(restOf(parent, r.unit.file.Text, start))
	} else if endsBlock(parent, start+len(line)) {
		d.ended = true
	}
	if d == nil || !d.ended {
		r.checkDirective(line, start)
		return nil, 0
	}
	var c construct
	switch d.name {
	case "image":
		if p := r.openPicture(d, start); p != nil {
			c = p
		}
	case "video":
		c = r.inlineVideo(d, start)
	}
	return c, d.size
}

// endsBlock tells whether an offset is the end of a block's text: there the colons
// that end a directive may be missing.
func endsBlock(n ast.Node, offset int) bool {
	lines := n.Lines()
	return n.Type() == ast.TypeBlock && lines.Len() > 0 && offset >= lines.At(lines.Len()-1).Stop
}

// restOf is a block's text from an offset on: values may span its lines.
func restOf(n ast.Node, src []byte, start int) (text []byte) {
	if n.Type() != ast.TypeBlock {
		return nil
	}
	lines := n.Lines()
	first := sort.Search(lines.Len(), func(i int) bool { return lines.At(i).Stop > start })
	for i := first; i < lines.Len() && len(text) < maxMark; i++ {
		seg := lines.At(i)
		text = append(text, src[max(seg.Start, start):seg.Stop]...)
	}
	return text[:min(len(text), maxMark)]
}

// A noLoc is a name that is not translated: `:::no-loc text="Azure":::`.
type noLoc string

var noLocStart, noLocEnd = []byte(`:::no-loc text="`), []byte(`":::`)

// openNoLoc is strict: one space, no other attribute.
func openNoLoc(line []byte) (construct, int) {
	var text []byte
	for i := len(noLocStart); i < len(line) && line[i] != '\n'; i++ {
		switch {
		case line[i] == '"':
			if said := bytes.TrimSpace(text); bytes.HasPrefix(line[i:], noLocEnd) && len(said) > 0 {
				return noLoc(said), i + len(noLocEnd)
			}
			return nil, 0
		case line[i] == '\\' && i+1 < len(line):
			i++
		}
		text = append(text, line[i])
	}
	return nil, 0
}

func (t noLoc) collect(c *collector, _ ast.Node) { c.say(string(t)) }

func (t noLoc) html(w *writer, _ ast.Node) {
	w.string(`<span class="no-loc"`)
	if !strings.HasPrefix(w.page.Locale, "en") {
		w.string(` dir="ltr" lang="en-us"`)
	}
	w.string(` translate="no">`)
	w.text(string(t))
	w.string("</span>")
}

// An emojiText is `:name:`, not behind a letter or a digit.
type emojiText string

func openEmoji(r *reading, line []byte, start int) (construct, int) {
	if before := r.before(start); unicode.IsLetter(before) || unicode.IsDigit(before) {
		return nil, 0
	}
	for i := 1; i < len(line) && i < 64; i++ {
		switch b := line[i]; {
		case b == ':' && i > 1:
			e, ok := emojis().Get(string(line[1:i]))
			if !ok || len(e.Unicode) == 0 {
				return nil, 0
			}
			return emojiText(string(e.Unicode)), i + 1
		case !isNameByte(b) && b != '+':
			return nil, 0
		}
	}
	return nil, 0
}

func (t emojiText) collect(c *collector, _ ast.Node) { c.say(string(t)) }
func (t emojiText) html(w *writer, _ ast.Node)       { w.text(string(t)) }

var emojis = emoji.Github
