package site

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"annai/internal/source"
)

// Wording in Japanese and Chinese: what a proofreader marks without knowing the
// subject. All are warnings, of sites of ours only; `proofread: false` in
// site.yaml leaves them out.

// maxSentence is how many characters of a sentence a reader keeps in mind.
const maxSentence = 100

// wording is what a page shows of its habits. What differs within a page is told
// once it was read to the end.
type wording struct {
	polite, plain    habit // sentences in です・ます and in である
	spaced, unspaced habit // places where scripts meet
}

// A habit is how often something was seen, and where first: counting the columns
// of each place would take the square of a long line.
type habit struct {
	times int
	first source.Position
}

func (h *habit) seen(at func() source.Position) {
	if h.times == 0 {
		h.first = at()
	}
	h.times++
}

// lint looks at Markdown as it was written; mend moves a position of it to where
// it stands in the page's file.
func (d *draft) lint(f *source.File, mend func(*source.Position)) {
	if !d.site.own || d.page.Fallback() {
		return
	}
	told := len(d.facts.Problems)
	d.checkLabels(f)
	if language, _, _ := strings.Cut(d.page.Lang, "-"); d.site.proofreads() && (language == "ja" || language == "zh") {
		for _, s := range sentencesOf(string(f.Text)) {
			d.checkSentence(f, &s, language, mend)
		}
	}
	for i := told; i < len(d.facts.Problems); i++ {
		mend(&d.facts.Problems[i].Position)
	}
}

func (s *Site) proofreads() bool { return s.Config.Proofread == nil || *s.Config.Proofread }

// A sentence is visible text, with the offset of each of its characters.
type sentence struct {
	text []rune
	at   []int
	ends bool // with a full stop
}

func (s *sentence) add(r rune, at int) {
	s.text, s.at = append(s.text, r), append(s.at, at)
}

// opaque stands for characters that are no prose: code, labels.
const opaque = '\uFFFC'

var (
	proseSkip = regexp.MustCompile(`^(:::|\||<|\[!|#+ |\[[^\]]+\]: )`)
	proseMark = regexp.MustCompile(`^(?:[ \t]|>|[-*+] |\d+[.)] |\[[ xX]\] )+`)
	proseItem = regexp.MustCompile(`^[ \t>]*(?:[-*+]|\d+[.)]) `)
	proseCode = regexp.MustCompile("^`+[^`]+`+")
	proseTag  = regexp.MustCompile(`^</?[A-Za-z][^>\n]*>|^<https?:[^>\n]*>`)
	proseUI   = regexp.MustCompile(`^:ui\[[^\]\n]*\](?:\{[^}\n]*\})?`)
	proseLink = regexp.MustCompile(`^\]\([^)\n]*\)`)
)

// sentencesOf cuts Markdown into sentences. Headings, tables, code and directives
// have none; a list's item ends one.
func sentencesOf(text string) []sentence {
	var list []sentence
	var s sentence
	flush := func() {
		if len(s.text) > 0 {
			list = append(list, s)
			s = sentence{}
		}
	}
	fence := ""
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		line := text[start:end]
		bare := strings.TrimLeft(line, " \t>")
		switch {
		case fence != "":
			if strings.HasPrefix(bare, fence) {
				fence = ""
			}
		case strings.HasPrefix(bare, "```"), strings.HasPrefix(bare, "~~~"):
			flush()
			fence = bare[:3]
		case strings.TrimSpace(bare) == "", strings.ContainsRune(":|<[#", rune(bare[0])) && proseSkip.MatchString(bare):
			flush()
		default:
			from := 0
			if line[0] < 0x80 {
				if proseItem.MatchString(line) {
					flush()
				}
				from = len(proseMark.FindString(line))
			}
			s.read(line[from:], start+from, flush)
		}
		start = end
	}
	flush()
	return list
}

