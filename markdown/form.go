package markdown

import "github.com/yuin/goldmark/ast"

// A form is the place of a request form: `:::form id="support":::`.
type form struct{ ref *FormRef }

func (r *reading) openForm(d *directive, start int) construct {
	id := d.get("id")
	if d.get("action") != "" {
		return nil // a form of Microsoft's own pages
	}
	if id == "" || d.unknown("id") != "" {
		r.doc.Problems.Errorf(r.position(start), "invalid-form", "a form needs its id").
			Hintf(`write :::form id="support":::`)
		return nil
	}
	return &form{&FormRef{ID: id, Pos: r.position(start), Base: r.unit.file.Path}}
}

func (f *form) collect(c *collector, _ ast.Node) { c.doc.Forms = append(c.doc.Forms, f.ref) }

func (f *form) html(w *writer, _ ast.Node) {
	w.string(f.ref.HTML)
	w.string("\n")
}
