package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"annai/form"
	"annai/relay"
)

// The suite: every test runs on both databases.

type fixture struct {
	*testing.T
	*Store
	config Config
}

// each runs a test on SQLite and on PostgreSQL.
func each(t *testing.T, test func(f *fixture)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(opened(t, filepath.Join(t.TempDir(), "relay.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(opened(t, postgresURL(t)))
	})
}

func opened(t *testing.T, url string) *fixture {
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, config: Config{URL: url, Keys: keys, Log: slog.New(slog.DiscardHandler), Upkeep: time.Hour}}
	f.reopen()
	t.Cleanup(func() { f.Close() })
	return f
}

func (f *fixture) reopen() {
	if f.Store != nil {
		f.must(f.Close())
	}
	s, err := Open(f.Context(), f.config)
	f.must(err)
	f.Store = s
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

var counter struct {
	sync.Mutex
	n int
}

// sample is a submission with everything filled in.
func sample(to ...string) relay.Submission {
	counter.Lock()
	counter.n++
	n := counter.n
	counter.Unlock()
	s := relay.Submission{
		Reference: fmt.Sprintf("AN-%06d", n), Token: fmt.Sprintf("token-%d-%d", n, rand.Int64()), Key: fmt.Sprintf("key-%d", n),
		Form: "customer-request", Version: 3, Locale: "ja", KeepDays: 30,
		Table: "sign-in", Rule: "mfa", Handler: "upstream", Severity: "B", Product: "m365", Upstream: "B",
		Response: time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond),
		Client:   "c0ffee", Subject: "サインインできない 𠮷野", Contact: relay.Contact{Name: "山田 太郎", Email: "taro@example.jp", Phone: "+81901234567"},
		Answers: form.Answers{"description": {"接続できません\n二行目"}, "email": {"taro@example.jp"}, "secret": {"内緒"}},
		Lines:   []relay.Line{{Field: "description", Label: "説明", Text: "接続できません"}, {Field: "secret", Label: "秘密", Text: "内緒"}},
		Find:    []string{"taro@example.jp"},
	}
	for _, d := range to {
		s.Deliveries = append(s.Deliveries, relay.Delivery{Destination: d})
	}
	return s
}

func (f *fixture) put(s relay.Submission) relay.Submission {
	f.Helper()
	got, err := f.Put(f.Context(), s)
	f.must(err)
	return got
}

func (f *fixture) get(id string) relay.Submission {
	f.Helper()
	got, err := f.Get(f.Context(), id)
	f.must(err)
	return got
}

func (f *fixture) state(id string) string {
	f.Helper()
	var states []string
	for _, d := range f.get(id).Deliveries {
		states = append(states, string(d.State))
	}
	return strings.Join(states, " ")
}

// receiver is a destination that notes what it takes; answer decides.
type receiver struct {
	sync.Mutex
	got    []relay.Submission
	answer func(ctx context.Context, n int, s relay.Submission) (relay.Ref, error)
}

func (r *receiver) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	r.Lock()
	r.got = append(r.got, s)
	n := len(r.got)
	r.Unlock()
	if r.answer == nil {
		return relay.Ref{ID: fmt.Sprintf("SR%d", n)}, nil
	}
	return r.answer(ctx, n, s)
}

func (r *receiver) count() int {
	r.Lock()
	defer r.Unlock()
	return len(r.got)
}

// work delivers until the condition holds.
func (f *fixture) work(to map[string]relay.Destination, until func() bool) {
	f.Helper()
	ctx, cancel := context.WithCancel(f.Context())
	done := make(chan error, 1)
	go func() { done <- f.Work(ctx, relay.Workers{Destinations: to}) }()
	deadline := time.After(40 * time.Second)
	for !until() {
		select {
		case err := <-done:
			f.Fatalf("work ended: %v", err)
		case <-deadline:
			cancel()
			<-done
			f.Fatal("what was expected didn't happen")
		case <-time.After(20 * time.Millisecond):
		}
	}
	cancel()
	f.must(<-done)
}

func (f *fixture) worked(to map[string]relay.Destination, id, states string) {
	f.Helper()
	f.work(to, func() bool { return f.state(id) == states })
}

