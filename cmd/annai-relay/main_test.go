package main

import (
	"bufio"
	"bytes"
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

	"github.com/rogpeppe/go-internal/testscript"

	"annai/relay/relaytest"
)

// The test program is the relay itself when it is told so: tests can then kill it.
func TestMain(m *testing.M) {
	if os.Getenv("ANNAI_RELAY_IS_MAIN") != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"annai-relay": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	manifest := relaytest.Site(t, relaytest.Manifest(t))
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			return os.CopyFS(filepath.Join(e.WorkDir, "public"), os.DirFS(manifest))
		},
	})
}

// A process is a relay that runs by itself.
type process struct {
	t        *testing.T
	dir      string
	args     []string
	cmd      *exec.Cmd
	public   string
	operator string
	log      bytes.Buffer
	mu       sync.Mutex
	done     chan struct{}
}

func startProcess(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{t: t, dir: dir, args: args}
	p.start()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Log(p.log.String())
		}
	})
	return p
}

func (p *process) start() {
	p.t.Helper()
	public, operator := relaytest.FreeAddress(p.t), relaytest.FreeAddress(p.t)
	p.cmd = exec.Command(os.Args[0], append([]string{"serve", "--listen", public, "--operator", operator}, p.args...)...)
	p.cmd.Dir = p.dir
	p.cmd.Env = append(os.Environ(), "ANNAI_RELAY_IS_MAIN=1")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.done = make(chan struct{})
	go func() {
		defer close(p.done)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
		}
		p.cmd.Wait()
	}()
	p.public, p.operator = "http://"+public, "http://"+operator
	for range 200 {
		if res, err := http.Get(p.public + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("the relay didn't start:\n%s", p.said())
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *process) kill() {
	p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// stop ends it as systemd does.
func (p *process) stop() {
	p.t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(40 * time.Second):
		p.t.Fatal("the relay didn't stop")
	}
	if !p.cmd.ProcessState.Success() {
		p.t.Fatalf("it ended with %s:\n%s", p.cmd.ProcessState, p.said())
	}
}

// A receiver is the other end of a webhook.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	ids    []string
	status int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies, r.ids = append(r.bodies, string(body)), append(r.ids, req.Header.Get("webhook-id"))
		w.WriteHeader(r.status)
		fmt.Fprint(w, `{"id":"SR-1"}`)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() ([]string, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids, r.bodies
}

// folder is a place to run in: the built site, and a configuration whose partner
// route is a webhook.
func folder(t *testing.T, hook string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "public"), os.DirFS(relaytest.Site(t, relaytest.Manifest(t)))); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "hook.key", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	write(t, dir, "password", "correct horse battery")
	write(t, dir, "relay.yaml", `site: public
store: sqlite:///`+dir+`/relay.db
reference_prefix: AN
operator: {password_file: password, language: en}
routes: {partner: [desk, hook]}
destinations:
  hook: {driver: webhook, url: "`+hook+`", key_files: hook.key, allow_private: true, allow_plain: true, timeout: 5s}
limits: {min_time: 0s}
`)
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func sendJSON(t *testing.T, base, form string, answers map[string]any) (status int, body map[string]any) {
	t.Helper()
	status, body, err := postJSON(base, form, answers)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

func postJSON(base, form string, answers map[string]any) (status int, body map[string]any, err error) {
	text, _ := json.Marshal(answers)
	req, _ := http.NewRequest("POST", base+"/forms/"+form, bytes.NewReader(text))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	err = json.NewDecoder(res.Body).Decode(&body)
	return res.StatusCode, body, err
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 400 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("this didn't happen: " + what)
}

func (p *process) operatorGet(path, password string) (int, string) {
	req, _ := http.NewRequest("GET", p.operator+path, nil)
	if password != "" {
		req.SetBasicAuth("desk", password)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

var question = map[string]any{"lang": "en", "scope": "one", "what": "Ann can't sign in", "name": "Ann", "email": "ann@example.com"}

func TestServe(t *testing.T) {
	hook := newReceiver(t)
	p := startProcess(t, folder(t, hook.URL), "--config", "relay.yaml")
	status, receipt := sendJSON(t, p.public, "support", question)
	if status != http.StatusCreated {
		t.Fatalf("status %d %v", status, receipt)
	}
	eventually(t, "the webhook is called", func() bool { ids, _ := hook.got(); return len(ids) == 1 })
	if _, bodies := hook.got(); !strings.Contains(bodies[0], "Ann can't sign in") || !strings.Contains(bodies[0], receipt["reference"].(string)) {
		t.Errorf("the webhook got %s", bodies[0])
	}
	for path, want := range map[string]string{"/ja/": "home ja", "/": "languages", "/ja/nothing/": "not found ja", "/healthz": "ok"} {
		res, err := http.Get(p.public + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if !strings.Contains(string(text), want) {
			t.Errorf("%s says %s", path, text)
		}
	}
	if status, _ := p.operatorGet("/", ""); status != http.StatusUnauthorized {
		t.Errorf("the desk without a password: %d", status)
	}
	if status, text := p.operatorGet("/", "correct horse battery"); status != http.StatusOK || !strings.Contains(text, receipt["reference"].(string)) {
		t.Errorf("the desk: %d %s", status, text)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/queue/", "/requests/" + receipt["id"].(string)} {
		if status, text := p.operatorGet(path, "correct horse battery"); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
		if res, err := http.Get(p.public + path); err != nil || res.StatusCode == http.StatusOK {
			t.Errorf("%s is on the public side", path)
		}
	}
	p.stop()
}

// Accepted, killed before it could forward, started again: delivered, and every
// attempt under the same id.
func TestKilledBetweenAcceptAndForward(t *testing.T) {
	hook := newReceiver(t)
	hook.status = http.StatusServiceUnavailable
	p := startProcess(t, folder(t, hook.URL), "--config", "relay.yaml")
	status, receipt := sendJSON(t, p.public, "support", question)
	if status != http.StatusCreated {
		t.Fatalf("status %d", status)
	}
	p.kill()
	hook.mu.Lock()
	hook.status = http.StatusOK
	before := len(hook.ids)
	hook.mu.Unlock()
	p.start()
	eventually(t, "the webhook is called after the restart", func() bool { ids, _ := hook.got(); return len(ids) > before })
	ids, bodies := hook.got()
	for i := range ids {
		if ids[i] != ids[0] || bodies[i] != bodies[0] {
			t.Errorf("attempt %d has another id or body", i)
		}
	}
	if !strings.Contains(bodies[0], receipt["id"].(string)) {
		t.Error("it is another request")
	}
	p.stop()
}

func TestReload(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	p := startProcess(t, dir, "--config", "relay.yaml")
	manifest, err := os.ReadFile(filepath.Join(dir, "public/forms.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "public/forms.json", "{ broken")
	p.cmd.Process.Signal(syscall.SIGHUP)
	eventually(t, "the broken manifest is refused", func() bool { return strings.Contains(p.said(), "stays in use") })
	if status, _ := sendJSON(t, p.public, "support", question); status != http.StatusCreated {
		t.Errorf("after a refused reload: %d", status)
	}
	m := relaytest.Manifest(t)
	m.Form("support").Version = 4
	var text strings.Builder
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "public/forms.json", text.String())
	p.cmd.Process.Signal(syscall.SIGHUP)
	eventually(t, "the new manifest is loaded", func() bool {
		_, receipt := sendJSON(t, p.public, "support", question)
		return receipt["version"] == float64(4)
	})
	old := map[string]any{"form": "support@3"}
	for k, v := range question {
		old[k] = v
	}
	if status, receipt := sendJSON(t, p.public, "support", old); status != http.StatusCreated || receipt["version"] != float64(3) {
		t.Errorf("the version before: %d %v", status, receipt)
	}
	_ = manifest
	p.stop()
}

// A page that was open while the relay was stopped, and the site built again, is
// judged by the form it shows.
func TestVersionBeforeSurvivesRestart(t *testing.T) {
	dir := folder(t, newReceiver(t).URL)
	m := relaytest.Manifest(t)
	d := m.Form("plain")
	page := map[string]any{"form": d.Stamp(), "lang": "en", "question": "Where is the portal?"}
	p := startProcess(t, dir, "--config", "relay.yaml")
	p.kill()
	d.Version++
	for i := range d.Fields {
		if d.Fields[i].ID == "question" {
			d.Fields[i].ID = "topic"
		}
	}
	var text strings.Builder
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "public/forms.json", text.String())
	for range 2 { // the second start finds only the new version in use
		p.start()
		if status, receipt := sendJSON(t, p.public, "plain", page); status != http.StatusCreated || receipt["version"] != float64(d.Version-1) {
			t.Errorf("the version before: %d %v", status, receipt)
		}
		p.kill()
	}
	p.start()
	page["form"] = d.Stamp()
	if status, receipt := sendJSON(t, p.public, "plain", page); status != http.StatusUnprocessableEntity {
		t.Errorf("the new version without its question: %d %v", status, receipt)
	}
	p.stop()
}
