package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"annai/form"
	"annai/relay"
)

// work is one call of Work.
type work struct {
	relay.Workers
	store    *Store
	queue    queue
	breakers map[string]*breaker
}

// Work implements relay.Store.
func (s *Store) Work(ctx context.Context, w relay.Workers) error {
	err := s.work(ctx, w, jobTimeout)
	switch {
	case err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return nil
	default:
		return fmt.Errorf("deliver: %w", err)
	}
}

// work gives what is running at the end some patience before it is cancelled.
func (s *Store) work(ctx context.Context, w relay.Workers, patience time.Duration) error {
	giveBack, err := s.db.alone()
	if err != nil {
		return err
	}
	defer giveBack()
	if w.Parallel <= 0 {
		w.Parallel = 8
	}
	wk := &work{Workers: w, store: s, breakers: map[string]*breaker{}}
	for name := range w.Destinations {
		wk.breakers[name] = &breaker{state: relay.DestinationState{Name: name}, failing: map[string]bool{}, pace: s.config.pace}
	}
	if wk.queue, err = s.db.newQueue(s.worker(wk)); err != nil {
		return err
	}
	if err := s.db.orphans(ctx); err != nil {
		return err
	}
	if err := wk.forgive(ctx); err != nil {
		return err
	}
	// The context given to River would cancel what is running; stop does it
	// softly instead.
	if err := wk.queue.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	wk.watch(ctx)
	return wk.stop(context.WithoutCancel(ctx), patience)
}

func (w *work) stop(ctx context.Context, patience time.Duration) error {
	soft, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := w.queue.stop(soft); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	hard, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return w.queue.kill(hard)
}