func TestPutKeepsEverything(t *testing.T) {
	each(t, func(f *fixture) {
		content := bytes.Repeat([]byte("添付"), 300_000)
		a, err := f.Attach(f.Context(), bytes.NewReader(content))
		f.must(err)
		a.Field, a.Name, a.Type = "files", "証拠.png", "image/png"
		want := sample("desk", "upstream")
		want.Attachments = []relay.Attachment{a}
		want.Deliveries[1].Fields = []string{"description"}
		put := f.put(want)
		f.reopen()
		for name, q := range map[string]relay.Query{
			"id": {ID: put.ID}, "token": {Token: want.Token}, "reference": {Reference: want.Reference}, "key": {Form: want.Form, Key: want.Key}, "mail": {Found: "taro@example.jp"},
			"form": {Form: "customer-request", Severity: "B", Destination: "upstream", States: []relay.State{relay.Queued, relay.Dead}},
			"time": {Since: put.Received, Before: put.Received.Add(time.Microsecond), Newest: true},
		} {
			found, err := f.Find(f.Context(), q)
			f.must(err)
			if len(found) != 1 || found[0].ID != put.ID {
				f.Fatalf("by %s: %d found", name, len(found))
			}
		}
		for name, q := range map[string]relay.Query{
			"token": {Token: want.Token + "x"}, "mail": {Found: "other@example.jp"}, "digest": {Found: want.Token},
			"one delivery": {Destination: "desk", States: []relay.State{relay.Delivered}}, "sql": {Reference: "' OR 1=1 --"},
		} {
			if found, err := f.Find(f.Context(), q); err != nil || len(found) != 0 {
				f.Errorf("by wrong %s: %d found, %v", name, len(found), err)
			}
		}
		got := f.get(put.ID)
		r, err := got.Attachments[0].Open(f.Context())
		f.must(err)
		if read, err := io.ReadAll(r); err != nil || !bytes.Equal(read, content) {
			f.Fatalf("content: %d bytes, %v", len(read), err)
		}
		got.Attachments[0].Open, put.Attachments[0].Open = nil, nil
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", put); g != w {
			f.Errorf("got  %s\nwant %s", g, w)
		}
	})
}

func TestSameKey(t *testing.T) {
	each(t, func(f *fixture) {
		first := f.put(sample("desk"))
		again := sample("desk")
		again.Key = first.Key
		if got := f.put(again); got.ID != first.ID || got.Token != first.Token || got.Reference != first.Reference {
			f.Errorf("same key and content: another submission %+v", got)
		}
		other := again
		other.Answers = form.Answers{"description": {"etwas anderes"}}
		if _, err := f.Put(f.Context(), other); !errors.Is(err, relay.ErrConflict) {
			f.Errorf("same key, other content: %v", err)
		}
		taken := sample("desk")
		taken.Reference = first.Reference
		if _, err := f.Put(f.Context(), taken); !errors.Is(err, relay.ErrTaken) {
			f.Errorf("same reference: %v", err)
		}
		otherForm := again
		otherForm.Form, otherForm.Reference, otherForm.Token = "other", "AN-OTHER", "other"
		if got := f.put(otherForm); got.ID == first.ID {
			f.Error("same key, other form: same submission")
		}
	})
}

func TestPutTogether(t *testing.T) {
	each(t, func(f *fixture) {
		var wg sync.WaitGroup
		key := sample().Key
		ids := make([]string, 200)
		var errs [200]error
		for i := range ids {
			wg.Go(func() {
				s := sample("desk")
				switch i % 4 {
				case 1: // all the same
					s.Key = key
				case 2: // one that a statement chokes on must not hurt the others
					s.Attachments = []relay.Attachment{{ID: "missing"}}
				}
				got, err := f.Put(context.Background(), s)
				ids[i], errs[i] = got.ID, err
			})
		}
		wg.Wait()
		distinct := map[string]bool{}
		for i, id := range ids {
			if i%4 == 2 {
				if !errors.Is(errs[i], relay.ErrNotFound) {
					f.Errorf("attachment that isn't there: %v", errs[i])
				}
				continue
			}
			f.must(errs[i])
			distinct[id] = true
		}
		if len(distinct) != 101 {
			f.Errorf("%d distinct submissions, want 101", len(distinct))
		}
		all, err := f.Find(f.Context(), relay.Query{Limit: 1000})
		f.must(err)
		if len(all) != 101 {
			f.Errorf("%d submissions stored, want 101", len(all))
		}
	})
}