// read adds a line's visible characters; flush ends a sentence.
func (s *sentence) read(line string, offset int, flush func()) {
	hide := func(n int) {
		for range utf8.RuneCountInString(line[:n]) {
			s.add(opaque, offset)
		}
	}
	for len(line) > 0 {
		r, n := utf8.DecodeRuneInString(line)
		switch {
		case r == '`' && proseCode.MatchString(line):
			n = len(proseCode.FindString(line))
			hide(n)
		case r == ':' && proseUI.MatchString(line):
			n = len(proseUI.FindString(line))
			hide(n)
		case r == '<' && proseTag.MatchString(line):
			n = len(proseTag.FindString(line))
		case r == ']' && proseLink.MatchString(line):
			n = len(proseLink.FindString(line))
		case r == '[' || r == ']' || r == '*' || r == '\r' || r == '\n' || strings.HasPrefix(line, "~~"):
		case r == '\\' && len(line) > 1:
		case strings.ContainsRune("。！？", r):
			s.ends = true
			s.add(r, offset)
			if next, _ := utf8.DecodeRuneInString(line[n:]); !strings.ContainsRune("。！？」』）”)", next) || len(line) == n {
				flush()
			} else {
				s.ends = false
			}
		default:
			s.add(r, offset)
		}
		line, offset = line[n:], offset+n
	}
}

var (
	politeEnd = regexp.MustCompile(`(です|ます|ません|ました|でした|ください|でしょう|ましょう)(か|ね|よ)?。$`)
	plainEnd  = regexp.MustCompile(`(である|であった|であろう|だ|だった|だろう|ではない|[^で]はない|する|した|しない|される|された|できる|できない|なる|なった|ている|ていた)。$`)
	wideSigns = regexp.MustCompile(`[０-９Ａ-Ｚａ-ｚ]+`)
	twice     = regexp.MustCompile(`をを|がが|はは|にに|でで[^きす]|へへ|(^|[^もこそ])のの`)
	chains    = map[string]*regexp.Regexp{
		"ja": regexp.MustCompile(`[^、。「」（）の\s]{1,8}の[^、。「」（）の\s]{1,8}の[^、。「」（）の\s]{1,8}の`),
		"zh": regexp.MustCompile(`[^，、。“”（）的\s]{1,8}的[^，、。“”（）的\s]{1,8}的[^，、。“”（）的\s]{1,8}的`),
	}
	// notChain are words in which の joins nothing.
	notChain  = regexp.MustCompile(`[こそあど]の|もの|のに|ので|のみ|のち|のは|のが|のを|のも|のとき|のため|のとおり|的确|目的|的话`)
	halfSigns = regexp.MustCompile(`\p{Han}[,;:?!](?:$|[\p{Han} ])|\p{Han}\.$`)
)

// checkSentence looks at one sentence, and notes the page's habits.
func (d *draft) checkSentence(f *source.File, s *sentence, language string, mend func(*source.Position)) {
	text := string(s.text)
	at := func(byteOffset int) source.Position {
		return f.Position(s.at[utf8.RuneCountInString(text[:byteOffset])])
	}
	if n := s.length(); n > maxSentence {
		d.warn(at(0), "sentence-long", "the sentence has %d characters", n).
			Hintf("more than %d are hard to follow; make it two", maxSentence)
	}
	signs := s.signs()
	if m := match(signs.wide, wideSigns, text); m != nil {
		d.warn(at(m[0]), "full-width-signs", "%q are full-width signs", text[m[0]:m[1]]).Hintf("write %q", narrow(text[m[0]:m[1]]))
	}
	if signs.joints >= 3 {
		text := blankWords(text)
		if m := chains[language].FindStringIndex(text); m != nil {
			d.warn(at(m[0]), "particle-chain", "three of the same particle join words here: %s", text[m[0]:m[1]]).
				Hintf("take one out, or begin a new sentence")
		}
	}
	if language == "zh" {
		if m := match(signs.half, halfSigns, text); m != nil {
			_, size := utf8.DecodeRuneInString(text[m[0]:])
			sign := text[m[0]+size : m[0]+size+1]
			d.warn(at(m[0]+size), "half-width-mark", "%q is a mark of Latin texts", sign).
				Hintf("write %q", wideMarks[sign])
		}
	} else {
		d.checkJapanese(text, s, signs.doubled, at, mend)
	}
	d.noteSpaces(s, f, language, mend)
}

