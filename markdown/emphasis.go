package markdown

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// emphasisParser reads * and _ by CommonMark's rules with the amendment for
// Chinese, Japanese and Korean (markdown-cjk-friendly): punctuation beside a
// CJK character doesn't keep a run of delimiters from opening or closing, since
// those languages put no spaces there. And it reads ~~, but no single ~.
type emphasisParser struct{}

func (emphasisParser) Trigger() []byte { return []byte{'*', '_', '~'} }

type emphasisPair struct{}

func (emphasisPair) IsDelimiter(b byte) bool { return b == '*' || b == '_' }
func (emphasisPair) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (emphasisPair) OnMatch(consumes int) ast.Node { return ast.NewEmphasis(consumes) }

type strikePair struct{}

func (strikePair) IsDelimiter(b byte) bool { return b == '~' }
func (strikePair) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (strikePair) OnMatch(int) ast.Node { return extast.NewStrikethrough() }

func (emphasisParser) Parse(_ ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, segment := reader.PeekLine()
	var pair parser.DelimiterProcessor = emphasisPair{}
	least := 1
	if line[0] == '~' {
		pair, least = strikePair{}, 2
	}
	before := reader.PrecendingCharacter()
	node := parser.ScanDelimiter(line, before, least, pair)
	if node == nil || least == 2 && node.OriginalLength != 2 {
		return nil
	}
	r := readingOf(pc)
	if r.delimiters++; r.delimiters > maxDelimiters {
		return nil
	}
	node.CanOpen, node.CanClose = flanking(line[0], before, secondBefore(reader, segment.Start), line[node.OriginalLength:])
	node.Segment = segment.WithStop(segment.Start + node.OriginalLength)
	reader.Advance(node.OriginalLength)
	pc.PushDelimiter(node)
	return node
}

func (emphasisParser) CloseBlock(_ ast.Node, _ text.Reader, pc parser.Context) {
	r := readingOf(pc)
	r.delimiters, r.brackets = 0, 0
}

// flanking tells whether a run of the delimiter may open and close emphasis.
func flanking(delimiter byte, before, second rune, after []byte) (canOpen, canClose bool) {
	next := '\n'
	if len(after) > 0 {
		next, _ = utf8.DecodeRune(after)
	}
	cjkBefore, cjkAfter := isCJK(before) || isVariation(before) && isCJK(second), isCJK(next)
	spaceBefore, spaceAfter := unicode.IsSpace(before), unicode.IsSpace(next)
	punctBefore, punctAfter := isPunct(before) && !cjkBefore, isPunct(next) && !cjkAfter
	left := !spaceAfter && (!punctAfter || spaceBefore || punctBefore || cjkBefore)
	right := !spaceBefore && (!punctBefore || spaceAfter || punctAfter || cjkAfter)
	if delimiter == '_' {
		return left && (!right || isPunct(before)), right && (!left || isPunct(next))
	}
	return left, right
}

// secondBefore is the character before the one that precedes the offset.
func secondBefore(reader text.Reader, offset int) rune {
	src := reader.Source()
	_, n := utf8.DecodeLastRune(src[:min(offset, len(src))])
	c, _ := utf8.DecodeLastRune(src[:min(offset, len(src))-n])
	return c
}

func isVariation(c rune) bool { return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF }

func isPunct(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) }

// isCJK tells a character of Chinese, Japanese or Korean text, punctuation and
// full-width forms among them.
func isCJK(c rune) bool {
	switch {
	case c < 0x1100:
		return false
	case c <= 0x11FF, // Hangul Jamo
		c >= 0x2E80 && c <= 0x303F, // radicals, ideographic punctuation
		c >= 0x3041 && c <= 0x33FF, // kana, Bopomofo, compatibility
		c >= 0x3400 && c <= 0x4DBF, c >= 0x4E00 && c <= 0x9FFF,
		c >= 0xA960 && c <= 0xA97F, c >= 0xAC00 && c <= 0xD7FF,
		c >= 0xF900 && c <= 0xFAFF, c >= 0xFE30 && c <= 0xFE4F,
		c >= 0xFF01 && c <= 0xFF60, c >= 0xFF61 && c <= 0xFFDC, c >= 0xFFE0 && c <= 0xFFE6,
		c >= 0x1B000 && c <= 0x1B16F, c >= 0x1F200 && c <= 0x1F2FF,
		c >= 0x20000 && c <= 0x3FFFD:
		return true
	}
	return false
}

// isWide tells a character of a script that is written without spaces, where a
// line break in the source means none in the text.
func isWide(c rune) bool {
	return isCJK(c) && !(c <= 0x11FF || c >= 0x3130 && c <= 0x318F || c >= 0xA960 && c <= 0xA97F || c >= 0xAC00 && c <= 0xD7FF || c >= 0xFFA0 && c <= 0xFFDC)
}

func isSpaceOrPunct(c rune) bool { return unicode.IsSpace(c) || isPunct(c) }

// runeAt is the character at an offset, or a newline behind the end.
func runeAt(line []byte, i int) rune {
	if i >= len(line) {
		return '\n'
	}
	c, _ := utf8.DecodeRune(line[i:])
	return c
}
