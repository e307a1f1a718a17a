package markdown

import (
	"bytes"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// bareURLs makes links of addresses in a text: http://, https://, ftp://,
// mailto: and www. They end before a space, Chinese or Japanese text, and before
// punctuation that belongs to the sentence.
type bareURLs struct{}

// Trigger is what ends a scheme or "www": it is seldom, and goldmark has read the
// letters before it as text. To ask at each space would cost more than all other
// inlines.
func (bareURLs) Trigger() []byte { return []byte{':', '.'} }

var schemes = map[byte][]string{':': {"https", "http", "ftp", "mailto"}, '.': {"www"}}

func (bareURLs) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, segment := reader.PeekLine()
	last, ok := parent.LastChild().(*ast.Text)
	if !ok || last.Segment.Stop != segment.Start || pc.IsInLinkLabel() {
		return nil
	}
	said := last.Segment.Value(reader.Source())
	for _, scheme := range schemes[line[0]] {
		before := len(said) - len(scheme)
		if before < 0 || !hasPrefixFold(said[before:], scheme) {
			continue
		}
		if !mayPrecede(said[:before]) {
			return nil
		}
		size, protocol := bareURL(reader.Source()[segment.Start-len(scheme) : segment.Stop])
		if size == 0 {
			return nil
		}
		if last.Segment.Stop -= len(scheme); before == 0 {
			parent.RemoveChild(parent, last)
		}
		start := segment.Start - len(scheme)
		reader.Advance(size - len(scheme))
		link := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(text.NewSegment(start, start+size)))
		link.Protocol = protocol
		link.SetPos(start)
		return link
	}
	return nil
}

// mayPrecede tells whether an address may begin behind a text: at a line's begin or
// after another inline, where there is none, behind blanks and delimiters, and in
// text without spaces, as in 詳細はhttps://example.com/を参照.
func mayPrecede(said []byte) bool {
	if len(said) == 0 {
		return true
	}
	switch said[len(said)-1] {
	case ' ', '\t', '*', '_', '~', '(':
		return true
	}
	c, _ := utf8.DecodeLastRune(said)
	return isWide(c)
}

// bareURL measures the address at the start of the text; 0 if there is none.
func bareURL(s []byte) (size int, protocol []byte) {
	host := 0
	switch {
	case hasPrefixFold(s, "https://"):
		host = 8
	case hasPrefixFold(s, "http://"):
		host = 7
	case hasPrefixFold(s, "ftp://"):
		host = 6
	case hasPrefixFold(s, "mailto:"):
		host = 7
	case hasPrefixFold(s, "www."):
		protocol = []byte("http")
	default:
		return 0, nil
	}
	end := host
	for end < len(s) && s[end] > ' ' && s[end] != '<' {
		if s[end] < utf8.RuneSelf {
			end++
			continue
		}
		c, n := utf8.DecodeRune(s[end:])
		if isCJK(c) || isPunct(c) || c == 0xA0 || c == 0x200B || c == utf8.RuneError {
			break
		}
		end += n
	}
	end = trimURL(s[:end])
	if end <= host || !validHost(s[host:end], protocol != nil) {
		return 0, nil
	}
	return end, protocol
}

func hasPrefixFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && bytes.EqualFold(s[:len(prefix)], []byte(prefix))
}

// trimURL drops the punctuation of the sentence from an address's end.
func trimURL(s []byte) int {
	open, shut := bytes.Count(s, []byte("(")), bytes.Count(s, []byte(")"))
	end := len(s)
	for end > 0 {
		switch s[end-1] {
		case '?', '!', '.', ',', ':', '*', '_', '~', '\'', '"', '`', '|', '>', ']', '}':
			end--
		case ')':
			if shut <= open {
				return end
			}
			shut--
			end--
		case ';':
			i := end - 2
			for i >= 0 && isNameByte(s[i]) {
				i--
			}
			if i < 0 || s[i] != '&' || i == end-2 {
				return end
			}
			end = i
		default:
			return end
		}
	}
	return end
}

// validHost tells whether an address has a host: letters, digits, dots.
func validHost(s []byte, needsDots bool) bool {
	if i := bytes.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	dots, letters := bytes.Count(s, []byte(".")), 0
	for _, b := range s {
		if isNameByte(b) || b >= utf8.RuneSelf {
			letters++
		} else if b != '.' && b != ':' && b != '@' && b != '%' && b != '+' && b != '$' && b != '&' {
			return false
		}
	}
	return letters > 0 && (dots > 0 || bytes.HasPrefix(s, []byte("localhost"))) && (!needsDots || dots > 1)
}
