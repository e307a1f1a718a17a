package relay

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Finder searches the site in one language; it is the same engine that runs in
// the reader's browser. nil, nil means that the site has no index.
type Finder func(ctx context.Context, locale, query string) ([]Hit, error)

// A Hit is one page that was found.
type Hit struct {
	Title   string `json:"title"`
	URL     string `json:"url"`
	Where   string `json:"where,omitempty"` // section or category
	Excerpt string `json:"excerpt,omitempty"`
}

// maxQuery is the longest text that is looked for, in code points.
const maxQuery = 200

// find answers GET /search?q=…&locale=… with JSON.
func (s *Server) find(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(r)
	q.json = true
	s.allowOrigin(w, r, q.edition)
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	if s.Search == nil || !utf8.ValidString(query) || utf8.RuneCountInString(query) > maxQuery {
		s.fail(w, q, refuse(http.StatusNotFound, "not-found", "no search here, or not for this text"))
		return
	}
	hits, err := s.Search(r.Context(), q.edition.locale(r.URL.Query().Get("locale"), r.Header.Get("Accept-Language")), query)
	if err != nil {
		s.fail(w, q, err)
		return
	}
	s.secure(w, q.edition, nil)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	writeJSON(w, http.StatusOK, map[string]any{"query": query, "results": append([]Hit{}, hits...)})
}

// place is where the site's page of all articles leaves room for results; its
// script fills the same place when there is one.
var place = regexp.MustCompile(`<section[^>]*\bdata-search-results\b[^>]*></section>`)

var results = template.Must(template.New("results").Parse(`<section class="search-results" data-search-results aria-live="polite">` +
	`{{if .Hits}}<ol class="results">{{range .Hits}}<li><a class="search-title" href="{{.URL}}">{{.Title}}</a>` +
	`{{with .Where}} <span class="search-where">{{.}}</span>{{end}}{{with .Excerpt}}<p class="search-excerpt">{{.}}</p>{{end}}</li>{{end}}</ol>` +
	`{{else}}<p role="status">{{.None}}</p>{{end}}</section>`))

// withResults answers a search without scripts: the site's page of all articles
// with what was found above the list. It is false when that page isn't asked for.
func (s *Server) withResults(w http.ResponseWriter, r *http.Request) bool {
	e := s.edition.Load()
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	locale, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	site, ok := s.Site.(*Static)
	if !ok || s.Search == nil || query == "" || rest != "search/" || r.Method != http.MethodGet ||
		!slices.Contains(e.manifest.Site.Locales, locale) || !utf8.ValidString(query) || utf8.RuneCountInString(query) > maxQuery {
		return false
	}
	f, err := site.Root.Open(locale + "/search/index.html")
	if err != nil {
		return false
	}
	defer f.Close()
	page, err := io.ReadAll(f)
	at := place.FindIndex(page)
	if err != nil || at == nil {
		return false
	}
	hits, err := s.Search(r.Context(), locale, query)
	if err != nil {
		s.Log.Error("search", "locale", locale, "error", err)
		return false
	}
	var found bytes.Buffer
	if err := results.Execute(&found, map[string]any{"Hits": hits, "None": e.theme.Text(locale, "search-page.none", query)}); err != nil {
		return false
	}
	site.headers(w, r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(slices.Concat(page[:at[0]], found.Bytes(), page[at[1]:]))
	return true
}
