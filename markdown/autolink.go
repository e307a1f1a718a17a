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

// Trigger: a space stands for any blank and for the beginning of a line. Behind
// other characters an address is found by its first letter's neighbour, see Parse.
func (bareURLs) Trigger() []byte { return []byte{' ', '*', '_', '~', '(', ':'} }

func (bareURLs) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, segment := reader.PeekLine()
	if line[0] == ':' {
		return behindText(parent, line, segment, reader, pc)
	}
	skip := 0
	switch line[0] {
	case ' ', '\t', '*', '_', '~', '(':
		skip = 1
	}
	if len(line) < skip+5 {
		return nil
	}
	switch line[skip] | 0x20 {
	case 'h', 'f', 'w', 'm':
	default:
		return nil
	}
	size, protocol := bareURL(line[skip:])
	if size == 0 || pc.IsInLinkLabel() {
		return nil
	}
	if skip > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+skip))
	}
	return autoLink(segment.Start+skip, size, protocol, reader, skip+size)
}

func autoLink(start, size int, protocol []byte, reader text.Reader, advance int) ast.Node {
	reader.Advance(advance)
	link := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(text.NewSegment(start, start+size)))
	link.Protocol = protocol
	link.SetPos(start)
	return link
}

// behindText finds an address whose scheme has been read as the end of a text
// without spaces, as in 詳細はhttps://example.com/を参照.
func behindText(parent ast.Node, line []byte, segment text.Segment, reader text.Reader, pc parser.Context) ast.Node {
	if !bytes.HasPrefix(line, []byte("://")) || pc.IsInLinkLabel() {
		return nil
	}
	last, ok := parent.LastChild().(*ast.Text)
	if !ok || last.Segment.Stop != segment.Start {
		return nil
	}
	said := last.Segment.Value(reader.Source())
	for _, scheme := range []string{"https", "http", "ftp"} {
		rest, found := bytes.CutSuffix(said, []byte(scheme))
		if !found || len(rest) == 0 {
			continue
		}
		if c, _ := utf8.DecodeLastRune(rest); !isWide(c) {
			return nil
		}
		whole := reader.Source()[segment.Start-len(scheme) : segment.Stop]
		size, _ := bareURL(whole)
		if size == 0 {
			return nil
		}
		last.Segment.Stop -= len(scheme)
		return autoLink(segment.Start-len(scheme), size, nil, reader, size-len(scheme))
	}
	return nil
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
