package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command gives an operator's command in the folder of a running relay.
func (p *process) command(args ...string) (stdout string, code int) {
	p.t.Helper()
	cmd := exec.Command(os.Args[0], append(args, "--config", "relay.yaml")...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "ANNAI_RELAY_IS_MAIN=1", "RELAY_URL="+p.public)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run()
	return out.String() + errs.String(), cmd.ProcessState.ExitCode()
}

// The day of an operator: look, hold, release, replay, export, back up, forget,
// verify; beside a relay that runs.
func TestOperatorCommands(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	p := startProcess(t, dir, "--config", "relay.yaml")
	must := func(want string, args ...string) string {
		t.Helper()
		out, code := p.command(args...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v ends with %d, want %q:\n%s", args, code, want, out)
		}
		return out
	}
	_, receipt := sendJSON(t, p.public, "support", question)
	reference := receipt["reference"].(string)
	eventually(t, "the webhook is called", func() bool { ids, _ := hook.got(); return len(ids) == 1 })
	eventually(t, "the desk waits", func() bool {
		out, _ := p.command("queue")
		return strings.Contains(out, "desk waiting; hook delivered SR-1")
	})
	must(reference, "queue", "--json", "--state", "waiting")
	must("Ann can't sign in", "show", reference)
	if out := must(reference, "show", "--clear", strings.ToLower(reference)); strings.Contains(out, "Ann can't") {
		t.Errorf("--clear shows answers:\n%s", out)
	}
	must("hold: 1", "hold", reference, "--destination", "desk", "--note", "wait")
	must("desk held", "queue", "ann@example.com")
	must("release: 1", "release", reference, "--destination", "desk")
	must("replay: 1", "replay", reference, "--destination", "hook")
	eventually(t, "the webhook is called again", func() bool { ids, _ := hook.got(); return len(ids) == 2 && ids[0] == ids[1] })
	must("hook is paused", "hold", "--pause", "hook")
	must("hook is paused since", "queue")
	must("hook goes on", "release", "--resume", "hook")
	must("ann@example.com", "export")
	must("keep them as well", "backup", "copy.db")
	must("was handed on after", "canary", "support", "--within", "30s")
	must("good  destination hook", "doctor")
	if out, code := p.command("forget", "--email", "ann@example.com"); code != 2 || !strings.Contains(out, "--yes") {
		t.Errorf("forgetting without --yes: %d %s", code, out)
	}
	must("forget: 1", "forget", "--email", "ann@example.com", "--yes")
	if out, code := p.command("show", "ann@example.com"); code != 1 {
		t.Errorf("forgotten, and still found: %s", out)
	}
	must("(1 forgotten)", "verify")
	if out, code := p.command("show", "AN-0000-0000-0"); code != 1 || !strings.Contains(out, "no request is known by") {
		t.Errorf("%d %s", code, out)
	}
	p.stop()
	os.Rename(filepath.Join(dir, "relay.db"), filepath.Join(dir, "lost.db"))
	os.Remove(filepath.Join(dir, "relay.db-wal"))
	os.Remove(filepath.Join(dir, "relay.db-shm"))
	must("restored and verified", "restore", "copy.db")
	must("Ann can't sign in", "show", reference)
}

// Secrets come from files; neither log nor pages nor commands show them.
func TestSecretsStaySecret(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	p := startProcess(t, dir, "--config", "relay.yaml", "--log-level", "debug")
	sendJSON(t, p.public, "support", question)
	eventually(t, "the webhook is called", func() bool { ids, _ := hook.got(); return len(ids) == 1 })
	var secrets []string
	for _, name := range []string{"hook.key", "password", "relay.db.secret", "relay.db.keys"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, strings.TrimSpace(string(text)))
		if info, _ := os.Stat(filepath.Join(dir, name)); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others", name)
		}
	}
	seen := p.said()
	for _, path := range []string{"/", "/metrics", "/debug/pprof/cmdline", "/queue/"} {
		_, text := p.operatorGet(path, "correct horse battery")
		seen += text
	}
	for _, args := range [][]string{{"config", "check"}, {"doctor"}, {"queue"}} {
		out, _ := p.command(args...)
		seen += out
	}
	for _, s := range secrets {
		if strings.Contains(seen, s) || len(s) > 40 && strings.Contains(seen, s[10:40]) {
			t.Errorf("a secret is shown: %.6s…", s)
		}
	}
	for _, wrong := range []string{"correct horse", "", "x"} {
		if status, _ := p.operatorGet("/", wrong); status != http.StatusUnauthorized {
			t.Errorf("the password %q: %d", wrong, status)
		}
	}
	for range 20 {
		p.operatorGet("/", "guess")
	}
	if status, _ := p.operatorGet("/", "guess"); status != http.StatusTooManyRequests {
		t.Errorf("guessing is not limited: %d", status)
	}
	if status, _ := p.operatorGet("/", "correct horse battery"); status != http.StatusOK {
		t.Errorf("the right password during an attack: %d", status)
	}
	p.stop()
}

