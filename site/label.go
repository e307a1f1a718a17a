package site

import (
	"strings"
	"unicode"

	"annai/internal/source"
	"annai/markdown"
	"annai/themes"
)

// Labels of the product, :ui[Support requests]{サポート要求}: what the screen says,
// with its translation. A term of the glossary with `ui: true` is such a label;
// the product says it in English.

const labelLocale = "en"

// label is what the product says, when that isn't what the term is called in the
// page's language.
func (t *Term) label(locale string) string {
	if own := t.Term[labelLocale]; t.UI && own != t.Term[locale] {
		return own
	}
	return ""
}

func (d *draft) resolveLabels(doc *markdown.Document) {
	for _, l := range doc.Labels {
		if t := d.termOf(l.Text); t != nil {
			d.checkLabel(l, t)
		}
		if l.Lang == "" && isLatin(l.Text) && !strings.HasPrefix(d.page.Lang, labelLocale) {
			l.Lang = labelLocale
		}
	}
}

// termOf is the term that a label is a name of.
func (d *draft) termOf(text string) *Term {
	for i := range d.site.support.terms {
		t := &d.site.support.terms[i]
		for _, name := range t.Term {
			if t.UI && strings.EqualFold(name, text) {
				return t
			}
		}
	}
	return nil
}

// checkLabel compares a label with the glossary, and fills in its translation.
func (d *draft) checkLabel(l *markdown.Label, t *Term) {
	translated, own := t.Term[d.page.Lang], t.label(d.page.Lang)
	if own == "" {
		return
	}
	switch {
	case strings.EqualFold(l.Text, translated):
		d.tellLabel(l.Pos, t, l.Text)
	case l.Translation == "" && strings.EqualFold(l.Text, own):
		l.Translation = translated
	case l.Translation != translated && strings.EqualFold(l.Text, own):
		d.warn(l.Pos, "label-translation", "%q is translated as %q here", l.Text, l.Translation).
			Hintf("the glossary has %q (%s); without braces it is filled in", translated, t.ID)
	}
	for locale, name := range t.Term {
		if l.Lang == "" && strings.EqualFold(name, l.Text) && locale != d.page.Lang && themes.Lang(locale) != "" {
			l.Lang = themes.Lang(locale)
		}
	}
}

func (d *draft) tellLabel(at source.Position, t *Term, written string) {
	d.warn(at, "label-translated", "%q is only the translation of what the screen says", written).
		Hintf("write :ui[%s]{%s} (glossary: %s)", t.Term[labelLocale], t.Term[d.page.Lang], t.ID)
}

// quotes are how an author marks what a screen says without :ui.
var quotes = [][2]string{{"**", "**"}, {"「", "」"}, {"“", "”"}, {"『", "』"}}

// checkLabels looks in Markdown as it was written for labels that are only
// translated: the reader would look for them on the screen in vain.
func (d *draft) checkLabels(f *source.File) {
	text := string(f.Text)
	for i := range d.site.support.terms {
		t := &d.site.support.terms[i]
		if t.label(d.page.Lang) == "" {
			continue
		}
		for _, q := range quotes {
			quoted := q[0] + t.Term[d.page.Lang] + q[1]
			for from := 0; ; {
				at := strings.Index(text[from:], quoted)
				if at < 0 {
					break
				}
				at += from
				from = at + len(quoted)
				if !inCode(text, at) {
					d.tellLabel(f.Position(at), t, t.Term[d.page.Lang])
				}
			}
		}
	}
}

func isLatin(text string) bool {
	latin := false
	for _, r := range text {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
		latin = latin || unicode.IsLetter(r)
	}
	return latin
}
