package site

import (
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/cespare/xxhash/v2"
)

// A highlighter colours code. It remembers which languages it knows (asking for
// an unknown one costs milliseconds) and what each block became, also from one
// build to the next.
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

// HTML is the block with its tokens in spans of short classes. ok is false for
// a language that is unknown and for text without one.
func (h *highlighter) HTML(lang, code string) (html string, ok bool) {
	lexer := h.lexer(lang)
	if lexer == nil {
		return "", false
	}
	key := xxhash.Sum64String(lang + "\x00" + code)
	if html, ok := h.blocks.get(key); ok {
		return html, true
	}
	tokens, err := lexer.Tokenise(nil, code)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(code) * 2)
	writeTokens(&b, tokens)
	html = b.String()
	h.blocks.put(key, html)
	return html, true
}

func (h *highlighter) lexer(lang string) chroma.Lexer {
	lang = strings.ToLower(lang)
	lang = strings.TrimSuffix(lang, "-interactive")
	switch lang {
	case "", "text", "plaintext", "output", "console", "none":
		return nil
	case "azurecli", "dotnetcli":
		lang = "bash"
	case "azurepowershell":
		lang = "powershell"
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

// writeTokens writes spans; neighbours of one class share theirs.
func writeTokens(b *strings.Builder, next chroma.Iterator) {
	open := ""
	for t := next(); t != chroma.EOF; t = next() {
		class := classOf(t.Type)
		if strings.TrimSpace(t.Value) == "" {
			class = open // blanks have no colour: they stay where they are
		}
		if class != open {
			if open != "" {
				b.WriteString("</span>")
			}
			if class != "" {
				b.WriteString(`<span class="` + class + `">`)
			}
			open = class
		}
		escapeCode(b, t.Value)
	}
	if open != "" {
		b.WriteString("</span>")
	}
}

// classOf reduces chroma's hundred token types to the few colours of the theme:
// hk keyword, hs string, hc comment, hn number, hf function or name of a tag,
// hv variable or attribute, ho operator word, ht type, hi and hd lines of a diff.
func classOf(t chroma.TokenType) string {
	switch {
	case t == chroma.KeywordType || t == chroma.NameClass || t == chroma.NameBuiltin || t == chroma.NameNamespace:
		return "ht"
	case t.InCategory(chroma.Keyword):
		return "hk"
	case t.InCategory(chroma.Comment):
		return "hc"
	case t.InSubCategory(chroma.LiteralNumber):
		return "hn"
	case t.InCategory(chroma.Literal):
		return "hs"
	case t == chroma.NameFunction || t == chroma.NameTag || t == chroma.NameDecorator:
		return "hf"
	case t.InSubCategory(chroma.NameVariable) || t == chroma.NameAttribute || t == chroma.NameProperty:
		return "hv"
	case t == chroma.OperatorWord:
		return "hk"
	case t == chroma.GenericInserted:
		return "hi"
	case t == chroma.GenericDeleted:
		return "hd"
	}
	return ""
}

func escapeCode(b *strings.Builder, s string) {
	last := 0
	for i := 0; i < len(s); i++ {
		var e string
		switch s[i] {
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '&':
			e = "&amp;"
		default:
			continue
		}
		b.WriteString(s[last:i])
		b.WriteString(e)
		last = i + 1
	}
	b.WriteString(s[last:])
}
