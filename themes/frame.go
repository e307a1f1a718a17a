package themes

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// frame is what is drawn once per Site: header, footer and contact card don't
// differ from page to page, and the navigation only by what is open.
type frame struct {
	Head    template.HTML
	Brand   template.HTML
	Header  template.HTML
	Search  template.HTML
	Contact template.HTML
	Footer  template.HTML
	nav     map[string][]*NavItem // by URL: the items from the top down to it
}

func (t *Theme) frame(s *Site) *frame {
	if s == nil {
		return &frame{}
	}
	if f, ok := t.frames.Load(s); ok {
		return f.(*frame)
	}
	f := &frame{nav: map[string][]*NavItem{}}
	for _, part := range []struct {
		to   *template.HTML
		name string
	}{{&f.Head, "frame-head"}, {&f.Brand, "frame-brand"}, {&f.Header, "frame-header"}, {&f.Search, "frame-search"}, {&f.Contact, "frame-contact"}, {&f.Footer, "frame-footer"}} {
		*part.to, _ = t.HTML(s.Locale, part.name, s)
	}
	f.index(s.Nav, nil)
	actual, _ := t.frames.LoadOrStore(s, f)
	return actual.(*frame)
}

func (f *frame) index(items, above []*NavItem) {
	for _, item := range items {
		trail := append(above[:len(above):len(above)], item)
		if item.URL != "" && f.nav[item.URL] == nil {
			f.nav[item.URL] = trail
		}
		f.index(item.Items, trail)
	}
}

// The marks of a [Blank] page.
const (
	titleMark = "annai-title"
	mainMark  = "<annai-main></annai-main>"
)

// Fill writes a page of the relay: the view's title and content in a shell, which
// is a [Blank] that was rendered when the site was built. Of the view's Shell
// only the title and the locale count.
func (t *Theme) Fill(w io.Writer, shell, locale string, view any) error {
	v, ok := view.(View)
	if !ok {
		return fmt.Errorf("themes: %T is not a view", view)
	}
	buf := t.buffer()
	defer t.buffers.Put(buf)
	if err := t.execute(buf, locale, v.layout(), v); err != nil {
		return err
	}
	before, after, ok := strings.Cut(shell, mainMark)
	if !ok {
		return fmt.Errorf("themes: the shell has no mark for the content")
	}
	var out bytes.Buffer
	title := template.HTMLEscapeString(t.title(locale, v))
	out.WriteString(strings.ReplaceAll(before, titleMark, title))
	out.Write(buf.Bytes())
	out.WriteString(strings.ReplaceAll(after, titleMark, title))
	_, err := w.Write(out.Bytes())
	return err
}

// title is the page's own title; a form with errors says so first.
func (t *Theme) title(locale string, v View) string {
	title := v.shell().Title
	if _, ok := v.(Blank); ok {
		return titleMark
	}
	if h, ok := v.(interface{ hasErrors() bool }); ok && h.hasErrors() {
		title = t.Text(locale, "error.prefix") + title
	}
	return title
}

func (p FormPage) hasErrors() bool   { return p.Form.Invalid != nil }
func (p LookupPage) hasErrors() bool { return p.Error != "" }

// Foreign tells that the assets come from another origin than the page: a
// browser would then ask for CORS to check their integrity, which static hosts
// don't answer, so the pages leave it out.
func (s *Site) Foreign() bool { return origin(s.Root) != "" && origin(s.Root) != origin(s.RelayURL) }

// ShowContact tells whether the contact card stands below the content: not where
// the page has the channels itself, nor around what the relay says.
func (p page) ShowContact() bool {
	switch p.View.layout() {
	case "form-page", "check", "receipt", "error", "blank":
		return false
	}
	return !p.NoContact
}

// OwnSearch tells whether the page has the search in its content, so that the
// header goes without.
func (p page) OwnSearch() bool { return p.View.layout() == "home" }

// First is the id of the step where the questions begin.
func (t Triage) First() string {
	if len(t.Steps) == 0 {
		return "main"
	}
	return t.Steps[0].ID
}

// A Stage is one of the five words that say how a request fares.
type Stage struct {
	State string
	Class string // done, current, or next
}

// stages in their order. A request that waits for its sender is being checked.
var stages = []string{"received", "checking", "waiting", "handed-over", "solved"}

// Progress lists the stages of a request; those that it doesn't pass through are
// left out.
func (r ReceiptPage) Progress() []Stage {
	var list []Stage
	class := "done"
	for _, s := range stages {
		switch {
		case s == r.State:
			list = append(list, Stage{s, "current"})
			class = "next"
			continue
		case s == "waiting":
			continue
		case s == "handed-over" && r.Number == "" && r.Handler != "upstream" && r.Handler != "partner-then-upstream":
			continue
		}
		list = append(list, Stage{s, class})
	}
	return list
}

// Retry is RetryAfter for layouts, in whole minutes.
func (p ErrorPage) Retry() Duration {
	return Duration{Minutes: max(1, int(p.RetryAfter.Minutes()+0.5))}
}
