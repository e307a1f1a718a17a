package store

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	mrand "math/rand/v2"
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

	"annai/relay"
	"annai/relay/destination"
	"annai/relay/relaytest"
)

// Faults that are real: processes killed, file systems cut off, disks full. In
// each, a relay in a process of its own (this test's binary once more) accepts
// and delivers as fast as it can and says aloud what it acknowledged; afterwards
// that is compared with what is found and with what was delivered.
//
// A short run belongs to every test run; ANNAI_FAULTS=long is the long one.

func rounds(short, long int) int {
	if os.Getenv("ANNAI_FAULTS") == "long" {
		return long
	}
	return short
}

// orders is what the child is told.
type orders struct {
	URL, Upstream string
	Keys          []byte
	Unsafe        bool
	Clients       int
	Busy          time.Duration
}

var upstreamKey = "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

// child is the relay in its own process.
func child() {
	var o orders
	if err := json.Unmarshal([]byte(os.Getenv("ANNAI_STORE_CHILD")), &o); err != nil {
		panic(err)
	}
	s, err := Open(context.Background(), Config{URL: o.URL, Keys: o.Keys, Unsafe: o.Unsafe, Reserve: -1, BusyTimeout: o.Busy, Log: slog.New(slog.DiscardHandler), Upkeep: time.Second, pace: 0.001})
	if err != nil {
		fmt.Println("open", err)
		os.Exit(1)
	}
	if o.Upstream != "" {
		go s.Work(context.Background(), relay.Workers{Destinations: map[string]relay.Destination{"up": upstream(o.Upstream)}, Parallel: 16})
	}
	fmt.Println("ready")
	var wg sync.WaitGroup
	for range o.Clients {
		wg.Go(func() {
			for {
				sub := sample("up")
				sub.Reference, sub.Token, sub.Key = rand.Text(), rand.Text(), rand.Text()
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				got, err := s.Put(ctx, sub)
				cancel()
				if err != nil {
					fmt.Println("no", err)
					time.Sleep(20 * time.Millisecond)
					continue
				}
				os.Stdout.WriteString("ack " + got.ID + "\n")
			}
		})
	}
	wg.Wait()
}

func upstream(url string) relay.Destination {
	return &destination.Webhook{URL: url, Keys: []string{upstreamKey}, Network: destination.Network{AllowPrivate: true, AllowPlain: true, Timeout: 2 * time.Second}}
}

// A victim is a running child.
type victim struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	acks  []string
	noes  []string
	ended chan struct{}
}

func start(t *testing.T, o orders) *victim {
	t.Helper()
	data, _ := json.Marshal(o)
	v := &victim{cmd: exec.Command(os.Args[0]), ended: make(chan struct{})}
	v.cmd.Env = append(os.Environ(), "ANNAI_STORE_CHILD="+string(data))
	v.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	v.cmd.Stderr = os.Stderr
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		v.cmd.Process.Kill()
		t.Fatalf("the relay doesn't start: %s", lines.Text())
	}
	go func() {
		defer close(v.ended)
		for lines.Scan() {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			v.mu.Lock()
			switch word {
			case "ack":
				v.acks = append(v.acks, rest)
			case "no":
				v.noes = append(v.noes, rest)
			}
			v.mu.Unlock()
		}
	}()
	return v
}

func (v *victim) counts() (acks, noes int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.acks), len(v.noes)
}

// kill is SIGKILL; what was said before is heard.
func (v *victim) kill() []string {
	v.cmd.Process.Kill()
	<-v.ended
	v.cmd.Wait()
	return v.acks
}

// A taker is the upstream: it counts requests by id, and misbehaves at random
// when it is told to.
type taker struct {
	mu    sync.Mutex
	taken map[string]int    // by webhook-id
	of    map[string]string // submission → webhook-id
	two   []string          // submissions that came under two ids
	bad   bool
	moods map[string]int
}

func newTaker(t *testing.T) (*taker, string) {
	k := &taker{taken: map[string]int{}, of: map[string]string{}, moods: map[string]int{}}
	s := httptest.NewServer(k)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return k, s.URL
}

func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var d destination.Document
	data, _ := io.ReadAll(r.Body)
	if json.Unmarshal(data, &d) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	mood := "ok"
	k.mu.Lock()
	if k.bad {
		mood = []string{"ok", "drop", "500", "429", "slow", "cut"}[mrand.IntN(6)]
	}
	k.moods[mood]++
	if mood == "ok" || mood == "drop" {
		id := r.Header.Get("webhook-id")
		k.taken[id]++
		if other := k.of[d.Data.ID]; other != "" && other != id {
			k.two = append(k.two, d.Data.ID)
		}
		k.of[d.Data.ID] = id
	}
	k.mu.Unlock()
	switch mood {
	case "ok":
		io.WriteString(w, "{}")
	case "drop", "cut":
		panic(http.ErrAbortHandler)
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "429":
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case "slow":
		select {
		case <-time.After(5 * time.Second):
		case <-r.Context().Done():
		}
	}
}