func TestDeliver(t *testing.T) {
	each(t, func(f *fixture) {
		sub := sample("desk", "upstream")
		sub.Deliveries[1].Fields = []string{"description"}
		sub = f.put(sub)
		var up receiver
		desk := &receiver{answer: func(context.Context, int, relay.Submission) (relay.Ref, error) { return relay.Ref{}, relay.ByHand() }}
		f.worked(map[string]relay.Destination{"desk": desk, "upstream": &up}, sub.ID, "waiting delivered")
		got := up.got[0]
		if got.Request.ID != sub.Deliveries[1].ID || got.Request.Attempt != 1 {
			f.Errorf("request %+v", got.Request)
		}
		if len(got.Answers) != 1 || len(got.Lines) != 1 || got.Token != "" {
			f.Errorf("more was handed on than allowed: %v %v", got.Answers, got.Lines)
		}
		if got.Contact != (relay.Contact{}) || got.Subject != "" {
			f.Errorf("handed on from answers that are not: %+v %q", got.Contact, got.Subject)
		}
		if len(desk.got[0].Answers) != 3 || desk.got[0].Contact.Email == "" {
			f.Errorf("desk got %v", desk.got[0].Answers)
		}
		stored := f.get(sub.ID)
		if d := stored.Deliveries[1]; d.Ref.ID != "SR1" || len(d.Attempts) != 1 || d.Attempts[0].Class != relay.ClassDelivered {
			f.Errorf("delivery %+v", d)
		}
		if !stored.Closed.IsZero() {
			f.Error("closed while a person has to finish it")
		}
		f.must(f.Do(f.Context(), relay.Act{Submission: sub.ID, Verb: relay.Finish, By: "sato", Ref: relay.Ref{ID: "616122292874576"}, Note: "電話で確認"}))
		stored = f.get(sub.ID)
		if stored.Deliveries[0].State != relay.Delivered || stored.Closed.IsZero() || stored.Log[0].Note != "電話で確認" || stored.Log[0].By != "sato" {
			f.Errorf("after finish: %+v", stored)
		}
		if found, _ := f.Find(f.Context(), relay.Query{Found: "616122292874576"}); len(found) != 1 {
			f.Error("not found by the receiver's number")
		}
	})
}

func TestClasses(t *testing.T) {
	cases := map[string]struct {
		err   error
		state string
		tries int
		class relay.Class
		next  time.Duration // at least
		job   int           // attempts that River counts
	}{
		"permanent":     {relay.Permanent(errors.New("no 山田")).WithStatus(422), "dead", 1, relay.ClassPermanent, 0, 1},
		"temporary":     {errors.New("connection reset"), "queued", 1, relay.ClassTemporary, 4 * time.Second, 1},
		"retry-after":   {relay.RetryAfter(time.Minute, errors.New("busy")).WithStatus(429), "queued", 1, relay.ClassRetryAfter, time.Minute, 0},
		"configuration": {relay.Configuration(errors.New("401")).WithStatus(401), "queued", 1, relay.ClassConfiguration, time.Minute, 0},
		"by-hand":       {relay.ByHand(), "waiting", 1, relay.ClassByHand, 0, 1},
	}
	each(t, func(f *fixture) {
		to := map[string]relay.Destination{}
		ids := map[string]string{}
		for name, c := range cases {
			to[name] = &receiver{answer: func(context.Context, int, relay.Submission) (relay.Ref, error) { return relay.Ref{}, c.err }}
			ids[name] = f.put(sample(name)).ID
		}
		f.work(to, func() bool {
			for _, id := range ids {
				if len(f.get(id).Deliveries[0].Attempts) == 0 {
					return false
				}
			}
			return true
		})
		for name, c := range cases {
			d := f.get(ids[name]).Deliveries[0]
			if string(d.State) != c.state || len(d.Attempts) != c.tries || d.Attempts[0].Class != c.class {
				f.Errorf("%s: %+v", name, d)
			}
			if fail := relay.FailureOf(c.err); d.Attempts[0].Detail != fail.Err.Error() || d.Attempts[0].Status != fail.Status {
				f.Errorf("%s: attempt %+v", name, d.Attempts[0])
			}
			if until := d.Next.Sub(d.Attempts[0].Ended); c.next > 0 && until < c.next {
				f.Errorf("%s: next in %v", name, until)
			}
			var attempt int
			var errors string
			_, err := one(f.Context(), f.db, []any{&attempt, &errors}, "SELECT j.attempt, coalesce(CAST(j.errors AS TEXT), '') FROM river_job j JOIN delivery d ON d.job = j.id WHERE d.id = ?1", d.ID)
			f.must(err)
			if attempt != c.job {
				f.Errorf("%s: River counts %d attempts, want %d", name, attempt, c.job)
			}
			if strings.Contains(errors, "山田") {
				f.Errorf("%s: personal data in the job: %s", name, errors)
			}
		}
		stats, err := f.Stats(f.Context())
		f.must(err)
		if len(stats.Destinations) != 1 || stats.Destinations[0].Name != "configuration" || !stats.Destinations[0].Paused {
			f.Errorf("paused destinations: %+v", stats.Destinations)
		}
	})
}

