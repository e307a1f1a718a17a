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

func (r *reading) openZone(d *directive, f fence, parent ast.Node) construct {
	if isInZone(parent) {
		r.doc.Problems.Warnf(r.position(f.start), "nested-zone", "a zone can't be in another zone, so this one stays text").
			Hintf("end the zone around it first, with ::: zone-end")
		return nil
	}
	z := &zone{fence: f, target: d.get("target")}
	badPivot := false
	if d.has("pivot") {
		for name := range strings.SplitSeq(d.get("pivot"), ",") {
			name = strings.TrimSpace(name)
			badPivot = badPivot || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""
			z.pivots = append(z.pivots, name)
		}
	}
	target := z.target == "docs" || z.target == "chromeless" || z.target == "pdf"
	switch {
	case d.unknown("target", "pivot") != "", d.ended, badPivot, len(d.attrs) == 0,
		d.has("target") && !target, z.target == "pdf" && len(z.pivots) > 0:
		r.doc.Problems.Warnf(r.position(f.start), "invalid-zone", "a zone has pivots or a target of the known forms, so this one stays text").
			Hintf(`write ::: zone pivot="one,two", in lower-case letters, digits and hyphens, or ::: zone target="docs" (or "chromeless", "pdf")`)
		return nil
	}
	return z
}

func isInZone(n ast.Node) bool {
	for ; n != nil; n = n.Parent() {
		if b, ok := n.(*blockNode); ok {
			if _, ok := b.construct.(*zone); ok {
				return true
			}
		}
	}
	return false
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
