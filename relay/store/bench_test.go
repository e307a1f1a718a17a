package store

import (
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
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"annai/form"
	"annai/relay"
)

// The load benchmark: 64 clients post a request of 1.2 KB to a server in a
// process of its own, which answers when it is durable. All variants run one
// after the other on the same disk:
//
//	none         answers at once: the ceiling of HTTP and JSON
//	floor        appends to a file and flushes it, many requests per flush
//	sqlite       the store
//	single       the store with a transaction for each request
//	delivering   the store while its workers deliver
//	postgres     the store on PostgreSQL
//
// It runs with ANNAI_BENCH set to the seconds per variant.

type benchOrders struct {
	Variant, URL string
	Keys         []byte
	Backlog      int
}

// benchChild serves one variant.
func benchChild() {
	debug.SetMemoryLimit(64 << 20) // as the unit file does with GOMEMLIMIT
	var o benchOrders
	if err := json.Unmarshal([]byte(os.Getenv("ANNAI_STORE_BENCH")), &o); err != nil {
		panic(err)
	}
	accept, err := variant(o)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + l.Addr().String())
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		var answers form.Answers
		if err == nil {
			err = json.Unmarshal(data, &answers)
		}
		if err == nil {
			err = accept(r.Context(), answers, data)
		}
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusCreated)
	}))
}

func variant(o benchOrders) (func(context.Context, form.Answers, []byte) error, error) {
	switch o.Variant {
	case "none":
		return func(context.Context, form.Answers, []byte) error { return nil }, nil
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
	put := func(ctx context.Context, answers form.Answers, _ []byte) error {
		sub := sample("up")
		sub.Reference, sub.Token, sub.Key, sub.Answers = rand.Text(), rand.Text(), rand.Text(), answers
		_, err := s.Put(ctx, sub)
		return err
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range o.Backlog / 64 {
				put(context.Background(), form.Answers{"description": {strings.Repeat("障害が発生しています。", 30)}}, nil)
			}
		})
	}
	wg.Wait()
	if o.Variant == "delivering" || o.Backlog > 0 {
		go s.Work(context.Background(), relay.Workers{Destinations: map[string]relay.Destination{"up": instant{}}, Parallel: 16})
	}
	return put, nil
}

type instant struct{}

func (instant) Deliver(context.Context, relay.Submission) (relay.Ref, error) { return relay.Ref{}, nil }

// floor is the least that an honest acknowledgement costs.
func floor(path string) (func(context.Context, form.Answers, []byte) error, error) {
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
	return func(_ context.Context, _ form.Answers, data []byte) error {
		i := item{data, make(chan error, 1)}
		items <- i
		return <-i.done
	}, nil
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
	cmd.Env = append(os.Environ(), "ANNAI_STORE_BENCH="+string(data), "GOGC=50")
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
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil || !strings.HasPrefix(address, "http") {
		t.Fatalf("%s doesn't start: %s %v", o.Variant, address, err)
	}
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
	body, _ := json.Marshal(form.Answers{"name": {"山田 太郎"}, "email": {"taro@example.jp"}, "description": {strings.Repeat("サインインできません。", 35)}})
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
				resp, err := client.Post(address, "application/json", bytes.NewReader(body))
				if err != nil {
					bad++
					continue
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					bad++
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
	rate := map[string]float64{}
	fmt.Printf("%-12s %12s %9s %9s %8s %8s\n", "variant", "accepted/s", "p50", "p99", "refused", "RSS MB")
	row := func(o benchOrders, name string) figures {
		f := measure(t, o, 64, time.Duration(n)*time.Second)
		rate[name] = f.perSecond
		fmt.Printf("%-12s %12.0f %9s %9s %8d %8d\n", name, f.perSecond, f.p50.Round(100*time.Microsecond), f.p99.Round(100*time.Microsecond), f.refused, f.rss)
		return f
	}
	for range 2 { // twice: the machine may have been busy
		for _, v := range []string{"none", "floor", "sqlite", "single", "delivering"} {
			row(benchOrders{Variant: v, URL: filepath.Join(t.TempDir(), v), Keys: keys}, v)
		}
		row(benchOrders{Variant: "postgres", URL: postgresURL(t), Keys: keys}, "postgres")
		fmt.Printf("floor/sqlite %.2f, sqlite/single %.2f\n", rate["floor"]/rate["sqlite"], rate["sqlite"]/rate["single"])
	}
	if ratio := rate["floor"] / rate["sqlite"]; ratio > 2 {
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
	begin := time.Now()
	f := measure(t, benchOrders{Variant: "sqlite", URL: filepath.Join(t.TempDir(), "relay.db"), Keys: keys, Backlog: 100_000}, 64, time.Duration(n)*time.Second)
	fmt.Printf("backlog of 100,000 (%s to make), accepting and delivering: %.0f accepted/s, p50 %s, p99 %s, RSS %d MB\n",
		time.Since(begin).Round(time.Second), f.perSecond, f.p50.Round(time.Millisecond), f.p99.Round(time.Millisecond), f.rss)
	if f.rss >= 100 {
		t.Errorf("%d MB", f.rss)
	}
}