func TestRetryUntilTaken(t *testing.T) {
	each(t, func(f *fixture) {
		r := &receiver{answer: func(_ context.Context, n int, _ relay.Submission) (relay.Ref, error) {
			if n == 1 {
				return relay.Ref{}, errors.New("500")
			}
			return relay.Ref{ID: "ok"}, nil
		}}
		s := sample("up")
		s.Severity = "A"
		sub := f.put(s)
		f.worked(map[string]relay.Destination{"up": r}, sub.ID, "delivered")
		if r.got[0].Request.ID != r.got[1].Request.ID || r.got[1].Request.Attempt != 2 {
			f.Errorf("requests %+v, %+v", r.got[0].Request, r.got[1].Request)
		}
		at := f.get(sub.ID).Deliveries[0].Attempts
		if len(at) != 2 || at[1].Started.Sub(at[0].Ended) < 4*time.Second {
			f.Errorf("attempts %+v", at)
		}
	})
}

// A stop in the middle isn't the receiver's fault: no attempt is counted, and
// the next start delivers at once.
func TestStopIsNoAttempt(t *testing.T) {
	each(t, func(f *fixture) {
		sub := f.put(sample("up"))
		entered := make(chan bool, 9)
		r := &receiver{answer: func(ctx context.Context, n int, _ relay.Submission) (relay.Ref, error) {
			entered <- true
			if n == 1 {
				<-ctx.Done()
				return relay.Ref{}, ctx.Err()
			}
			return relay.Ref{}, nil
		}}
		ctx, cancel := context.WithCancel(f.Context())
		wk := relay.Workers{Destinations: map[string]relay.Destination{"up": r}}
		done := make(chan error, 1)
		go func() { done <- f.Store.work(ctx, wk, 0) }()
		<-entered
		cancel()
		f.must(<-done)
		if d := f.get(sub.ID).Deliveries[0]; d.State != relay.Queued || len(d.Attempts) != 0 {
			f.Fatalf("after the stop: %+v", d)
		}
		f.worked(wk.Destinations, sub.ID, "delivered")
	})
}

func TestVerbs(t *testing.T) {
	act := func(v relay.Verb) relay.Act {
		return relay.Act{Verb: v, By: "op", To: "other", Note: "why"}
	}
	each(t, func(f *fixture) {
		for _, c := range []struct {
			start relay.State
			verbs string
			want  string
		}{
			{relay.Queued, "hold", "held"},
			{relay.Queued, "hold release", "queued"},
			{relay.Queued, "replay", "queued"},
			{relay.Queued, "finish", "delivered"},
			{relay.Queued, "finish replay", "queued"},
			{relay.Queued, "reroute", "withdrawn queued"},
			{relay.Queued, "reject", "withdrawn"},
			{relay.Queued, "release", "!"},
			{relay.Queued, "reject replay", "!"},
			{relay.Queued, "note", "queued"},
			{relay.Queued, "finish ask solve", "delivered"},
			{relay.Queued, "forget", "withdrawn"},
			{relay.Queued, "finish forget", "delivered"},
			{relay.Queued, "forget note", "!"},
			{relay.Queued, "nonsense", "!"},
			{relay.Quarantined, "release", "queued"},
			{relay.Quarantined, "reject", "withdrawn"},
			{relay.Quarantined, "replay", "!"},
			{relay.Quarantined, "finish", "!"},
			{relay.Held, "release", "queued"},
			{relay.Held, "hold", "!"},
			{relay.Waiting, "finish", "delivered"},
			{relay.Waiting, "hold", "held"},
		} {
			s := sample("up")
			s.Deliveries[0].State = c.start
			sub := f.put(s)
			var err error
			for _, v := range strings.Fields(c.verbs) {
				if err != nil {
					f.Fatalf("%s: %v", c.verbs, err)
				}
				a := act(relay.Verb(v))
				a.Submission = sub.ID
				err = f.Do(f.Context(), a)
			}
			got := f.state(sub.ID)
			if c.want == "!" && !errors.Is(err, relay.ErrState) || c.want != "!" && (err != nil || got != c.want) {
				f.Errorf("%s, %s: %s, %v", c.start, c.verbs, got, err)
			}
		}
		if err := f.Do(f.Context(), relay.Act{Submission: "nobody", Verb: relay.Hold}); !errors.Is(err, relay.ErrNotFound) {
			f.Errorf("nobody: %v", err)
		}
		report, err := f.Verify(f.Context())
		f.must(err)
		if len(report.Problems) > 0 {
			f.Errorf("verify: %q", report.Problems)
		}
	})
}

