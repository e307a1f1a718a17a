package store

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"annai/relay"
)

const (
	taskReconcile = "reconcile" // give deliveries that lost their job a new one
	taskRetain    = "retain"    // forget what is past its retention, remove content that nobody names
)

type upkeepWorker struct {
	river.WorkerDefaults[upkeepArgs]
	work *work
}

func (u *upkeepWorker) Work(ctx context.Context, job *river.Job[upkeepArgs]) error {
	var err error
	switch s := u.work.store; job.Args.Task {
	case taskReconcile:
		var lost []string
		lost, err = s.Reconcile(ctx)
		if len(lost) > 0 && u.work.Lost != nil {
			u.work.Lost(lost)
		}
	case taskRetain:
		_, err = s.Retain(ctx, time.Now())
	}
	if err != nil {
		u.work.store.log.Error("upkeep failed; it will be tried again", "task", job.Args.Task, "err", err)
		return errors.New("failed")
	}
	return nil
}

// lostDeliveries are queued and have no job that will ever run.
const lostDeliveries = `SELECT d.id, d.destination, d.severity FROM delivery d LEFT JOIN river_job j ON j.id = d.job
	WHERE d.state = 'queued' AND (j.id IS NULL OR j.state IN ('completed', 'cancelled', 'discarded'))`

// Reconcile finds deliveries that are neither finished nor a person's and have
// no live job, and gives them one. There should never be any; with it, an error
// in the queue costs a delay instead of a request.
func (s *Store) Reconcile(ctx context.Context) (lost []string, err error) {
	err = s.change(ctx, func(ctx context.Context, tx transaction) error {
		if lost, err = s.newJobs(ctx, tx, micros(time.Now()), lostDeliveries+" LIMIT 1000"); err != nil || len(lost) == 0 {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO meta (name, number) VALUES ('reenqueued', ?1)
			ON CONFLICT (name) DO UPDATE SET number = meta.number + excluded.number`, len(lost))
		return err
	})
	if len(lost) > 0 {
		s.log.Error("deliveries had lost their job; they have a new one", "deliveries", lost)
	}
	return lost, err
}

// newJobs gives the deliveries that the query finds (id, destination, severity) a
// new job for now, and returns their ids. A job that they had does nothing when
// its time comes.
func (s *Store) newJobs(ctx context.Context, tx transaction, now int64, query string, args ...any) (deliveries []string, err error) {
	var jobs []job
	err = tx.query(ctx, func(scan func(...any) error) error {
		var j job
		err := scan(&j.delivery, &j.destination, &j.severity)
		jobs, deliveries = append(jobs, j), append(deliveries, j.delivery)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	ids, err := s.queue.insert(ctx, tx, jobs)
	if err != nil {
		return nil, err
	}
	for delivery, id := range ids {
		if _, err := tx.exec(ctx, "UPDATE delivery SET job = ?1, next = ?2 WHERE id = ?3", id, now, delivery); err != nil {
			return nil, err
		}
	}
	return deliveries, nil
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// Retain forgets submissions whose days are over, counted from when they were
// closed, and removes content that no submission has named for a day. What is
// held, quarantined or dead isn't closed, so it stays.
func (s *Store) Retain(ctx context.Context, now time.Time) (forgotten int, err error) {
	var due []string
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		due = append(due, id)
		return err
	}, "SELECT id FROM submission WHERE closed > 0 AND forgotten = 0 AND closed + keep_days * ?1 < ?2 LIMIT 10000", dayMicros, micros(now))
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		err := s.change(ctx, func(ctx context.Context, tx transaction) error {
			return s.act(ctx, tx, relay.Act{Submission: id, Verb: relay.Forget, By: "retention"}, from[relay.Forget])
		})
		if err != nil && !errors.Is(err, relay.ErrState) { // ErrState: somebody was faster
			return forgotten, err
		}
		forgotten++
	}
	err = s.change(ctx, func(ctx context.Context, tx transaction) error {
		const orphans = "submission IS NULL AND made < ?1"
		old := micros(now) - dayMicros
		if _, err := tx.exec(ctx, "DELETE FROM chunk WHERE attachment IN (SELECT id FROM attachment WHERE "+orphans+")", old); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "DELETE FROM attachment WHERE "+orphans, old)
		return err
	})
	if err == nil && forgotten > 0 {
		err = s.db.flush(ctx)
	}
	return forgotten, err
}
