package search

import (
	_ "embed"
	"slices"
	"strings"
)

// Words that mean the same to a person who asks for help, one group a line. They
// are applied when an article is indexed: its names get the other words of every
// group that its title, headings, description or keywords mention. So they cost
// the reader nothing.
var (
	//go:embed data/synonyms.ja.txt
	synonymsJapanese string
	//go:embed data/synonyms.zh-hans.txt
	synonymsChinese string
	//go:embed data/synonyms.en.txt
	synonymsEnglish string
)

// ParseSynonyms reads groups of synonyms: a group a line, its members separated by
// commas; lines that begin with # are comments.
func ParseSynonyms(text string) [][]string {
	var groups [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var group []string
		for _, m := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '、' || r == '，' }) {
			if m = strings.TrimSpace(m); m != "" {
				group = append(group, m)
			}
		}
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	return groups
}

func synonymsOf(locale string) [][]string {
	switch {
	case locale == "ja":
		return ParseSynonyms(synonymsJapanese)
	case strings.HasPrefix(locale, "zh"):
		return ParseSynonyms(synonymsChinese)
	}
	return ParseSynonyms(synonymsEnglish)
}

// A thesaurus finds the members of groups in text, as tokens. It is read only
// once it is made.
type thesaurus struct {
	groups  [][]string
	numbers map[string]int // of tokens that members have, from 1
	first   [][]entry      // by number of the first token
}

type entry struct {
	tokens []int
	group  int
	member int
}

func newThesaurus(locale string, more [][]string, variants map[rune]rune) *thesaurus {
	t := &thesaurus{groups: append(synonymsOf(locale), more...), numbers: map[string]int{}, first: make([][]entry, 1)}
	f := &folder{variants: variants}
	for g, group := range t.groups {
		for m, member := range group {
			var tokens []int
			sequence(f, member, func(term []byte) {
				n, ok := t.numbers[string(term)]
				if !ok {
					n = len(t.first)
					t.numbers[string(term)] = n
					t.first = append(t.first, nil)
				}
				tokens = append(tokens, n)
			})
			if len(tokens) > 0 {
				t.first[tokens[0]] = append(t.first[tokens[0]], entry{tokens, g, m})
			}
		}
	}
	return t
}

// sequence calls emit for the words and pairs of a text.
func sequence(f *folder, text string, emit func(term []byte)) {
	f.tokens(text, 0, false, func(t *token) {
		if t.kind == word || t.kind == pair {
			emit(t.term())
		}
	})
}

// expand lists the members that texts don't mention of the groups that they do.
func (t *thesaurus) expand(f *folder, texts ...string) []string {
	mentioned := map[int][]int{} // group → members
	var tokens []int             // 0 for those that no member has
	for _, text := range texts {
		tokens = tokens[:0]
		sequence(f, text, func(term []byte) { tokens = append(tokens, t.numbers[string(term)]) })
		for i, first := range tokens {
			for _, e := range t.first[first] {
				if len(tokens)-i < len(e.tokens) || !slices.Equal(tokens[i:i+len(e.tokens)], e.tokens) {
					continue
				}
				if !slices.Contains(mentioned[e.group], e.member) {
					mentioned[e.group] = append(mentioned[e.group], e.member)
				}
			}
		}
	}
	var names []string
	for g, group := range t.groups {
		if members := mentioned[g]; members != nil {
			for m, member := range group {
				if !slices.Contains(members, m) {
					names = append(names, member)
				}
			}
		}
	}
	return names
}