// Without any preparation: keys, secret and password are made beside the store,
// and the operator's side is not open.
func TestServeWithoutConfiguration(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	m, err := os.ReadFile(filepath.Join(dir, "public/forms.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "public/forms.json", strings.ReplaceAll(string(m), `"route": "hook"`, `"route": ""`))
	p := startProcess(t, dir, "--site", "public", "--store", "sqlite://"+dir+"/own.db")
	if status, _ := sendJSON(t, p.public, "plain", map[string]any{"question": "x"}); status != http.StatusCreated {
		t.Errorf("status %d", status)
	}
	password, err := os.ReadFile(filepath.Join(dir, "own.db.password"))
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := p.operatorGet("/", ""); status != http.StatusUnauthorized {
		t.Errorf("the operator's side is open: %d", status)
	}
	if status, _ := p.operatorGet("/", strings.TrimSpace(string(password))); status != http.StatusOK {
		t.Errorf("the made password: %d", status)
	}
	if strings.Contains(p.said(), strings.TrimSpace(string(password))) {
		t.Error("the password is in the log")
	}
	p.stop()
}

// A proxy's word about who it is counts only from that proxy.
func TestIdentityHeader(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	text, _ := os.ReadFile(filepath.Join(dir, "relay.yaml"))
	for proxies, want := range map[string]int{"127.0.0.1": http.StatusOK, "10.0.0.0/8": http.StatusUnauthorized} {
		write(t, dir, "relay.yaml", strings.Replace(string(text), "operator: {password_file: password, language: en}",
			"proxies: ["+proxies+"]\noperator: {identity_header: X-User}", 1))
		p := startProcess(t, dir, "--config", "relay.yaml")
		req, _ := http.NewRequest("GET", p.operator+"/", nil)
		req.Header.Set("X-User", "sato")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || want == http.StatusOK && !strings.Contains(string(page), "sato") {
			t.Errorf("behind %s: %d", proxies, res.StatusCode)
		}
		p.stop()
	}
}

// Who sends nothing is cut off, and headers have an end.
func TestListenersAreBounded(t *testing.T) {
	s := newHTTP(http.NotFoundHandler(), newLog(&config{}, io.Discard))
	if s.ReadHeaderTimeout == 0 || s.ReadHeaderTimeout > 10*time.Second || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes > 16<<10 {
		t.Errorf("%+v", s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	defer s.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("a", 40<<10)+"\r\n\r\n")
	answer := make([]byte, 64)
	if n, _ := c.Read(answer); !strings.Contains(string(answer[:n]), " 431 ") {
		t.Errorf("%s", answer[:n])
	}
}

// A drain answers what has begun and refuses nobody who is inside.
func TestDrain(t *testing.T) {
	hook := newReceiver(t)
	p := startProcess(t, folder(t, hook.URL), "--config", "relay.yaml")
	u, _ := url.Parse(p.public)
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body, _ := json.Marshal(question)
	io.WriteString(c, "POST /forms/support HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json\r\nConnection: close\r\nContent-Length: "+itoa(len(body))+"\r\n\r\n")
	c.Write(body[:20])
	time.Sleep(100 * time.Millisecond)
	p.cmd.Process.Signal(os.Interrupt)
	time.Sleep(200 * time.Millisecond)
	c.Write(body[20:])
	c.SetDeadline(time.Now().Add(10 * time.Second))
	answer, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 201 ") {
		t.Errorf("the answer that had begun: %.200s", answer)
	}
	<-p.done
	if !p.cmd.ProcessState.Success() {
		t.Errorf("%s", p.cmd.ProcessState)
	}
}

func itoa(n int) string { text, _ := json.Marshal(n); return string(text) }
