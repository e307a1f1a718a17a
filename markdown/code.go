package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Code is shown by fences, by `[!code-lang[name](file#part "title")]` and by
// `:::code source="file" id="part" range="1-5":::`. A language that ends in
// -interactive is shown like any other: there is no shell in the page.

// A listing is a piece of code with what is known about it.
type listing struct {
	lang        string
	text        []byte
	name, title string
	highlight   string // line ranges, "1-2,7-"
	mode        string // of :::code interactive
	interactive bool
	directive   bool // written :::code
	missing     bool
}

// fenceListing reads a fenced or indented block.
func fenceListing(n ast.Node, src []byte) *listing {
	l := &listing{}
	if f, ok := n.(*ast.FencedCodeBlock); ok && f.Info != nil {
		info := f.Info.Segment.Value(src)
		if i := bytes.IndexAny(info, " \t"); i >= 0 {
			info = info[:i]
		}
		l.setLanguage(unescape(info))
	}
	l.text = linesOf(n, src)
	if bytes.IndexByte(l.text, '\r') >= 0 {
		l.text = bytes.ReplaceAll(l.text, []byte("\r\n"), []byte("\n"))
	}
	return l
}

// linesOf is a block's text: a part of the source, unless something stands between
// its lines.
func linesOf(n ast.Node, src []byte) []byte {
	lines := n.Lines()
	if lines.Len() == 0 {
		return nil
	}
	start, end, whole := lines.At(0).Start, lines.At(0).Start, true
	for i := range lines.Len() {
		seg := lines.At(i)
		whole = whole && seg.Start == end && seg.Padding == 0 && !seg.ForceNewline
		end = seg.Stop
	}
	if whole {
		return src[start:end:end]
	}
	var text []byte
	for i := range lines.Len() {
		seg := lines.At(i)
		text = append(text, seg.Value(src)...)
	}
	return text
}

func (l *listing) setLanguage(lang string) {
	l.lang = lang
	if short, ok := strings.CutSuffix(lang, "-interactive"); ok {
		l.lang, l.interactive = short, true
	}
}

// openSnippet reads `[!code…]` and `[!notebook…]` alone on their line.
func openSnippet(r *reading, _ ast.Node, line []byte, start int) construct {
	b := parseBracket(line)
	if b == nil || b.word != "code" && b.word != "notebook" || b.size != len(line) {
		return nil
	}
	l := &listing{name: b.text, title: b.title}
	l.setLanguage(b.suffix)
	path, part := splitTarget(b.target)
	l.highlight = part.highlight
	part.notebook = b.word == "notebook"
	r.checkTagLanguage(part, orElse(b.suffix, languageOf(path)), start)
	l.fill(r, path, part, start)
	return l
}

// openCode reads :::code.
func (r *reading) openCode(d *directive, start int) construct {
	path := d.get("source")
	if name := d.unknown("source", "language", "range", "id", "highlight", "interactive"); path == "" || name != "" {
		r.doc.Problems.Warnf(r.position(start), "invalid-code", "code needs its source and knows no other attributes than language, range, id, highlight and interactive, so it stays text")
		return nil
	}
	l := &listing{highlight: d.get("highlight"), mode: d.get("interactive"), directive: true}
	l.setLanguage(orElse(d.get("language"), languageOf(path)))
	l.interactive = l.interactive || l.mode != ""
	part := snippet{ranges: d.get("range"), highlight: l.highlight}
	if id := d.get("id"); id != "" {
		part.names = strings.Split(id, ",")
	}
	r.checkTagLanguage(part, languageOf(path), start)
	l.fill(r, path, part, start)
	l.missing = l.missing || len(bytes.TrimSpace(l.text)) == 0
	return l
}

// fill takes the part of the file, or reports what is missing.
func (l *listing) fill(r *reading, path string, part snippet, start int) {
	f := r.openFile(path)
	if f == nil {
		l.missing = true
		r.doc.Problems.Warnf(r.position(start), "missing-code", "there is no file %q to show code from", path).
			Hintf("it may be in a repository that this one depends on")
		return
	}
	text, missing := part.cut(f.Text)
	if missing != "" {
		r.doc.Problems.Warnf(r.position(start), "missing-snippet", "the part %q of %q can't be shown", missing, path).
			Hintf("the file has no such tag, line or cell, or several")
	}
	l.text = text
}

func (l *listing) collect(c *collector, n ast.Node) {
	c.newline()
	c.out = append(c.out, l.text...)
	c.newline()
	c.children(n)
}

func (l *listing) html(w *writer, n ast.Node) {
	defer w.children(n) // what stands behind :::code
	if l.missing {
		w.string(`<div class="alert alert-warning missing-code" role="note"`)
		if l.directive {
			w.attr("data-lang", l.lang)
		}
		w.string(`><p class="alert-title">`)
		w.text(w.page.words("warning"))
		w.string("</p>\n<p>")
		w.text(w.page.words("missing-code"))
		w.string("</p>\n</div>\n")
		return
	}
	w.string(`<pre tabindex="0"><code`)
	if l.lang != "" {
		w.attr("class", "lang-"+l.lang)
	}
	if l.name != "" {
		w.attr("data-name", l.name)
	}
	if l.title != "" {
		w.attr("title", l.title)
	}
	if l.interactive {
		w.attr("data-interactive", l.lang)
		if l.mode != "" {
			w.attr("data-interactive-mode", l.mode)
		}
	}
	if l.highlight != "" {
		w.attr("data-highlight-lines", l.highlight)
	}
	w.string(">")
	done := false
	if w.page.Highlight != nil && l.lang != "" {
		w.buf, done = w.page.Highlight(w.buf, l.lang, string(l.text))
	}
	if !done {
		w.escape(l.text)
	}
	w.string("</code></pre>\n")
}
