package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"annai/form"
	"annai/policy"
	"annai/relay"
	"annai/relay/guard"
	"annai/relay/relaytest"
)

// The load benchmark: 64 clients post a request of 1.2 KB to the relay in a
// process of its own, which reads, normalises, decides, validates, and answers
// when the request is durable. All variants run one after the other on the same
// disk and differ only in the store:
//
//	none         keeps nothing: the ceiling of everything else
//	floor        appends to a file and flushes it, many requests per flush
//	sqlite       the store
//	single       the store with a transaction for each request
//	delivering   the store while its workers deliver
//	postgres     the store on PostgreSQL
//
// It runs with ANNAI_BENCH set to the seconds per variant.

type benchOrders struct {
	Variant, URL, Manifest string
	Keys                   []byte
	Backlog                int
}

// benchChild serves one variant.
func benchChild() {
	var o benchOrders
	err := json.Unmarshal([]byte(os.Getenv("ANNAI_STORE_BENCH")), &o)
	var file *os.File
	if err == nil {
		file, err = os.Open(o.Manifest)
	}
	var manifest *policy.Manifest
	if err == nil {
		manifest, err = policy.ReadManifest(file)
	}
	server := &relay.Server{Log: slog.New(slog.DiscardHandler), Routes: relay.Routes{Known: []string{"desk", "hook"}}}
	if err == nil {
		server.Store, err = variant(o)
	}
	all := guard.Rate{Burst: 1 << 30, PerMinute: 1 << 30}
	server.Abuse = relay.Abuse{Client: all, Form: all, Service: all}
	if err == nil {
		err = server.Load(manifest)
	}
	var l net.Listener
	if err == nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("http://" + l.Addr().String())
	http.Serve(l, server.Handler())
}

func variant(o benchOrders) (relay.Store, error) {
	switch o.Variant {
	case "none":
		return kept{put: func(relay.Submission) error { return nil }}, nil
	case "floor":
		return floor(o.URL)
	}
	c := Config{URL: o.URL, Keys: o.Keys, Log: slog.New(slog.DiscardHandler)}
	if o.Variant == "single" {
		c.batch = 1
	}
	s, err := Open(context.Background(), c)
	if err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range o.Backlog / 64 {
				sub := sample("desk")
				sub.Reference, sub.Token, sub.Key = rand.Text(), rand.Text(), rand.Text()
				sub.Answers = form.Answers{"description": {strings.Repeat("障害が発生しています。", 30)}}
				s.Put(context.Background(), sub)
			}
		})
	}
	wg.Wait()
	if o.Variant == "delivering" {
		go s.Work(context.Background(), relay.Workers{Destinations: map[string]relay.Destination{"desk": instant{}}, Parallel: 16})
	}
	return s, nil
}

type instant struct{}

func (instant) Deliver(context.Context, relay.Submission) (relay.Ref, error) { return relay.Ref{}, nil }

// kept is a store that can only put.
type kept struct {
	relay.Store
	put func(relay.Submission) error
}

func (k kept) Put(_ context.Context, s relay.Submission) (relay.Submission, error) {
	return s, k.put(s)
}

func (kept) Forms(context.Context) ([]*form.Definition, error)   { return nil, nil }
func (kept) KeepForms(context.Context, []*form.Definition) error { return nil }

// floor is the least that an honest acknowledgement costs.
func floor(path string) (relay.Store, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	type item struct {
		data []byte
		done chan error
	}
	items := make(chan item, 256)
	go func() {
		for first := range items {
			batch := []item{first}
			for len(batch) < maxBatch && len(items) > 0 {
				batch = append(batch, <-items)
			}
			var all []byte
			for _, i := range batch {
				all = append(append(all, i.data...), '\n')
			}
			_, err := f.Write(all)
			if err == nil {
				err = syscall.Fdatasync(int(f.Fd()))
			}
			for _, i := range batch {
				i.done <- err
			}
		}
	}()
	return kept{put: func(s relay.Submission) error {
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		i := item{data, make(chan error, 1)}
		items <- i
		return <-i.done
	}}, nil
}

type figures struct {
	perSecond float64
	p50, p99  time.Duration
	refused   int
	rss       int // peak, in MB
}

