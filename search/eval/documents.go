package main

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"annai/search"
)

// A page is a document as the generator of queries needs it.
type page struct {
	search.Document
	Locale string
	Links  []pageLink
}

type pageLink struct{ Text, Target string } // Target is the Path of another page

// load reads the articles below a folder, by locale: those of a folder of the name
// of a locale, and of any other folder as English.
func load(dir string) (map[string][]page, error) {
	all := map[string][]page{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "includes" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if path.Ext(name) != ".md" || strings.Contains("README.md CONTRIBUTING.md SECURITY.md ThirdPartyNotices.md TOC.md toc.md", d.Name()) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		p := read(name, string(text))
		if p.Title != "" {
			all[p.Locale] = append(all[p.Locale], p)
		}
		return nil
	})
	return all, err
}

func localeOf(name string) string {
	for _, d := range strings.Split(strings.ToLower(filepath.ToSlash(name)), "/") {
		switch {
		case d == "ja" || d == "ja-jp" || strings.HasSuffix(d, ".ja-jp.md"):
			return "ja"
		case d == "zh-hans" || d == "zh-cn":
			return "zh-hans"
		case d == "ko-kr":
			return "ko"
		}
	}
	return "en"
}

var (
	metaLine = regexp.MustCompile(`(?m)^(title|description|ms\.topic|titleSuffix): *"?(.*?)"? *\r?$`)
	heading  = regexp.MustCompile(`^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t\r]*$`)
	anchor   = regexp.MustCompile(`<a (?:name|id)="?([^">]*)"?>(?:</a>)?`)
	link     = regexp.MustCompile(`!?\[([^\[\]]*)\]\(([^()\s]*)[^()]*\)`)
	tag      = regexp.MustCompile(`<[^<>]{1,300}>`)
	syntax   = strings.NewReplacer("**", "", "`", "", "> [!", "[!", "\\", "", "|", " ")
	alert    = regexp.MustCompile(`\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION|INCLUDE|div[^\]]*)[^\]]*\](?:\([^)]*\))?`)
	fragment = regexp.MustCompile(`[^\p{L}\p{N}\- _]+`)
)

// read takes an article apart roughly: enough to measure search, not to show it.
func read(name, text string) page {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	p := page{Locale: localeOf(name)}
	p.Path, p.URL = name, "/"+strings.TrimSuffix(name, ".md")+"/"
	if strings.HasPrefix(text, "---\n") {
		if end := strings.Index(text[4:], "\n---"); end >= 0 {
			for _, m := range metaLine.FindAllStringSubmatch(text[4:4+end], -1) {
				value := strings.Trim(m[2], "'\"")
				switch m[1] {
				case "title":
					p.Title = value
				case "description":
					p.Description = value
				case "ms.topic":
					p.Type = value
				}
			}
			text = text[4+end+4:]
		}
	}
	p.Category = path.Base(path.Dir(name))
	section, code := search.Section{}, false
	var body strings.Builder
	flush := func() {
		section.Text = body.String()
		if section.Heading != "" || strings.TrimSpace(section.Text) != "" {
			p.Sections = append(p.Sections, section)
		}
		body.Reset()
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
			continue
		}
		if m := heading.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil && !code {
			flush()
			words := p.plain(m[2])
			section = search.Section{Heading: words}
			if len(m[1]) > 1 {
				section.ID = strings.ReplaceAll(strings.ToLower(fragment.ReplaceAllString(words, "")), " ", "-")
				if a := anchor.FindStringSubmatch(m[2]); a != nil {
					section.ID = a[1]
				}
			} else if p.Title == "" {
				p.Title = words
			}
			continue
		}
		if !code {
			line = p.plain(line)
		}
		body.WriteString(line + "\n")
	}
	flush()
	p.Title = cmp.Or(p.Title, path.Base(name))
	return p
}

// plain drops markup and remembers links.
func (p *page) plain(line string) string {
	line = alert.ReplaceAllString(anchor.ReplaceAllString(line, ""), "")
	line = link.ReplaceAllStringFunc(line, func(s string) string {
		m := link.FindStringSubmatch(s)
		if s[0] != '!' && !strings.Contains(m[2], ":") {
			if to, _, _ := strings.Cut(m[2], "#"); strings.HasSuffix(to, ".md") {
				p.Links = append(p.Links, pageLink{m[1], path.Join(path.Dir(p.Path), to)})
			}
		}
		return m[1]
	})
	return strings.TrimSpace(syntax.Replace(tag.ReplaceAllString(line, "")))
}