// Every way to lose a job that one can think of ends in a delivery.
func TestReconcile(t *testing.T) {
	each(t, func(f *fixture) {
		var ids []string
		for _, sql := range []string{
			"DELETE FROM river_job",
			"UPDATE river_job SET state = 'discarded', finalized_at = scheduled_at",
			"UPDATE river_job SET state = 'completed', finalized_at = scheduled_at",
			"UPDATE river_job SET state = 'cancelled', finalized_at = scheduled_at",
			"UPDATE delivery SET job = 0",
		} {
			sub := f.put(sample("up"))
			ids = append(ids, sub.ID)
			where := " WHERE id = (SELECT job FROM delivery WHERE id = ?1)"
			if strings.Contains(sql, "delivery") {
				where = " WHERE id = ?1"
			}
			f.must(f.change(f.Context(), func(ctx context.Context, tx transaction) error {
				n, err := tx.exec(ctx, sql+where, sub.Deliveries[0].ID)
				if err == nil && n != 1 {
					err = fmt.Errorf("%s changed %d", sql, n)
				}
				return err
			}))
		}
		report, err := f.Verify(f.Context())
		f.must(err)
		if len(report.Problems) != len(ids) {
			f.Errorf("verify: %q", report.Problems)
		}
		if lost, err := f.Reconcile(f.Context()); err != nil || len(lost) != len(ids) {
			f.Fatalf("lost %v, %v", lost, err)
		}
		if lost, err := f.Reconcile(f.Context()); err != nil || len(lost) != 0 {
			f.Fatalf("lost again %v, %v", lost, err)
		}
		var r receiver
		f.work(map[string]relay.Destination{"up": &r}, func() bool {
			return !slices.ContainsFunc(ids, func(id string) bool { return f.state(id) != "delivered" })
		})
		if r.count() != len(ids) {
			f.Errorf("%d delivered", r.count())
		}
	})
}

func TestForget(t *testing.T) {
	each(t, func(f *fixture) {
		a, err := f.Attach(f.Context(), strings.NewReader("機密の内容 plaintext-content"))
		f.must(err)
		s := sample("up")
		s.Subject, s.Attachments = "plaintext-subject", []relay.Attachment{a}
		s.Deliveries[0].State = relay.Waiting
		sub := f.put(s)
		other := f.put(sample("up"))
		f.must(f.Do(f.Context(), relay.Act{Submission: sub.ID, Verb: relay.Note, Note: "plaintext-note", By: "op"}))
		var wrapped []byte
		_, err = one(f.Context(), f.db, []any{&wrapped}, "SELECT data_key FROM submission WHERE id = ?1", sub.ID)
		f.must(err)
		f.must(f.Do(f.Context(), relay.Act{Submission: sub.ID, Verb: relay.Forget, By: "op"}))
		got := f.get(sub.ID)
		if got.Subject != "" || got.Answers != nil || got.Contact != (relay.Contact{}) || len(got.Attachments) != 0 || got.Forgotten.IsZero() || got.Damaged != "" {
			f.Errorf("left: %+v", got)
		}
		if got.Log[0].Note != "" || got.Log[1].Verb != relay.Forget {
			f.Errorf("log: %+v", got.Log)
		}
		if found, _ := f.Find(f.Context(), relay.Query{Token: sub.Token}); len(found) != 1 {
			f.Error("the receipt's link finds nothing")
		}
		if found, _ := f.Find(f.Context(), relay.Query{Found: "taro@example.jp"}); len(found) != 1 || found[0].ID != other.ID {
			f.Errorf("by mail: %d found", len(found))
		}
		f.noneOnDisk(wrapped, "plaintext-", "taro@example.jp", "山田", "機密", "token-")
	})
}

