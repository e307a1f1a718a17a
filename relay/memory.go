package relay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// What bodies hold in memory over all requests is bounded, in two pools: slow
// uploads keep nobody from asking.
const (
	maxTexts = 64 * maxText // bytes of text over all requests
	fullWait = 10 * time.Second
)

var errFull = errors.New("too much is being received at once")

// A pool is memory that bodies share. One sender's network gets a quarter at
// most, when it is named.
type pool struct {
	size int64
	free *semaphore.Weighted

	mu   sync.Mutex
	held map[string]int64
}

func newPool(size int64) *pool {
	return &pool{size: size, free: semaphore.NewWeighted(size), held: map[string]int64{}}
}

// A share is what one body holds.
type share struct {
	*pool
	client string
	bytes  int64
}

// take adds n bytes to the share, waiting a moment for them.
func (s *share) take(ctx context.Context, n int64) error {
	if !s.count(n) {
		return errFull
	}
	ctx, cancel := context.WithTimeout(ctx, fullWait)
	defer cancel()
	if err := s.free.Acquire(ctx, n); err != nil {
		s.count(-n)
		return errFull
	}
	s.bytes += n
	return nil
}

func (s *share) count(n int64) bool {
	if s.client == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > 0 && s.held[s.client]+n > s.size/4 {
		return false
	}
	if s.held[s.client] += n; s.held[s.client] == 0 {
		delete(s.held, s.client)
	}
	return true
}

// release gives everything back.
func (s *share) release() {
	s.free.Release(s.bytes)
	s.count(-s.bytes)
	s.bytes = 0
}

// A meter takes what is read, not what was announced: who announces much and
// sends it slowly holds little.
type meter struct {
	io.Reader
	ctx context.Context
	*share
}

func (m meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if n > 0 {
		if full := m.take(m.ctx, int64(n)); full != nil {
			return 0, full
		}
	}
	return n, err
}

// reserve returns how a body of n bytes at most is to be read, and how to give
// back its share of the memory. Files take theirs at once, so that two uploads
// never wait for each other's end.
func (s *Server) reserve(r *http.Request, client string, n int64) (body io.Reader, release func(), err error) {
	if n <= maxText {
		texts := &share{pool: s.texts, client: client}
		return meter{r.Body, r.Context(), texts}, texts.release, nil
	}
	files := &share{pool: s.memory}
	return r.Body, files.release, files.take(r.Context(), min(n, s.Uploads))
}
