package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"annai/form"
	"annai/internal/source"
)

// Limits of a table, so that proof by enumeration stays trivial.
const (
	maxInputs       = 6
	maxCombinations = 512
)

// ParseTable reads rules/ID.yaml with its words by locale and proves it: every
// combination of answers hits exactly one rule (the first one under hit: first,
// where each rule must still be reachable).
func ParseTable(facts *source.File, words map[string]*source.File, locales []string) (*Table, source.Problems) {
	t := new(Table)
	ps := source.Decode(facts, t)
	mergeWords(t, words, &ps)
	if ps.Errors() > 0 {
		return t, ps
	}
	t.check(locales, &ps)
	if ps.Errors() == 0 {
		t.prove(&ps)
	}
	return t, ps
}

func mergeWords(facts any, words map[string]*source.File, ps *source.Problems) {
	for _, locale := range slices.Sorted(maps.Keys(words)) {
		n, problems := source.ParseYAML(words[locale])
		ps.Append(problems, source.MergeWords(facts, locale, n))
	}
}

// DecodeYAML reads a value as its id alone, or with its words.
func (v *Value) DecodeYAML(n source.Node) source.Problems {
	if n.IsScalar() {
		v.ID = n.Text()
		return nil
	}
	type plain Value // without this method
	return n.Decode((*plain)(v))
}

func (t *Table) check(locales []string, ps *source.Problems) {
	if t.Hit != "" && t.Hit != "unique" && t.Hit != "first" {
		ps.Errorf(t.Position, "rules-hit", "hit is unique or first, not %q", t.Hit)
	}
	worded(ps, t.Position, locales, "the title of the rules "+t.ID, t.Title)
	combinations := 1
	seen := map[string]bool{}
	for _, in := range t.Inputs {
		if seen[in.ID] {
			ps.Errorf(in.Position, "rules-input-twice", "the input %q stands here twice", in.ID)
		}
		seen[in.ID] = true
		worded(ps, in.Position, locales, "the question of "+in.ID, in.Question)
		combinations *= len(in.Values)
		values := map[string]bool{}
		for _, v := range in.Values {
			if values[v.ID] {
				ps.Errorf(in.Position, "rules-value-twice", "%q has the value %q twice", in.ID, v.ID)
			}
			values[v.ID] = true
			worded(ps, in.Position, locales, "the answer "+in.ID+"="+v.ID, v.Label)
		}
	}
	if len(t.Inputs) > maxInputs || combinations > maxCombinations {
		ps.Errorf(t.Position, "rules-too-many", "%d inputs with %d combinations are more than anybody can answer or prove", len(t.Inputs), combinations).
			Hintf("%d inputs and %d combinations are the most; split the table", maxInputs, maxCombinations)
	}
	ids := map[string]bool{}
	for i := range t.Rules {
		r := &t.Rules[i]
		if ids[r.ID] {
			ps.Errorf(r.Position, "rules-rule-twice", "the rule %q stands here twice", r.ID)
		}
		ids[r.ID] = true
		t.checkRule(r, locales, ps)
	}
}

func (t *Table) checkRule(r *Rule, locales []string, ps *source.Problems) {
	for _, name := range slices.Sorted(maps.Keys(r.When)) {
		in := t.Input(name)
		if in == nil {
			p := ps.Errorf(r.Position, "rules-no-such-input", "there is no input %q", name)
			if near := source.Nearest(name, t.inputIDs()); near != "" {
				p.Hintf("did you mean %q?", near)
			}
			continue
		}
		for _, v := range r.When[name] {
			if !in.has(v) {
				p := ps.Errorf(r.Position, "rules-no-such-value", "%q has no value %q", name, v)
				if near := source.Nearest(v, in.valueIDs()); near != "" {
					p.Hintf("did you mean %q?", near)
				}
			}
		}
	}
	worded(ps, r.Position, locales, "the title of the rule "+r.ID, r.Title)
	worded(ps, r.Position, locales, "the action of the rule "+r.ID, r.Action)
	switch r.Handler {
	case Self:
		if r.Then.Page == "" {
			ps.Errorf(r.Position, "rules-self-page", "the rule %q leaves it to the reader without a page", r.ID).
				Hintf("name the page that helps: then: {page: …}")
		}
	case Partner, PartnerThenUpstream, Upstream:
		if r.Severity == "" {
			ps.Errorf(r.Position, "rules-severity", "the rule %q has no severity", r.ID)
		}
	default:
		ps.Errorf(r.Position, "rules-handler", "the handler is self, partner, partner-then-upstream or upstream, not %q", string(r.Handler))
	}
	if r.Handler.Leads() {
		t.checkLeading(r, ps)
	}
}