// watch keeps River's queues paused as the destinations' rows say, until ctx
// ends.
func (w *work) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := w.align(ctx); err != nil && ctx.Err() == nil {
			w.store.log.Warn("state of destinations can't be read", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *work) align(ctx context.Context) error {
	rows, err := w.store.destinations(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if b := w.breakers[row.Name]; b != nil {
			b.adopt(row)
		}
	}
	paused := map[string]bool{}
	err = w.store.db.query(ctx, func(scan func(...any) error) error {
		var name string
		var is int
		err := scan(&name, &is)
		paused[name] = is == 1
		return err
	}, "SELECT name, CASE WHEN paused_at IS NULL THEN 0 ELSE 1 END FROM river_queue")
	if err != nil {
		return err
	}
	for name, b := range w.breakers {
		is, known := paused[name]
		if want := !b.closed(time.Now()); known && want != is {
			if err := w.queue.pause(ctx, name, want); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgive lets destinations that paused by themselves be probed at once: a start
// often follows a repair.
func (w *work) forgive(ctx context.Context) error {
	return w.store.change(ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, "UPDATE destination SET probe = ?1 WHERE paused = 1 AND probe > ?1", micros(time.Now()))
		return err
	})
}

// deliverWorker is what River calls.
type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	work *work
}

func (d *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	return d.work.deliver(ctx, job.JobRow, job.Args.Delivery)
}

// NextRetry follows the schedule of the severity, which is the job's priority.
func (d *deliverWorker) NextRetry(job *river.Job[deliverArgs]) time.Time {
	after, ok := wait(severityOf(job.JobRow), job.ID, job.Attempt)
	if !ok {
		return time.Time{}
	}
	return time.Now().Add(d.work.paced(after))
}

func (w *work) paced(d time.Duration) time.Duration {
	return time.Duration(float64(d) * w.store.config.pace)
}

// severityOf is what the schedule has to know of a job.
func severityOf(job *rivertype.JobRow) string {
	if job.Priority == 1 {
		return "A"
	}
	return ""
}

// A task is a delivery that a job points at.
type task struct {
	id, submission, destination, fields string
	state                               relay.State
	job                                 int64
	tries                               int
	since                               int64
}

// deliver tries once. The errors that it returns go into the job's row, so they
// say no more than a class.
func (w *work) deliver(ctx context.Context, job *rivertype.JobRow, id string) error {
	t, err := w.task(ctx, id)
	if err != nil {
		return river.JobSnooze(5 * time.Second) // the database's trouble is not the receiver's
	}
	if t.state != relay.Queued || t.job != job.ID {
		return nil // a person was faster, or another job has taken its place
	}
	b := w.breakers[t.destination]
	if wait, ok := b.admit(time.Now()); !ok {
		// River's queue is about to be paused too. Not longer: a person may let it
		// go on before the probe is due.
		return river.JobSnooze(min(wait, 5*time.Second))
	}
	found, err := w.store.find(ctx, w.store.db, "s.id = ?1", []any{t.submission}, "")
	if err != nil || len(found) == 0 {
		b.settle(time.Now(), id, relay.ClassInterrupted)
		return river.JobSnooze(5 * time.Second)
	}
	o := w.attempt(ctx, t, found[0], job)
	if o.class == relay.ClassInterrupted {
		b.settle(time.Now(), id, o.class)
		return river.JobSnooze(0)
	}
	if o.state == relay.Dead && t.destination == relay.ReceiptMail {
		o.state = relay.Withdrawn // no person has to decide about it
	}
	if err := w.record(ctx, t, found[0].key, o); err != nil {
		b.settle(time.Now(), id, relay.ClassInterrupted)
		return errors.New("the outcome could not be recorded")
	}
	w.tell(ctx, b, t, o)
	return o.result
}

func (w *work) task(ctx context.Context, id string) (t task, err error) {
	t.id = id
	_, err = one(ctx, w.store.db, []any{&t.submission, &t.destination, &t.fields, (*string)(&t.state), &t.job, &t.tries, &t.since},
		"SELECT submission, destination, fields, state, job, tries, since FROM delivery WHERE id = ?1", id)
	return t, err
}

// An outcome is what an attempt came to and what follows.
type outcome struct {
	relay.Attempt
	class  relay.Class
	lost   *relay.Attempt // an attempt before this one that a crash cut off
	state  relay.State
	next   time.Time
	result error // for River
}

// attempt asks the destination.
func (w *work) attempt(ctx context.Context, t task, sub found, job *rivertype.JobRow) outcome {
	var o outcome
	number := t.tries + 1
	if n := len(job.Errors); n > 0 && strings.HasPrefix(job.Errors[n-1].Error, "Stuck job rescued") {
		o.lost = &relay.Attempt{Number: number, Started: job.Errors[n-1].At.UTC(), Ended: job.Errors[n-1].At.UTC(), Class: relay.ClassInterrupted}
		number++
	}
	o.Number, o.Started = number, time.Now().UTC()
	ref, err := w.call(ctx, t, sub, relay.Request{ID: t.id, Attempt: max(number, job.Attempt)})
	o.Ended, o.Ref = time.Now().UTC(), ref
	f := relay.FailureOf(err)
	if f != nil && errors.Is(ctx.Err(), context.Canceled) {
		o.class = relay.ClassInterrupted // the relay is stopping: not the receiver's fault
		return o
	}
	w.follow(&o, f, t, job)
	return o
}

// call hands over what this destination may see, and survives its panics.
func (w *work) call(ctx context.Context, t task, sub found, r relay.Request) (ref relay.Ref, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.store.log.Error("a destination's driver panicked", "destination", t.destination, "delivery", t.id, "panic", fmt.Sprintf("%T", p))
			err = relay.Temporary(errors.New("the driver panicked"))
		}
	}()
	if sub.Damaged != "" {
		return ref, relay.Permanent(errors.New(sub.Damaged))
	}
	s := sub.Submission
	s.Request = r
	restrict(&s, splitFields(t.fields))
	return w.Destinations[t.destination].Deliver(ctx, s)
}

// restrict leaves only the fields to hand on. Contact and subject were taken
// from answers, so they go along only with those.
func restrict(s *relay.Submission, fields []string) {
	s.Token, s.Find, s.Client = "", nil, ""
	if fields == nil {
		return
	}
	answers := form.Answers{}
	var all strings.Builder
	for _, f := range fields {
		if v, ok := s.Answers[f]; ok {
			answers[f] = v
			all.WriteString(strings.Join(v, "\n") + "\n")
		}
	}
	s.Answers = answers
	s.Lines = slices.DeleteFunc(slices.Clone(s.Lines), func(l relay.Line) bool { return !slices.Contains(fields, l.Field) })
	s.Attachments = slices.DeleteFunc(slices.Clone(s.Attachments), func(a relay.Attachment) bool { return !slices.Contains(fields, a.Field) })
	for _, derived := range []*string{&s.Subject, &s.Contact.Name, &s.Contact.Organization, &s.Contact.Email, &s.Contact.Phone} {
		if !strings.Contains(all.String(), strings.TrimSuffix(*derived, "…")) {
			*derived = ""
		}
	}
}

