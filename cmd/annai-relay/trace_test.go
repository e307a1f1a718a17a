package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Traces go where the environment says, and hold nothing personal.
func TestTraces(t *testing.T) {
	var mu sync.Mutex
	var seen strings.Builder
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen.WriteString(r.URL.Path + " ")
		seen.Write(body)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	hook := newReceiver(t)
	p := startProcess(t, folder(t, hook.URL), "--config", "relay.yaml")
	sendJSON(t, p.public, "support", question)
	eventually(t, "the webhook is called", func() bool { ids, _ := hook.got(); return len(ids) == 1 })
	p.stop()
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"/v1/traces", "POST /forms/{form}", "deliver hook", "annai-relay"} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("no %q in the traces", want)
		}
	}
	for _, personal := range []string{"Ann", "ann@example.com"} {
		if strings.Contains(seen.String(), personal) {
			t.Errorf("%q is in the traces", personal)
		}
	}
}
