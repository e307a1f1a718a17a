package store

import (
	"sync"
	"time"

	"annai/relay"
)

const (
	tripFailures   = 5 // in a row …
	tripDeliveries = 3 // … of as many different deliveries: one bad request must not stop the rest
	firstPause     = 30 * time.Second
	firstRepair    = 5 * time.Minute // after a configuration error
	longestPause   = 10 * time.Minute
	longestRepair  = time.Hour
)

// A breaker decides whether a destination is tried. It is closed while things
// go well; open, it lets nothing through until its probe is due; then one
// attempt, whose outcome decides.
type breaker struct {
	mu      sync.Mutex
	state   relay.DestinationState
	failing map[string]bool // deliveries that failed in a row
	pause   time.Duration
	trying  bool // the probe is on its way
	pace    float64
}

// admit says whether to try now, or how long to wait.
func (b *breaker) admit(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.state.Paused:
		return 0, true
	case b.state.Probe.IsZero(): // a person paused it
		return 5 * time.Second, false
	case now.Before(b.state.Probe):
		return b.state.Probe.Sub(now), false
	case b.trying:
		return 2 * time.Second, false
	}
	b.trying = true
	return 0, true
}

// settle takes an attempt's outcome; changed tells that the destination was
// paused, stays paused, or goes on.
func (b *breaker) settle(now time.Time, delivery string, class relay.Class) (state relay.DestinationState, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	switch class {
	case relay.ClassInterrupted:
		return b.state, false
	case relay.ClassTemporary:
		b.state.Failures++
		b.failing[delivery] = true
		if b.state.Paused || b.state.Failures >= tripFailures && len(b.failing) >= tripDeliveries {
			return b.open(now, class, firstPause, longestPause), true
		}
		return b.state, false
	case relay.ClassConfiguration:
		b.state.Failures++
		return b.open(now, class, firstRepair, longestRepair), true
	}
	changed = b.state.Paused // the receiver answers
	b.state = relay.DestinationState{Name: b.state.Name}
	if changed {
		b.state.Since = now
	}
	b.pause = 0
	clear(b.failing)
	return b.state, changed
}

func (b *breaker) open(now time.Time, class relay.Class, first, longest time.Duration) relay.DestinationState {
	b.pause = min(max(first, 2*b.pause), longest)
	if !b.state.Paused {
		b.state.Since = now
	}
	b.state.Paused, b.state.Reason, b.state.Probe = true, string(class), now.Add(time.Duration(float64(b.pause)*b.pace))
	return b.state
}

// adopt takes over what another process or a person has decided.
func (b *breaker) adopt(state relay.DestinationState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if state.Paused != b.state.Paused || state.Paused && !state.Probe.Equal(b.state.Probe) {
		state.Failures = b.state.Failures
		b.state = state
		if !state.Paused {
			b.pause, b.trying, b.state.Failures = 0, false, 0
			clear(b.failing)
		}
	}
}

// closed tells whether jobs may be fetched: also when the probe is due.
func (b *breaker) closed(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.state.Paused || !b.state.Probe.IsZero() && !now.Before(b.state.Probe)
}
