package site

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// For programs that read: llms.txt, and every article as Markdown. The copies
// stand as the sources do, LOCALE/path.md, so that links between them hold.

// markdownURL is the address of a page's copy.
func (s *Site) markdownURL(p *Page) string {
	if !s.own || p.Kind != "" || p.Fallback() {
		return ""
	}
	return s.fileURL(p.Path)
}

func (s *Site) markdownFiles() []*File {
	if !s.own {
		return nil
	}
	var files []*File
	for _, p := range s.pages {
		if s.markdownURL(p) == "" || p.Meta.NoIndex {
			continue
		}
		h := newHasher()
		h.number(s.structure)
		h.number(p.input.hash)
		files = append(files, &File{Path: s.filePath(p.Path), key: h.Sum64(), write: func(w io.Writer) error { return s.writeMarkdown(w, p) }})
	}
	for _, l := range s.Config.Locales {
		files = append(files, &File{Path: strings.TrimPrefix(s.url(l, ""), s.root) + "llms.txt", write: func(w io.Writer) error { return s.writeLLMs(w, l) }})
	}
	if s.prefixed {
		files = append(files, &File{Path: "llms.txt", write: func(w io.Writer) error { return s.writeLLMs(w, s.Config.Locales[0]) }})
	}
	return files
}

// writeLLMs lists all articles by category, as llmstxt.org describes.
func (s *Site) writeLLMs(w io.Writer, locale string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", s.words(s.Config.Title, locale))
	if text := s.words(s.Config.Description, locale); text != "" {
		fmt.Fprintf(&b, "> %s\n\n", text)
	}
	for _, c := range s.Config.Categories {
		articles := s.articlesOf(locale, c.ID)
		if len(articles) == 0 {
			continue
		}
		fmt.Fprintf(&b, "## %s\n\n", s.words(c.Name, locale))
		for _, p := range articles {
			if url := s.markdownURL(p); url != "" {
				fmt.Fprintf(&b, "- [%s](%s): %s\n", p.Title(), s.host()+url, p.Meta.Description)
			}
		}
		b.WriteByte('\n')
	}
	if links := s.supportLinks(locale); len(links) > 0 {
		fmt.Fprintf(&b, "## %s\n\n", s.text(locale, "site.support"))
		for _, l := range links {
			fmt.Fprintf(&b, "- [%s](%s)\n", l.Title, s.host()+l.URL)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// factsLink is a link to a form, to rules or to a notice by its file.
var factsLink = regexp.MustCompile(`\]\(([^)\s#]*(?:rules|forms|notices)/[^)\s#]+)(#[^)\s]*)?\)`)

// writeMarkdown writes an article's copy: its title and description, what its
// fields say, its text.
func (s *Site) writeMarkdown(w io.Writer, p *Page) error {
	f := s.open(p.Path)
	d := &draft{site: s, page: p, file: f, facts: &facts{}}
	d.front, _ = readFront(f)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", p.Title())
	if p.Meta.Description != "" {
		fmt.Fprintf(&b, "%s\n\n", p.Meta.Description)
	}
	d.markdownFields(&b)
	body := strings.TrimSpace(string(f.Text))
	if first := firstHeading([]byte(body)); first != "" && first == p.Title() {
		_, body, _ = strings.Cut(body, "\n") // the title stands above
		body = strings.TrimSpace(body)
	}
	b.WriteString(factsLink.ReplaceAllStringFunc(body, func(link string) string {
		m := factsLink.FindStringSubmatch(link)
		if t, ok := s.factsPage(p.Locale, path.Join(folder(p.Path), m[1])); ok {
			return "](" + s.host() + t + m[2] + ")"
		}
		return link
	}))
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// markdownFields writes what the type keeps in its front matter.
func (d *draft) markdownFields(b *bytes.Buffer) {
	switch d.page.Meta.Type {
	case "howto":
		var f howtoFront
		d.decodeFront(&f)
		d.markdownSteps(b, &f)
	case "faq":
		var f faqFront
		d.decodeFront(&f)
		for _, q := range f.Questions {
			fmt.Fprintf(b, "## %s\n\n%s\n\n", q.Q, q.A.Text())
		}
	}
}

func (d *draft) markdownSteps(b *bytes.Buffer, f *howtoFront) {
	section := func(key string, texts ...string) {
		heading := false
		for _, text := range texts {
			if text == "" {
				continue
			}
			if !heading {
				fmt.Fprintf(b, "## %s\n\n", d.text(key))
				heading = true
			}
			fmt.Fprintf(b, "%s\n\n", text)
		}
	}
	var before []string
	for _, x := range f.Before {
		before = append(before, "- "+x.Text())
	}
	section("howto.before", strings.Join(before, "\n"))
	var steps strings.Builder
	for i, x := range f.Steps {
		fmt.Fprintf(&steps, "%d. %s\n", i+1, indent(x.Do.Text()))
		if t := x.Where.Text(); t != "" {
			fmt.Fprintf(&steps, "   %s: %s\n", d.text("howto.where"), indent(t))
		}
		if t := x.Expect.Text(); t != "" {
			fmt.Fprintf(&steps, "   %s: %s\n", d.text("howto.expect"), indent(t))
		}
	}
	section("howto.steps", strings.TrimRight(steps.String(), "\n"))
	section("howto.check", f.Check.Text())
	var fails []string
	for _, x := range f.Fails {
		line := "- " + x.Symptom
		if x.ErrorCode != "" {
			line += " (" + x.ErrorCode + ")"
		}
		if t := x.Do.Text(); t != "" {
			line += ": " + indent(t)
		}
		fails = append(fails, line)
	}
	section("howto.fails", strings.Join(fails, "\n"))
	section("howto.undo", f.Undo.Text())
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n   ") }