// follow decides by the error's class.
func (w *work) follow(o *outcome, f *relay.Failure, t task, job *rivertype.JobRow) {
	if f == nil {
		o.class, o.state = relay.ClassDelivered, relay.Delivered
		return
	}
	o.class, o.Status, o.Detail = f.Class, f.Status, f.Err.Error()
	snooze := func(d time.Duration) {
		if o.Ended.Sub(moment(t.since)) > giveUp {
			o.state, o.result = relay.Dead, river.JobCancel(errors.New(string(o.class)))
			return
		}
		o.state, o.next, o.result = relay.Queued, o.Ended.Add(d), river.JobSnooze(d)
	}
	switch f.Class {
	case relay.ClassByHand:
		o.state = relay.Waiting
	case relay.ClassPermanent:
		o.state, o.result = relay.Dead, river.JobCancel(errors.New(string(f.Class)))
	case relay.ClassRetryAfter:
		snooze(min(max(f.After, time.Second), 12*time.Hour))
	case relay.ClassConfiguration:
		snooze(w.paced(firstRepair))
	default:
		o.class, o.state, o.result = relay.ClassTemporary, relay.Dead, errors.New(string(relay.ClassTemporary))
		if after, ok := wait(severityOf(job), job.ID, job.Attempt); ok {
			o.state, o.next = relay.Queued, o.Ended.Add(w.paced(after))
		}
	}
}

// record makes attempt and outcome durable. What a person decided meanwhile
// stands, but what is delivered is delivered.
func (w *work) record(ctx context.Context, t task, key []byte, o outcome) error {
	o.Class = o.class
	attempts := []relay.Attempt{o.Attempt}
	if o.lost != nil {
		attempts = []relay.Attempt{*o.lost, o.Attempt}
	}
	var rows [][]any
	for _, a := range attempts {
		var detail []byte
		if key != nil && a.Detail != "" {
			var err error
			if detail, err = seal(key, attemptPlace(t.id, a.Number), []byte(clip(a.Detail, 4096))); err != nil {
				return err
			}
		}
		rows = append(rows, []any{t.id, a.Number, micros(a.Started), micros(a.Ended), string(a.Class), a.Status, a.Ref.ID, a.Ref.URL, detail})
	}
	return w.store.change(context.WithoutCancel(ctx), func(ctx context.Context, tx transaction) error {
		const into = "INSERT INTO attempt (delivery, number, started, ended, class, status, ref, ref_url, detail)"
		if err := tx.insert(ctx, into, rows, "ON CONFLICT DO NOTHING", nil); err != nil {
			return err
		}
		condition := "state = 'queued' AND job = ?8"
		if o.state == relay.Delivered {
			condition = "job = ?8 OR state <> 'delivered'"
		}
		now := micros(o.Ended)
		_, err := tx.exec(ctx, `UPDATE delivery SET tries = CASE WHEN tries < ?2 THEN ?2 ELSE tries END,
			state = CASE WHEN `+condition+` THEN ?3 ELSE state END,
			next = CASE WHEN `+condition+` THEN ?4 ELSE next END,
			since = CASE WHEN (`+condition+`) AND ?3 <> 'queued' THEN ?5 ELSE since END,
			ref = CASE WHEN ?6 = '' THEN ref ELSE ?6 END,
			ref_url = CASE WHEN ?7 = '' THEN ref_url ELSE ?7 END WHERE id = ?1`,
			t.id, o.Number, string(o.state), micros(o.next), now, o.Ref.ID, o.Ref.URL, t.job)
		if err != nil {
			return err
		}
		return closeOrReopen(ctx, tx, t.submission, now)
	})
}

// tell passes an outcome on to the breaker and to whoever watches.
func (w *work) tell(ctx context.Context, b *breaker, t task, o outcome) {
	if w.Attempted != nil {
		o.Class = o.class
		w.Attempted(relay.Delivery{ID: t.id, Destination: t.destination, State: o.state, Ref: o.Ref, Next: o.next}, o.Attempt)
	}
	state, changed := b.settle(time.Now().UTC().Truncate(time.Microsecond), t.id, o.class)
	if !changed {
		return
	}
	if err := w.store.saveDestination(context.WithoutCancel(ctx), state); err != nil {
		w.store.log.Warn("state of a destination can't be saved", "destination", state.Name, "err", err)
	}
	if err := w.queue.pause(context.WithoutCancel(ctx), state.Name, state.Paused); err != nil {
		w.store.log.Warn("a queue can't be paused or resumed", "destination", state.Name, "err", err)
	}
	if w.Paused != nil {
		w.Paused(state)
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
