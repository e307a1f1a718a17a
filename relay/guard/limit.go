package guard

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Rate allows Burst requests at once and PerMinute in the long run. Zero
// PerMinute sets no limit.
type Rate struct {
	PerMinute float64
	Burst     int
}

// Limits is a table of token buckets by name ("203.0.113.7/32", "form support").
// It holds at most Size of them and forgets the longest unused first, so that a
// client that changes its address all the time can't fill the memory.
type Limits struct {
	Size int // buckets; 65,536 when zero

	mu      sync.Mutex
	buckets map[string]*list.Element
	recent  list.List // of *bucket, the latest used first
}

type bucket struct {
	name    string
	limiter *rate.Limiter
}

// A Claim is one bucket that a request draws from.
type Claim struct {
	Name string
	Rate Rate
}

// Take draws one token from every bucket, or none from any: then it returns how
// long to wait until all of them would give one.
func (l *Limits) Take(now time.Time, claims ...Claim) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []*rate.Reservation
	var wait time.Duration
	for _, c := range claims {
		if c.Rate.PerMinute <= 0 {
			continue
		}
		r := l.bucket(c).ReserveN(now, 1)
		taken = append(taken, r)
		wait = max(wait, r.DelayFrom(now))
	}
	if wait > 0 {
		for _, r := range taken {
			r.CancelAt(now)
		}
	}
	return wait
}

// Len is how many buckets the table holds.
func (l *Limits) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buckets)
}

func (l *Limits) bucket(c Claim) *rate.Limiter {
	if e, ok := l.buckets[c.Name]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket).limiter
	}
	if l.buckets == nil {
		l.buckets = map[string]*list.Element{}
	}
	size := l.Size
	if size <= 0 {
		size = 1 << 16
	}
	for len(l.buckets) >= size {
		last := l.recent.Back()
		l.recent.Remove(last)
		delete(l.buckets, last.Value.(*bucket).name)
	}
	b := &bucket{c.Name, rate.NewLimiter(rate.Limit(c.Rate.PerMinute/60), max(c.Rate.Burst, 1))}
	l.buckets[c.Name] = l.recent.PushFront(b)
	return b.limiter
}
