package site

import (
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"annai/internal/source"
	"annai/markdown"
	"annai/themes"
)

// facts are what is known of a page once it was rendered, and all that is kept
// of it: what other pages and the last pass ask for.
type facts struct {
	Fragments []fragment // links that name a place in a page
	Files     []string   // content files that the page shows or links to
	Missing   []missing  // pictures that are nowhere
	Diagrams  []string   // pictures that were drawn, by their paths
	Answers   uint64     // hash of what it got
	Reads     []dependency
	Problems  source.Problems
	Hash      uint64 // of the input that was rendered
	Form      bool   // it shows a form

	found linkFacts
	kept  parcel // found, until it is asked for
}

// linkFacts are where a page can be linked to, and what it looked up.
type linkFacts struct {
	Anchors []string
	Asked   []asked // to be asked again in the next build
}

// A fragment is a link to a place in a page.
type fragment struct {
	Locale, ID string // of the page
	Fragment   string
	Target     string // as it was written
	Pos        source.Position
}

// missing is a picture that could not be found.
type missing struct {
	Source string
	Pos    source.Position
}

// pageFile is the page's entry in the table of files.
func (s *Site) pageFile(p *Page) *File {
	return &File{Path: p.Out, Page: p, write: func(w io.Writer) error { return s.renderPage(w, p) }}
}

// renderPage parses, resolves and writes one page, and keeps what it learned.
func (s *Site) renderPage(w io.Writer, p *Page) error {
	view, f, err := s.viewOf(p)
	if err != nil {
		return err
	}
	s.mu.Lock()
	p.facts = f
	s.mu.Unlock()
	return s.Theme.Render(w, view)
}

// A draft is a page on its way from text to view.
type draft struct {
	site  *Site
	page  *Page
	file  *source.File
	front *front
	doc   *markdown.Document // of the body
	facts *facts

	answers  hasher             // of what was looked up so far
	lines    []string           // of the file, once somebody asks
	sections []markdown.Section // what readers can search for
	wording  wording
}

// section adds text to what readers can search for.
func (d *draft) section(id, heading, text string) {
	d.sections = append(d.sections, markdown.Section{ID: id, Heading: heading, Text: text})
}

// viewOf reads the page's file and makes what the theme draws.
func (s *Site) viewOf(p *Page) (any, *facts, error) {
	text, err := fs.ReadFile(s.tree.fsys, p.Path)
	if err != nil {
		return nil, nil, err
	}
	d := &draft{site: s, page: p, facts: &facts{Hash: xxhash.Sum64(text)}}
	d.file = source.New(p.Path, text)
	switch {
	case p.Kind != "":
	case s.own:
		d.front, _ = readFront(d.file) // its problems were reported by Load
	default:
		skipFront(d.file) // nothing in it is shown that Load didn't keep
	}
	if o := s.originalOf(p); s.own && o != nil { // the page says whether it has changed since
		d.facts.Reads = append(d.facts.Reads, dependency{o.Path, o.input.hash})
	}
	view, err := d.view()
	if d.answers.Digest != nil {
		d.facts.Answers = d.answers.Sum64()
	}
	if err == nil {
		s.index(d)
	}
	return view, d.facts, err
}

// view makes the view of the page's kind. Support content has more of them.
func (d *draft) view() (any, error) {
	switch d.page.Kind {
	case "FAQ":
		return d.faqView()
	case "Landing", "Hub":
		return d.landingView()
	}
	if view, err := d.supportView(); view != nil || err != nil {
		return view, err
	}
	return d.articleView()
}

func (d *draft) articleView() (themes.Article, error) {
	body, err := d.body()
	if err != nil {
		return themes.Article{}, err
	}
	a := themes.Article{TOC: contents(d.doc.Headings)}
	a.Pivots, a.Monikers = d.choices("pivot", d.doc.Pivots), d.choices("moniker", d.doc.Monikers)
	body = d.cutHeading(body, &a)
	a.Body = themes.HTML(body)
	d.finish(&a)
	return a, nil
}

