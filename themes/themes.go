// Package themes draws pages: the frame around each of them, articles, rules,
// the notice, forms, and the pages that the relay answers with.
//
// A theme is a folder: layouts/*.html (html/template), assets/ (css in the order
// of its names, scripts, the icon) and texts/LOCALE.yaml. The default one is in
// the program; a partner's own folder is laid over it file by file.
//
//	Open(overlay, locales) → Theme     parsed once, problems with their position
//	Theme.Assets()         → files     fingerprinted, with integrity
//	Theme.Render(w, view)              a whole page, for site
//	Theme.Snapshot() → FromSnapshot()  the theme as it travels to the relay
//	Theme.Fill(w, shell, view)         the relay's page in the shell that site rendered
//
// A view is plain data: what the page says, in the reader's language, ready to
// be shown. This package knows no policy and no site, it knows only forms: one
// set of templates draws a form for the static page, for the page with errors
// and for the page to check the answers, so they can't differ.
//
// What is the same on all pages of a locale is a [Site]; what is the same on all
// pages is a [Shell], which every view embeds.
package themes

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"annai/internal/source"
)

//go:embed all:default
var builtin embed.FS

// A Theme is layouts, assets and texts, ready to draw. It is safe for concurrent
// use.
type Theme struct {
	files     map[string]string // layouts and texts by path, as they were read
	texts     map[string]map[string]string
	templates map[string]*template.Template // by locale
	assets    []Asset
	byName    map[string]*Asset
	frames    sync.Map // *Site → *frame
	buffers   sync.Pool
}

// Default is the built-in theme's files, as a partner's overlay would lay them
// out: layouts/, assets/, texts/.
func Default() fs.FS {
	sub, err := fs.Sub(builtin, "default")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Open reads the default theme with the overlay's files laid over it, for those
// locales; overlay may be nil. A file of texts changes the texts that it has, any
// other file takes the place of the default one. A locale that the theme has no texts for shows
// the English ones and is a warning; a text that is missing, a layout that can't
// be parsed and an unknown file are errors. The Theme can be used even then.
func Open(overlay fs.FS, locales []string) (*Theme, source.Problems) {
	var ps source.Problems
	files := map[string]string{}
	readFiles(Default(), files, nil, &ps)
	if overlay != nil {
		own := map[string]string{}
		readFiles(overlay, own, known, &ps)
		for name, text := range own {
			if standard, ok := files[name]; ok && path.Dir(name) == "texts" {
				text = mergeTexts(name, standard, text, &ps)
			}
			files[name] = text
		}
	}
	t := newTheme(files, locales, &ps)
	t.makeAssets(files)
	return t, ps
}

// Snapshot is what [FromSnapshot] needs to draw the same pages again: layouts
// and texts by path, and the assets' names. It holds no secrets.
func (t *Theme) Snapshot() map[string]string {
	m := make(map[string]string, len(t.files)+len(t.assets))
	for name, text := range t.files {
		m[name] = text
	}
	for _, a := range t.assets {
		m["assets/"+a.Name] = a.Path + " " + a.Integrity
	}
	return m
}

// FromSnapshot is the theme of which a snapshot was taken. Its assets have no
// body.
func FromSnapshot(snapshot map[string]string) (*Theme, error) {
	files := map[string]string{}
	var locales []string
	var assets []Asset
	for name, text := range snapshot {
		if base, ok := strings.CutPrefix(name, "assets/"); ok {
			p, integrity, _ := strings.Cut(text, " ")
			assets = append(assets, Asset{Name: base, Path: p, Integrity: integrity})
			continue
		}
		files[name] = text
		if dir, file := path.Split(name); dir == "texts/" {
			locales = append(locales, strings.TrimSuffix(file, ".yaml"))
		}
	}
	sort.Strings(locales)
	var ps source.Problems
	t := newTheme(files, locales, &ps)
	t.setAssets(assets)
	if err := ps.Err(); err != nil {
		return nil, fmt.Errorf("theme in the manifest: %w", err)
	}
	return t, nil
}

// known tells the files that an overlay may have.
func known(name string) bool {
	dir, file := path.Split(name)
	switch {
	case dir == "layouts/":
		return path.Ext(file) == ".html"
	case dir == "texts/":
		return path.Ext(file) == ".yaml"
	case strings.HasPrefix(name, "assets/"):
		return true
	}
	return strings.EqualFold(path.Ext(file), ".md") // a README beside them
}

func readFiles(fsys fs.FS, files map[string]string, known func(string) bool, ps *source.Problems) {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		if known != nil && !known(name) {
			ps.Warnf(source.Position{Path: name}, "theme-unknown-file", "a theme has no use for this file").
				Hintf("a theme holds layouts/*.html, texts/LOCALE.yaml and assets/")
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		ps.Errorf(source.Position{Path: "theme"}, "theme-unreadable", "cannot read the theme: %v", err)
	}
}

func newTheme(files map[string]string, locales []string, ps *source.Problems) *Theme {
	t := &Theme{
		files:     map[string]string{},
		texts:     map[string]map[string]string{},
		templates: map[string]*template.Template{},
		byName:    map[string]*Asset{},
	}
	t.buffers.New = func() any { return new(bytes.Buffer) }
	for name, text := range files {
		if strings.HasPrefix(name, "layouts/") || strings.HasPrefix(name, "texts/") {
			t.files[name] = text
		}
	}
	t.readTexts(locales, ps)
	t.parseAll(ps)
	return t
}

var (
	indentation = regexp.MustCompile(`\s*\n\s*`)
	lineEnd     = regexp.MustCompile(`([>}])\n([<{])`)
	plainText   = regexp.MustCompile(`{{t "([^"]+)"}}`)
	templateAt  = regexp.MustCompile(`^template: ([^:]+):(\d+):(?:(\d+):)? `)
)

// parseAll reads the layouts for each language, at once: half of what it costs to
// open a theme. Their problems are the same in every language.
func (t *Theme) parseAll(ps *source.Problems) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	for locale := range t.texts {
		wait.Go(func() {
			var problems source.Problems
			set := t.parseLayouts(locale, &problems)
			mu.Lock()
			defer mu.Unlock()
			t.templates[locale] = set
			if locale == "en" {
				ps.Append(problems)
			}
		})
	}
	wait.Wait()
}

