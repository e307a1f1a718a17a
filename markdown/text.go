package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// special are the bytes of Markdown text that don't stand for themselves in HTML.
var special = [256]bool{'\\': true, '&': true, '<': true, '>': true, '"': true, 0: true, '\r': true}

// appendText adds Markdown text to dst with its backslash escapes and entities
// resolved; as HTML when asked.
func appendText(dst, src []byte, html bool) []byte {
	for len(src) > 0 {
		i := 0
		for i < len(src) && !special[src[i]] {
			i++
		}
		dst = append(dst, src[:i]...)
		if i == len(src) {
			return dst
		}
		src = src[i:]
		switch c := src[0]; {
		case c == '\\' && len(src) > 1 && util.IsPunct(src[1]):
			dst = appendByte(dst, src[1], html)
			src = src[2:]
			continue
		case c == '&':
			if s, n := entity(src); n > 0 {
				dst = appendEscaped(dst, s, html)
				src = src[n:]
				continue
			}
			dst = appendByte(dst, c, html)
		case c == '\r':
		default:
			dst = appendByte(dst, c, html)
		}
		src = src[1:]
	}
	return dst
}

func appendByte(dst []byte, c byte, html bool) []byte {
	if c == 0 {
		return append(dst, "\uFFFD"...)
	}
	if html {
		switch c {
		case '<':
			return append(dst, "&lt;"...)
		case '>':
			return append(dst, "&gt;"...)
		case '&':
			return append(dst, "&amp;"...)
		case '"':
			return append(dst, "&quot;"...)
		}
	}
	return append(dst, c)
}

func appendEscaped(dst []byte, s string, html bool) []byte {
	for i := range len(s) {
		dst = appendByte(dst, s[i], html)
	}
	return dst
}

// entity reads a character reference at the start of src; n is 0 if it is none.
func entity(src []byte) (s string, n int) {
	end := bytes.IndexByte(src[:min(len(src), 40)], ';')
	if end < 2 {
		return "", 0
	}
	name := src[1:end]
	if name[0] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(string(name)); ok {
			return string(e.Characters), end + 1
		}
		return "", 0
	}
	digits, base := string(name[1:]), 10
	if digits != "" && digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	c, err := strconv.ParseUint(digits, base, 32)
	if err != nil || len(digits) > 7 {
		return "", 0
	}
	if c == 0 || c > utf8.MaxRune || c >= 0xD800 && c < 0xE000 {
		c = utf8.RuneError
	}
	return string(rune(c)), end + 1
}

// unescape resolves the escapes and entities of a target, a title or an attribute.
func unescape(src []byte) string {
	if bytes.IndexByte(src, '\\') < 0 && bytes.IndexByte(src, '&') < 0 {
		return string(src)
	}
	return string(appendText(nil, src, false))
}

// escapeURL percent-encodes what may not stand in an address; what is encoded
// already stays.
func escapeURL(s string) string {
	plain := true
	for i := range len(s) {
		if !isURLByte(s[i]) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case isURLByte(c):
			b.WriteByte(c)
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func isURLByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c != 0 && strings.IndexByte("-._~:/?#@!$&'()*+,;=", c) >= 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