func measure(t *testing.T, o benchOrders, clients int, seconds time.Duration) figures {
	t.Helper()
	data, _ := json.Marshal(o)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ANNAI_STORE_BENCH="+string(data), "GOMEMLIMIT=64MiB")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	first := bufio.NewScanner(out)
	first.Scan()
	address := first.Text()
	if !strings.HasPrefix(address, "http") {
		t.Fatalf("%s doesn't start: %s", o.Variant, address)
	}
	go io.Copy(os.Stdout, out)
	f := hammer(address, clients, seconds)
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		kb, _ := strconv.Atoi(string(m[1]))
		f.rss = kb / 1024
	}
	return f
}

// hammer has clients post one after the other, each waiting for its answer.
func hammer(address string, clients int, seconds time.Duration) figures {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	body, _ := json.Marshal(map[string]string{"scope": "one", "what": strings.Repeat("サインインできません。", 33), "name": "山田 太郎", "email": "taro@example.jp"})
	var mu sync.Mutex
	var all []time.Duration
	refused := 0
	end := time.Now().Add(seconds)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			var mine []time.Duration
			bad := 0
			for time.Now().Before(end) {
				begin := time.Now()
				req, _ := http.NewRequest(http.MethodPost, address+"/forms/support", bytes.NewReader(body))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Accept", "application/json")
				resp, err := client.Do(req)
				if err != nil {
					bad++
					continue
				}
				answer, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					if bad++; bad == 1 {
						fmt.Printf("%s %.300s\n", resp.Status, answer)
					}
					continue
				}
				mine = append(mine, time.Since(begin))
			}
			mu.Lock()
			all, refused = append(all, mine...), refused+bad
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(all) == 0 {
		return figures{refused: refused}
	}
	slices.Sort(all)
	return figures{float64(len(all)) / seconds.Seconds(), all[len(all)/2], all[len(all)*99/100], refused, 0}
}

func TestBenchLoad(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("ANNAI_BENCH"))
	if n == 0 {
		t.Skip("set ANNAI_BENCH to the seconds per variant")
	}
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(relaytest.Site(t, relaytest.Manifest(t)), policy.ManifestName)
	best := map[string]figures{}
	variants := []string{"none", "floor", "sqlite", "single", "delivering", "postgres"}
	for range 3 { // the machine may be busy with something else
		for _, v := range variants {
			o := benchOrders{Variant: v, URL: filepath.Join(t.TempDir(), v), Keys: keys, Manifest: manifest}
			if v == "postgres" {
				o.URL = postgresURL(t)
			}
			if f := measure(t, o, 64, time.Duration(n)*time.Second); f.perSecond > best[v].perSecond {
				best[v] = f
			}
		}
	}
	fmt.Printf("%-12s %12s %9s %9s %8s %8s   (the best of three)\n", "variant", "accepted/s", "p50", "p99", "refused", "RSS MB")
	for _, v := range variants {
		f := best[v]
		fmt.Printf("%-12s %12.0f %9s %9s %8d %8d\n", v, f.perSecond, f.p50.Round(100*time.Microsecond), f.p99.Round(100*time.Microsecond), f.refused, f.rss)
	}
	ratio := best["floor"].perSecond / best["sqlite"].perSecond
	fmt.Printf("the floor is %.2f times as fast as the store, the store %.2f times as one transaction per request\n", ratio, best["sqlite"].perSecond/best["single"].perSecond)
	if ratio > 2 {
		t.Errorf("the floor is %.2f times as fast; the target is 2", ratio)
	}
}

func TestBenchBacklog(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("ANNAI_BENCH"))
	if n == 0 {
		t.Skip("set ANNAI_BENCH to the seconds per variant")
	}
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(relaytest.Site(t, relaytest.Manifest(t)), policy.ManifestName)
	begin := time.Now()
	f := measure(t, benchOrders{Variant: "delivering", Manifest: manifest, URL: filepath.Join(t.TempDir(), "relay.db"), Keys: keys, Backlog: 100_000}, 64, time.Duration(n)*time.Second)
	fmt.Printf("backlog of 100,000 (%s to make), accepting and delivering: %.0f accepted/s, p50 %s, p99 %s, RSS %d MB\n",
		time.Since(begin).Round(time.Second), f.perSecond, f.p50.Round(time.Millisecond), f.p99.Round(time.Millisecond), f.rss)
	if f.rss >= 100 {
		t.Errorf("%d MB", f.rss)
	}
}
