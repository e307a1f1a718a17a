package search

import (
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A foldTable knows the signs of the Basic Multilingual Plane that always become
// one other sign, whatever stands beside them. It is filled by pages as texts
// need them, and safe for concurrent use.
type foldTable struct {
	variants map[rune]rune
	pages    [256]atomic.Pointer[foldPage]
}

type foldPage [256]folded

// folded is the sign and the class that a sign gets; 0 when its neighbours matter.
type folded uint32

func (e folded) sign() rune   { return rune(e & 0x1fffff) }
func (e folded) class() class { return class(e >> 21) }

// fold looks a sign up that is not ASCII.
func (t *foldTable) fold(r rune) folded {
	if r > 0xffff {
		return 0
	}
	p := t.pages[r>>8].Load()
	if p == nil {
		p = t.fill(r &^ 0xff)
	}
	return p[r&0xff]
}

func (t *foldTable) fill(first rune) *foldPage {
	p := new(foldPage)
	var f folder
	for i := range p {
		if r, ok := f.alone(first + rune(i)); ok {
			r, c := foldSign(r, t.variants)
			p[i] = folded(r) | folded(c)<<21
		}
	}
	t.pages[first>>8].Store(p)
	return p
}

// alone gives the one sign that a sign becomes in composed form, and false when it
// becomes several, or may join the sign before it.
func (f *folder) alone(r rune) (rune, bool) {
	switch {
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fe, r >= 0x4e00 && r <= 0x9fff:
		return r, true
	case r >= 0xd800 && r <= 0xdfff || r == utf8.RuneError || r == 0:
		return 0, false
	}
	s := string(r)
	if !norm.NFKD.PropertiesString(s).BoundaryBefore() {
		return 0, false
	}
	s = f.compose(s)
	to, n := utf8.DecodeRuneInString(s)
	return to, n > 0 && n == len(s) && norm.NFC.PropertiesString(s).BoundaryBefore()
}

// asciiFolds are the classes of ASCII, and what makes a capital small.
var asciiFolds = func() (t [utf8.RuneSelf]struct {
	class class
	lower rune // bit to set
}) {
	for r := range t {
		t[r].class = asciiClasses[r]
		if t[r].class&upper != 0 {
			t[r].lower = 'a' - 'A'
		}
	}
	return t
}()

// foldSign gives a composed sign its class and the sign that counts for it.
func foldSign(r rune, variants map[rune]rune) (rune, class) {
	c := classOf(r)
	switch {
	case c&upper != 0:
		return unicode.ToLower(r), c
	case c == han && variants != nil:
		if v, ok := variants[r]; ok {
			return v, c
		}
	}
	return r, c
}

// foldKana drops the last long-vowel mark of a katakana word of three signs or
// more, takes small kana as large, va as ba, and katakana as hiragana.
func (f *folder) foldKana() {
	out := 0
	run := 0 // signs of the katakana word so far
	for i := 0; i < len(f.signs); i++ {
		r, c := f.signs[i], f.classes[i]
		if c != katakana {
			run = 0
		} else {
			run++
			last := i+1 == len(f.signs) || f.classes[i+1] != katakana
			if r == 'ー' && last && run >= 3 {
				continue
			}
			if r >= 'ァ' && r <= 'ヶ' {
				r -= 'ァ' - 'ぁ'
			}
		}
		if c == katakana || c == hiragana {
			if r == 'ゔ' {
				r = 'ぶ'
				if i+1 < len(f.signs) {
					if v, ok := vowels[f.signs[i+1]]; ok {
						r = v
						f.signs[out], f.classes[out] = r, c
						out++
						i++
						run++
						continue
					}
				}
			} else {
				r = largeKana(r)
			}
		}
		f.signs[out], f.classes[out] = r, c
		out++
	}
	f.signs, f.classes = f.signs[:out], f.classes[:out]
}

// vowels are the small signs after ヴ, with what both together become.
var vowels = map[rune]rune{'ァ': 'ば', 'ィ': 'び', 'ェ': 'べ', 'ォ': 'ぼ', 'ぁ': 'ば', 'ぃ': 'び', 'ぇ': 'べ', 'ぉ': 'ぼ'}

// largeKana is the large form of a small hiragana, and any other sign as it is.
func largeKana(r rune) rune {
	switch r {
	case 'ぁ', 'ぃ', 'ぅ', 'ぇ', 'ぉ', 'っ', 'ゃ', 'ゅ', 'ょ', 'ゎ':
		return r + 1
	case 'ゕ':
		return 'か'
	case 'ゖ':
		return 'け'
	}
	return r
}
