// Package desk is the pages of the people who work on requests: the queue by
// severity with its running clocks, one request with everything that is known of
// it, and the sheet from which it is copied into the operator's own form.
//
// 21Vianet has no programmable way to open a service request. So a person opens
// it, with the menu path of the portal and every field ready to copy, and records
// the number that the portal gave: that is the delivery.
//
// The pages are for a protected listener. They ask nobody who they are: whoever
// mounts them does, and tells by [WithPerson]. What changes something is a POST;
// the mounting side also refuses those that another site's page sends.
package desk

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"annai/relay"
)

//go:embed page.html queue.html request.html counts.html desk.css desk.js
var files embed.FS

// A Desk draws its pages from a store and the server's manifest.
type Desk struct {
	Store        relay.Store
	Server       *relay.Server
	Destinations []string // to which a request can be rerouted
	Base         string   // path below which it is mounted, without a slash at its end
	Log          *slog.Logger
}

type personKey struct{}

// WithPerson says who looks at the pages, for the log of each request.
func WithPerson(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, personKey{}, name)
}

func person(r *http.Request) string {
	if name, ok := r.Context().Value(personKey{}).(string); ok && name != "" {
		return name
	}
	return "desk"
}

// Handler is the desk's pages.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.queue)
	mux.HandleFunc("GET /requests/{id}", d.request)
	mux.HandleFunc("POST /requests/{id}", d.act)
	mux.HandleFunc("GET /requests/{id}/files/{file}", d.file)
	mux.HandleFunc("GET /export.csv", d.export)
	mux.HandleFunc("GET /counts", d.counts)
	mux.HandleFunc("POST /destinations/{name}", d.pause)
	mux.HandleFunc("POST /language", d.language)
	assets, _ := fs.Sub(files, ".")
	mux.Handle("GET /desk.css", http.FileServerFS(assets))
	mux.Handle("GET /desk.js", http.FileServerFS(assets))
	return http.StripPrefix(d.Base, secure(mux))
}

// secure: nothing but our own style and script, in no frame, never cached.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}

// A frame is what all pages have.
type frame struct {
	Base, Locale, Person, Title string
	Here                        string // path and query below Base
	Now                         time.Time
	Zone                        *time.Location
	Languages                   []string
	Severities                  []string
	Paused                      []relay.DestinationState
}

func (d *Desk) frame(r *http.Request, title string) frame {
	locale := d.locale(r)
	return frame{Base: d.Base, Locale: locale, Person: person(r), Title: text(locale, title), Here: r.URL.RequestURI(), Now: time.Now(), Zone: zone(locale), Languages: languages, Severities: d.severities()}
}

// severities are the partner's, most severe first.
func (d *Desk) severities() (ids []string) {
	if m := d.Server.Manifest(); m != nil {
		if n := m.Notice(time.Now()); n != nil {
			for _, s := range n.Severities {
				ids = append(ids, s.ID)
			}
		}
	}
	if ids == nil {
		return []string{"A", "B", "C"}
	}
	return ids
}

// languages of the pages.
var languages = []string{"ja", "zh-hans", "en"}

// locale is the person's choice, or the desk's, or the browser's.
func (d *Desk) locale(r *http.Request) string {
	if c, err := r.Cookie("desk-language"); err == nil && slices.Contains(languages, c.Value) {
		return c.Value
	}
	if d.Server != nil && slices.Contains(languages, d.Server.Desk) {
		return d.Server.Desk
	}
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), ";")
		switch {
		case strings.HasPrefix(tag, "ja"):
			return "ja"
		case strings.HasPrefix(tag, "zh"):
			return "zh-hans"
		case strings.HasPrefix(tag, "en"):
			return "en"
		}
	}
	return "en"
}

func languageName(locale string) string {
	switch locale {
	case "ja":
		return "日本語"
	case "zh-hans":
		return "简体中文"
	case "en":
		return "English"
	}
	return locale
}

func zone(locale string) *time.Location {
	name := map[string]string{"ja": "Asia/Tokyo", "zh-hans": "Asia/Shanghai"}[locale]
	if l, err := time.LoadLocation(name); err == nil && name != "" {
		return l
	}
	return time.Local
}

func (d *Desk) language(w http.ResponseWriter, r *http.Request) {
	if l := r.PostFormValue("language"); slices.Contains(languages, l) {
		http.SetCookie(w, &http.Cookie{Name: "desk-language", Value: l, Path: "/", MaxAge: 365 * 86400, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	http.Redirect(w, r, d.Base+local(r.PostFormValue("back")), http.StatusSeeOther)
}

// local keeps a way back on these pages.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(path, `\`) {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// draw writes a page.
func (d *Desk) draw(w http.ResponseWriter, name, locale string, data any) {
	t, err := template.New("").Funcs(d.functions(locale)).ParseFS(files, "page.html", name)
	if err == nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		err = t.ExecuteTemplate(w, name, data)
	}
	if err != nil {
		d.log().Error("a page of the desk could not be drawn", "page", name, "error", err)
	}
}

func (d *Desk) log() *slog.Logger {
	if d.Log != nil {
		return d.Log
	}
	return slog.Default()
}

func (d *Desk) functions(locale string) template.FuncMap {
	return template.FuncMap{
		"t":    func(key string) string { return text(locale, key) },
		"lang": func() string { return strings.Replace(locale, "zh-hans", "zh-Hans", 1) },
		"at": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(zone(locale)).Format("2006-01-02 15:04 MST")
		},
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"span":    func(from, to time.Time) string { return span(locale, to.Sub(from)) },
		"join":    strings.Join,
		"add":     func(a, b int) int { return a + b },
		"withnow": func(r row, now time.Time) clock { return clock{r, now} },
		"name":    languageName,
		"size":    func(n int64) string { return strconv.FormatFloat(float64(n)/(1<<10), 'f', 0, 64) + " KB" },
	}
}

// A clock runs until a reply is due.
type clock struct {
	row
	Now time.Time
}

// fail says what went wrong in the person's language.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusInternalServerError, "failed"
	switch {
	case errors.Is(err, relay.ErrNotFound):
		status, key = http.StatusNotFound, "no-request"
	case errors.Is(err, relay.ErrState):
		status, key = http.StatusConflict, "wrong-state"
	default:
		d.log().Error("desk", "error", err)
	}
	http.Error(w, text(d.locale(r), key), status)
}