var wideMarks = map[string]string{",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}

func (d *draft) checkJapanese(text string, s *sentence, doubled bool, at func(int) source.Position, mend func(*source.Position)) {
	if m := match(doubled, twice, text); m != nil {
		d.warn(at(m[0]), "particle-twice", "a particle stands twice: %q", text[m[0]:m[1]])
	}
	if !s.ends {
		return
	}
	first := func() source.Position {
		p := at(0)
		mend(&p)
		return p
	}
	switch {
	case politeEnd.MatchString(text):
		d.wording.polite.seen(first)
	case plainEnd.MatchString(text):
		d.wording.plain.seen(first)
	}
}

// noteSpaces notes where Latin letters or digits meet Chinese or Japanese
// characters, and reports spaces inside of Japanese. Words of katakana may be
// parted by a space, as Microsoft parts them.
func (d *draft) noteSpaces(s *sentence, f *source.File, language string, mend func(*source.Position)) {
	told := false
	for i := 0; i+1 < len(s.text); i++ {
		a, b := s.text[i], s.text[i+1]
		place := func() source.Position {
			p := f.Position(s.at[i])
			mend(&p)
			return p
		}
		switch {
		case meets(a, b):
			d.wording.unspaced.seen(place)
		case b != ' ' || i+2 == len(s.text):
		case meets(a, s.text[i+2]):
			d.wording.spaced.seen(place)
		case language == "ja" && !told && isWide(a) && isWide(s.text[i+2]) && !(isKatakana(a) && isKatakana(s.text[i+2])):
			told = true
			d.warn(f.Position(s.at[i+1]), "space-inside", "there is a space inside of a sentence")
		}
	}
}

// checkWording tells what differs within the page.
func (d *draft) checkWording() {
	w := &d.wording
	if n, m := w.polite.times, w.plain.times; n > 0 && m > 0 {
		d.warn(rarer(w.plain, w.polite), "tone-mixed", "%d sentences end in です・ます and %d in である", n, m).
			Hintf("choose one for the whole page")
	}
	if n, m := w.spaced.times, w.unspaced.times; n > 0 && m > 0 {
		at := rarer(w.spaced, w.unspaced)
		if strings.HasPrefix(d.page.Lang, "zh") {
			at = rarer(w.unspaced, w.spaced)
		}
		d.warn(at, "space-mixed", "between Latin letters and the characters beside them stands a space in %d places and none in %d", n, m).
			Hintf("choose one for the whole page")
	}
}

// signs are what a sentence may be looked at for at all: most have none of them,
// and a glance is a hundredth of a regular expression.
type signs struct {
	wide, half, doubled bool
	joints              int
}

func (s *sentence) signs() (found signs) {
	before := rune(0)
	for _, r := range s.text {
		switch {
		case r == 'の' || r == '的':
			found.joints++
		case r >= '０' && r <= 'ｚ':
			found.wide = true
		case r < 0x80 && strings.ContainsRune(",;:?!.", r):
			found.half = true
		}
		found.doubled = found.doubled || r == before && strings.ContainsRune("をがはにでへの", r)
		before = r
	}
	return found
}

func match(possible bool, pattern *regexp.Regexp, text string) []int {
	if !possible {
		return nil
	}
	return pattern.FindStringIndex(text)
}

// rarer is where the less frequent of two was seen; of equal ones, the first.
func rarer(a, b habit) source.Position {
	if b.times < a.times {
		return b.first
	}
	return a.first
}

// length counts what is read, without spaces; 0 for a text in Latin letters.
func (s *sentence) length() int {
	n, wide := 0, false
	for _, r := range s.text {
		if r != ' ' {
			n++
		}
		wide = wide || isWide(r)
	}
	if !wide {
		return 0
	}
	return n
}

// blankWords hides words in which a particle's sign is none.
func blankWords(text string) string {
	return notChain.ReplaceAllStringFunc(text, func(w string) string {
		return strings.Repeat("、", utf8.RuneCountInString(w))
	})
}

func narrow(s string) string {
	return strings.Map(func(r rune) rune { return r - 0xFEE0 }, s)
}

func meets(a, b rune) bool { return isWide(a) && isNarrow(b) || isNarrow(a) && isWide(b) }

func isWide(r rune) bool {
	return r == 'ー' || r == '々' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func isNarrow(r rune) bool { return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func isKatakana(r rune) bool { return r == 'ー' || unicode.Is(unicode.Katakana, r) }