// cutHeading takes the article's own first heading out of the body: the theme
// draws it above what is known of the page. It may differ from the title, which
// stands in lists and in the browser's tab, and its markup holds anchors and the
// originals of its sentences.
func (d *draft) cutHeading(body string, a *themes.Article) (rest string) {
	before, heading, ok := strings.Cut(body, "<h1")
	heading, after, closed := strings.Cut(heading, "</h1>")
	if !ok || !closed || d.doc.Title == "" {
		return body
	}
	a.Heading = d.doc.Title
	if _, inside, _ := strings.Cut(heading, ">"); strings.Contains(inside, "<") {
		a.HeadingMarkup = themes.HTML(inside)
	}
	for _, h := range d.doc.Headings {
		if h.Level == 1 {
			a.HeadingID = h.ID
			break
		}
	}
	return before + strings.TrimPrefix(after, "\n")
}

// body renders the file's Markdown.
func (d *draft) body() (string, error) {
	d.doc = d.parse(d.file)
	var buf strings.Builder
	err := d.doc.Render(&buf)
	d.report()
	return buf.String(), err
}

// fragment renders Markdown that stands in a field, such as a step's text.
// The position of the field in the file is lost but for its line.
func (d *draft) markdown(text string, at source.Position) (themes.HTML, error) {
	f := source.New(d.page.Path, []byte(strings.Repeat("\n", max(at.Line-1, 0))+text))
	doc := d.parse(f)
	var buf strings.Builder
	err := doc.Render(&buf)
	d.collect(doc)
	return themes.HTML(buf.String()), err
}

// parse reads Markdown and tells every link, picture and form where it leads.
func (d *draft) parse(f *source.File) *markdown.Document {
	doc := d.readMarkdown(f)
	d.lint(f, func(*source.Position) {})
	d.resolve(doc)
	return doc
}

func (d *draft) readMarkdown(f *source.File) *markdown.Document {
	return markdown.Parse(f, markdown.Options{
		Locale:    d.page.Lang,
		Open:      d.open,
		RawHTML:   d.site.Config.RawHTML,
		Highlight: d.site.highlight.Append,
		Monikers:  d.site.Config.Monikers,
		Text:      d.word,
		Labels:    d.site.own,
	})
}

func (d *draft) resolve(doc *markdown.Document) {
	d.resolveLinks(doc)
	d.resolveXrefs(doc)
	d.resolveImages(doc)
	d.resolveDiagrams(doc)
	d.resolveForms(doc)
	d.resolveLabels(doc)
}

// word is a word that the Markdown renderer adds, in the text's language.
func (d *draft) word(key string) string {
	key = "md." + key
	if text := d.site.Theme.Text(d.site.uiLocale(d.page.Lang), key); text != key {
		return text
	}
	return ""
}

func (d *draft) report() { d.collect(d.doc) }

// collect keeps a document's anchors and problems.
func (d *draft) collect(doc *markdown.Document) {
	for id := range doc.Anchors {
		d.facts.found.Anchors = append(d.facts.found.Anchors, id)
	}
	d.facts.Problems.Append(doc.Problems)
	d.sections = append(d.sections, doc.Sections...)
}

func (d *draft) resolveLinks(doc *markdown.Document) {
	for _, l := range doc.Links {
		if l.Kind == markdown.LinkLightbox {
			d.resolvePicture(l)
			continue
		}
		t := d.ask(l.Base, l.Target)
		l.URL, l.Broken = t.url, t.broken != ""
		d.noteLink(t, l.Target, l.Pos)
	}
}

// resolveXrefs finds pages by their uid. One that is unknown shows its name.
func (d *draft) resolveXrefs(doc *markdown.Document) {
	for _, x := range doc.Xrefs {
		if p := d.site.byUID[x.UID]; p != nil {
			x.URL, x.Title = p.URL+tail{x.Query, strings.TrimPrefix(x.Anchor, "#")}.String(), p.Title()
		} else if !x.Short {
			d.facts.Problems.Warnf(x.Pos, "unknown-xref", "no page has the uid %q", x.UID)
		}
	}
}

