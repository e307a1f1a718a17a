package main

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"annai/relay/relaytest"
)

// flood sends requests from four programs until stop; it returns the receipts'
// paths of what was acknowledged, and how many were refused.
func (p *process) flood(stop <-chan struct{}) (receipts []string, refused int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for client := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				status, body, err := postJSON(p.public, "plain", map[string]any{"question": fmt.Sprintf("question %d of %d", i, client)})
				mu.Lock()
				switch {
				case err == nil && status == http.StatusCreated:
					receipts = append(receipts, "/requests/"+path.Base(body["url"].(string)))
				case err == nil:
					refused++
				}
				mu.Unlock()
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	wg.Wait()
	return receipts, refused
}

// The whole service on a disk whose power is cut, and that fills up: what was
// answered with 201 is there afterwards, and is delivered.
func TestServiceOnABadDisk(t *testing.T) {
	hook := newReceiver(t)
	dir := folder(t, hook.URL)
	conf, err := os.ReadFile(filepath.Join(dir, "relay.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const all = "{per_minute: 1000000, burst: 1000000}"
	write(t, dir, "relay.yaml", strings.Replace(string(conf), "min_time: 0s", "client: "+all+", form: "+all+", service: "+all, 1))
	d := relaytest.NewDisk(t, 256)
	p := startProcess(t, dir, "-c", "relay.yaml", "--store", "sqlite://"+filepath.Join(d.Mount, "relay.db"))
	var receipts []string
	during := func(what func()) (refused int) {
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			var list []string
			list, refused = p.flood(stop)
			receipts = append(receipts, list...)
		}()
		time.Sleep(time.Second)
		what()
		close(stop)
		<-done
		return refused
	}
	during(func() {
		d.Cut()
		p.kill()
	})
	d.Back()
	p.start()
	filler := filepath.Join(d.Mount, "filler")
	refused := during(func() {
		d.Fill(filler)
		time.Sleep(time.Second)
		if res, err := http.Get(p.public + "/readyz"); err != nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("ready on a full disk: %v %v", res, err)
		}
		os.Remove(filler)
	})
	if refused == 0 {
		t.Error("a full disk refused nothing")
	}
	during(func() {})
	lost := 0
	for _, receipt := range receipts {
		if res, err := http.Get(p.public + receipt); err != nil || res.StatusCode != http.StatusOK {
			lost++
		} else {
			res.Body.Close()
		}
	}
	for range 600 {
		if ids, _ := hook.got(); len(unique(ids)) >= len(receipts) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	ids, _ := hook.got()
	t.Logf("acknowledged %d, refused %d, lost %d, delivered %d", len(receipts), refused, lost, len(unique(ids)))
	if lost > 0 || len(unique(ids)) < len(receipts) || len(receipts) < 100 {
		t.Error("something is lost")
	}
}

func unique(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}
