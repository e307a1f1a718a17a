package site

import (
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/cespare/xxhash/v2"

	"annai/markdown/lexer"
)

// A highlighter colours code: the frequent languages with our own lexers, the
// others with chroma, which takes fifty times as long. Of those it remembers which
// it knows (asking for an unknown one costs milliseconds) and what each block
// became, also from one build to the next.
type highlighter struct {
	mu     sync.RWMutex
	lexers map[string]chroma.Lexer // nil for what is unknown
	blocks *blockCache
}

func newHighlighter(c *Cache) *highlighter {
	h := &highlighter{lexers: map[string]chroma.Lexer{}}
	if c != nil {
		h.blocks = c.blocks
	}
	return h
}

// Append appends the block with its tokens in spans of short classes. ok is false
// for a language that is unknown and for text without one.
func (h *highlighter) Append(html []byte, lang, code string) (_ []byte, ok bool) {
	lang = strings.TrimSuffix(strings.ToLower(lang), "-interactive")
	if html, ok = lexer.Append(html, lang, code); ok {
		return html, true
	}
	l := h.lexer(lang)
	if l == nil {
		return html, false
	}
	key := xxhash.Sum64String(lang + "\x00" + code)
	block, ok := h.blocks.get(key)
	if !ok {
		tokens, err := l.Tokenise(nil, code)
		if err != nil {
			return html, false
		}
		block = string(writeTokens(tokens))
		h.blocks.put(key, block)
	}
	return append(html, block...), true
}

func (h *highlighter) lexer(lang string) chroma.Lexer {
	switch lang {
	case "", "text", "plaintext", "output", "console", "none":
		return nil
	}
	h.mu.RLock()
	l, ok := h.lexers[lang]
	h.mu.RUnlock()
	if ok {
		return l
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if l, ok := h.lexers[lang]; ok {
		return l
	}
	l = lexers.GlobalLexerRegistry.Get(lang)
	if l == nil || l.Config().Name == "plaintext" {
		l = nil
	} else {
		l = chroma.Coalesce(l)
	}
	h.lexers[lang] = l
	return l
}

func writeTokens(next chroma.Iterator) []byte {
	var w lexer.Writer
	for t := next(); t != chroma.EOF; t = next() {
		w.Add(classOf(t.Type), t.Value)
	}
	w.Close()
	return w.HTML
}

// classOf reduces chroma's hundred token types to the few colours of the theme.
func classOf(t chroma.TokenType) lexer.Class {
	switch {
	case t == chroma.KeywordType || t == chroma.NameClass || t == chroma.NameBuiltin || t == chroma.NameNamespace:
		return lexer.Type
	case t.InCategory(chroma.Keyword):
		return lexer.Keyword
	case t.InCategory(chroma.Comment):
		return lexer.Comment
	case t.InSubCategory(chroma.LiteralNumber):
		return lexer.Number
	case t.InCategory(chroma.Literal):
		return lexer.String
	case t == chroma.NameFunction || t == chroma.NameTag || t == chroma.NameDecorator:
		return lexer.Function
	case t.InSubCategory(chroma.NameVariable) || t == chroma.NameAttribute || t == chroma.NameProperty:
		return lexer.Variable
	case t == chroma.OperatorWord:
		return lexer.Keyword
	case t == chroma.GenericInserted:
		return lexer.Inserted
	case t == chroma.GenericDeleted:
		return lexer.Deleted
	}
	return lexer.Plain
}
