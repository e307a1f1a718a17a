package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"annai/internal/source"
	"annai/relay"
	"annai/site"
)

// livePath is where the preview's own files are, beside the site's.
const livePath = "/-annai-/"

//go:embed live.js
var liveScript []byte

// A preview shows a site from memory: a page is rendered when it is asked for.
// When a change brings errors, the last good site stays, and the page says in an
// overlay what is wrong.
type preview struct {
	options  site.Options
	prefix   string // of the content's paths in messages
	terminal *terminal
	strict   bool
	events   events
	relay    http.Handler  // takes the forms; nil without one
	forms    *relay.Server // the same, to be told of changed forms

	mu       sync.Mutex
	site     *site.Site        // the last good one
	broken   source.Problems   // of the content as it is, when that is worse
	good     map[string][]byte // last good bytes of pages that were shown
	index    map[string]*site.File
	reported string
}

// load reads the content anew. It keeps the last good site when there are errors.
func (p *preview) load(cache *site.Cache) {
	o := p.options
	o.Cache = cache
	s, problems := site.Load(o)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = nil
	if bad(problems, p.strict) && p.site != nil {
		p.broken = problems
	} else {
		p.site, p.index = s, nil
		if bad(problems, p.strict) {
			p.broken = problems
		} else if p.forms != nil {
			if err := loadForms(p.forms, s); err != nil {
				fmt.Fprintln(p.terminal.err, "the forms stay as they were:", err)
			}
		}
	}
	p.report(problems)
}

// report prints problems once.
func (p *preview) report(problems source.Problems) {
	var buf bytes.Buffer
	printProblems(&buf, located(problems, p.prefix), p.strict)
	if text := buf.String(); text != p.reported {
		p.reported = text
		if text == "" {
			text = "all is well\n"
		}
		fmt.Fprint(p.terminal.err, text)
	}
}

// change follows files that were written, by path below the content folder; all
// means that anything may have changed.
func (p *preview) change(paths []string, all bool) {
	p.mu.Lock()
	s, broken := p.site, p.broken
	p.mu.Unlock()
	if !all && broken == nil {
		if pages, ok := s.Update(paths); ok {
			p.events.send("reload")
			for _, page := range pages {
				p.mu.Lock()
				p.report(s.PageProblems(page))
				p.mu.Unlock()
			}
			return
		}
	}
	p.load(s.Remember())
	p.events.send("reload")
}

func (p *preview) current() *site.Site {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.site
}

func (p *preview) root() string { return p.current().Root() }

// themeDir is the folder of the site's own theme; "" when there is none.
func (p *preview) themeDir() string {
	if name := p.current().ThemeDir(); name != "" {
		return filepath.Join(p.options.Dir, filepath.FromSlash(name))
	}
	return ""
}

func (p *preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case strings.HasPrefix(r.URL.Path, livePath):
		p.serveLive(w, r)
	case p.relay != nil && p.isRelay(r):
		p.relay.ServeHTTP(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "the preview takes no requests here", http.StatusMethodNotAllowed)
	default:
		p.servePage(w, r)
	}
}

func (p *preview) servePage(w http.ResponseWriter, r *http.Request) {
	s := p.current()
	f, moved := s.Lookup(r.URL.Path)
	status := http.StatusOK
	switch {
	case moved != "":
		http.Redirect(w, r, moved, http.StatusFound)
		return
	case f == nil && strings.HasPrefix(r.URL.Path, s.Root()+"search/"):
		f = p.indexFile(strings.TrimPrefix(r.URL.Path, s.Root()))
	}
	if f == nil {
		if f = p.notFound(s, r.URL.Path); f == nil {
			http.NotFound(w, r)
			return
		}
		status = http.StatusNotFound
	}
	body, err := p.render(s, f)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	kind := mime.TypeByExtension(path.Ext(f.Path))
	if kind == "" {
		kind = http.DetectContentType(body)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// notFound is the site's page for addresses that lead nowhere, of the address's
// locale if there is one.
func (p *preview) notFound(s *site.Site, address string) *site.File {
	first, _, _ := strings.Cut(strings.TrimPrefix(address, s.Root()), "/")
	for _, name := range []string{first + "/404.html", "404.html"} {
		if f, _ := s.Lookup(s.Root() + name); f != nil {
			return f
		}
	}
	return nil
}

// render makes a page. One that has errors is shown as it last was without.
func (p *preview) render(s *site.Site, f *site.File) ([]byte, error) {
	body, err := f.Bytes()
	if f.Page == nil {
		return body, err
	}
	var problems source.Problems
	if err == nil {
		problems = s.PageProblems(f.Page)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil || bad(problems, p.strict) {
		if last := p.good[f.Path]; last != nil {
			return last, nil
		}
		return body, err
	}
	p.good[f.Path] = body
	return body, nil
}

// indexFile is a file of the search index, which is made when somebody searches.
func (p *preview) indexFile(name string) *site.File {
	s := p.current()
	p.mu.Lock()
	index := p.index
	p.mu.Unlock()
	if index == nil {
		files, err := s.Index()
		if err != nil {
			return nil
		}
		index = map[string]*site.File{}
		for _, f := range files {
			index[f.Path] = f
		}
		p.mu.Lock()
		p.index = index
		p.mu.Unlock()
	}
	return index[name]
}

// serveLive answers the script of the page: what is wrong, and when to reload.
func (p *preview) serveLive(w http.ResponseWriter, r *http.Request) {
	switch strings.TrimPrefix(r.URL.Path, livePath) {
	case "live.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(liveScript)
	case "events":
		p.events.ServeHTTP(w, r)
	case "problems":
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(p.problemsOf(r.URL.Query().Get("page")))
	default:
		http.NotFound(w, r)
	}
}

// problemsOf are the problems that the overlay of a page shows, as text: those
// of the content as a whole, or else the page's own.
func (p *preview) problemsOf(address string) []string {
	p.mu.Lock()
	s, problems := p.site, p.broken
	p.mu.Unlock()
	if problems == nil {
		if f, _ := s.Lookup(address); f != nil && f.Page != nil {
			problems = s.PageProblems(f.Page)
		}
	}
	list := []string{}
	for _, problem := range located(problems, p.prefix) {
		if problem.Severity == source.Error || p.strict {
			list = append(list, problem.String())
		}
	}
	return list
}

// isRelay tells the addresses of the relay's own.
func (p *preview) isRelay(r *http.Request) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return first == "forms" || first == "requests" || first == "feedback"
}
