package policy

import (
	"strings"
	"testing"

	"annai/form"
	"annai/internal/source"
)

// signIn is the sample of decision tables: two by three by two inputs.
const signIn = `id: sign-in
title: Sign-in
inputs:
  - {id: health, question: Listed, values: [{id: listed, label: Yes}, {id: not-listed, label: No}]}
  - {id: scope, question: Who, values: [{id: one, label: One}, {id: some, label: Some}, {id: all, label: All}]}
  - {id: blocked, question: Blocked, values: [{id: yes, label: Yes}, {id: no, label: No}]}
rules:
  - {id: known-outage, when: {health: [listed]}, handler: self, then: {page: service-health}, title: Known, action: Wait}
  - {id: one-user, when: {health: [not-listed], scope: [one]}, handler: partner, severity: C, title: One, action: Ask}
  - {id: some-users, when: {health: [not-listed], scope: [some]}, handler: partner, severity: B, title: Some, action: Ask}
  - {id: all-working, when: {health: [not-listed], scope: [all], blocked: [no]}, handler: partner, severity: B, title: All, action: Ask}
  - id: all-blocked
    when: {health: [not-listed], scope: [all], blocked: [yes]}
    handler: partner-then-upstream
    severity: A
    grounds: [no-tool]
    evidence: [correlation, since]
    try_first: [check-federation]
    upstream: {product: office365-21v, severity: A}
    then: {form: support}
    title: Outage
    action: Call
`

func table(t *testing.T, text string) (*Table, source.Problems) {
	t.Helper()
	tab, ps := ParseTable(source.New("rules/sign-in.yaml", []byte(text)), nil, []string{"en"})
	ps.Sort()
	return tab, ps
}

func TestDecide(t *testing.T) {
	tab, ps := table(t, signIn)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	for inputs, want := range map[string]string{
		"listed one yes": "known-outage", "listed one no": "known-outage", "listed some yes": "known-outage",
		"listed some no": "known-outage", "listed all yes": "known-outage", "listed all no": "known-outage",
		"not-listed one yes": "one-user", "not-listed one no": "one-user",
		"not-listed some yes": "some-users", "not-listed some no": "some-users",
		"not-listed all yes": "all-blocked", "not-listed all no": "all-working",
	} {
		v := strings.Fields(inputs)
		rule, err := tab.Decide(map[string]string{"health": v[0], "scope": v[1], "blocked": v[2]})
		if err != nil || rule.ID != want {
			t.Errorf("%s: %v, %v, want %s", inputs, rule, err, want)
		}
	}
	for _, inputs := range []map[string]string{{}, {"health": "listed"}, {"health": "x", "scope": "one", "blocked": "no"}} {
		if rule, err := tab.Decide(inputs); err == nil {
			t.Errorf("%v decided on %s", inputs, rule.ID)
		}
	}
}

// TestNext: a triage asks no question whose answer changes nothing.
func TestNext(t *testing.T) {
	tab, _ := table(t, signIn)
	for answered, want := range map[string]string{
		"":                                       "?health",
		"health=listed":                          "known-outage",
		"health=not-listed":                      "?scope",
		"health=not-listed scope=one":            "one-user",
		"health=not-listed scope=all":            "?blocked",
		"health=not-listed scope=all blocked=no": "all-working",
	} {
		inputs := map[string]string{}
		for _, pair := range strings.Fields(answered) {
			name, value, _ := strings.Cut(pair, "=")
			inputs[name] = value
		}
		in, rule := tab.Next(inputs)
		got := ""
		if in != nil {
			got = "?" + in.ID
		} else if rule != nil {
			got = rule.ID
		}
		if got != want {
			t.Errorf("%q leads to %s, want %s", answered, got, want)
		}
	}
}