// parseLayouts reads all layouts into one set for a locale. Each file defines one
// or more templates by name. Texts without values are put in here: a page has dozens of them.
func (t *Theme) parseLayouts(locale string, ps *source.Problems) *template.Template {
	set := template.New("theme").Funcs(t.functions(locale))
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		if !strings.HasPrefix(name, "layouts/") {
			continue
		}
		text := joinLines(t.files[name])
		text = plainText.ReplaceAllStringFunc(text, func(action string) string {
			words := t.Text(locale, plainText.FindStringSubmatch(action)[1])
			return strings.ReplaceAll(template.HTMLEscapeString(words), "{{", `{{"{{"}}`)
		})
		if _, err := set.New(name).Parse(text); err != nil {
			at := source.Position{Path: name}
			if _, asWritten := template.New(name).Funcs(t.functions(locale)).Parse(t.files[name]); asWritten != nil {
				err = asWritten // with the author's lines
			}
			message := err.Error()
			if m := templateAt.FindStringSubmatch(message); m != nil {
				fmt.Sscan(m[2], &at.Line)
				message = message[len(m[0]):]
			}
			ps.Errorf(at, "theme-layout", "cannot read the layout: %s", message)
		}
	}
	return set
}

// joinLines drops what is there for the reader of a layout: indentation, and line
// ends between tags and actions.
func joinLines(text string) string {
	text = indentation.ReplaceAllString(text, "\n")
	text = lineEnd.ReplaceAllString(text, "$1$2")
	return lineEnd.ReplaceAllString(text, "$1$2") // those that a match before had taken
}

// A View is one page's data. All views are types of this package.
type View interface {
	layout() string // name of the template of what stands in <main>
	shell() Shell
}

// Render writes a whole page.
func (t *Theme) Render(w io.Writer, view any) error {
	v, ok := view.(View)
	if !ok {
		return fmt.Errorf("themes: %T is not a view", view)
	}
	f := t.frame(v.shell().Site)
	buf := t.buffer()
	defer t.buffers.Put(buf)
	page := page{Shell: v.shell(), Frame: f, View: v}
	name := "page"
	if s, ok := v.(interface{ skeleton() string }); ok {
		name = s.skeleton()
	}
	for _, part := range []struct {
		name string
		data any
	}{{name + "-top", page}, {v.layout(), v}, {name + "-bottom", page}} {
		if err := t.execute(buf, v.shell().locale(), part.name, part.data); err != nil {
			return err
		}
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// HTML draws one of the layouts with its data: a fragment, such as a form inside
// an article.
func (t *Theme) HTML(locale, layout string, data any) (template.HTML, error) {
	buf := t.buffer()
	defer t.buffers.Put(buf)
	if err := t.execute(buf, locale, layout, data); err != nil {
		return "", err
	}
	return template.HTML(buf.String()), nil
}

func (t *Theme) execute(w io.Writer, locale, name string, data any) error {
	set := t.templates[locale]
	if set == nil {
		set = t.templates["en"]
	}
	if set == nil || set.Lookup(name) == nil {
		return fmt.Errorf("themes: no layout %q", name)
	}
	if err := set.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("themes: %w", err)
	}
	return nil
}

func (t *Theme) buffer() *bytes.Buffer {
	buf := t.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	return buf
}