func (d *draft) resolveForms(doc *markdown.Document) {
	for _, ref := range doc.Forms {
		def := d.site.Forms[ref.ID]
		if def == nil {
			p := d.problem(ref.Pos, "unknown-form", "there is no form %q", ref.ID)
			p.suggest(source.Nearest(ref.ID, slices.Sorted(maps.Keys(d.site.Forms))))
			continue
		}
		d.facts.Form = true
		html, err := d.site.Theme.FormHTML(d.site.formView(d.page, def))
		if err != nil {
			d.problem(ref.Pos, "form-not-drawn", "the form %q can't be drawn: %v", ref.ID, err)
			continue
		}
		ref.HTML = string(html)
	}
}

// problem adds one whose gravity depends on whose site it is.
func (d *draft) problem(at source.Position, code, format string, args ...any) *problem {
	p := d.facts.Problems.Warnf(at, code, format, args...)
	p.Severity = d.site.severity()
	return (*problem)(p)
}

type problem source.Problem

// suggest adds what the author may have meant, if anything.
func (p *problem) suggest(what string) {
	if what != "" {
		(*source.Problem)(p).Hintf("did you mean %q?", what)
	}
}

// open finds an include or a code file.
func (d *draft) open(target, base string) (*source.File, error) {
	var err error
	for _, p := range d.site.includePaths(target, base) {
		var text []byte
		if text, err = d.read(p); err == nil {
			return source.New(p, text), nil
		}
	}
	if err == nil {
		err = fs.ErrNotExist
	}
	return nil, err
}

// read reads a file of the content or of the fallback repository, and notes that
// the page depends on it.
func (d *draft) read(p string) ([]byte, error) {
	f, err := d.site.openAny(p)
	if err != nil {
		d.facts.Reads = append(d.facts.Reads, dependency{Path: p})
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	d.facts.Reads = append(d.facts.Reads, dependency{Path: p, Hash: xxhash.Sum64(text)})
	return text, err
}

// includePaths are where an include may be, best first: beside the file that
// names it, below the docset or the repository with "~/", and the same in the
// default locale.
func (s *Site) includePaths(target, base string) []string {
	target = strings.ReplaceAll(unescape(target), `\`, "/")
	target, _, _ = strings.Cut(target, "#")
	target, _, _ = strings.Cut(target, "?")
	var list []string
	add := func(p string) {
		if outside(p) {
			return
		}
		list = append(list, p)
		if found := s.tree.lower[strings.ToLower(p)]; found != "" && found != p {
			list = append(list, found)
		}
	}
	switch {
	case strings.HasPrefix(target, "~/"):
		if d := s.docset(base); d != nil && d.dir != "" {
			add(path.Join(d.dir, target[2:]))
		}
		add(path.Join(s.localeDir(base), target[2:]))
		add(path.Clean(target[2:]))
	case strings.HasPrefix(target, "/"):
		add(path.Join(s.localeDir(base), target))
		add(strings.TrimPrefix(path.Clean(target), "/"))
	default:
		add(path.Join(folder(base), target))
	}
	if dir := s.localeDir(base); dir != "" && s.own {
		for _, p := range list {
			for other, l := range s.localeOf {
				if l == s.Config.Locales[0] && strings.HasPrefix(p, dir) {
					list = append(list, other+"/"+strings.TrimPrefix(p, dir))
				}
			}
		}
	}
	return list
}

// contents nests the headings of levels 2 and 3 for "on this page".
func contents(headings []markdown.Heading) []themes.Heading {
	var list []themes.Heading
	for _, h := range headings {
		entry := themes.Heading{ID: h.ID, Text: h.Text, Level: h.Level}
		switch {
		case h.Level == 2:
			list = append(list, entry)
		case h.Level == 3 && len(list) > 0:
			last := &list[len(list)-1]
			last.Items = append(last.Items, entry)
		}
	}
	return list
}

// day reads a date of Meta.
func day(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}
