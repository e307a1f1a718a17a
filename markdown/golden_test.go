package markdown

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"annai/internal/source"
)

// Each archive in testdata is a construct. An article NAME.md is followed by the
// HTML it becomes, NAME.html, and what else is to be seen of it, NAME.seen. Other
// files are there to be included. -update rewrites them.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives: ", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, a)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, f := range got.Files {
				if want := content(a, f.Name); want != string(f.Data) {
					t.Errorf("%s: got\n%s\nwant\n%s", f.Name, f.Data, want)
				}
			}
		})
	}
}

func content(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// render returns the archive with what its articles become.
func render(t *testing.T, a *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: a.Comment}
	open := func(target, base string) (*source.File, error) {
		name := path.Join(path.Dir(base), target)
		if rest, ok := strings.CutPrefix(target, "~/"); ok {
			name = rest
		}
		for _, f := range a.Files {
			if f.Name == name {
				return source.New(name, f.Data), nil
			}
		}
		return nil, errors.New("no such file")
	}
	for _, f := range a.Files {
		ext := path.Ext(f.Name)
		if ext == ".html" || ext == ".seen" {
			continue
		}
		out.Files = append(out.Files, f)
		if ext != ".md" || strings.Contains(f.Name, "/") {
			continue
		}
		options := Options{Open: open, Labels: strings.HasPrefix(f.Name, "labels")}
		if strings.HasSuffix(f.Name, "-ja.md") {
			options.Locale = "ja"
		}
		if strings.HasPrefix(f.Name, "all") {
			options.RawHTML = "all"
		}
		d := Parse(source.New(f.Name, f.Data), options)
		for _, form := range d.Forms {
			form.HTML = "<form id=\"" + form.ID + "\"></form>"
		}
		for _, l := range d.Links {
			if strings.Contains(l.Target, "gone") {
				l.Broken = true
			}
		}
		for _, m := range d.Images {
			m.Missing = strings.Contains(m.Source, "gone")
		}
		for _, x := range d.Xrefs {
			if x.UID == "known" {
				x.URL, x.Title = "/known/", "A known page"
			}
		}
		var html strings.Builder
		if err := d.Render(&html); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(f.Name, ".md")
		add := func(name, text string) {
			if text != "" && !strings.HasSuffix(text, "\n") {
				text += "\n"
			}
			out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(text)})
		}
		add(name+".html", html.String())
		if seen := see(d, string(a.Comment)); seen != "" {
			add(name+".seen", seen)
		}
	}
	return out
}

// see tells what the archive's first line asks for: "see: problems sections".
func see(d *Document, comment string) string {
	line, _, _ := strings.Cut(comment, "\n")
	_, what, _ := strings.Cut(line, "see:")
	kinds := strings.Fields(what)
	var b strings.Builder
	if len(kinds) == 0 || slices.Contains(kinds, "problems") {
		d.Problems.Sort()
		for _, p := range d.Problems {
			fmt.Fprintln(&b, p)
		}
	}
	for _, kind := range kinds {
		switch kind {
		case "headings":
			for _, h := range d.Headings {
				fmt.Fprintf(&b, "heading %d #%s %q %s\n", h.Level, h.ID, h.Text, h.Pos)
			}
		case "anchors":
			var ids []string
			for id, at := range d.Anchors {
				ids = append(ids, fmt.Sprintf("anchor #%s %s\n", id, at))
			}
			slices.Sort(ids)
			b.WriteString(strings.Join(ids, ""))
		case "links":
			for _, l := range d.Links {
				fmt.Fprintf(&b, "%s link %q %q %s\n", l.Kind, l.Target, l.Text, l.Pos)
			}
		case "images":
			for _, m := range d.Images {
				fmt.Fprintf(&b, "image %q %q %s\n", m.Source, m.Alt, m.Pos)
			}
		case "xrefs":
			for _, x := range d.Xrefs {
				fmt.Fprintf(&b, "xref %q %q %q %q %s\n", x.UID, x.Anchor, x.Query, x.Raw, x.Pos)
			}
		case "labels":
			for _, l := range d.Labels {
				fmt.Fprintf(&b, "label %q %q %s\n", l.Text, l.Translation, l.Pos)
			}
		case "sections":
			for _, s := range d.Sections {
				fmt.Fprintf(&b, "section #%s %q %q\n", s.ID, s.Heading, s.Text)
			}
		case "choices":
			fmt.Fprintf(&b, "pivots %q monikers %q\n", d.Pivots, d.Monikers)
		case "includes":
			fmt.Fprintf(&b, "includes %q\n", d.Includes)
		case "title":
			fmt.Fprintf(&b, "title %q\n", d.Title)
		}
	}
	return b.String()
}
