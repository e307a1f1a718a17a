// Package lexer colours the code of the languages that articles show most: what
// a general highlighter does with regular expressions in hundreds of microseconds
// takes it a few, because it reads each byte once and knows only as much of a
// language as the theme has colours for.
//
// A language is a table (words, comments, strings, what opens code in a string)
// that one scanner reads, with a hook where a language has something of its own;
// YAML, XML and HTTP, which are read by the line or by the tag, have functions.
// The tables give the classes that chroma gives, where chroma is right: the test
// compares them sign by sign and lists what differs on purpose.
//
// Any input is taken, in linear time and without loss: what is no known token is
// plain text.
package lexer

import "strings"

// A Class is a colour of the theme.
type Class uint8

// The classes, with their names in the page.
const (
	Plain    Class = iota
	Keyword        // hk
	String         // hs
	Comment        // hc
	Number         // hn
	Function       // hf: function, name of a tag, key
	Variable       // hv: variable, attribute
	Type           // ht: type, command, namespace
	Inserted       // hi: line of a diff
	Deleted        // hd
)

var names = [...]string{"", "hk", "hs", "hc", "hn", "hf", "hv", "ht", "hi", "hd"}

// A Writer appends tokens to HTML. Neighbours of one class share a span, and
// blanks, which have no colour, stay in the span they follow.
type Writer struct {
	HTML []byte
	open Class
}

// Add appends a token.
func (w *Writer) Add(c Class, text string) {
	if c != w.open && strings.TrimLeft(text, " \t\r\n\f\v") != "" {
		w.Close()
		if c != Plain {
			w.HTML = append(append(append(w.HTML, `<span class="`...), names[c]...), `">`...)
			w.open = c
		}
	}
	from := 0
	for i := 0; i < len(text); i++ {
		var entity string
		switch text[i] {
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '&':
			entity = "&amp;"
		default:
			continue
		}
		w.HTML = append(append(w.HTML, text[from:i]...), entity...)
		from = i + 1
	}
	w.HTML = append(w.HTML, text[from:]...)
}

// Close ends the open span.
func (w *Writer) Close() {
	if w.open != Plain {
		w.HTML = append(w.HTML, "</span>"...)
		w.open = Plain
	}
}

// Append appends code as HTML with its tokens in spans. It reports false, and
// appends nothing, for a language that it doesn't know; lang is in lower case.
func Append(html []byte, lang, code string) ([]byte, bool) {
	all := languages()
	l := all[lang]
	if l == nil {
		return html, false
	}
	s := scanner{Writer: Writer{HTML: html}, language: l, src: code, all: all}
	l.scan(&s)
	s.Close()
	return s.HTML, true
}
