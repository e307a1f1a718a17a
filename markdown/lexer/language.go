package lexer

import (
	"strings"
	"sync"
)

// A language is what the scanner has to know of one.
type language struct {
	words    map[Class]string // class → words, between blanks
	next     map[Class]string // class of the name behind these words
	fold     bool             // words are the same in upper and lower case
	letters  string           // of names, beside letters, digits and _
	line     []string         // begin a comment to the end of the line
	block    [2]string        // delimiters of longer comments
	quotes   string           // begin and end a string
	long     string           // quotes of strings that go over lines
	triple   string           // quotes that may stand three times around one
	raw      string           // quotes of strings in which nothing is escaped
	escape   byte             // gives the next byte of a string another meaning
	doubled  bool             // a quote in a string is written twice
	live     string           // quotes of strings in which dollar finds code
	dollar   func(*scanner) bool
	call     calling
	called   Class               // of those names, Function if it is Plain
	names    Class               // of names that are no words
	property Class               // of a name behind a dot
	at       string              // bytes at which hook is asked
	hook     func(*scanner) bool // writes something and says so
	starts   string              // bytes that begin a word, beside letters
	read     func(*scanner)      // reads a word, instead of (*scanner).word
	scan     func(*scanner)      // reads the whole, instead of (*scanner).code

	table map[string]word
	kind  [256]kind
	name  [256]bool
	hooks [256]bool
}

type word struct{ class, next Class }

// dotted is the class of a name with its dots, painted as a type.
const dotted Class = 255

// calling tells which names in front of a parenthesis are painted.
type calling uint8

const (
	callNone     calling = iota
	callAny              // all
	callDeclared         // those behind a type: declarations
)

type kind uint8

const (
	other kind = iota
	blank
	letter
	digit
	quote
	comment // may begin one
	bracket
)

// build makes the tables that scanning reads.
func (l *language) build() *language {
	l.table = map[string]word{}
	for class, list := range l.words {
		for w := range strings.FieldsSeq(list) {
			l.table[w] = word{class: class}
		}
	}
	for class, list := range l.next {
		for w := range strings.FieldsSeq(list) {
			l.table[w] = word{class: l.table[w].class, next: class}
		}
	}
	for c := range 256 {
		if c == '_' || c >= 0x80 || 'a' <= c|0x20 && c|0x20 <= 'z' {
			l.kind[c], l.name[c] = letter, true
		} else if '0' <= c && c <= '9' {
			l.kind[c], l.name[c] = digit, true
		}
	}
	set := func(bytes string, k kind) {
		for i := range len(bytes) {
			l.kind[bytes[i]] = k
		}
	}
	set(" \t\r\n\f\v", blank)
	set("()[]{}", bracket)
	for _, mark := range append(l.line, l.block[0]) {
		if mark != "" && l.kind[mark[0]] == other {
			l.kind[mark[0]] = comment
		}
	}
	set(l.quotes, quote)
	set(l.letters, letter)
	for i := range len(l.letters) {
		l.name[l.letters[i]] = true
	}
	if l.read == nil {
		l.read = (*scanner).word
	} else {
		set(l.starts, letter)
	}
	for i := range len(l.at) {
		l.hooks[l.at[i]] = true
	}
	if l.called == Plain {
		l.called = Function
	}
	if l.scan == nil {
		l.scan = (*scanner).code
	}
	return l
}

// languages makes the tables when the first block is asked for.
var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	for aliases, l := range tables {
		l.build()
		for alias := range strings.FieldsSeq(aliases) {
			all[alias] = l
		}
	}
	return all
})
