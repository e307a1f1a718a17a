package main

import (
	"embed"
	"fmt"
	"os"
	"regexp"
	"strings"

	"annai/internal/source"
)

//go:embed texts/*.yaml
var tongueFiles embed.FS

// A tongue is the language in which problems are told. The sentences of this
// program's own code are English; a tongue has the others, filled with the same
// values. What it doesn't know stays English.
type tongue struct {
	Sentences map[string]sentence `yaml:"sentences"` // by code
	Hints     map[string]string   `yaml:"hints"`     // by the English hint
	Phrases   map[string]string   `yaml:"phrases"`   // by the English value; %s stands for a name
}

// A sentence is the translation of a code's sentence; of a code with several, by
// the English one.
type sentence struct {
	one  string
	many map[string]string
}

// DecodeYAML takes a text, or a mapping of English to translated texts.
func (s *sentence) DecodeYAML(n source.Node) source.Problems {
	if n.IsMap() {
		return n.Decode(&s.many)
	}
	return n.Decode(&s.one)
}

// tongues are the languages that problems are told in besides English.
var tongues = []string{"ja", "zh-hans"}

// readTongue reads a language's texts; English and unknown ones have none.
func readTongue(locale string) *tongue {
	t := new(tongue)
	text, err := tongueFiles.ReadFile("texts/" + locale + ".yaml")
	if err == nil {
		source.Decode(source.New("texts/"+locale+".yaml", text), t)
	}
	return t
}

// ownTongue is the language of the person at the terminal, by the environment.
func ownTongue() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			tag, _, _ := strings.Cut(value, ".")
			return source.Locale(tag)
		}
	}
	return "en"
}

// translate tells the problems in the tongue.
func (t *tongue) translate(ps source.Problems) source.Problems {
	list := make(source.Problems, len(ps))
	for i, p := range ps {
		p.Message = t.message(&p)
		p.Hint = t.hint(&p)
		list[i] = p
	}
	return list
}

func (t *tongue) message(p *source.Problem) string {
	s := t.Sentences[p.Code]
	format := s.one
	for english, translated := range s.many {
		if fmt.Sprintf(english, p.Args...) == p.Message {
			format = translated
		}
	}
	if format == "" || len(p.Args) == 0 && strings.Contains(format, "%") {
		return p.Message
	}
	return t.fill(format, p.Args)
}

func (t *tongue) hint(p *source.Problem) string {
	if p.Hint == "" {
		return ""
	}
	if len(p.HintArgs) == 0 {
		if translated := t.Hints[p.Hint]; translated != "" {
			return translated
		}
		return p.Hint
	}
	for english, translated := range t.Hints {
		if strings.Contains(english, "%") && fmt.Sprintf(english, p.HintArgs...) == p.Hint {
			return t.fill(translated, p.HintArgs)
		}
	}
	return p.Hint
}

// fill puts the values into a sentence, those that are words of ours translated.
func (t *tongue) fill(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if text, ok := a.(string); ok {
			said[i] = t.phrase(text)
		}
	}
	return clean.ReplaceAllString(fmt.Sprintf(format, said...), "")
}

// clean drops what fmt says of values that a translation doesn't show.
var clean = regexp.MustCompile(`%!\(EXTRA .*\)$`)

func (t *tongue) phrase(text string) string {
	if translated := t.Phrases[text]; translated != "" {
		return translated
	}
	best, name := "", ""
	for english := range t.Phrases {
		before, after, ok := strings.Cut(english, "%s")
		if !ok || len(english) <= len(best) || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, after) || len(text) <= len(before)+len(after) {
			continue
		}
		best, name = english, text[len(before):len(text)-len(after)]
	}
	if best == "" {
		return text
	}
	return strings.ReplaceAll(t.Phrases[best], "%s", name)
}
