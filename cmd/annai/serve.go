package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"annai/site"
)

type serveCommand struct {
	contentFlags
	Listen string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address to listen on (127.0.0.1:8080)."`
}

// Run shows the site until it is interrupted. Drafts and internal pages are shown
// too.
func (c *serveCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.serve(ctx, t, nil)
}

// serve is Run until the context ends; ready is told the address.
func (c *serveCommand) serve(ctx context.Context, t *terminal, ready func(address string)) error {
	c.Drafts, c.Internal = true, true
	o, prefix, err := c.options()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	o.Live = livePath + "live.js"
	if c.BaseURL == "" {
		o.BaseURL = address
	}
	if c.RelayURL == "" {
		o.RelayURL = "/"
	}
	p := &preview{good: map[string][]byte{}, options: o, prefix: prefix, terminal: t, strict: c.Strict}
	memory := previewMemory(o.Dir)
	p.load(site.OpenCache(memory))
	defer func() {
		if err := p.current().Save(memory); err != nil {
			fmt.Fprintln(t.err, "the next preview begins from nothing:", err)
		}
	}()
	stopRelay, err := p.startRelay(ctx, address)
	if err != nil {
		fmt.Fprintln(t.err, "forms can't be tried:", err)
	}
	defer stopRelay()
	w, err := newWatcher(o.Dir, p.themeDir())
	if err != nil {
		return fmt.Errorf("watch %s: %w", o.Dir, err)
	}
	defer w.Close()
	go w.run(ctx, p.change)

	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		p.events.close()
		wait, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		server.Shutdown(wait)
	}()
	fmt.Fprintf(t.out, "%s shows %s; Ctrl-C ends it\n", address+p.root(), c.Content)
	if ready != nil {
		ready(address)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// previewMemory is the user's folder for what a preview of that content leaves for
// the next one, so that it need not read every article again.
func previewMemory(content string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	if abs, err := filepath.Abs(content); err == nil {
		content = abs
	}
	sum := sha256.Sum256([]byte(content))
	return filepath.Join(dir, "annai", "preview-"+hex.EncodeToString(sum[:6]))
}
