package markdown

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A moniker is a part of the page for some versions of the product:
// `::: moniker range=">=vs-2019"`.
type moniker struct {
	fence
	rng      string
	versions []string // those of the page's that the range holds
}

func (r *reading) openMoniker(d *directive, f fence) construct {
	rng := strings.TrimSpace(d.get("range"))
	if rng == "" {
		r.doc.Problems.Warnf(r.position(f.start), "invalid-moniker", "a moniker needs a range, so this one stays text").
			Hintf(`write ::: moniker range=">=name-1.0"`)
		return nil
	}
	r.reportExtra([]byte(d.unknown("range")), d.name, f.start)
	m := &moniker{fence: f, rng: rng}
	r.versions = append(r.versions, m)
	return m
}

func (*moniker) collect(c *collector, n ast.Node) { c.children(n) }

func (m *moniker) html(w *writer, n ast.Node) {
	w.string(`<div class="moniker"`)
	w.attr("data-range", m.rng)
	if len(m.versions) > 0 {
		w.attr("data-moniker", strings.Join(m.versions, " "))
	}
	w.wrap(">", n, "</div>\n")
}

// A comparison is one term of a range: an operator and a version.
type comparison struct{ op, name string }

// terms splits a range: alternatives of conjunctions, ">=a <c || d".
func terms(rng string) [][]comparison {
	var all [][]comparison
	for _, alternative := range strings.Split(rng, "||") {
		var list []comparison
		alternative = strings.NewReplacer(">=", " >=", "<=", " <=").Replace(alternative)
		for word := range strings.FieldsSeq(alternative) {
			name := strings.TrimLeft(word, "<>=")
			op := word[:len(word)-len(name)]
			if n := len(list); n > 0 && list[n-1].name == "" {
				list[n-1].name = name // "> = name", "<= name"
				list[n-1].op += op
				continue
			}
			list = append(list, comparison{op, name})
		}
		if len(list) > 0 {
			all = append(all, list)
		}
	}
	return all
}

// resolveMonikers finds the versions that the page speaks of, orders them, and
// tells each moniker which of them its range holds.
func (p *page) resolveMonikers() {
	if len(p.versions) == 0 {
		return
	}
	var names []string
	for _, m := range p.versions {
		for _, list := range terms(m.rng) {
			for _, t := range list {
				if t.name != "" && len(names) < maxMonikers && !slices.Contains(names, t.name) {
					names = append(names, t.name)
				}
			}
		}
	}
	for _, name := range p.Options.Monikers {
		if !slices.Contains(names, name) && slices.ContainsFunc(names, func(n string) bool { return product(n) == product(name) }) {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, p.compareMonikers)
	p.doc.Monikers = names
	for _, m := range p.versions {
		for _, name := range names {
			if p.inRange(name, m.rng) {
				m.versions = append(m.versions, name)
			}
		}
	}
}

func (p *page) inRange(name, rng string) bool {
	for _, list := range terms(rng) {
		all := true
		for _, t := range list {
			c := p.compareMonikers(name, t.name)
			var holds bool
			switch t.op {
			case ">":
				holds = c > 0
			case ">=":
				holds = c >= 0
			case "<":
				holds = c < 0
			case "<=":
				holds = c <= 0
			default:
				holds = name == t.name
			}
			// Versions of different products have no order.
			all = all && holds && product(name) == product(t.name)
		}
		if all {
			return true
		}
	}
	return false
}

// compareMonikers orders by the site's list, or by the numbers in the names.
func (p *page) compareMonikers(a, b string) int {
	i, j := slices.Index(p.Options.Monikers, a), slices.Index(p.Options.Monikers, b)
	if i >= 0 && j >= 0 {
		return i - j
	}
	if c := strings.Compare(product(a), product(b)); c != 0 {
		return c
	}
	x, y := strings.FieldsFunc(a[len(product(a)):], isNoDigit), strings.FieldsFunc(b[len(product(b)):], isNoDigit)
	for k := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[k])
		n, _ := strconv.Atoi(y[k])
		if m != n {
			return m - n
		}
	}
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(a, b)
}

// product is a moniker without its version: "vs-" of "vs-2019".
func product(name string) string {
	if i := strings.IndexFunc(name, func(c rune) bool { return !isNoDigit(c) }); i > 0 {
		return name[:i]
	}
	return name
}

func isNoDigit(c rune) bool { return c < '0' || c > '9' }
