package site

import (
	"strings"
	"testing"

	"annai/internal/source"
)

// TestFrontMatter reads front matter as it is found in the wild.
func TestFrontMatter(t *testing.T) {
	for _, test := range []struct {
		name, text, title, date, body, problems string
	}{
		{"plain", "---\ntitle: A\nms.date: 10/29/2018\n---\nbody", "A", "2018-10-29", "body", ""},
		{"BOM", "\ufeff---\ntitle: A\n---\nbody", "A", "", "body", ""},
		{"CRLF", "---\r\ntitle: A\r\nms.date: 1/2/2020\r\n---\r\nbody", "A", "2020-01-02", "body", ""},
		{"blanks", "--- \t\ntitle: A\n---  \nbody", "A", "", "body", ""},
		{"dots", "---\ntitle: A\n...\nbody", "A", "", "body", ""},
		{"none", "# Heading\n\n---\n\ntext", "Heading", "", "# Heading\n\n---\n\ntext", ""},
		{"empty", "", "", "", "", ""},
		{"only dashes", "---", "", "", "---", "x.md:1:1: warning: the front matter is never closed [front-matter-unclosed]"},
		{"unclosed", "---\ntitle: A\n\nbody", "", "", "---\ntitle: A\n\nbody", "x.md:1:1: warning: the front matter is never closed [front-matter-unclosed]"},
		{"a list where text is expected", "---\ntitle: [A, B]\n---\nbody", "A", "", "body", `x.md:2:8: warning: "title" is a list where text is expected [front-matter-type]`},
		{"no mapping", "---\n- A\n---\nbody", "", "", "body", "x.md:2:1: warning: the front matter is no mapping of keys to values [front-matter-type]"},
		{"no date", "---\ntitle: A\nms.date: 13/45/2020\n---\nbody", "A", "", "body", `x.md:3:10: warning: "ms.date" is no date: "13/45/2020" [front-matter-date]`},
		{"colons in keys", "---\nms:assetid: 1\nonline version: x\ntitle: A\n---\nbody", "A", "", "body", ""},
		{"comments", "---\n# a comment\ntitle: A # another\n---\nbody", "A", "", "body", ""},
		{"dashes in a block", "---\ntitle: A\ndescription: |\n  one\n  ---\n  two\n---\nbody", "A", "", "body", ""},
		{"twice", "---\ntitle: A\nTitle: B\n---\nbody", "A", "", "body", `x.md:3:1: warning: the key "Title" stands here twice [front-matter-duplicate-key]`},
		{"site's name", "---\ntitle: A | Microsoft Docs\n---\nbody", "A", "", "body", ""},
		{"broken YAML", "---\ntitle: A\nx: y: z\n---\n# B", "B", "", "# B", "x.md:3: warning: the front matter is not valid YAML: mapping values are not allowed in this context [front-matter-syntax]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := source.New("x.md", []byte(test.text))
			size := len(f.Text)
			fr, ps := readFront(f)
			m, more := readMeta(f, fr, nil)
			ps.Append(more)
			if m.Title == "" {
				m.Title = firstHeading(f.Text)
			}
			if m.Title != test.title || m.Date != test.date {
				t.Errorf("title %q, date %q", m.Title, m.Date)
			}
			if got := strings.TrimSpace(string(f.Text)); got != strings.TrimSpace(test.body) {
				t.Errorf("body %q", got)
			}
			if len(f.Text) != size || strings.Count(string(f.Text), "\n") != strings.Count(test.text, "\n") {
				t.Error("offsets have moved")
			}
			got := ""
			for _, p := range ps {
				p.Hint = ""
				got += p.String()
			}
			if got != test.problems {
				t.Errorf("problems %s", got)
			}
		})
	}
}

// FuzzFront: no panic, no offset moved, every position inside the file.
func FuzzFront(f *testing.F) {
	for _, seed := range []string{"---\ntitle: A\n---\nb", "\ufeff---\r\na: [\r\n...\r\n", "---\n---\n---\n", "---\na: |\n  ---\n---", "--- \n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := source.New("x.md", []byte(text))
		fr, ps := readFront(file)
		if len(file.Text) != len(text) {
			t.Fatal("offsets have moved")
		}
		_, more := readMeta(file, fr, nil)
		ps.Append(more)
		lines := strings.Count(text, "\n") + 1
		for _, p := range ps {
			if p.Line < 0 || p.Line > lines+1 {
				t.Fatalf("%v is outside of %d lines", p.Position, lines)
			}
		}
		other := source.New("x.md", []byte(text))
		skipFront(other)
		if string(other.Text) != string(file.Text) {
			t.Fatalf("skipping leaves %q, reading %q", other.Text, file.Text)
		}
	})
}
