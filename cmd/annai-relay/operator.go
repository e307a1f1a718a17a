package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"
	"time"

	"annai/relay/desk"
	"annai/relay/guard"
)

// operator is what the operator's listener serves: the desk, the queue's own
// pages, metrics and profiles, all behind a password or a proxy's word.
func (sv *service) operator(ctx context.Context) (http.Handler, error) {
	conf := sv.conf.Operator
	if conf.Listen == "off" {
		return nil, nil
	}
	queue, err := sv.store.UI(ctx, "/queue")
	if err != nil {
		return nil, err
	}
	gate, err := sv.gate()
	if err != nil {
		return nil, err
	}
	pages := &desk.Desk{Store: sv.store, Server: sv.server, Destinations: sv.conf.destinationNames(), Log: sv.log}
	metrics := sv.server.Metrics.Handler(sv.store)
	inner := http.NewServeMux()
	inner.Handle("/", pages.Handler())
	inner.Handle("/queue/", queue)
	inner.Handle("GET /metrics", metrics)
	inner.HandleFunc("/debug/pprof/", pprof.Index)
	inner.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	inner.HandleFunc("/debug/pprof/profile", pprof.Profile)
	inner.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	inner.HandleFunc("/debug/pprof/trace", pprof.Trace)

	outer := http.NewServeMux()
	outer.Handle("/", gate.guarding(http.NewCrossOriginProtection().Handler(inner)))
	public := sv.server.Handler()
	outer.Handle("GET /healthz", public)
	outer.Handle("GET /readyz", public)
	if conf.Open {
		outer.Handle("GET /metrics", metrics)
	}
	return outer, nil
}

// A gate lets people in who know a password, or of whom a trusted proxy says who
// they are.
type gate struct {
	passwords map[string][32]byte // by user, hashed so that lengths don't show
	header    string
	proxies   guard.Proxies
	limits    guard.Limits
}

func (sv *service) gate() (*gate, error) {
	conf := sv.conf.Operator
	g := &gate{passwords: map[string][32]byte{}, header: conf.Identity, proxies: sv.conf.proxies()}
	for user, path := range conf.Users {
		password, _, err := readSecret(path, "password of "+user)
		if err != nil {
			return nil, err
		}
		g.passwords[user] = sha256.Sum256(password)
	}
	if conf.Identity != "" || len(g.passwords) > 0 && conf.Password == "" {
		return g, nil
	}
	password, err := sv.secret(conf.Password, "password", newPassword)
	if err != nil {
		return nil, fmt.Errorf("the operator's pages need a password: %w", err)
	}
	if len(password) < 8 {
		return nil, errors.New("the operator's password has less than 8 characters")
	}
	g.passwords[conf.User] = sha256.Sum256(password)
	if conf.Password == "" && os.Getenv("CREDENTIALS_DIRECTORY") == "" {
		sv.made = string(password)
	}
	return g, nil
}

// howToEnter tells somebody at the terminal how to open the desk. A password that
// the relay made itself is shown there, and never logged.
func (sv *service) howToEnter() string {
	conf := sv.conf.Operator
	switch {
	case conf.Identity != "":
		return "through the proxy that sets " + conf.Identity
	case conf.Password != "":
		return "user " + conf.User + ", password in " + conf.Password
	case sv.made != "":
		return "user " + conf.User + ", password " + sv.made
	}
	return "user " + conf.User
}

// triesPerMinute bounds guessing from one network.
var triesPerMinute = guard.Rate{PerMinute: 10, Burst: 10}

func (g *gate) guarding(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := g.who(r); who != "" {
			next.ServeHTTP(w, r.WithContext(desk.WithPerson(r.Context(), who)))
			return
		}
		if _, _, tried := r.BasicAuth(); tried {
			network := guard.Network(g.proxies.Client(r)).String()
			if wait := g.limits.Take(time.Now(), guard.Claim{Name: network, Rate: triesPerMinute}); wait > 0 {
				w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
				http.Error(w, "too many wrong passwords", http.StatusTooManyRequests)
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="annai-relay", charset="UTF-8"`)
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "a user name and a password are needed", http.StatusUnauthorized)
	})
}

// who is the person, or "".
func (g *gate) who(r *http.Request) string {
	if g.header != "" && g.proxies.Trusts(r) {
		if who := r.Header.Get(g.header); who != "" {
			return who
		}
	}
	user, password, ok := r.BasicAuth()
	want, known := g.passwords[user]
	given := sha256.Sum256([]byte(password))
	if subtle.ConstantTimeCompare(given[:], want[:]) == 1 && ok && known {
		return user
	}
	return ""
}
