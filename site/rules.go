package site

import (
	"io"
	"maps"
	"slices"
	"strings"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// Escalation rules as readers see them: every rule as a card, and the questions
// one by one. Both are drawn from the table that the relay decides with.

// checkTables checks the rules against what else there is.
func (s *Site) checkTables() {
	var forms []*form.Definition
	for _, id := range slices.Sorted(maps.Keys(s.Forms)) {
		forms = append(forms, s.Forms[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
		t := s.Tables[id]
		t.CheckAgainst(s.Products, forms, &s.problems)
		for i := range t.Rules {
			r := &t.Rules[i]
			if r.Then.Page != "" {
				s.checkPageID(r.Then.Page, r.Position)
			}
			for _, id := range r.TryFirst {
				s.checkPageID(id, r.Position)
			}
		}
	}
	for _, d := range forms {
		s.checkFormRules(d)
	}
}

// checkPageID reports an id that no page of the default language has.
func (s *Site) checkPageID(id string, at source.Position) {
	first := s.Config.Locales[0]
	if s.Page(first, id) != nil {
		return
	}
	p := (*problem)(s.problems.Errorf(at, "page-unknown", "there is no page %q", id))
	if near := source.Nearest(id, slices.Sorted(maps.Keys(s.byID[first]))); near != "" {
		p.suggest(near)
	} else {
		p.hint("a page is named by its path below the locale, without .md")
	}
}

// checkFormRules holds a form to the rules that it feeds: each input that they
// ask about is a field with the same values.
func (s *Site) checkFormRules(d *form.Definition) {
	tables := map[string]bool{}
	if d.Rule != "" {
		tables[d.Rule] = true
	}
	if d.RuleBy != nil {
		for _, id := range d.RuleBy.Rules {
			tables[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		t := s.Tables[id]
		if t == nil {
			p := (*problem)(s.problems.Errorf(d.Position, "rules-unknown", "there are no rules %q", id))
			p.choose(id, slices.Sorted(maps.Keys(s.Tables)))
			continue
		}
		for i := range t.Inputs {
			s.checkFormInput(d, t, &t.Inputs[i])
		}
	}
}

func (s *Site) checkFormInput(d *form.Definition, t *policy.Table, in *policy.Input) {
	i := slices.IndexFunc(d.Fields, func(f form.Field) bool { return f.Input == in.ID })
	if i < 0 {
		s.problems.Errorf(d.Position, "form-input-missing", "the rules %q ask for %q, which no field of the form answers", t.ID, in.ID).
			Hintf("add input: %s to the field that asks it", in.ID)
		return
	}
	f := &d.Fields[i]
	for _, v := range in.Values {
		if !slices.ContainsFunc(f.Options, func(o form.Option) bool { return o.ID == v.ID }) {
			s.problems.Errorf(f.Position, "form-input-value", "the field %q can't answer %s=%s, on which the rules %q decide", f.ID, in.ID, v.ID, t.ID).
				Hintf("give the field an option with the id %q", v.ID)
		}
	}
}

// ruleFiles are the pages of one table in one language.
func (s *Site) ruleFiles(locale string, t *policy.Table) []*File {
	id := "rules/" + t.ID
	title := s.words(t.Title, locale)
	return []*File{
		s.ownPage(locale, id, func(w io.Writer) error {
			v := themes.Rules{
				Shell:     s.ownShell(locale, id, title, firstParagraph(s.words(t.Intro, locale))),
				ID:        t.ID,
				Intro:     s.words(t.Intro, locale),
				Triage:    s.url(locale, id+"/triage"),
				NoticeURL: s.noticeURL(locale),
			}
			for i := range t.Inputs {
				in := &t.Inputs[i]
				var answers []string
				for _, a := range in.Values {
					answers = append(answers, s.words(a.Label, locale))
				}
				v.Questions = append(v.Questions, themes.Pair{Label: s.words(in.Question, locale), Value: strings.Join(answers, s.text(locale, "list.separator"))})
			}
			for i := range t.Rules {
				v.Rules = append(v.Rules, s.ruleCard(locale, t, &t.Rules[i]))
			}
			v.JSONLD = s.pageData(locale, v.Shell)
			return s.Theme.Render(w, v)
		}),
		s.ownPage(locale, id+"/triage", func(w io.Writer) error {
			v := s.triage(locale, t)
			v.Shell = s.ownShell(locale, id+"/triage", title, firstParagraph(s.words(t.Intro, locale)))
			v.Breadcrumbs = append(v.Breadcrumbs, themes.Link{Title: title, URL: s.url(locale, id)})
			return s.Theme.Render(w, v)
		}),
	}
}

// ruleCard is one rule in the reader's language.
func (s *Site) ruleCard(locale string, t *policy.Table, r *policy.Rule) themes.RuleCard {
	c := themes.RuleCard{
		ID:       r.ID,
		Title:    s.words(r.Title, locale),
		Handler:  string(r.Handler),
		Severity: r.Severity,
		Action:   s.words(r.Action, locale),
		Reason:   s.words(r.Reason, locale),
		Grounds:  r.Grounds,
	}
	for i := range t.Inputs {
		in := &t.Inputs[i]
		if values := r.When[in.ID]; len(values) > 0 {
			var labels []string
			for _, v := range values {
				labels = append(labels, s.valueLabel(in, v, locale))
			}
			c.When = append(c.When, themes.Pair{Label: s.words(in.Question, locale), Value: strings.Join(labels, s.text(locale, "or"))})
		}
	}
	if n := s.support.notice; n != nil && r.Severity != "" {
		if promise := n.Severity(r.Severity); promise != nil {
			first := duration(promise.First)
			c.Reply = &first
		}
	}
	def := s.Forms[r.Then.Form]
	for _, id := range r.Evidence {
		e := themes.Pair{Label: id}
		if def != nil && def.Field(id) != nil {
			e = themes.Pair{Label: s.words(def.Field(id).Label, locale), Value: s.words(def.Field(id).Help, locale)}
		}
		c.Evidence = append(c.Evidence, e)
	}
	for _, id := range r.TryFirst {
		if p := s.Page(locale, id); p != nil {
			c.TryFirst = append(c.TryFirst, themes.Link{Title: p.Title(), URL: p.URL})
		}
	}
	c.Upstream = s.ruleUpstream(locale, r)
	c.Next, c.NextForm = s.ruleNext(locale, t, r)
	return c
}

func (s *Site) valueLabel(in *policy.Input, id, locale string) string {
	for _, v := range in.Values {
		if v.ID == id {
			return s.words(v.Label, locale)
		}
	}
	return id
}

// ruleUpstream is what the operator promises for the request that is handed over.
func (s *Site) ruleUpstream(locale string, r *policy.Rule) *themes.RuleUpstream {
	if r.Upstream == nil {
		return nil
	}
	u := &themes.RuleUpstream{Product: r.Upstream.Product, Severity: r.Upstream.Severity}
	p := s.product(r.Upstream.Product)
	if p == nil {
		return u
	}
	u.Product = s.words(p.Name, locale)
	for _, v := range p.Upstream.Severities {
		if v.ID == r.Upstream.Severity {
			response := duration(v.Response)
			u.Response, u.Hours, u.Condition = &response, s.hoursIn(locale, v.Clock), s.condition(locale, v.Condition)
		}
	}
	return u
}

func (s *Site) product(id string) *policy.Product {
	for i := range s.Products {
		if s.Products[i].ID == id {
			return &s.Products[i]
		}
	}
	return nil
}

// ruleNext leads to the page that helps, or to the form.
func (s *Site) ruleNext(locale string, t *policy.Table, r *policy.Rule) (*themes.Link, bool) {
	if p := s.Page(locale, r.Then.Page); r.Then.Page != "" && p != nil {
		return &themes.Link{Title: p.Title(), URL: p.URL}, false
	}
	if def := s.Forms[r.Then.Form]; def != nil {
		return &themes.Link{Title: s.words(def.Title, locale), URL: s.url(locale, "forms/"+def.ID)}, true
	}
	return nil, false
}

// triage asks no more than what the outcome depends on.
func (s *Site) triage(locale string, t *policy.Table) themes.Triage {
	v := themes.Triage{Intro: s.words(t.Intro, locale), RulesURL: s.url(locale, "rules/"+t.ID)}
	b := triageBuilder{site: s, locale: locale, table: t, view: &v, outcomes: map[string]bool{}}
	b.step(map[string]string{}, nil, 1)
	for i := range v.Steps {
		v.Steps[i].Of = b.deepest
	}
	for i := range t.Rules {
		if b.outcomes[t.Rules[i].ID] {
			v.Outcomes = append(v.Outcomes, s.ruleCard(locale, t, &t.Rules[i]))
		}
	}
	return v
}

type triageBuilder struct {
	site     *Site
	locale   string
	table    *policy.Table
	view     *themes.Triage
	outcomes map[string]bool
	deepest  int
}

// step adds the question that the answers so far leave open, and all behind it.
// It returns the id to link to: of the question, or of the rule when it is settled.
func (b *triageBuilder) step(answered map[string]string, trail []string, number int) string {
	in, rule := b.table.Next(answered)
	if rule != nil {
		b.outcomes[rule.ID] = true
		return rule.ID
	}
	if in == nil {
		return ""
	}
	b.deepest = max(b.deepest, number)
	id := strings.Join(append([]string{"ask", in.ID}, trail...), "-")
	b.view.Steps = append(b.view.Steps, themes.TriageStep{
		ID: id, Number: number,
		Question: b.site.words(in.Question, b.locale),
		Help:     b.site.words(in.Help, b.locale),
	})
	index := len(b.view.Steps) - 1
	for _, v := range in.Values {
		answered[in.ID] = v.ID
		to := b.step(answered, append(slices.Clone(trail), v.ID), number+1)
		delete(answered, in.ID)
		step := &b.view.Steps[index]
		step.Answers = append(step.Answers, themes.Link{Title: b.site.words(v.Label, b.locale), URL: "#" + to})
	}
	return id
}

// firstParagraph is the first line of a text, for descriptions.
func firstParagraph(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