// noneOnDisk looks for texts in all files of a SQLite store.
func (f *fixture) noneOnDisk(key []byte, texts ...string) {
	if strings.HasPrefix(f.config.URL, "postgres") {
		return
	}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(f.config.URL + suffix)
		f.must(err)
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				f.Errorf("%q is in %s%s", text, f.config.URL, suffix)
			}
		}
		if bytes.Contains(data, key) {
			f.Errorf("the destroyed key is in the database%s", suffix)
		}
	}
}

func TestRetain(t *testing.T) {
	each(t, func(f *fixture) {
		var ids []string
		for _, state := range []relay.State{relay.Waiting, relay.Waiting, relay.Quarantined, relay.Held} {
			s := sample("up")
			s.Deliveries[0].State = state
			ids = append(ids, f.put(s).ID)
		}
		f.must(f.Do(f.Context(), relay.Act{Submission: ids[0], Verb: relay.Finish}))
		orphan, err := f.Attach(f.Context(), strings.NewReader("never named"))
		f.must(err)
		if n, err := f.Retain(f.Context(), time.Now().Add(29*24*time.Hour)); err != nil || n != 0 {
			f.Errorf("after 29 days %d forgotten, %v", n, err)
		}
		if r, _ := orphan.Open(f.Context()); r != nil {
			if _, err := io.ReadAll(r); err == nil {
				f.Error("content that nobody names is still there")
			}
		}
		if n, err := f.Retain(f.Context(), time.Now().Add(31*24*time.Hour)); err != nil || n != 1 {
			f.Errorf("after 31 days %d forgotten, %v", n, err)
		}
		for i, id := range ids {
			if gone := !f.get(id).Forgotten.IsZero(); gone != (i == 0) {
				f.Errorf("%d: forgotten is %t", i, gone)
			}
		}
	})
}

// A flipped bit is found and hides only its own submission.
func TestTampered(t *testing.T) {
	each(t, func(f *fixture) {
		bad, good := f.put(sample("up")), f.put(sample("up"))
		for _, column := range []string{"payload", "data_key"} {
			var value []byte
			_, err := one(f.Context(), f.db, []any{&value}, "SELECT "+column+" FROM submission WHERE id = ?1", bad.ID)
			f.must(err)
			for range 20 {
				flipped := slices.Clone(value)
				flipped[rand.IntN(len(value))] ^= 1 << rand.IntN(8)
				f.set("UPDATE submission SET "+column+" = ?1 WHERE id = ?2", flipped, bad.ID)
				all, err := f.Find(f.Context(), relay.Query{})
				f.must(err)
				for _, s := range all {
					if damaged := s.Damaged != ""; damaged != (s.ID == bad.ID) || s.Reference == "" || damaged != (s.Subject == "") {
						f.Fatalf("%s: %+v", column, s)
					}
				}
			}
			report, err := f.Verify(f.Context())
			f.must(err)
			if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], bad.ID) {
				f.Errorf("verify: %q", report.Problems)
			}
			f.set("UPDATE submission SET "+column+" = ?1 WHERE id = ?2", value, bad.ID)
		}
		// One's payload under the other's id is as bad.
		f.set("UPDATE submission SET payload = (SELECT payload FROM submission WHERE id = ?1), data_key = (SELECT data_key FROM submission WHERE id = ?1) WHERE id = ?2", good.ID, bad.ID)
		if got := f.get(bad.ID); got.Damaged == "" {
			f.Error("a swapped payload was taken")
		}
		var r receiver
		f.work(map[string]relay.Destination{"up": &r}, func() bool { return f.state(bad.ID) == "dead" && f.state(good.ID) == "delivered" })
		if r.count() != 1 {
			f.Errorf("%d were handed over", r.count())
		}
	})
}

func (f *fixture) set(sql string, args ...any) {
	f.Helper()
	f.must(f.change(f.Context(), func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, sql, args...)
		return err
	}))
}

