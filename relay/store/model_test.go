package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"annai/form"
	"annai/relay"
)

// The model: what a relay that never crashes would know. Random sequences of
// what people, receivers and power supplies do must lead to the same.
type model struct {
	t      *testing.T
	folder string
	config Config
	s      *Store
	lives  int
	subs   map[string]*expected // by id
	order  []string

	mu    sync.Mutex
	plans map[string]string // submission → how the receiver will answer
	took  map[string]int    // by delivery id
}

// expected is what should be known of one submission with one delivery.
type expected struct {
	sub       relay.Submission
	state     relay.State
	notes     int
	forgotten bool
}

// Deliver is the receiver: it does what the plan says.
func (m *model) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	plan := m.plans[s.ID]
	switch plan {
	case "flaky":
		m.plans[s.ID] = "ok"
		return relay.Ref{}, errors.New("not now")
	case "busy":
		m.plans[s.ID] = "ok"
		return relay.Ref{}, relay.RetryAfter(0, errors.New("busy"))
	case "never":
		return relay.Ref{}, relay.Permanent(errors.New("never"))
	case "hand":
		return relay.Ref{}, relay.ByHand()
	case "panic":
		m.plans[s.ID] = "ok"
		panic("driver")
	}
	m.took[s.Request.ID]++
	return relay.Ref{ID: "SR-" + s.ID}, nil
}

// outcome is where a plan leads.
var planned = map[string]relay.State{"ok": relay.Delivered, "flaky": relay.Delivered, "busy": relay.Delivered, "panic": relay.Delivered,
	"never": relay.Dead, "hand": relay.Waiting}

func (m *model) open(r *rapid.T) {
	s, err := Open(context.Background(), m.config)
	if err != nil {
		r.Fatal(err)
	}
	m.s = s
}

// crash is a kill -9: the files as they are now, and nothing that was in memory.
func (m *model) crash(r *rapid.T) {
	m.lives++
	next := filepath.Join(m.folder, fmt.Sprintf("life%d.db", m.lives))
	for _, suffix := range []string{"", "-wal"} {
		in, err := os.Open(m.config.URL + suffix)
		if err != nil {
			r.Fatal(err)
		}
		out, err := os.Create(next + suffix)
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err := errors.Join(err, in.Close(), out.Close()); err != nil {
			r.Fatal(err)
		}
	}
	m.s.Close()
	m.config.URL = next
	m.open(r)
}

func (m *model) submit(r *rapid.T) {
	sub := sample("up")
	sub.Severity = rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(r, "severity")
	sub.Answers = form.Answers{"description": {rapid.String().Draw(r, "text")}}
	state := rapid.SampledFrom([]relay.State{relay.Queued, relay.Queued, relay.Quarantined, relay.Held}).Draw(r, "state")
	sub.Deliveries[0].State = state
	got, err := m.s.Put(context.Background(), sub)
	if err != nil {
		r.Fatal(err)
	}
	m.mu.Lock()
	m.plans[got.ID] = rapid.SampledFrom(slices.Sorted(maps.Keys(planned))).Draw(r, "plan")
	m.mu.Unlock()
	m.subs[got.ID] = &expected{sub: got, state: state}
	m.order = append(m.order, got.ID)
}

func (m *model) some(r *rapid.T) *expected {
	if len(m.order) == 0 {
		r.Skip("nothing there")
	}
	return m.subs[rapid.SampledFrom(m.order).Draw(r, "which")]
}

// again sends a request a second time, as it was or changed.
func (m *model) again(r *rapid.T) {
	e := m.some(r)
	sub := sample("up")
	sub.Key, sub.Answers = e.sub.Key, e.sub.Answers
	changed := rapid.Bool().Draw(r, "changed")
	if changed {
		sub.Answers = form.Answers{"description": {e.sub.Answers["description"][0] + "!"}}
	}
	got, err := m.s.Put(context.Background(), sub)
	if changed != errors.Is(err, relay.ErrConflict) || !changed && (err != nil || got.ID != e.sub.ID) {
		r.Fatalf("sent again (changed %t): %s, %v", changed, got.ID, err)
	}
}

