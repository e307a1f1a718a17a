package site

import (
	"maps"
	"slices"
	"strings"

	"annai/internal/source"
	"annai/themes"
)

// How-to: one action per step, and what to see after it.

const (
	minSteps = 2
	maxSteps = 12
)

func (d *draft) howtoView() (any, error) {
	var f howtoFront
	d.decodeFront(&f)
	d.inheritKey("time", &f.Time)
	d.checkHowto(&f)
	article, err := d.articleView()
	v := themes.HowTo{Article: article, Takes: duration(f.Time), Role: f.Role}
	if err != nil {
		return nil, err
	}
	v.Body, v.After = partLead(article.Body)
	w := fieldWriter{d: d}
	for _, b := range f.Before {
		v.Before = append(v.Before, w.line(b))
	}
	for _, s := range f.Steps {
		v.Steps = append(v.Steps, themes.Step{ID: s.ID, Do: w.block(s.Do), Where: w.line(s.Where), Image: w.block(s.Image), Expect: w.line(s.Expect)})
		d.claim(s.ID, s.Position)
	}
	v.Check, v.Undo = w.block(f.Check), w.block(f.Undo)
	for _, x := range f.Fails {
		v.Fails = append(v.Fails, themes.Failure{Symptom: x.Symptom, Code: x.ErrorCode, Do: w.block(x.Do), Link: d.ruleLink(&x)})
		d.section("fails", x.Symptom, x.ErrorCode)
	}
	v.Shell.JSONLD = d.site.howtoData(d.page, &v)
	v.TOC = d.howtoContents(&v)
	return v, w.err
}

// fieldWriter renders fields and keeps the first error, which is the theme's.
type fieldWriter struct {
	d   *draft
	err error
}

func (w *fieldWriter) keep(html themes.HTML, err error) themes.HTML {
	if w.err == nil {
		w.err = err
	}
	return html
}

func (w *fieldWriter) block(p prose) themes.HTML { return w.keep(w.d.block(p)) }
func (w *fieldWriter) line(p prose) themes.HTML  { return w.keep(w.d.line(p)) }

func (d *draft) checkHowto(f *howtoFront) {
	if d.front == nil {
		return
	}
	if n := len(f.Steps); n < minSteps || n > maxSteps {
		d.problem(d.at("steps"), "howto-steps", "a how-to has %d to %d steps, this one has %d", minSteps, maxSteps, n).
			hint("one action is one step; what is longer are two how-tos")
	}
	ids := map[string]bool{}
	for _, s := range f.Steps {
		if s.ID != "" && ids[s.ID] {
			d.problem(s.Position, "step-twice", "the step %q stands here twice", s.ID)
		}
		ids[s.ID] = true
	}
	if f.Check.Text() == "" {
		d.problem(d.at("check"), "howto-check", "the how-to doesn't say how to see that it worked").
			hint("add check: one sentence")
	}
	if len(f.Fails) == 0 {
		d.warn(d.at("fails"), "howto-fails", "the how-to doesn't say what to do when it fails").
			Hintf("add fails: with symptom and do, or rule")
	}
	for i := range f.Fails {
		x := &f.Fails[i]
		if x.Do.Text() == "" && x.Rule == "" {
			d.problem(x.Position, "howto-fail-empty", "%q is named without saying what to do", x.Symptom).
				hint("add do, or rule with the id of escalation rules")
		}
	}
}

// ruleLink leads from a failure to the rules that say who helps.
func (d *draft) ruleLink(x *failFront) *themes.Link {
	if x.Rule == "" {
		return nil
	}
	id, card, _ := strings.Cut(x.Rule, "#")
	t := d.site.Tables[id]
	if t == nil {
		d.problem(x.Position, "rules-unknown", "there are no rules %q", id).choose(id, slices.Sorted(maps.Keys(d.site.Tables)))
		return nil
	}
	url := d.site.url(d.page.Locale, "rules/"+id)
	if card == "" {
		return &themes.Link{Title: d.site.words(t.Title, d.page.Locale), URL: url}
	}
	r := t.Rule(card)
	if r == nil {
		d.problem(x.Position, "rule-unknown", "the rules %q have no rule %q", id, card)
		return nil
	}
	return &themes.Link{Title: d.site.words(r.Title, d.page.Locale), URL: url + "#" + card}
}

// howtoContents is "on this page": the parts of the type, then the text's headings.
func (d *draft) howtoContents(v *themes.HowTo) []themes.Heading {
	var list []themes.Heading
	add := func(id string, there bool) {
		if there {
			list = append(list, themes.Heading{ID: id, Level: 2, Text: d.text("howto." + id)})
			d.claim(id, d.at(id))
		}
	}
	add("before", len(v.Before) > 0)
	add("steps", true)
	add("check", v.Check != "")
	add("fails", len(v.Fails) > 0)
	add("undo", v.Undo != "")
	return append(list, contents(d.doc.Headings)...)
}

// claim makes an id an anchor of the page. One that a heading has already would
// make links to it lead to whichever comes first.
func (d *draft) claim(id string, at source.Position) {
	if id == "" {
		return
	}
	if there, taken := d.doc.Anchors[id]; taken {
		d.problem(at, "duplicate-anchor", "the anchor %q is already at %s", id, there)
	}
	d.facts.found.Anchors = append(d.facts.found.Anchors, id)
}

// partLead parts what stands before the first heading, which leads into the
// steps, from what stands behind them. A heading inside something else parts
// nothing.
func partLead(body themes.HTML) (lead, rest themes.HTML) {
	i := strings.Index(string(body), "<h2")
	if i < 0 {
		return body, ""
	}
	before := string(body[:i])
	for _, tag := range []string{"div", "blockquote", "details", "ul", "ol", "table", "section"} {
		if strings.Count(before, "<"+tag) != strings.Count(before, "</"+tag) {
			return body, ""
		}
	}
	return body[:i], body[i:]
}

// text is a text of the theme in the page's locale.
func (d *draft) text(key string, args ...any) string { return d.site.text(d.page.Locale, key, args...) }

func (s *Site) text(locale, key string, args ...any) string {
	return s.Theme.Text(s.uiLocale(locale), key, args...)
}
