package relay

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"annai/form"
	"annai/themes"
)

// A problem is the answer to a program, after RFC 9457.
type problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Errors []fieldProblem `json:"errors,omitempty"`
}

type fieldProblem struct {
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Message string `json:"message"` // in the request's language
}

// problem answers a program; invalid may be nil.
func (s *Server) problem(w http.ResponseWriter, q *request, status int, kind string, invalid *form.Invalid) {
	p := problem{Type: "urn:annai:problem:" + kind, Title: q.text("error." + kind + ".title"), Status: status}
	if p.Title == "error."+kind+".title" {
		p.Title = cmp.Or(word(q.locale, "problem-"+kind), http.StatusText(status))
	}
	if invalid != nil {
		for _, e := range invalid.Errors {
			p.Errors = append(p.Errors, fieldProblem{e.Field, e.Rule, e.Message(q.locale)})
		}
	}
	s.secure(w, q.edition, nil)
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	writeJSON(w, status, p)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic("relay: " + err.Error()) // plain data
	}
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

// fail answers with a refusal, keeping what was typed.
func (s *Server) fail(w http.ResponseWriter, q *request, err error) {
	s.failLater(w, q, err, 0)
}

// failLater says in addition how long to wait.
func (s *Server) failLater(w http.ResponseWriter, q *request, err error, wait time.Duration) {
	r := &refusal{http.StatusServiceUnavailable, "unavailable", err}
	errors.As(err, &r)
	if r.status >= 500 {
		s.Log.Error("a request could not be taken", "form", q.formID(), "kind", r.kind, "error", r.err)
		wait = max(wait, 30*time.Second)
	} else {
		s.Log.Info("refused", "form", q.formID(), "kind", r.kind, "status", r.status)
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if r.status == http.StatusRequestEntityTooLarge {
		w.Header().Set("Connection", "close")
	}
	if q.json {
		s.problem(w, q, r.status, r.kind, nil)
		return
	}
	page := themes.ErrorPage{
		Shell: themes.Shell{Title: q.text("error." + r.kind + ".title")},
		Kind:  r.kind, RetryAfter: wait, Contact: s.contact(q.edition, q.locale),
	}
	if q.form != nil && len(q.body.raw) > 0 && r.kind != "refused" {
		f := s.drawn(q)
		page.Form = &f
	}
	s.write(w, q.edition, q.locale, r.status, page)
}
