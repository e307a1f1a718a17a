package main

import (
	"context"
	"io"
	"log/slog"

	"annai/relay"
	"annai/relay/store"
	"annai/site"
)

// startRelay makes the forms of the preview work: a relay in this process, whose
// requests go to a desk that nobody reads and are thrown away in the end. A site
// without forms has none.
func (p *preview) startRelay(ctx context.Context, address string) (stop func(), err error) {
	s := p.current()
	if len(s.Forms) == 0 {
		return func() {}, nil
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	requests, err := store.Open(ctx, store.Config{URL: "memory:", Log: quiet})
	if err != nil {
		return func() {}, err
	}
	server := &relay.Server{Store: requests, URL: address, Log: quiet, Abuse: relay.Abuse{MinTime: -1}}
	stop = func() { requests.Close() }
	if err := loadForms(server, s); err != nil {
		stop()
		return func() {}, err
	}
	p.mu.Lock()
	p.relay, p.forms = server.Handler(), server
	p.mu.Unlock()
	return stop, nil
}

// loadForms gives the relay the forms as they are now.
func loadForms(server *relay.Server, s *site.Site) error {
	m, err := s.Manifest()
	if err != nil {
		return err
	}
	return server.Load(m)
}