func TestProof(t *testing.T) {
	drop := func(s, from, to string) string {
		i := strings.Index(s, from)
		return s[:i] + s[i+strings.Index(s[i:], to):]
	}
	for name, c := range map[string]struct{ text, want string }{
		"gap": {drop(signIn, "  - {id: all-working", "  - id: all-blocked"),
			`rules/sign-in.yaml:1:1: no rule decides on health=not-listed, scope=all, blocked=no [rules-gap]`},
		"overlap": {strings.Replace(signIn, "{id: one-user, when: {health: [not-listed], scope: [one]}", "{id: one-user, when: {scope: [one], blocked: [yes, no]}", 1),
			`rules/sign-in.yaml:9:5: the rules "known-outage" and "one-user" both decide on health=listed, scope=one, blocked=yes [rules-overlap]`},
		"unreachable": {strings.Replace(signIn, "inputs:", "hit: first\ninputs:", 1) + "  - {id: late, when: {health: [listed], scope: [one]}, handler: partner, severity: C, title: T, action: A}\n",
			`rules/sign-in.yaml:24:5: the rule "late" never decides: health=listed, scope=one [rules-unreachable]`},
		"first": {strings.Replace(strings.Replace(signIn, "inputs:", "hit: first\ninputs:", 1), "when: {health: [not-listed], scope: [one]}", "when: {scope: [one]}", 1), ""},
		"grounds": {strings.Replace(signIn, "    grounds: [no-tool]\n", "", 1),
			`rules/sign-in.yaml:12:5: the rule "all-blocked" leads to 21Vianet without a ground [rules-grounds]`},
		"ground": {strings.Replace(signIn, "[no-tool]", "[no-time]", 1),
			`rules/sign-in.yaml:12:5: "no-time" is none of the agreement's grounds [rules-ground-unknown]`},
		"evidence": {strings.Replace(signIn, "[correlation, since]", "[correlation]", 1),
			`rules/sign-in.yaml:12:5: the rule "all-blocked" leads to 21Vianet with 1 pieces of evidence [rules-evidence]`},
		"tried": {strings.Replace(signIn, "    try_first: [check-federation]\n", "", 1),
			`rules/sign-in.yaml:12:5: the rule "all-blocked" leads to 21Vianet without anything tried [rules-try-first]`},
		"page": {strings.Replace(signIn, ", then: {page: service-health}", "", 1),
			`rules/sign-in.yaml:8:5: the rule "known-outage" leaves it to the reader without a page [rules-self-page]`},
		"value": {strings.Replace(signIn, "scope: [some]", "scope: [sone]", 1),
			`rules/sign-in.yaml:10:5: "scope" has no value "sone" [rules-no-such-value]`},
		"large": {strings.Replace(signIn, "values: [{id: one, label: One}", "values: ["+strings.Repeat("{id: x, label: X}, ", 200)+"{id: one, label: One}", 1),
			`rules/sign-in.yaml:1:1: 3 inputs with 812 combinations are more than anybody can answer or prove [rules-too-many]`},
	} {
		_, ps := table(t, c.text)
		got := ""
		if len(ps) > 0 {
			got, _, _ = strings.Cut(ps[0].String(), "\n")
		}
		if got != c.want && (c.want == "" || !strings.Contains(ps.Error(), c.want)) {
			t.Errorf("%s:\n got %v\nwant %s", name, ps, c.want)
		}
	}
}

func TestCheckAgainst(t *testing.T) {
	tab, _ := table(t, signIn)
	products := []Product{{ID: "office365-21v", Upstream: ProductUpstream{Severities: []UpstreamSeverity{{ID: "A"}}}}}
	d := &form.Definition{ID: "support", Fields: []form.Field{{ID: "correlation"}, {ID: "since"}}}
	check := func(products []Product, d *form.Definition) string {
		var ps source.Problems
		tab.CheckAgainst(products, []*form.Definition{d}, &ps)
		return ps.Error()
	}
	if got := check(products, d); got != "" {
		t.Errorf("got %s", got)
	}
	for want, got := range map[string]string{
		"rules-upstream-severity": check([]Product{{ID: "office365-21v"}}, d),
		"rules-no-such-product":   check([]Product{{ID: "office365"}}, d),
		"rules-no-such-form":      check(products, &form.Definition{ID: "suport"}),
		"rules-evidence-field":    check(products, &form.Definition{ID: "support"}),
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}

func TestManifestDecide(t *testing.T) {
	tab, _ := table(t, signIn)
	m := &Manifest{Tables: []*Table{tab}}
	d := &form.Definition{ID: "support", Rule: "sign-in", Fields: []form.Field{
		{ID: "health", Input: "health"}, {ID: "who", Input: "scope"}, {ID: "blocked", Input: "blocked"}, {ID: "correlation"}, {ID: "since"},
	}}
	got := m.Decide(d, form.Answers{"health": {"not-listed"}, "who": {"all"}, "blocked": {"yes"}, "since": {"now"}})
	if got.Rule != "all-blocked" || got.Severity != "A" || !got.Handler.Leads() || strings.Join(got.Missing, ",") != "correlation" {
		t.Errorf("got %+v", got)
	}
	if given := got.Given(); given["handler"] != "partner-then-upstream" || given["severity"] != "A" {
		t.Errorf("given %v", given)
	}
	for name, answers := range map[string]form.Answers{"nothing": {}, "half": {"health": {"not-listed"}}, "nonsense": {"health": {"x"}, "who": {"all"}}} {
		if got := m.Decide(d, answers); got.Handler != Partner || got.Severity != "C" || got.Rule != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := m.Decide(d, form.Answers{"health": {"listed"}}); got.Rule != "known-outage" || got.Handler != Partner {
		t.Errorf("a reader who asks all the same is answered: %+v", got)
	}
	plain := &form.Definition{Fields: []form.Field{{ID: "severity", Kind: form.Choice, Options: []form.Option{{ID: "A"}, {ID: "C"}}}}}
	for answer, want := range map[string]string{"A": "A", "Z": "C", "": "C"} {
		if got := m.Decide(plain, form.Answers{"severity": {answer}}); got.Severity != want || got.Given()["severity"] != want {
			t.Errorf("asked for the severity, answered %q: %+v", answer, got)
		}
	}
	by := &form.Definition{RuleBy: &form.RuleBy{Field: "what", Rules: map[string]string{"login": "sign-in"}}, Fields: d.Fields}
	if got := m.Decide(by, form.Answers{"what": {"login"}, "health": {"listed"}}); got.Table != "sign-in" {
		t.Errorf("got %+v", got)
	}
	if got := m.Decide(by, form.Answers{"what": {"other"}}); got.Table != "" || got.Handler != Partner {
		t.Errorf("got %+v", got)
	}
}
