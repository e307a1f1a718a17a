package policy

import (
	"slices"
	"time"

	"annai/form"
)

// A Decision is what the escalation rules say of a request.
type Decision struct {
	Table    string        `json:"table,omitempty"`
	Rule     string        `json:"rule,omitempty"`
	Handler  Handler       `json:"handler"`
	Severity string        `json:"severity"`
	Route    string        `json:"route,omitempty"`    // a destination that the rule or the form names
	Missing  []string      `json:"missing,omitempty"`  // ids of fields: evidence that is not there
	Evidence []string      `json:"evidence,omitempty"` // ids of fields: all that the rule wants
	Upstream *RuleUpstream `json:"upstream,omitempty"`
}

// Given is the decision as conditions of a form see it.
func (d Decision) Given() map[string]string {
	return map[string]string{"severity": d.Severity, "handler": string(d.Handler), "rule": d.Rule}
}

// defaultSeverity is what a request has on which no rule decides.
const defaultSeverity = "C"

// Decide applies the escalation rules that the form names to the answers. A form
// without rules, and answers that don't settle an input, go to the partner's own
// desk: a person then decides. Where no rule sets the severity, a form may ask
// for it with a field that is called severity.
func (m *Manifest) Decide(d *form.Definition, answers form.Answers) Decision {
	decision := Decision{Handler: Partner, Severity: askedSeverity(d, answers), Route: d.Route}
	t := m.Table(tableOf(d, answers))
	if t == nil {
		return decision
	}
	decision.Table = t.ID
	rule := t.settle(inputsOf(d, t, answers))
	if rule == nil {
		return decision
	}
	decision.Rule, decision.Handler = rule.ID, rule.Handler
	if rule.Handler == Self { // the reader asks all the same, so a person answers
		decision.Handler = Partner
	}
	if rule.Severity != "" {
		decision.Severity = rule.Severity
	}
	if rule.Route != "" {
		decision.Route = rule.Route
	}
	decision.Upstream = rule.Upstream
	decision.Evidence = rule.Evidence
	for _, id := range rule.Evidence {
		if len(answers[id]) == 0 {
			decision.Missing = append(decision.Missing, id)
		}
	}
	return decision
}

// askedSeverity is the severity that the reader chose, where the form asks for
// it, and the default otherwise.
func askedSeverity(d *form.Definition, answers form.Answers) string {
	asked, answer := d.Field("severity"), answers.Get("severity")
	if asked == nil || !slices.ContainsFunc(asked.Options, func(o form.Option) bool { return o.ID == answer }) {
		return defaultSeverity
	}
	return answer
}

// settle is the rule that the answered inputs decide on, or nil.
func (t *Table) settle(inputs map[string]string) *Rule {
	_, rule := t.Next(inputs)
	return rule
}

func tableOf(d *form.Definition, answers form.Answers) string {
	if d.RuleBy == nil {
		return d.Rule
	}
	if id, ok := d.RuleBy.Rules[answers.Get(d.RuleBy.Field)]; ok {
		return id
	}
	return d.Rule
}

// inputsOf takes the inputs' values from the fields that answer them. Answers
// that the table doesn't know settle nothing.
func inputsOf(d *form.Definition, t *Table, answers form.Answers) map[string]string {
	inputs := map[string]string{}
	for i := range d.Fields {
		f := &d.Fields[i]
		in := t.Input(f.Input)
		if f.Input == "" || in == nil {
			continue
		}
		if v := answers.Get(f.ID); in.has(v) {
			inputs[in.ID] = v
		}
	}
	return inputs
}

// ReplyBy is when the first reply is due by the notice in force, zero when it
// promises none for the severity.
func (m *Manifest) ReplyBy(severity string, received time.Time) time.Time {
	n := m.Notice(received)
	if n == nil {
		return time.Time{}
	}
	s := n.Severity(severity)
	if s == nil {
		return time.Time{}
	}
	return Due(received, s.First, s.Clock, m.Calendars[s.Calendar])
}
