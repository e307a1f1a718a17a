package conformance

import (
	"fmt"
	"sort"
	"strings"
)

// A Report says which cases pass, per construct.
type Report struct {
	Failures []Failure
	passed   map[string]int
	all      map[string]int
}

// A Failure is a case whose HTML differs, and how.
type Failure struct {
	*Case
	Diff string
}

// Check renders and compares all cases.
func Check(cases []Case) *Report {
	r := &Report{passed: map[string]int{}, all: map[string]int{}}
	for i := range cases {
		c := &cases[i]
		r.all[c.Construct]++
		if diff := c.Compare(c.Render()); diff != "" {
			r.Failures = append(r.Failures, Failure{c, diff})
		} else {
			r.passed[c.Construct]++
		}
	}
	return r
}

// Failed counts the cases that differ.
func (r *Report) Failed() int { return len(r.Failures) }

// Rate is the share of cases that pass, 0 to 1.
func (r *Report) Rate() float64 {
	all := 0
	for _, n := range r.all {
		all += n
	}
	return 1 - float64(len(r.Failures))/float64(max(all, 1))
}

// String is a table of the pass rate per construct, and below it what differs.
func (r *Report) String() string {
	var b strings.Builder
	names := make([]string, 0, len(r.all))
	all := 0
	for name, n := range r.all {
		names = append(names, name)
		all += n
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%-26s %3d of %3d\n", name, r.passed[name], r.all[name])
	}
	fmt.Fprintf(&b, "%-26s %3d of %3d  %.1f %%\n", "all", all-len(r.Failures), all, 100*r.Rate())
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "\n%s (%s)\n", f.Name, f.Engine)
		if reason := reasons[f.Name]; reason != "" {
			fmt.Fprintf(&b, "stays out: %s\n", reason)
		}
		fmt.Fprintf(&b, "%s\n", f.Diff)
	}
	return b.String()
}

// reasons say why a case stays out.
var reasons = map[string]string{
	"spec/moniker#19 [skip] Define same uid with and without moniker range while refer to it without moniker range, should pick the one without moniker range:docs/b.json": "docfx skips it: the expected title is in none of its files",
	"spec/restore#04 Restore urls":                         "the answer is on another machine; nothing is fetched while a page is rendered",
	"spec/content-validation#03 Sanitize user html:a.json": "docfx keeps height=\"docs\", which no validator accepts: sizes are numbers",
}
