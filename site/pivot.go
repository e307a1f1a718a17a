package site

import (
	"strings"

	"annai/internal/source"
)

// readPivots reads the names of the choices that zones are shown for: of
// YamlMime:ZonePivotGroups, wherever it lies.
func (s *Site) readPivots() {
	s.pivots, s.prompts = map[string]string{}, map[string]string{}
	for _, f := range s.tree.files {
		if f.mime != "ZonePivotGroups" {
			continue
		}
		n, ps := source.ParseYAML(s.open(f.path))
		for i := range ps {
			ps[i].Severity = s.severity()
		}
		s.problems.Append(ps)
		for _, group := range mapping(n).list("groups") {
			s.prompts[group.text("id")] = group.text("prompt", "title")
			for _, pivot := range group.list("pivots") {
				if id := pivot.text("id"); s.pivots[id] == "" {
					s.pivots[id] = pivot.text("title")
				}
			}
		}
	}
}

// choices are the names of zones or of versions by their id, for the selector of
// a page, and below "" what it asks; nil when there is nothing to choose.
func (d *draft) choices(kind string, ids []string) map[string]string {
	if len(ids) == 0 {
		return nil
	}
	names := map[string]string{"": d.text(kind)}
	if groups := d.page.Meta.Pivots; kind == "pivot" && len(groups) == 1 && d.site.prompts[groups[0]] != "" {
		names[""] = d.site.prompts[groups[0]]
	}
	for _, id := range ids {
		names[id] = d.site.pivots[id]
		if names[id] == "" {
			names[id] = strings.ReplaceAll(id, "-", " ")
		}
	}
	return names
}