func TestKeys(t *testing.T) {
	each(t, func(f *fixture) {
		sub := f.put(sample("up"))
		old := f.config.Keys
		other, err := NewKeys()
		f.must(err)
		for name, keys := range map[string][]byte{"others": other, "none": nil, "garbage": []byte("{}")} {
			c := f.config
			c.Keys = keys
			if _, err := Open(f.Context(), c); err == nil || strings.Contains(err.Error(), string(old)) {
				f.Errorf("opened with %s: %v", name, err)
			}
		}
		f.config.Keys, err = RotateKeys(old)
		f.must(err)
		f.reopen()
		if f.get(sub.ID).Subject != sub.Subject {
			f.Error("unreadable after rotation")
		}
		f.put(sample("up"))
		if n, err := f.Rewrap(f.Context()); n != 1 || err != nil {
			f.Errorf("rewrapped %d, %v", n, err)
		}
		c := f.config
		c.Keys = old
		if _, err := Open(f.Context(), c); err == nil {
			f.Error("the old key still opens the store")
		}
		report, err := f.Verify(f.Context())
		f.must(err)
		if report.Submissions != 2 || len(report.Problems) != 0 {
			f.Errorf("%+v", report)
		}
	})
}

func TestBackup(t *testing.T) {
	each(t, func(f *fixture) {
		folder := f.TempDir()
		to := filepath.Join(folder, "backup.db")
		a, err := f.Attach(f.Context(), strings.NewReader("content"))
		f.must(err)
		s := sample("up")
		s.Attachments = []relay.Attachment{a}
		sub := f.put(s)
		err = f.Backup(f.Context(), to)
		if strings.HasPrefix(f.config.URL, "postgres") {
			if err == nil || !strings.Contains(err.Error(), "pg_dump") {
				f.Errorf("no advice: %v", err)
			}
			return
		}
		f.must(err)
		if err := f.Backup(f.Context(), to); !errors.Is(err, os.ErrExist) {
			f.Errorf("wrote over a backup: %v", err)
		}
		f.put(sample("up"))
		c := f.config
		c.URL = filepath.Join(folder, "restored.db")
		f.must(Restore(f.Context(), to, c))
		if err := Restore(f.Context(), to, c); !errors.Is(err, os.ErrExist) {
			f.Errorf("wrote over a store: %v", err)
		}
		restored := &fixture{T: f.T, config: c}
		restored.reopen()
		var r receiver
		restored.worked(map[string]relay.Destination{"up": &r}, sub.ID, "delivered")
		restored.must(restored.Close())
		data, err := os.ReadFile(to)
		f.must(err)
		data[len(data)/2] ^= 0xff
		f.must(os.WriteFile(to, data, 0o600))
		c.URL = filepath.Join(folder, "damaged.db")
		if err := Restore(f.Context(), to, c); err == nil {
			f.Log("a flipped byte in unused space was not noticed")
		}
		if info, err := os.Stat(f.config.URL); err != nil || info.Mode().Perm() != 0o600 {
			f.Errorf("mode %v, %v", info.Mode(), err)
		}
	})
}

func TestBreaker(t *testing.T) {
	each(t, func(f *fixture) {
		var mu sync.Mutex
		down := true
		r := &receiver{answer: func(context.Context, int, relay.Submission) (relay.Ref, error) {
			mu.Lock()
			defer mu.Unlock()
			if down {
				return relay.Ref{}, errors.New("503")
			}
			return relay.Ref{}, nil
		}}
		for range 40 {
			f.put(sample("up"))
		}
		paused := func() bool {
			stats, err := f.Stats(f.Context())
			f.must(err)
			return len(stats.Destinations) == 1 && stats.Destinations[0].Paused
		}
		f.work(map[string]relay.Destination{"up": r}, paused)
		if n := r.count(); n < tripFailures || n > tripFailures+2*8 {
			f.Errorf("%d attempts before it paused", n)
		}
		mu.Lock()
		down = false
		mu.Unlock()
		f.work(map[string]relay.Destination{"up": r}, func() bool {
			found, err := f.Find(f.Context(), relay.Query{States: []relay.State{relay.Delivered}})
			f.must(err)
			return len(found) >= 30 // those that failed wait for their next try
		})
		if paused() {
			f.Error("still paused while all goes well")
		}

		f.must(f.Pause(f.Context(), "up", "op", true))
		sub := f.put(sample("up"))
		before := r.count()
		f.work(map[string]relay.Destination{"up": r}, waitFor(3*time.Second))
		if f.state(sub.ID) != "queued" {
			f.Errorf("delivered to a paused destination (%d attempts)", r.count()-before)
		}
		go func() {
			time.Sleep(time.Second)
			f.Pause(context.Background(), "up", "op", false)
		}()
		f.worked(map[string]relay.Destination{"up": r}, sub.ID, "delivered")
	})
}