func (k *taker) misbehave(bad bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bad = bad
}

func (k *taker) has(submission string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.of[submission] != ""
}

// account reopens the store, compares what was acknowledged with what is there
// whole, delivers the rest, and compares again.
func account(t *testing.T, o orders, acks []string, k *taker) (lost int) {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: o.URL, Keys: o.Keys, Reserve: -1, Log: slog.New(slog.DiscardHandler), Upkeep: time.Second, pace: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	there := map[string]bool{}
	for offset := 0; ; offset += 5000 {
		page, err := s.Find(t.Context(), relay.Query{Limit: 5000, Offset: offset})
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range page {
			there[sub.ID] = sub.Damaged == "" && len(sub.Deliveries) == 1 && sub.Subject != ""
		}
		if len(page) < 5000 {
			break
		}
	}
	for _, id := range acks {
		if !there[id] {
			lost++
		}
	}
	report, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) > 0 {
		t.Errorf("%d problems, the first: %s", len(report.Problems), report.Problems[0])
	}
	t.Logf("acknowledged %d, found %d, lost %d", len(acks), len(there), lost)
	if k != nil {
		k.mu.Lock()
		k.bad = false
		before := len(k.of)
		k.mu.Unlock()
		deliverAll(t, s, o, there, k)
		k.mu.Lock()
		defer k.mu.Unlock()
		again := 0
		for _, n := range k.taken {
			again += n - 1
		}
		t.Logf("delivered %d before, %d in all, %d of them again under the same id, %d under two ids", before, len(k.of), again, len(k.two))
		if len(k.two) > 0 {
			t.Errorf("%d submissions came under two ids", len(k.two))
		}
	}
	return lost
}

// deliverAll works until everything is with the upstream. It starts anew now and
// then, because River looks for what a killed process left behind at its start
// and then only every half minute.
func deliverAll(t *testing.T, s *Store, o orders, there map[string]bool, k *taker) {
	missing := len(there)
	for deadline := time.Now().Add(3 * time.Minute); missing > 0 && time.Now().Before(deadline); {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- s.Work(ctx, relay.Workers{Destinations: map[string]relay.Destination{"up": upstream(o.Upstream)}, Parallel: 32})
		}()
		for again := time.Now().Add(10 * time.Second); missing > 0 && time.Now().Before(again); time.Sleep(100 * time.Millisecond) {
			missing = 0
			for id := range there {
				if !k.has(id) {
					missing++
				}
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if missing > 0 {
		t.Errorf("%d submissions were never delivered", missing)
	}
}

func faultOrders(t *testing.T, url string) orders {
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return orders{URL: url, Keys: keys, Clients: 32, Busy: 2 * time.Second}
}

// load runs a victim until it has acknowledged enough and then some.
func (v *victim) load(t *testing.T, acks int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if n, _ := v.counts(); n >= acks {
			return
		}
		if time.Now().After(deadline) {
			n, noes := v.counts()
			t.Fatalf("only %d acknowledged, %d refused", n, noes)
		}
	}
}

func TestFaultKill(t *testing.T) {
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "relay.db") },
		"postgres": func() string { return postgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			o := faultOrders(t, url())
			k, address := newTaker(t)
			o.Upstream = address
			var acks []string
			for range rounds(2, 8) {
				v := start(t, o)
				v.load(t, 300+mrand.IntN(300))
				acks = append(acks, v.kill()...)
			}
			if lost := account(t, o, acks, k); lost > 0 {
				t.Errorf("%d acknowledged submissions are lost", lost)
			}
		})
	}
}

// The upstream takes and drops, is slow, answers 429 and 500, cuts the line; and
// the relay is killed in between.
func TestFaultUpstream(t *testing.T) {
	o := faultOrders(t, filepath.Join(t.TempDir(), "relay.db"))
	k, address := newTaker(t)
	o.Upstream, o.Clients = address, 2
	k.misbehave(true)
	var acks []string
	for range rounds(1, 3) {
		v := start(t, o)
		v.load(t, 100)
		time.Sleep(time.Duration(rounds(3, 10)) * time.Second)
		acks = append(acks, v.kill()...)
	}
	k.mu.Lock()
	t.Logf("answers: %v", k.moods)
	if k.moods["drop"] == 0 || k.moods["500"] == 0 || k.moods["429"] == 0 {
		t.Error("the upstream did not misbehave")
	}
	k.mu.Unlock()
	if lost := account(t, o, acks, k); lost > 0 {
		t.Errorf("%d acknowledged submissions are lost", lost)
	}
}

