package relay

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"annai/relay/guard"
)

// origins are the sites whose pages may send forms here: the manifest's and the
// configured ones.
func (e *edition) origins(more []string) []string {
	var list []string
	for _, o := range append([]string{e.siteOrigin()}, more...) {
		if o = origin(o); o != "" && !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	return list
}

// crossOrigin refuses what another site's page made a browser send. Browsers that
// hide the page's origin ("null") are let through with a token of ours.
func (s *Server) crossOrigin(q *request) error {
	protection := http.NewCrossOriginProtection()
	for _, o := range q.edition.origins(s.Origins) {
		if err := protection.AddTrustedOrigin(o); err != nil {
			return err
		}
	}
	err := protection.Check(q.Request)
	if err != nil && q.Header.Get("Origin") == "null" && q.signed {
		return nil
	}
	return err
}

// allowOrigin lets scripts on the site's pages read the answer: that exact
// origin, no credentials.
func (s *Server) allowOrigin(w http.ResponseWriter, r *http.Request, e *edition) {
	w.Header().Add("Vary", "Origin")
	if o := r.Header.Get("Origin"); o != "" && slices.Contains(e.origins(s.Origins), o) {
		w.Header().Set("Access-Control-Allow-Origin", o)
	}
}

func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	s.allowOrigin(w, r, s.edition.Load())
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Accept, Idempotency-Key")
		w.Header().Set("Access-Control-Max-Age", "7200")
	}
	w.WriteHeader(http.StatusNoContent)
}

// freshToken answers GET /forms/{form}/token for the page's script: a token of
// now, and a challenge to prove some work with.
func (s *Server) freshToken(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(r)
	q.json = true
	s.allowOrigin(w, r, q.edition)
	if q.form == nil {
		s.fail(w, q, refuse(http.StatusNotFound, "not-found", "no such form"))
		return
	}
	if wait := s.limits.Take(q.received, guard.Claim{Name: "token " + q.client, Rate: guard.Rate{PerMinute: 60, Burst: 60}}); wait > 0 {
		s.failLater(w, q, refuse(http.StatusTooManyRequests, "too-many", "the limit is reached"), wait)
		return
	}
	s.secure(w, q.edition, nil)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	writeJSON(w, http.StatusOK, map[string]any{
		"token":  s.tokens.Sign(s.tokens.New(q.form.ID, q.form.Version, q.received)),
		"altcha": s.proofs.New(q.received),
	})
}

// challenge answers GET /forms/{form}/challenge as ALTCHA's own widget asks.
func (s *Server) challenge(w http.ResponseWriter, r *http.Request) {
	e := s.edition.Load()
	s.allowOrigin(w, r, e)
	s.secure(w, e, nil)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	writeJSON(w, http.StatusOK, s.proofs.New(s.Now()))
}

// elsewhere answers what no route is for: the built site, the right methods, or
// a page that says so.
func (s *Server) elsewhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if allow := methods(mux, r); len(allow) > 0 {
			w.Header().Set("Allow", strings.Join(allow, ", "))
			q := s.newRequest(r)
			s.fail(w, q, refuse(http.StatusMethodNotAllowed, "method", "method %s", r.Method))
			return
		}
		if s.Site != nil {
			if !s.withResults(w, r) {
				s.Site.ServeHTTP(w, r)
			}
			return
		}
		if home := s.edition.Load().manifest.Site.BaseURL; r.URL.Path == "/" && home != "" {
			http.Redirect(w, r, home, http.StatusFound)
			return
		}
		s.fail(w, s.newRequest(r), refuse(http.StatusNotFound, "not-found", "no such page"))
	}
}

// methods lists those for which the path has a route of its own.
func methods(mux *http.ServeMux, r *http.Request) []string {
	var allow []string
	for _, m := range []string{"GET", "POST"} {
		probe := &http.Request{Method: m, URL: &url.URL{Path: r.URL.Path}, Host: r.Host}
		if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
			allow = append(allow, m)
		}
	}
	if slices.Contains(allow, r.Method) || r.Method == http.MethodHead && slices.Contains(allow, "GET") {
		return nil
	}
	if slices.Contains(allow, "GET") {
		allow = append(allow, "HEAD")
	}
	return allow
}

// bounded refuses what no reader's browser sends, before anything is read.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.RequestURI()) > 4096 {
			http.Error(w, http.StatusText(http.StatusRequestURITooLong), http.StatusRequestURITooLong)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recovering keeps a fault in one answer from being more than that.
func (s *Server) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.caught(w, r, nil)
		next.ServeHTTP(w, r)
	})
}

// caught, deferred, answers for a fault with a page that keeps what was typed and
// tells nothing of the fault. q is the request as far as it was read, or nil.
func (s *Server) caught(w http.ResponseWriter, r *http.Request, q *request) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	s.Metrics.panics.Inc()
	s.Log.Error("fault in a handler", "route", r.Pattern, "fault", fault, "stack", string(debug.Stack()))
	defer func() {
		if recover() != nil { // drawing is what is at fault
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}()
	if q == nil {
		q = s.newRequest(r)
	}
	s.fail(w, q, refuse(http.StatusInternalServerError, "failed", "a fault in a handler"))
}

// healthy answers GET /healthz: the process runs.
func (s *Server) healthy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

// ready answers GET /readyz: a request that came now would be on disk. It says
// nothing about destinations; those may be down for days without harm.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	err := s.Store.Ready(ctx)
	switch {
	case err != nil:
		s.Log.Error("not ready", "error", err)
	case !s.draining.Load():
		w.Write([]byte("ready\n"))
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte("not ready\n"))
}

// Personal marks a text that must not be logged: whatever is logged of it is
// only that it was there.
type Personal string

// LogValue implements slog.LogValuer.
func (p Personal) LogValue() slog.Value {
	if p == "" {
		return slog.StringValue("")
	}
	return slog.StringValue("[personal]")
}
