package main

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"annai/internal/source"
	"annai/policy"
	"annai/site"
)

// rulesCommand looks at escalation rules as the relay will decide with them.
type rulesCommand struct {
	Explain explainCommand `cmd:"" help:"Say which rule decides on a combination of answers, and what follows from it."`
}

type explainCommand struct {
	Rule    string            `arg:"" help:"Id of the rules: the name of a file of rules/, without .yaml."`
	Set     map[string]string `mapsep:"," placeholder:"INPUT=VALUE,…" help:"The answers."`
	Content string            `short:"c" default:"content" placeholder:"DIR" help:"Folder with the content."`
	Lang    string            `placeholder:"LOCALE" help:"Language of the words (the site's first)."`
}

func (c *explainCommand) Run(t *terminal) error {
	s, err := loadSite(t, c.Content)
	if err != nil {
		return err
	}
	table := s.Tables[c.Rule]
	if table == nil {
		return usagef("there are no rules %q%s", c.Rule, didYouMean(c.Rule, keys(s.Tables)))
	}
	for name, value := range c.Set {
		in := table.Input(name)
		if in == nil {
			return usagef("the rules %s don't ask about %q%s", c.Rule, name, didYouMean(name, inputs(table)))
		}
		if !slices.Contains(values(in), value) {
			return usagef("%s can't be %q: it is %s", name, value, strings.Join(values(in), " or "))
		}
	}
	locale := source.Locale(c.Lang)
	if c.Lang == "" {
		locale = s.Config.Locales[0]
	}
	e := explainer{t: t, site: s, table: table, locale: locale}
	if open, rule := table.Next(c.Set); rule == nil {
		e.question(open, c.Set)
		return errFound
	} else {
		e.decision(rule, c.Set)
	}
	return nil
}

type explainer struct {
	t      *terminal
	site   *site.Site
	table  *policy.Table
	locale string
}

func (e *explainer) line(name, format string, args ...any) {
	fmt.Fprintf(e.t.out, "%-10s %s\n", name, fmt.Sprintf(format, args...))
}

func (e *explainer) words(w source.Words) string { return w.In(e.locale, "", e.site.Config.Locales[0]) }

// question is what has to be known before a rule decides.
func (e *explainer) question(in *policy.Input, set map[string]string) {
	if in == nil {
		fmt.Fprintf(e.t.err, "no rule of %s decides on these answers\n", e.table.ID)
		return
	}
	fmt.Fprintf(e.t.err, "not settled: %s %s\n    set %s to %s\n", in.ID, e.words(in.Question), in.ID, strings.Join(values(in), " or "))
}

func (e *explainer) decision(r *policy.Rule, set map[string]string) {
	e.line("rule", "%s#%s  %s", e.table.ID, r.ID, e.words(r.Title))
	for _, in := range e.table.Inputs {
		if _, given := set[in.ID]; !given {
			e.line("", "%s doesn't matter", in.ID)
		}
	}
	e.line("handler", "%s", r.Handler)
	if r.Severity != "" {
		e.line("severity", "%s%s", r.Severity, e.promise(r))
	}
	if len(r.Grounds) > 0 {
		e.line("grounds", "%s", strings.Join(r.Grounds, ", "))
	}
	if len(r.Evidence) > 0 {
		e.line("evidence", "%s", strings.Join(r.Evidence, ", "))
	}
	if len(r.TryFirst) > 0 {
		e.line("try first", "%s", strings.Join(r.TryFirst, ", "))
	}
	if r.Upstream != nil {
		e.line("upstream", "%s severity %s", r.Upstream.Product, r.Upstream.Severity)
	}
	if r.Route != "" {
		e.line("route", "%s", r.Route)
	}
	switch {
	case r.Then.Page != "":
		e.line("then", "page %s", r.Then.Page)
	case r.Then.Form != "":
		e.line("then", "form %s", r.Then.Form)
	}
	if text := e.words(r.Action); text != "" {
		e.line("reader", "%s", text)
	}
	if text := e.words(r.Reason); text != "" {
		e.line("why", "%s", text)
	}
}

// promise is when the notice in force has the first reply for the severity.
func (e *explainer) promise(r *policy.Rule) string {
	n := policy.InForce(e.site.Notices, e.site.Now)
	if n == nil || n.Severity(r.Severity) == nil {
		return ""
	}
	return fmt.Sprintf(": first reply within %s (notice %s, version %d)", n.Severity(r.Severity).First, n.ID, n.Version)
}

// loadSite reads the content for commands that only look at it. Its problems are
// told when they are errors: what is printed could be wrong.
func loadSite(t *terminal, dir string) (*site.Site, error) {
	flags := contentFlags{Content: dir}
	o, prefix, err := flags.options()
	if err != nil {
		return nil, err
	}
	s, ps := site.Load(o)
	if ps.Errors() > 0 {
		var errs source.Problems
		for _, p := range ps {
			if p.Severity == source.Error {
				errs = append(errs, p)
			}
		}
		printProblems(t.err, located(errs, prefix), false)
		return nil, errFound
	}
	return s, nil
}

var errNoNotice = errors.New("the site has no notice: write notices/ID/1.yaml first")

func didYouMean(name string, known []string) string {
	if near := source.Nearest(name, known); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ": there are " + strings.Join(known, ", ")
}

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}

func inputs(t *policy.Table) []string {
	var ids []string
	for _, in := range t.Inputs {
		ids = append(ids, in.ID)
	}
	return ids
}

func values(in *policy.Input) []string {
	var ids []string
	for _, v := range in.Values {
		ids = append(ids, v.ID)
	}
	return ids
}
