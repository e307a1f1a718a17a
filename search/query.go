package search

import (
	_ "embed"
	"slices"
	"strings"
)

// Words and phrases that make a sentence of a question and don't say what it is
// about. They are not looked for unless nothing else is left.
var (
	//go:embed data/function.ja.txt
	functionJapanese string
	//go:embed data/function.zh-hans.txt
	functionChinese string
	//go:embed data/function.en.txt
	functionEnglish string
	//go:embed data/weak.en.txt
	weakEnglish string
)

// weakFactor is what a word that says little counts: "use", "thing", "without".
const weakFactor = 0.4

// weakTerms lists those words as terms. They are of English and known in every
// locale.
func weakTerms() []string {
	var all []string
	f := &folder{}
	for line := range strings.Lines(weakEnglish) {
		if !strings.HasPrefix(line, "#") {
			f.tokens(line, 0, false, func(t *token) { all = append(all, string(t.term())) })
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// functionOf lists the function words of a locale, and the English ones, folded,
// longest first.
func functionOf(locale string) []string {
	text := functionEnglish
	switch {
	case locale == "ja":
		text += functionJapanese
	case strings.HasPrefix(locale, "zh"):
		text += functionChinese
	}
	f := &folder{variants: variantsOf(locale)}
	var all []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			f.normalise(w)
			all = append(all, string(f.signs))
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if d := len([]rune(b)) - len([]rune(a)); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

// A group is one thing that is asked for: a term and what may stand for it.
type group struct {
	term    string
	surface string // as it was typed, folded
	weight  float64
	kind    kind
	weak    bool // says little, and is never taken for misspelt
	last    bool // typed last: may be the beginning of a word
	parts   []part_
	terms   []alternative // what is looked up; set when lists are known
}

type part_ struct{ term, surface string }

// An alternative is a term and how much a hit of it counts.
type alternative struct {
	list   list
	factor float64
}

const (
	longestQuery = 200 // runes; the rest is not read
	mostGroups   = 16  // each is a file to fetch; the least telling ones go first
)

// parse takes a query apart.
func (f *folder) parse(query string, function, weak []string) []group {
	if signs := []rune(query); len(signs) > longestQuery {
		query = string(signs[:longestQuery])
	}
	f.normalise(query)
	idle := f.idle(function)
	end := len(f.signs)
	for end > 0 && f.classes[end-1] == other && f.signs[end-1] != ' ' {
		end--
	}
	type candidate struct {
		group
		at, to int
		idle   bool
		run    int // of katakana: which pair of the run
		kana   bool
	}
	var all []candidate
	f.tokens(query, 0, true, func(t *token) {
		c := candidate{at: t.at, to: t.end}
		c.term, c.surface, c.kind = string(t.term()), string(t.surface), t.kind
		switch t.kind {
		case part:
			if n := len(all); n > 0 && all[n-1].kind == word && all[n-1].to >= c.to {
				all[n-1].parts = append(all[n-1].parts, part_{c.term, c.surface})
				return
			}
			c.weight = 0.7 // of a word too long to be one
		case sign:
			if c.weight = f.signWeight(t.at, idle); c.weight == 0 {
				return
			}
		case word:
			c.weight = 1
			c.last = t.end == end
			if c.weak = slices.Contains(weak, c.term); c.weak {
				c.weight = weakFactor
			}
			c.idle = slices.Contains(function, string(t.surface))
		case pair:
			c.weight = pairWeight(t.first, t.second)
			c.idle = idle[t.at] && idle[t.at+1]
			c.kana = t.first == katakana && t.second == katakana
			if n := len(all); c.kana && n > 0 && all[n-1].kana && all[n-1].at == t.at-1 {
				c.run = all[n-1].run + 1
			}
		}
		all = append(all, c)
	})
	content := slices.ContainsFunc(all, func(c candidate) bool { return !c.idle })
	var groups []group
	seen := map[string]bool{}
	for i, c := range all {
		skip := c.kana && c.run%2 == 1 && i+1 < len(all) && all[i+1].kana && all[i+1].run > c.run
		if content && c.idle || skip || seen[c.term] {
			continue
		}
		seen[c.term] = true
		groups = append(groups, c.group)
	}
	return telling(groups)
}

// telling leaves the groups of most weight, in their order.
func telling(groups []group) []group {
	for len(groups) > mostGroups {
		least := len(groups) - 1
		for i := len(groups) - 1; i >= 0; i-- {
			if groups[i].weight < groups[least].weight {
				least = i
			}
		}
		groups = slices.Delete(groups, least, least+1)
	}
	return groups
}

// signWeight is how much one Han sign tells. Between hiragana or function words it
// is the stem of a verb, and titles may have another form of it: 送ってしまった, 送信.
func (f *folder) signWeight(at int, idle []bool) float64 {
	if idle[at] {
		return 0
	}
	weight := 1.0
	for _, i := range []int{at - 1, at + 1} {
		if i < 0 || i >= len(f.signs) || !signClass(f.classes[i]) {
			continue
		}
		if f.classes[i] != hiragana && !idle[i] {
			return 0
		}
		weight = 0.6
	}
	return weight
}

func signClass(c class) bool { return c >= han && c <= hangul }

// pairWeight is how much a pair tells: Han most, hiragana, mostly grammar, least.
func pairWeight(a, b class) float64 {
	switch {
	case a == han && b == han:
		return 1
	case a == katakana && b == katakana:
		return 0.6
	case a == hiragana && b == hiragana:
		return 0.25
	}
	return 0.5
}

// idle marks the signs that are covered by function phrases, longest first.
func (f *folder) idle(function []string) []bool {
	idle := make([]bool, len(f.signs))
	for i := 0; i < len(f.signs); {
		n := 0
		if signClass(f.classes[i]) {
			for _, p := range function {
				if s := []rune(p); len(s) > n && len(s) <= len(f.signs)-i && slices.Equal(s, f.signs[i:i+len(s)]) {
					n = len(s)
				}
			}
		}
		for j := i; j < i+n; j++ {
			idle[j] = true
		}
		i += max(n, 1)
	}
	return idle
}
