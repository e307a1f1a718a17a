package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"annai/relay/relaytest"
)

// A receiver stands where 21Vianet's gateway would: it checks the signature of
// what arrives and keeps it. While it is closed it answers 503.
type receiver struct {
	*httptest.Server
	secret []byte

	mu      sync.Mutex
	closed  bool
	refused int
	got     []delivery
}

// A delivery is a request as it arrived.
type delivery struct {
	ID   string // webhook-id
	Body map[string]any
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{secret: bytes.Repeat([]byte("k"), 32)}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		r.refused++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	mac := hmac.New(sha256.New, r.secret)
	fmt.Fprintf(mac, "%s.%s.%s", q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), body)
	if !strings.Contains(q.Header.Get("webhook-signature"), base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	d := delivery{ID: q.Header.Get("webhook-id")}
	if err := json.Unmarshal(body, &d.Body); err != nil {
		http.Error(w, "bad body", http.StatusBadRequest)
		return
	}
	r.got = append(r.got, d)
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) close(closed bool) {
	r.mu.Lock()
	r.closed = closed
	r.mu.Unlock()
}

// wait returns once n requests were refused or have arrived.
func (r *receiver) wait(t *testing.T, what string, n int) []delivery {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		r.mu.Lock()
		have := len(r.got)
		if what == "refused" {
			have = r.refused
		}
		got := append([]delivery(nil), r.got...)
		r.mu.Unlock()
		if have >= n {
			return got
		}
	}
	t.Fatalf("%d requests were not %s within 30 s", n, what)
	return nil
}

// A service is a running annai-relay with its folder.
type service struct {
	dir, url string
	desk     string
	receiver *receiver
	process  *exec.Cmd
	log      bytes.Buffer
}

// startRelay runs the relay over the built site. What the rules send upstream
// goes to the receiver, everything else to the desk.
func startRelay(t *testing.T, r *receiver) *service {
	t.Helper()
	return startRelayOn(t, r, public)
}

// startRelayOn runs it over another site.
func startRelayOn(t *testing.T, r *receiver, site string) *service {
	t.Helper()
	s := &service{dir: t.TempDir(), receiver: r}
	address, desk := relaytest.FreeAddress(t), relaytest.FreeAddress(t)
	s.url, s.desk = "http://"+address, "http://"+desk
	write := func(name, text string) string {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := write("webhook.key", "whsec_"+base64.StdEncoding.EncodeToString(r.secret)+"\n")
	write("desk.password", "a-long-password-for-the-desk\n")
	write("relay.yaml", fmt.Sprintf(`site: %s
listen: %s
url: %s
store: sqlite://%s/relay.db
operator: {listen: "%s", password_file: %s/desk.password}
routes:
  partner-then-upstream: gateway
  upstream: gateway
destinations:
  gateway: {driver: webhook, url: "%s", key_files: [%s], allow_private: true, allow_plain: true}
limits:
  min_time: 0s
`, site, address, s.url, s.dir, desk, s.dir, r.URL, key))
	s.start(t)
	t.Cleanup(func() { s.kill(t) })
	return s
}

func (s *service) start(t *testing.T) {
	t.Helper()
	s.process = exec.Command(filepath.Join(bin, "annai-relay"), "serve", "--config", filepath.Join(s.dir, "relay.yaml"))
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if r, err := http.Get(s.url + "/readyz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.kill(t)
	t.Fatalf("the relay didn't come up:\n%s", s.log.String())
}

// kill ends the relay as a power cut would: no signal handler runs.
func (s *service) kill(t *testing.T) {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGKILL)
	_ = s.process.Wait()
	s.process = nil
	if t.Failed() {
		t.Logf("relay:\n%.6000s", s.log.String())
	}
}
