package search

import (
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// The analysis of text is written twice, here and in the theme's search.js, and
// must give the same tokens: a test compares them over all articles it can find.
// So it uses Unicode normalisation, letter and digit classes and fixed ranges of
// signs, and nothing that an engine could know better or worse.

// A class is the kind of a sign.
type class uint8

const (
	other class = iota
	letter
	digit
	han
	hiragana
	katakana
	hangul
	joiner            // stands inside a word: . - _ @ '
	upper  class = 16 // bit: was a capital
)

// A kind is the sort of a token.
type kind uint8

const (
	pair kind = iota // two neighbouring signs of Han, kana or Hangul
	sign             // one Han sign, of titles and headings only
	word             // a whole word, stemmed if English
	part             // a part of a word that has several
)

// A token is a term in a text. It and its bytes are valid until the next one.
type token struct {
	fold     *folder
	kind     kind
	position int    // of its first sign or word
	at, end  int    // its signs
	first    class  // of a pair: classes of its signs
	second   class  // the same as first for any other
	surface  []byte // of a word or part: before stemming
	verb     bool   // part of a phrasal verb
}

// term is the token as it is indexed.
func (t *token) term() []byte {
	f := t.fold
	switch {
	case t.surface == nil:
		f.term = f.term[:0]
		for _, r := range f.signs[t.at:t.end] {
			f.term = utf8.AppendRune(f.term, r)
		}
		return f.term
	case len(t.surface) >= 3 && ascii(t.surface):
		f.term = append(f.term[:0], f.stem(t.surface)...)
		return f.term
	}
	return t.surface
}

// A folder brings text into the form that is compared.
type folder struct {
	variants map[rune]rune // Han signs that count as another
	table    *foldTable    // shared by folders of the same variants; its own when nil

	signs   []rune
	classes []class
	token   token
	term    []byte
	plain   []byte
	apart   []byte
	env     *snowballstem.Env
	stems   map[string]string
}

const (
	longestWord = 64 // runes; longer runs are data, only their parts are kept
	longestPart = 40
)

// asciiClasses are those of the first 128 signs.
var asciiClasses = func() (t [128]class) {
	for r := range t {
		switch {
		case r >= 'a' && r <= 'z':
			t[r] = letter
		case r >= 'A' && r <= 'Z':
			t[r] = letter | upper
		case r >= '0' && r <= '9':
			t[r] = digit
		case r == '.' || r == '-' || r == '_' || r == '@' || r == '\'':
			t[r] = joiner
		}
	}
	return t
}()

// classOf tells the class of a sign that has been normalised.
func classOf(r rune) class {
	switch {
	case r < 0x80:
		return asciiClasses[r]
	case r == 0x2019 || r == 0x2010 || r == 0x2011:
		return joiner
	case r >= 0x3041 && r <= 0x3096 || r == 0x309d || r == 0x309e:
		return hiragana
	case r >= 0x30a1 && r <= 0x30fa || r >= 0x30fc && r <= 0x30fe:
		return katakana
	case r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x3005 && r <= 0x3007 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff:
		return han
	case r >= 0xac00 && r <= 0xd7af:
		return hangul
	case unicode.IsUpper(r) || unicode.IsTitle(r):
		return letter | upper
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	}
	return other
}

// normalise sets signs and classes: compatibility forms resolved, lower case,
// Latin accents dropped, kana folded, variants of Han signs replaced. Most signs
// become one other, whatever stands beside them, and a table knows which; only
// the rest go through Unicode's composition, with the sign before them, which an
// accent may belong to.
func (f *folder) normalise(text string) {
	if f.table == nil {
		f.table = &foldTable{variants: f.variants}
	}
	signs, classes := f.signs[:0], f.classes[:0]
	seen := class(0) // bits of classes
	before := 0      // where the last sign began, if it stands for itself
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			e := asciiFolds[c]
			signs, classes = append(signs, rune(c)|e.lower), append(classes, e.class)
			before = i
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if e := f.table.fold(r); e != 0 {
			c := e.class()
			seen |= 1 << (c & 15)
			signs, classes = append(signs, e.sign()), append(classes, c)
			before = i
			i += n
			continue
		}
		if len(signs) > 0 {
			signs, classes = signs[:len(signs)-1], classes[:len(classes)-1]
		} else {
			before = i
		}
		for i < len(text) && (r >= utf8.RuneSelf && f.table.fold(r) == 0) {
			i += n
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		for _, r := range f.compose(text[before:i]) {
			r, c := foldSign(r, f.variants)
			seen |= 1 << (c & 15)
			signs, classes = append(signs, r), append(classes, c)
		}
		// What comes next stands for itself and stays, so this sign is never taken back.
	}
	f.signs, f.classes = signs, classes
	if seen&(1<<katakana|1<<hiragana) != 0 {
		f.foldKana()
	}
}

// compose returns a text in NFC with compatibility forms resolved and combining
// accents (U+0300 to U+036F) dropped.
func (f *folder) compose(text string) string {
	f.apart = norm.NFKD.AppendString(f.apart[:0], text)
	kept := f.apart[:0]
	for i := 0; i < len(f.apart); {
		r, n := utf8.DecodeRune(f.apart[i:])
		if s, ok := letters[r]; ok {
			kept = append(kept, s...) // never longer than what it replaces
		} else if r < 0x300 || r > 0x36f {
			kept = append(kept, f.apart[i:i+n]...)
		}
		i += n
	}
	return norm.NFC.String(string(kept))
}

// letters that Unicode doesn't take apart but readers do.
var letters = map[rune]string{
	'ß': "ss", 'ø': "o", 'Ø': "o", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe",
	'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ı': "i", 'ς': "σ",
}

// tokens calls emit for each token of a text, the first at that position, and
// returns the position after the last. Single Han signs are emitted on demand.
func (f *folder) tokens(text string, position int, single bool, emit func(*token)) int {
	f.normalise(text)
	t, classes := &f.token, f.classes
	t.fold = f
	for i := 0; i < len(classes); {
		switch c := classes[i] &^ upper; c {
		case han, hiragana, katakana, hangul:
			t.position, t.at, t.surface = position, i, nil
			if single && c == han {
				t.kind, t.end, t.first, t.second = sign, i+1, han, han
				emit(t)
			}
			if i+1 < len(classes) {
				if d := classes[i+1]; paired(c, d) {
					t.kind, t.end, t.first, t.second = pair, i+2, c, d
					emit(t)
				}
			}
			i++
			position++
		case letter, digit:
			end := f.wordEnd(i)
			if last := f.verb(i, end, position, emit); last > 0 {
				end = last
			} else {
				f.words(i, end, position, emit)
			}
			i = end
			position++
		default:
			i++
		}
	}
	return position
}

// paired tells whether two neighbours make a pair. Hiragana before another kind
// and katakana before hiragana are ends of words, mostly particles.
func paired(a, b class) bool {
	switch b {
	case han, hiragana, katakana, hangul:
		return a == b || a == han || a == katakana && b == han
	}
	return false
}

// wordEnd finds the end of a word: letters and digits, single joiners inside.
func (f *folder) wordEnd(i int) int {
	for i < len(f.signs) {
		switch f.classes[i] &^ upper {
		case letter, digit:
			i++
		case joiner:
			if i+1 >= len(f.signs) || f.classes[i+1]&^upper != letter && f.classes[i+1] != digit {
				return i
			}
			i++
		default:
			return i
		}
	}
	return i
}

// words emits a word as a whole without its joiners, then its parts: what stands
// between joiners, between letters and digits, and before a capital.
func (f *folder) words(from, to, position int, emit func(*token)) {
	if to-from <= longestWord {
		f.word(word, position, from, to, emit)
	}
	start := from
	for i := from + 1; i <= to; i++ {
		if i < to && (f.classes[i] == letter && f.classes[i-1]&^upper == letter || !f.boundary(i)) {
			continue
		}
		if n := i - start; (start > from || i < to) && n >= 2 && n <= longestPart {
			f.word(part, position, start, i, emit)
		}
		start = i
		if i < to && f.classes[i] == joiner {
			start++
			i++
		}
	}
}

// boundary tells whether a part of a word ends before sign i.
func (f *folder) boundary(i int) bool {
	a, b := f.classes[i-1], f.classes[i]
	switch {
	case b == joiner:
		return f.signs[i] != '\'' && f.signs[i] != 0x2019
	case a == joiner:
		return false
	case a&^upper != b&^upper:
		return true
	}
	return b&upper != 0 && a&upper == 0
}

// word emits a word or a part of one.
func (f *folder) word(k kind, position, from, to int, emit func(*token)) {
	f.plain = f.plain[:0]
	for i, c := range f.classes[from:to] {
		if c == joiner {
			continue
		}
		if r := f.signs[from+i]; r < utf8.RuneSelf {
			f.plain = append(f.plain, byte(r))
		} else {
			f.plain = utf8.AppendRune(f.plain, r)
		}
	}
	f.token = token{fold: f, kind: k, position: position, at: from, end: to, first: letter, second: letter, surface: f.plain}
	emit(&f.token)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// mostStems bounds how many words a folder remembers the stems of.
const mostStems = 50_000

// stem reduces an English word (Snowball English, and the table of what it doesn't
// know).
func (f *folder) stem(w []byte) string {
	if s, ok := f.stems[string(w)]; ok {
		return s
	}
	if s, ok := stemOf[string(w)]; ok {
		return s
	}
	if f.env == nil {
		f.env = snowballstem.NewEnv("")
	}
	if f.stems == nil || len(f.stems) >= mostStems {
		f.stems = map[string]string{}
	}
	whole := string(w)
	f.env.SetCurrent(whole)
	english.Stem(f.env)
	f.stems[whole] = f.env.Current()
	return f.stems[whole]
}
