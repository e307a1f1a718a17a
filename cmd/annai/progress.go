package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A progress line is one line on a terminal that says how far a build is and how
// long it will take. It appears after a second, and never when output is piped.
type progress struct {
	w     io.Writer // nil: say nothing
	start time.Time

	mu    sync.Mutex
	last  time.Time
	shown bool
}

func newProgress(t *terminal) *progress {
	p := &progress{start: time.Now()}
	if t.progress {
		p.w = t.err
	}
	return p
}

func (p *progress) show(done, total int) {
	if p.w == nil {
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.start) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = now, true
	left := ""
	if done > 0 && done < total {
		rest := now.Sub(p.start) * time.Duration(total-done) / time.Duration(done)
		left = fmt.Sprintf(", %s left", rest.Round(time.Second))
	}
	fmt.Fprintf(p.w, "\r\x1b[K%d of %d files%s", done, total, left)
}

// clear removes the line before something else is printed.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.w = nil
}
