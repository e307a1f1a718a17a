package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// events are the server-sent events that tell open pages to look again.
type events struct {
	mu      sync.Mutex
	clients map[chan string]bool
	closed  bool
}

// send tells all pages. A page that is slow to listen misses all but one.
func (e *events) send(event string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.clients {
		select {
		case c <- event:
		default:
		}
	}
}

// close ends all streams, so that the server can shut down.
func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for c := range e.clients {
		close(c)
	}
	e.clients = nil
}

func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := make(chan string, 1)
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	if e.clients == nil {
		e.clients = map[chan string]bool{}
	}
	e.clients[c] = true
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.clients, c)
		e.mu.Unlock()
	}()

	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 300\n\nevent: hello\ndata:\n\n")
	stream.Flush()
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-alive.C:
			fmt.Fprint(w, ": still here\n\n")
		case event, ok := <-c:
			if !ok {
				return
			}
			fmt.Fprintf(w, "event: %s\ndata:\n\n", event)
		}
		if stream.Flush() != nil {
			return
		}
	}
}