// minEvidence is how much a hand-over must show.
const minEvidence = 2

// checkLeading holds a rule that leads to the upstream operator to the agreement.
func (t *Table) checkLeading(r *Rule, ps *source.Problems) {
	if len(r.Grounds) == 0 {
		ps.Errorf(r.Position, "rules-grounds", "the rule %q leads to 21Vianet without a ground", r.ID).
			Hintf("the agreement knows three: %s; a wrong escalation costs a remediation plan", strings.Join(Grounds, ", "))
	}
	for _, g := range r.Grounds {
		if !slices.Contains(Grounds, g) {
			ps.Errorf(r.Position, "rules-ground-unknown", "%q is none of the agreement's grounds", g).Hintf("they are %s", strings.Join(Grounds, ", "))
		}
	}
	if len(r.Evidence) < minEvidence {
		ps.Errorf(r.Position, "rules-evidence", "the rule %q leads to 21Vianet with %d pieces of evidence", r.ID, len(r.Evidence)).
			Hintf("name at least %d fields of the form that show the problem", minEvidence)
	}
	if len(r.TryFirst) == 0 {
		ps.Errorf(r.Position, "rules-try-first", "the rule %q leads to 21Vianet without anything tried", r.ID).
			Hintf("name the articles that must have been followed: try_first: […]")
	}
	if r.Upstream == nil {
		ps.Errorf(r.Position, "rules-upstream", "the rule %q leads to 21Vianet but names no product and severity", r.ID).
			Hintf("add upstream: {product: …, severity: …}")
	}
}

// CheckAgainst checks what a table says of other facts: severities of products,
// evidence of forms. Pages are checked by the site, which knows them.
func (t *Table) CheckAgainst(products []Product, forms []*form.Definition, ps *source.Problems) {
	for i := range t.Rules {
		r := &t.Rules[i]
		if r.Upstream != nil {
			r.checkUpstream(products, ps)
		}
		if r.Then.Form != "" {
			r.checkForm(forms, ps)
		}
	}
}

func (r *Rule) checkUpstream(products []Product, ps *source.Problems) {
	var ids []string
	for i := range products {
		p := &products[i]
		ids = append(ids, p.ID)
		if p.ID != r.Upstream.Product {
			continue
		}
		if p.severity(r.Upstream.Severity) == nil {
			ps.Errorf(r.Position, "rules-upstream-severity", "%s has no upstream severity %q", p.ID, r.Upstream.Severity)
		}
		return
	}
	problem := ps.Errorf(r.Position, "rules-no-such-product", "there is no product %q", r.Upstream.Product)
	if near := source.Nearest(r.Upstream.Product, ids); near != "" {
		problem.Hintf("did you mean %q?", near)
	}
}

func (r *Rule) checkForm(forms []*form.Definition, ps *source.Problems) {
	var ids []string
	for _, d := range forms {
		ids = append(ids, d.ID)
		if d.ID != r.Then.Form {
			continue
		}
		for _, e := range r.Evidence {
			if d.Field(e) == nil {
				ps.Errorf(r.Position, "rules-evidence-field", "the evidence %q is no field of the form %s", e, d.ID)
			}
		}
		return
	}
	problem := ps.Errorf(r.Position, "rules-no-such-form", "there is no form %q", r.Then.Form)
	if near := source.Nearest(r.Then.Form, ids); near != "" {
		problem.Hintf("did you mean %q?", near)
	}
}

// prove walks through all combinations.
func (t *Table) prove(ps *source.Problems) {
	reached := make([]int, len(t.Rules))
	t.each(func(inputs map[string]string) {
		hits := t.hits(inputs)
		switch {
		case len(hits) == 0:
			ps.Errorf(t.Position, "rules-gap", "no rule decides on %s", t.combination(inputs)).
				Hintf("add a rule, or leave an input out of a rule's when")
			return
		case len(hits) > 1 && t.Hit != "first":
			ps.Errorf(t.Rules[hits[1]].Position, "rules-overlap", "the rules %q and %q both decide on %s",
				t.Rules[hits[0]].ID, t.Rules[hits[1]].ID, t.combination(inputs)).
				Hintf("narrow the when of one, or set hit: first if their order decides")
		}
		reached[hits[0]]++
		if t.Hit != "first" {
			for _, h := range hits[1:] {
				reached[h]++
			}
		}
	})
	for i, n := range reached {
		if n == 0 {
			ps.Errorf(t.Rules[i].Position, "rules-unreachable", "the rule %q never decides: %s", t.Rules[i].ID, t.whenText(&t.Rules[i])).
				Hintf("move it before the rules that take its combinations, or take it away")
		}
	}
}

