// Package relay accepts the requests that the site's forms send, keeps them, and
// hands each one to where the escalation rules say.
//
// The promise: an answer of 2xx or 303 means that the request is on disk. It is
// then delivered at least once, or shown to a person until that person decides.
// Nothing that a customer sent is dropped: what looks like spam is kept apart,
// counted, shown and can be released.
//
// The path of one request:
//
//	body.go      read, bounded, in one of three encodings
//	accept.go    form.Normalise → policy.Decide → form.Validate; then the page
//	             with errors, the page to check the answers, or
//	submit.go    Store.Put: submission, deliveries and jobs in one transaction
//	receipt.go   303 to the receipt, which later tells how it fares
//	store.Work   Destination.Deliver, with retries, until it is delivered or dead
//
// What the site was built from (forms, rules, notice, theme) comes as a manifest
// and can be replaced while the relay runs; requests that are on their way see
// either the old one or the new one. Drivers of the Store are in relay/store,
// those of a Destination in relay/destination, the pages of the people who work
// on requests in relay/desk.
package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"annai/policy"
	"annai/relay/attachment"
	"annai/relay/guard"
)

// A Server answers the public side. Fill in the fields, call Load, then serve
// Handler. Fields are not to be changed afterwards.
type Server struct {
	Store        Store
	Secret       []byte        // 32 bytes or more: tokens, receipt links and marks of addresses derive from it; random when nil
	Retired      [][]byte      // earlier secrets: their tokens are still good
	URL          string        // where the relay is reached, "https://relay.example.cn"; the manifest's when empty
	Origins      []string      // besides the site's own, whose pages may send forms: "https://www.example.cn"
	Proxies      guard.Proxies // whose X-Forwarded-For is believed
	Prefix       string        // of references; DefaultPrefix when empty
	Routes       Routes        // where requests go
	Desk         string        // language of the people who work on requests; the site's first when empty
	Abuse        Abuse         // limits; useful when zero
	Uploads      int64         // bytes of bodies with files in memory at the same time; 64 MB when zero
	Scanner      *attachment.Scanner
	Site         http.Handler // the built site, when this process serves it too; may be nil
	Search       Finder       // searches the site, for readers without scripts; may be nil
	MailReceipts bool         // send receipts by mail too: the workers have Receipts
	Counter      bool         // count searches without a result (words only, nobody's name)
	Metrics      *Metrics     // may be nil
	Log          *slog.Logger // may be nil
	Now          func() time.Time

	edition  atomic.Pointer[edition]
	draining atomic.Bool
	tokens   guard.Tokens
	proofs   guard.Proofs
	limits   guard.Limits
	links    []byte // key of receipt links
	clients  []byte // key of the marks of addresses
	files    sealer
	memory   *pool // of bodies with files
	texts    *pool // of bodies without, and of the text of those that are too much
}

// Abuse bounds what one sender, one form and the whole service take. A zero field
// has the value in its comment.
type Abuse struct {
	Client       guard.Rate    // 120 at once, 60 a minute for one address or /64: a company behind one address has an outage too
	Form         guard.Rate    // 600 at once, 300 a minute
	Service      guard.Rate    // 3,000 at once, 1,200 a minute
	Files        guard.Rate    // 40 at once, 20 a minute for one address or /64
	MinTime      time.Duration // 1 s between the check page and sending; negative: none
	TokenAge     time.Duration // 24 h until a page must be confirmed again
	RequireToken bool          // of programs that send JSON: without token or proof they are quarantined
	Buckets      int           // 65,536 addresses are remembered
}

// Load makes m what the server answers with. On an error the one before stays.
// It is safe to call while requests are served.
func (s *Server) Load(m *policy.Manifest) error {
	next, err := newEdition(m, s.Routes)
	if err != nil {
		return err
	}
	before := s.edition.Load()
	if before == nil {
		if err := s.start(); err != nil {
			return err
		}
	}
	s.rememberForms(next, before)
	s.edition.Store(next)
	return nil
}

// rememberForms finds the versions before the ones in next, and keeps those for
// the one after. Without the store only pages that are older than the form
// suffer, so a failure is no reason to refuse the manifest.
func (s *Server) rememberForms(next, before *edition) {
	if before != nil {
		next.remember(slices.Collect(maps.Values(before.earlier)))
		next.remember(slices.Collect(maps.Values(before.forms)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	kept, err := s.Store.Forms(ctx)
	next.remember(kept)
	if err = errors.Join(err, s.Store.KeepForms(ctx, next.manifest.Forms)); err != nil {
		s.Log.Error("the forms' versions before can't be kept", "error", err)
	}
}

// start derives what the zero fields stand for; Load calls it once.
func (s *Server) start() error {
	if s.Store == nil {
		return errors.New("relay: a server needs a store")
	}
	if s.Secret == nil {
		s.Secret = make([]byte, 32)
		rand.Read(s.Secret)
	}
	if len(s.Secret) < 16 {
		return errors.New("relay: the secret has less than 16 bytes")
	}
	for _, secret := range append([][]byte{s.Secret}, s.Retired...) {
		s.tokens.Keys = append(s.tokens.Keys, guard.Derive(secret, "token"))
	}
	s.proofs.Key = guard.Derive(s.Secret, "proof")
	s.links = guard.Derive(s.Secret, "receipt")
	s.clients = guard.Derive(s.Secret, "client")
	s.files = newSealer(guard.Derive(s.Secret, "files"))
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Prefix == "" {
		s.Prefix = DefaultPrefix
	}
	if s.Uploads <= 0 {
		s.Uploads = 64 << 20
	}
	s.memory = newPool(s.Uploads)
	s.texts = newPool(maxTexts)
	s.Abuse = s.Abuse.withDefaults()
	s.limits.Size = s.Abuse.Buckets
	if s.Metrics == nil {
		s.Metrics = NewMetrics()
	}
	return nil
}

func (a Abuse) withDefaults() Abuse {
	rate := func(r *guard.Rate, perMinute float64, burst int) {
		if *r == (guard.Rate{}) {
			*r = guard.Rate{PerMinute: perMinute, Burst: burst}
		}
	}
	rate(&a.Client, 60, 120)
	rate(&a.Form, 300, 600)
	rate(&a.Service, 1200, 3000)
	rate(&a.Files, 20, 40)
	if a.MinTime == 0 {
		a.MinTime = time.Second
	}
	if a.TokenAge <= 0 {
		a.TokenAge = 24 * time.Hour
	}
	return a
}

// Drain makes /readyz say no from now on, so that a balancer sends nobody here
// any more; what comes all the same is still answered.
func (s *Server) Drain() { s.draining.Store(true) }

// Handler is the public side: forms, receipts, health, and the site if there is
// one. Everything else (desk, metrics, queue) belongs on another listener.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /forms/{form}", s.accept)
	mux.HandleFunc("OPTIONS /forms/{form}", s.preflight)
	mux.HandleFunc("GET /forms/{form}/token", s.freshToken)
	mux.HandleFunc("GET /forms/{form}/challenge", s.challenge)
	mux.HandleFunc("GET /requests/{token}", s.receipt)
	mux.HandleFunc("GET /requests", s.lookupPage)
	mux.HandleFunc("POST /requests", s.lookup)
	mux.HandleFunc("POST /feedback", s.feedback)
	mux.HandleFunc("POST /searches", s.countSearch)
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /search", s.find)
	mux.HandleFunc("/", s.elsewhere(mux))
	return s.recovering(s.bounded(compressing(mux)))
}
