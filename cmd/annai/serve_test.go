package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A previewed site is served for a test.
type previewed struct {
	t       *testing.T
	content string
	address string
	events  chan string
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var small = map[string]string{
	"site.yaml":           "title: {en: Test}\nbase_url: https://support.example.com\nlocales: [en]\n",
	"en/index.md":         "---\ntitle: Home\ntype: home\n---\nWelcome.\n",
	"en/first.md":         "---\ntitle: First\ndescription: The first.\nowner: me\n---\nOne. [Second](second.md)\n\n[!INCLUDE [x](includes/part.md)]\n",
	"en/second.md":        "---\ntitle: Second\ndescription: The second.\nowner: me\n---\nTwo.\n",
	"en/includes/part.md": "A part.\n",
	"forms/ask.yaml":      "id: ask\nversion: 1\nretention: 30\ntitle: {en: Ask}\npurpose: {en: To answer you}\nfields:\n  - {id: email, kind: email, required: true, label: {en: Mail address}}\n",
}

func startPreview(t *testing.T) *previewed {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	p := &previewed{t: t, content: filepath.Join(t.TempDir(), "content"), events: make(chan string, 64), log: new(lockedBuffer)}
	for name, text := range small {
		p.write(name, text)
	}
	ctx, stop := context.WithCancel(context.Background())
	address, ended := make(chan string, 1), make(chan error, 1)
	c := serveCommand{contentFlags: contentFlags{Content: p.content}, Listen: "127.0.0.1:0"}
	go func() {
		ended <- c.serve(ctx, &terminal{out: io.Discard, err: p.log}, func(a string) { address <- a })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case p.address = <-address:
	case err := <-ended:
		t.Fatal(err)
	case <-time.After(30 * time.Second):
		t.Fatal("the preview didn't start")
	}
	p.listen(ctx)
	return p
}

func (p *previewed) write(name, text string) {
	p.t.Helper()
	full := filepath.Join(p.content, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *previewed) listen(ctx context.Context) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", p.address+livePath+"events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer answer.Body.Close()
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				p.events <- event
			}
		}
	}()
	p.await("hello")
}

func (p *previewed) await(event string) {
	p.t.Helper()
	select {
	case got := <-p.events:
		if got != event {
			p.t.Fatalf("event %q, want %q", got, event)
		}
	case <-time.After(20 * time.Second):
		p.t.Fatalf("no event %q; the terminal says\n%s", event, p.log)
	}
}

func (p *previewed) get(path string) (int, string) {
	p.t.Helper()
	answer, err := http.Get(p.address + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// shows waits until a page shows a text: several events may come for one change.
func (p *previewed) shows(path, text string) {
	p.t.Helper()
	end := time.Now().Add(20 * time.Second)
	body := ""
	for time.Now().Before(end) {
		if _, body = p.get(path); strings.Contains(body, text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatalf("%s never showed %q but\n%s\nthe terminal says\n%s", path, text, body, p.log)
}

func (p *previewed) problems(path string) []string {
	p.t.Helper()
	var list []string
	_, body := p.get(livePath + "problems?page=" + path)
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		p.t.Fatal(err)
	}
	return list
}

func TestServe(t *testing.T) {
	p := startPreview(t)
	status, body := p.get("/en/first/")
	if status != 200 || !strings.Contains(body, "One.") || !strings.Contains(body, livePath+"live.js") {
		t.Fatalf("%d\n%s", status, body)
	}
	if status, _ := p.get("/en/first"); status != 200 { // led to the folder
		t.Errorf("without a slash: %d", status)
	}
	if status, _ := p.get("/en/nowhere/"); status != 404 {
		t.Errorf("an unknown page: %d", status)
	}
	if status, _ := p.get("/search/en/manifest.bin"); status != 200 {
		t.Errorf("the search index: %d", status)
	}

	p.write("en/first.md", small["en/first.md"]+"\nA new sentence.\n")
	p.await("reload")
	p.shows("/en/first/", "A new sentence.")

	p.write("en/includes/part.md", "Another part.\n")
	p.shows("/en/first/", "Another part.")

	p.write("en/second.md", strings.Replace(small["en/second.md"], "title: Second", "title: Renamed", 1))
	p.shows("/en/second/", "<title>Renamed")

	p.write("en/guide/third.md", "---\ntitle: Third\ndescription: The third.\nowner: me\n---\nThree.\n")
	p.shows("/en/guide/third/", "Three.")
	p.write("en/guide/third.md", "---\ntitle: Third\ndescription: The third.\nowner: me\n---\nThree and more.\n")
	p.shows("/en/guide/third/", "Three and more.")

	// An editor that saves by renaming.
	p.write("en/.second.swp", "---\ntitle: Renamed\ndescription: The second.\nowner: me\n---\nBy renaming.\n")
	if err := os.Rename(filepath.Join(p.content, "en/.second.swp"), filepath.Join(p.content, "en/second.md")); err != nil {
		t.Fatal(err)
	}
	p.shows("/en/second/", "By renaming.")

	p.write("site.yaml", strings.Replace(small["site.yaml"], "Test", "Retitled", 1))
	p.shows("/en/first/", "Retitled</title>")
}

// TestServeErrors: the last good page stays, and the overlay says what is wrong.
func TestServeErrors(t *testing.T) {
	p := startPreview(t)
	p.shows("/en/first/", "One.")
	p.write("en/first.md", strings.Replace(small["en/first.md"], "One.", "Changed, with [a broken link](nowhere.md).", 1))
	p.await("reload")
	if problems := p.problems("/en/first/"); len(problems) != 1 || !strings.Contains(problems[0], `link to "nowhere.md": no such page`) {
		t.Errorf("the overlay shows %q", problems)
	}
	if _, body := p.get("/en/first/"); !strings.Contains(body, "One.") || strings.Contains(body, "Changed") {
		t.Error("the last good page is gone")
	}
	p.write("en/first.md", small["en/first.md"])
	p.await("reload")
	if problems := p.problems("/en/first/"); len(problems) != 0 {
		t.Errorf("the overlay still shows %q", problems)
	}

	p.write("site.yaml", "title: {en: Test\n")
	p.await("reload")
	if problems := p.problems("/en/second/"); len(problems) == 0 || !strings.Contains(problems[0], "site.yaml") {
		t.Errorf("the overlay shows %q", problems)
	}
	p.shows("/en/second/", "Two.")
	if !strings.Contains(p.log.String(), "site.yaml") {
		t.Errorf("the terminal says %s", p.log)
	}
	p.write("site.yaml", small["site.yaml"])
	p.shows(livePath+"problems?page=/en/second/", "[]")
}

// TestServeForms: a form is answered by the relay in the preview.
func TestServeForms(t *testing.T) {
	p := startPreview(t)
	status, page := p.get("/en/forms/ask/")
	if status != 200 || !strings.Contains(page, `action="/forms/ask"`) {
		t.Fatalf("%d\n%s", status, page)
	}
	r, err := http.NewRequest("POST", p.address+"/forms/ask", strings.NewReader("form=ask@1&lang=en&email="))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", p.address)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), "Mail address") {
		t.Errorf("%d\n%s", answer.StatusCode, body)
	}
}