func (m *model) act(r *rapid.T) {
	e := m.some(r)
	verb := rapid.SampledFrom([]relay.Verb{relay.Hold, relay.Release, relay.Replay, relay.Reject, relay.Finish, relay.Note, relay.Forget}).Draw(r, "verb")
	err := m.s.Do(context.Background(), relay.Act{Submission: e.sub.ID, Verb: verb, By: "op", Note: "note"})
	allowed := !e.forgotten && (from[verb] == nil || slices.Contains(from[verb], e.state))
	if allowed != (err == nil) || !allowed && !errors.Is(err, relay.ErrState) {
		r.Fatalf("%s in %s: %v", verb, e.state, err)
	}
	if !allowed {
		return
	}
	e.notes++
	switch verb {
	case relay.Hold:
		e.state = relay.Held
	case relay.Release, relay.Replay:
		e.state = relay.Queued
	case relay.Reject:
		e.state = relay.Withdrawn
	case relay.Finish:
		e.state = relay.Delivered
	case relay.Forget:
		e.forgotten = true
		if !e.state.Finished() {
			e.state = relay.Withdrawn
		}
	}
}

// loseJobs is a queue that has forgotten everything.
func (m *model) loseJobs(r *rapid.T) {
	err := m.s.change(context.Background(), func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, "DELETE FROM river_job")
		return err
	})
	if err == nil {
		_, err = m.s.Reconcile(context.Background())
	}
	if err != nil {
		r.Fatal(err)
	}
}

// work delivers what is queued.
func (m *model) work(r *rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.s.Work(ctx, relay.Workers{Destinations: map[string]relay.Destination{"up": m}}) }()
	left := -1
	for deadline := time.Now().Add(20 * time.Second); left != 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err := one(ctx, m.s.db, []any{&left}, "SELECT count(*) FROM delivery WHERE state = 'queued'"); err != nil {
			r.Fatal(err)
		}
	}
	cancel()
	if err := <-done; err != nil || left != 0 {
		r.Fatalf("%d are still queued, %v", left, err)
	}
	for _, e := range m.subs {
		if e.state == relay.Queued {
			e.state = planned[m.plans[e.sub.ID]]
		}
	}
}

// check compares everything.
func (m *model) check(r *rapid.T) {
	for _, id := range m.order {
		e := m.subs[id]
		got, err := m.s.Get(context.Background(), id)
		if err != nil {
			r.Fatalf("%s is lost: %v", id, err)
		}
		if got.Deliveries[0].State != e.state || len(got.Log) != e.notes || got.Forgotten.IsZero() == e.forgotten || got.Closed.IsZero() == e.state.Finished() {
			r.Fatalf("%s: want %s with %d notes, forgotten %t; got %+v", id, e.state, e.notes, e.forgotten, got)
		}
		if text := got.Answers["description"]; e.forgotten != (text == nil) || text != nil && text[0] != e.sub.Answers["description"][0] {
			r.Fatalf("%s: answers %q", id, text)
		}
		if got.Deliveries[0].Ref.ID != "" && m.took[got.Deliveries[0].ID] == 0 {
			r.Fatalf("%s: a number from nowhere", id)
		}
	}
	if found, err := m.s.Find(context.Background(), relay.Query{Limit: 1000}); err != nil || len(found) != len(m.order) {
		r.Fatalf("%d found of %d, %v", len(found), len(m.order), err)
	}
}

func TestModel(t *testing.T) {
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	checks := 0
	rapid.Check(t, func(r *rapid.T) {
		if checks++; checks > rounds(12, 200) {
			return // a check costs seconds; rapid's own number is for microseconds
		}
		folder, err := os.MkdirTemp(t.TempDir(), "model")
		if err != nil {
			r.Fatal(err)
		}
		m := &model{t: t, folder: folder, subs: map[string]*expected{}, plans: map[string]string{}, took: map[string]int{},
			config: Config{URL: filepath.Join(folder, "life0.db"), Keys: keys, Log: slog.New(slog.DiscardHandler), Upkeep: time.Hour, pace: 0.001}}
		m.open(r)
		defer func() {
			report, err := m.s.Verify(context.Background())
			if err != nil || len(report.Problems) > 0 {
				t.Errorf("verify: %v %q", err, report.Problems)
			}
			m.s.Close()
		}()
		r.Repeat(map[string]func(*rapid.T){
			"submit": m.submit, "submit more": m.submit, "again": m.again, "act": m.act, "act more": m.act,
			"crash": m.crash, "lose jobs": m.loseJobs, "work": m.work, "": m.check,
		})
	})
}
