package markdown

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A zone is shown to readers who chose one of its pivots, or in one kind of
// output: `::: zone pivot="windows,linux"`, `::: zone target="docs"`.
type zone struct {
	fence
	target string
	pivots []string
}

func (r *reading) openZone(d *directive, f fence) construct {
	z := &zone{fence: f, target: d.get("target")}
	for _, name := range strings.Split(d.get("pivot"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			z.pivots = append(z.pivots, name)
		}
	}
	wrong := d.unknown("target", "pivot") != "" || z.target == "" && len(z.pivots) == 0
	for _, name := range append([]string{z.target}, z.pivots...) {
		wrong = wrong || strings.ContainsFunc(name, func(c rune) bool { return c > 127 || !isNameByte(byte(c)) })
	}
	if wrong {
		r.doc.Problems.Warnf(r.position(f.start), "invalid-zone", "a zone needs a pivot or a target, so this one stays text").
			Hintf(`write ::: zone pivot="name" or ::: zone pivot="one,two"`)
		return nil
	}
	return z
}

func (z *zone) collect(c *collector, n ast.Node) {
	for _, name := range z.pivots {
		if !slices.Contains(c.doc.Pivots, name) {
			c.doc.Pivots = append(c.doc.Pivots, name)
		}
	}
	c.children(n)
}

func (z *zone) html(w *writer, n ast.Node) {
	w.string(`<div class="zone`)
	if z.target != "" {
		w.string(" has-target")
	}
	if len(z.pivots) > 0 {
		w.string(" has-pivot")
	}
	w.string(`"`)
	if z.target != "" {
		w.attr("data-target", z.target)
	}
	if len(z.pivots) > 0 {
		w.attr("data-pivot", strings.Join(z.pivots, " "))
	}
	w.wrap(">", n, "</div>\n")
}