func (t *Table) whenText(r *Rule) string {
	var parts []string
	for _, in := range t.Inputs {
		if values := r.When[in.ID]; len(values) > 0 {
			parts = append(parts, in.ID+"="+strings.Join(values, "|"))
		}
	}
	if parts == nil {
		return "it matches everything"
	}
	return strings.Join(parts, ", ")
}

// each calls with every combination of values, in the inputs' order.
func (t *Table) each(f func(inputs map[string]string)) {
	inputs := map[string]string{}
	var walk func(i int)
	walk = func(i int) {
		if i == len(t.Inputs) {
			f(inputs)
			return
		}
		for _, v := range t.Inputs[i].Values {
			inputs[t.Inputs[i].ID] = v.ID
			walk(i + 1)
		}
	}
	walk(0)
}

// combination is "health=listed, scope=one".
func (t *Table) combination(inputs map[string]string) string {
	parts := make([]string, len(t.Inputs))
	for i, in := range t.Inputs {
		parts[i] = in.ID + "=" + inputs[in.ID]
	}
	return strings.Join(parts, ", ")
}

func (t *Table) hits(inputs map[string]string) []int {
	var hits []int
	for i := range t.Rules {
		if t.Rules[i].matches(inputs) {
			hits = append(hits, i)
		}
	}
	return hits
}

func (r *Rule) matches(inputs map[string]string) bool {
	for name, values := range r.When {
		if !slices.Contains(values, inputs[name]) {
			return false
		}
	}
	return true
}

// Input returns the input of that id, or nil.
func (t *Table) Input(id string) *Input {
	for i := range t.Inputs {
		if t.Inputs[i].ID == id {
			return &t.Inputs[i]
		}
	}
	return nil
}

// Rule returns the rule of that id, or nil.
func (t *Table) Rule(id string) *Rule {
	for i := range t.Rules {
		if t.Rules[i].ID == id {
			return &t.Rules[i]
		}
	}
	return nil
}

func (in *Input) has(value string) bool { return slices.Contains(in.valueIDs(), value) }

func (in *Input) valueIDs() []string {
	ids := make([]string, len(in.Values))
	for i, v := range in.Values {
		ids[i] = v.ID
	}
	return ids
}

func (t *Table) inputIDs() []string {
	ids := make([]string, len(t.Inputs))
	for i, in := range t.Inputs {
		ids[i] = in.ID
	}
	return ids
}

// Decide returns the rule that the inputs hit. An input that is missing or has a
// value that the table doesn't know is an error that names it.
func (t *Table) Decide(inputs map[string]string) (*Rule, error) {
	for _, in := range t.Inputs {
		if v, ok := inputs[in.ID]; !ok {
			return nil, fmt.Errorf("%s is not answered", in.ID)
		} else if !in.has(v) {
			return nil, fmt.Errorf("%s can't be %q: it is one of %s", in.ID, v, strings.Join(in.valueIDs(), ", "))
		}
	}
	hits := t.hits(inputs)
	if len(hits) == 0 {
		return nil, fmt.Errorf("no rule of %s decides on %s", t.ID, t.combination(inputs))
	}
	return &t.Rules[hits[0]], nil
}

// Next returns the first input, in the table's order, on which the outcome still
// depends given those answered, and nil with the rule once it is settled. It is
// how a triage asks no more than it must.
func (t *Table) Next(answered map[string]string) (*Input, *Rule) {
	var possible []int
	t.each(func(inputs map[string]string) {
		for name, v := range answered {
			if inputs[name] != v && t.Input(name) != nil {
				return
			}
		}
		if hits := t.hits(inputs); len(hits) > 0 && !slices.Contains(possible, hits[0]) {
			possible = append(possible, hits[0])
		}
	})
	if len(possible) == 1 {
		return nil, &t.Rules[possible[0]]
	}
	for i := range t.Inputs {
		if _, ok := answered[t.Inputs[i].ID]; !ok {
			return &t.Inputs[i], nil
		}
	}
	return nil, nil
}

// worded asks for a text in every locale.
func worded(ps *source.Problems, at source.Position, locales []string, what string, w source.Words) {
	if w[""] != "" {
		return
	}
	if missing := w.Missing(locales); len(missing) > 0 {
		ps.Errorf(at, "words-missing", "%s is not worded in %s", what, strings.Join(missing, ", ")).
			Hintf("a promise may never fall back to another language")
	}
}