type deliverFunc func(context.Context, relay.Submission) (relay.Ref, error)

func (d deliverFunc) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	return d(ctx, s)
}

// What waits for hours is tried as soon as a person lets its destination go on,
// also by another process than the one that works.
func TestResumeTriesAtOnce(t *testing.T) {
	each(t, func(f *fixture) {
		var mended atomic.Bool
		up := deliverFunc(func(_ context.Context, s relay.Submission) (relay.Ref, error) {
			switch {
			case mended.Load():
				return relay.Ref{}, nil
			case s.Subject == "later":
				return relay.Ref{}, relay.RetryAfter(12*time.Hour, errors.New("later"))
			}
			return relay.Ref{}, relay.Configuration(errors.New("gone"))
		})
		later := sample("up")
		later.Subject = "later"
		later = f.put(later)
		var gone relay.Submission
		step := 0
		f.work(map[string]relay.Destination{"up": up}, func() bool {
			switch stats, err := f.Stats(f.Context()); {
			case err != nil:
				f.Fatal(err)
			case step == 0 && len(f.get(later.ID).Deliveries[0].Attempts) > 0:
				gone = f.put(sample("up"))
				step++
			case step == 1 && slices.ContainsFunc(stats.Destinations, func(d relay.DestinationState) bool { return d.Paused }):
				mended.Store(true)
				f.must(f.Pause(f.Context(), "up", "op", false))
				step++
			}
			return step == 2 && f.state(later.ID) == "delivered" && f.state(gone.ID) == "delivered"
		})
	})
}

func waitFor(d time.Duration) func() bool {
	start := time.Now()
	return func() bool { return time.Since(start) > d }
}

func TestReady(t *testing.T) {
	each(t, func(f *fixture) {
		f.must(f.Ready(f.Context()))
		f.must(f.Count(f.Context(), "feedback", "yes /ja/a/", 1))
		f.must(f.Count(f.Context(), "feedback", "yes /ja/a/", 2))
		if got, err := f.Counts(f.Context(), "feedback", time.Now().Add(-time.Hour)); err != nil || len(got) != 1 || got[0].Number != 3 {
			f.Errorf("%v, %v", got, err)
		}
		if strings.HasPrefix(f.config.URL, "postgres") {
			return
		}
		f.config.Reserve = 1 << 60
		f.reopen()
		if err := f.Ready(f.Context()); !errors.Is(err, relay.ErrFull) {
			f.Errorf("ready with a full disk: %v", err)
		}
		if _, err := f.Put(f.Context(), sample("up")); !errors.Is(err, relay.ErrFull) {
			f.Errorf("put on a full disk: %v", err)
		}
	})
}

func TestOrder(t *testing.T) {
	each(t, func(f *fixture) {
		start := time.Now().Add(-time.Hour)
		for i, severity := range []string{"", "C", "A", "B", "A"} {
			s := sample("up")
			s.Severity, s.Received, s.Subject = severity, start.Add(time.Duration(i)*time.Minute), fmt.Sprint(severity, i)
			f.put(s)
		}
		for want, q := range map[string]relay.Query{
			"A2 A4 B3 C1 0": {}, "A4 B3 A2 C1 0": {Newest: true}, "A4 B3": {Offset: 1, Limit: 2},
		} {
			found, err := f.Find(f.Context(), q)
			f.must(err)
			var got []string
			for _, s := range found {
				got = append(got, s.Subject)
			}
			if strings.Join(got, " ") != want {
				f.Errorf("%+v: %v, want %s", q, got, want)
			}
		}
	})
}

func TestMemory(t *testing.T) {
	s, err := Open(t.Context(), Config{URL: "memory:"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), sample("up")); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	if _, err := s.Put(t.Context(), sample("up")); err == nil {
		t.Error("a closed store took a submission")
	}
}
