package markdown

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/tools/txtar"

	"annai/internal/source"
)

// FuzzParse reads anything: no panic, every position inside its file, no id
// twice, and nothing in the page that could run or load something.
func FuzzParse(f *testing.F) {
	archives, _ := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, article := range a.Files {
			if filepath.Ext(article.Name) == ".md" {
				f.Add(article.Data)
			}
		}
	}
	for _, piece := range hostile {
		f.Add([]byte(strings.Repeat(piece, 20)))
	}
	corpus, _ := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", "azure-aks", "articles", "*", "*.md"))
	for i, name := range corpus {
		if text, err := os.ReadFile(name); err == nil && i%7 == 0 && len(text) < 20000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { check(t, text) })
}

// check reads a text that includes itself under another name.
func check(t *testing.T, text []byte) {
	files := map[string][]byte{"a.md": text, "b.md": text, "c.cs": text}
	d := Parse(source.New("a.md", text), Options{Open: func(target, _ string) (*source.File, error) {
		if strings.HasSuffix(target, ".md") {
			return source.New("b.md", text), nil
		}
		if strings.HasSuffix(target, ".cs") {
			return source.New("c.cs", text), nil
		}
		return nil, errors.New("no such file")
	}})
	inside := func(what string, p source.Position) {
		body, ok := files[p.Path]
		if !ok || p.Line < 1 || p.Col < 1 || p.Line > bytes.Count(body, []byte("\n"))+1 {
			t.Errorf("%s at %s", what, p)
		}
	}
	for _, p := range d.Problems {
		inside(p.Code, p.Position)
	}
	for _, l := range d.Links {
		inside("link", l.Pos)
	}
	for _, m := range d.Images {
		inside("image", m.Pos)
	}
	for _, h := range d.Headings {
		inside("heading", h.Pos)
		if h.ID == "" {
			t.Errorf("heading %q without an id", h.Text)
		}
	}
	for id, at := range d.Anchors {
		inside("anchor "+id, at)
	}
	var page bytes.Buffer
	if err := d.Render(&page); err != nil {
		t.Fatal(err)
	}
	checkPage(t, page.Bytes())
}

func checkPage(t *testing.T, page []byte) {
	ids := map[string]bool{}
	level := 0
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			if level != 0 {
				t.Errorf("%d elements are not closed in\n%s", level, page)
			}
			return
		case html.EndTagToken:
			level--
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if !void[tag.Data] {
				level++
			}
			if removed[tag.Data] || unwrapped[tag.Data] {
				t.Errorf("<%s> in\n%s", tag.Data, page)
			}
			for _, a := range tag.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc":
					t.Errorf("%s=%q in\n%s", a.Key, a.Val, page)
				case (a.Key == "href" || a.Key == "src" || a.Key == "poster") && !isSafeSource(a.Val):
					t.Errorf("%s=%q in\n%s", a.Key, a.Val, page)
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("id %q twice in\n%s", a.Val, page)
					}
					ids[a.Val] = true
				}
			}
		}
	}
}
