package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"annai/relay"
)

func TestWaits(t *testing.T) {
	for severity, head := range map[string][]time.Duration{
		"B": {5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 12 * time.Hour, 12 * time.Hour},
		"A": {5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute},
	} {
		list := waits(severity)
		var sum, in10min time.Duration
		early := 1
		for i, w := range list {
			if i < len(head) && w != head[i] {
				t.Errorf("%s: wait %d is %v, want %v", severity, i+1, w, head[i])
			}
			sum += w
			if sum <= 10*time.Minute {
				in10min, early = sum, early+1
			}
		}
		if sum > giveUp || sum < giveUp-12*time.Hour {
			t.Errorf("%s: gives up after %v", severity, sum)
		}
		if severity == "A" && early < 6 {
			t.Errorf("severity A is tried %d times in %v", early, in10min)
		}
		if _, ok := wait(severity, 1, len(list)+1); ok {
			t.Errorf("%s: goes on for ever", severity)
		}
	}
}

func TestSpread(t *testing.T) {
	var low, high, sum float64 = 2, 0, 0
	const n = 10_000
	for job := range int64(n) {
		got, _ := wait("B", job, 4)
		again, _ := wait("B", job, 4)
		factor := float64(got) / float64(30*time.Minute)
		low, high, sum = min(low, factor), max(high, factor), sum+factor
		if got != again {
			t.Fatal("asked twice, answered differently")
		}
	}
	if low < 0.9 || low > 0.905 || high > 1.1 || high < 1.095 || sum/n < 0.995 || sum/n > 1.005 {
		t.Errorf("spread %.3f to %.3f, mean %.3f", low, high, sum/n)
	}
}

// The whole machine, with River and SQLite, in made-up time: when is a receiver
// tried that never answers?
func TestSchedule(t *testing.T) {
	spans := map[string]time.Duration{"A": 9 * time.Minute, "C": 8 * time.Minute}
	if rounds(0, 1) > 0 {
		spans = map[string]time.Duration{"A": time.Hour, "C": 3 * time.Hour}
	}
	for severity, span := range spans {
		t.Run(severity, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			synctest.Test(t, func(t *testing.T) { schedule(t, path, severity, span) })
		})
	}
}

func schedule(t *testing.T, path, severity string, span time.Duration) {
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{URL: path, Keys: keys, Log: slog.New(slog.DiscardHandler), clock: madeUp{}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sub := sample("up", "quiet")
	sub.Severity = severity
	if sub, err = s.Put(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var times []time.Time
	never := &receiver{answer: func(context.Context, int, relay.Submission) (relay.Ref, error) {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, time.Now())
		return relay.Ref{}, errors.New("no answer")
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- s.Work(ctx, relay.Workers{Destinations: map[string]relay.Destination{"up": never, "quiet": &receiver{}}})
	}()
	time.Sleep(span)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var sum time.Duration
	want := 1
	for _, w := range waits(severity) {
		if sum += w + 6*time.Second; sum*11/10 > span {
			break
		}
		want++
	}
	if len(times) < want {
		t.Fatalf("%d attempts in %v, want %d", len(times), span, want)
	}
	for i := 1; i < len(times); i++ {
		w := waits(severity)[i-1]
		// River looks every five seconds for what has become due.
		if got := times[i].Sub(times[i-1]); got < w*9/10 || got > w*11/10+7*time.Second {
			t.Errorf("wait %d was %v, want %v ±10 %%", i, got, w)
		}
	}
	got, err := s.Get(t.Context(), sub.ID)
	if err != nil || len(got.Deliveries[0].Attempts) != len(times) || got.Deliveries[1].State != relay.Delivered {
		t.Errorf("recorded %+v, %v", got.Deliveries, err)
	}
}

// madeUp gives River the bubble's time, also where it would let SQLite look at
// the clock.
type madeUp struct{}

func (madeUp) Now() time.Time { return time.Now().UTC() }
func (madeUp) NowOrNil() *time.Time {
	now := time.Now().UTC()
	return &now
}