func TestFaultPowerCut(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		if lost := powerCuts(t, false, rounds(2, 8)); lost > 0 {
			t.Errorf("%d acknowledged submissions are lost", lost)
		}
	})
	// The control: without synchronous=FULL the same test must find losses.
	t.Run("sqlite unsafe loses", func(t *testing.T) {
		for range 5 {
			if powerCuts(t, true, 1) > 0 {
				return
			}
		}
		t.Error("nothing was lost with synchronous=NORMAL: this test proves nothing")
	})
	t.Run("postgres", func(t *testing.T) {
		if lost := postgresPowerCuts(t, false, rounds(1, 4)); lost > 0 {
			t.Errorf("%d acknowledged submissions are lost", lost)
		}
	})
}

func powerCuts(t *testing.T, unsafe bool, cuts int) (lost int) {
	t.Helper()
	d := relaytest.NewDisk(t, 512)
	o := faultOrders(t, filepath.Join(d.Mount, "relay.db"))
	o.Unsafe = unsafe
	k, address := newTaker(t)
	if !unsafe {
		o.Upstream = address
	}
	var acks []string
	for range cuts {
		v := start(t, o)
		v.load(t, 500+mrand.IntN(500))
		d.Cut()
		acks = append(acks, v.kill()...)
		d.Back()
	}
	if unsafe {
		return account(t, o, acks, nil)
	}
	return account(t, o, acks, k)
}

// postgresPowerCuts has the server's data on the disk that is cut.
func postgresPowerCuts(t *testing.T, _ bool, cuts int) int {
	bin, err := postgresBin()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	d := relaytest.NewDisk(t, 1024)
	s := server{}
	if s.folder, err = os.MkdirTemp("", "annai-pg-"); err != nil {
		t.Fatal(err)
	}
	defer func() { s.stop() }()
	os.Chmod(s.folder, 0o777)
	data := filepath.Join(d.Mount, "data")
	if err := s.startIn(bin, data, true); err != nil {
		t.Fatal(err)
	}
	o := faultOrders(t, s.url("postgres"))
	k, address := newTaker(t)
	o.Upstream = address
	var acks []string
	for range cuts {
		v := start(t, o)
		v.load(t, 300+mrand.IntN(300))
		d.Cut()
		acks = append(acks, v.kill()...)
		s.cmd.Process.Kill()
		s.cmd.Wait()
		d.Back()
		os.Remove(filepath.Join(data, "postmaster.pid"))
		if err := s.startIn(bin, data, false); err != nil {
			t.Fatal(err)
		}
	}
	return account(t, o, acks, k)
}

// A full disk refuses and loses nothing; when there is room again, it goes on by
// itself.
func TestFaultDiskFull(t *testing.T) {
	d := relaytest.NewDisk(t, 24)
	o := faultOrders(t, filepath.Join(d.Mount, "relay.db"))
	v := start(t, o)
	filler := filepath.Join(d.Mount, "filler")
	v.load(t, 100)
	d.Fill(filler)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if _, noes := v.counts(); noes > 50 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a full disk refused nothing")
		}
	}
	before, _ := v.counts()
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	v.load(t, before+100)
	acks := v.kill()
	v.mu.Lock()
	t.Logf("%d refused, such as: %s", len(v.noes), v.noes[0])
	v.mu.Unlock()
	if lost := account(t, o, acks, nil); lost > 0 {
		t.Errorf("%d acknowledged submissions are lost", lost)
	}
}

// Another process holds the lock for longer than we wait.
func TestFaultLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	o := faultOrders(t, path)
	o.Busy, o.Clients = 300*time.Millisecond, 4
	v := start(t, o)
	v.load(t, 50)
	other, err := openSQLite(t.Context(), path, Config{BusyTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	tx, err := other.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, _ := v.counts()
	time.Sleep(1500 * time.Millisecond)
	during, noes := v.counts()
	tx.rollback()
	if during > before+o.Clients || noes == 0 {
		t.Errorf("while the database was locked: %d acknowledged, %d refused", during-before, noes)
	}
	v.load(t, during+100)
	if lost := account(t, o, v.kill(), nil); lost > 0 {
		t.Errorf("%d acknowledged submissions are lost", lost)
	}
}
