package store

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"riverqueue.com/riverui"
)

// quiet keeps the libraries from logging beside us.
var quiet = slog.New(slog.DiscardHandler)

// deliverArgs is all that a job knows: an id.
type deliverArgs struct {
	Delivery string `json:"delivery"`
}

func (deliverArgs) Kind() string { return "deliver" }

// upkeepArgs is a periodic task.
type upkeepArgs struct {
	Task string `json:"task"`
}

func (upkeepArgs) Kind() string { return "upkeep" }

const upkeepQueue = "annai-upkeep"

// inserter configures a client that only inserts.
func (s *Store) inserter() *river.Config {
	return &river.Config{Logger: quiet, Test: river.TestConfig{Time: s.config.clock}}
}

// worker configures a client that delivers.
func (s *Store) worker(w *work) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &deliverWorker{work: w})
	river.AddWorker(workers, &upkeepWorker{work: w})
	queues := map[string]river.QueueConfig{upkeepQueue: {MaxWorkers: 1}}
	for name := range w.Destinations {
		queues[name] = river.QueueConfig{MaxWorkers: w.Parallel}
	}
	periodic := func(every time.Duration, task string) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
			return upkeepArgs{task}, &river.InsertOpts{Queue: upkeepQueue, MaxAttempts: 1}
		}, &river.PeriodicJobOpts{RunOnStart: true})
	}
	timeout, rescue := jobTimeout, rescueAfter
	if s.config.pace < 1 {
		timeout, rescue = 3*time.Second, 5*time.Second
	}
	return &river.Config{
		Logger:                      quiet,
		Test:                        river.TestConfig{Time: s.config.clock},
		Workers:                     workers,
		Queues:                      queues,
		JobTimeout:                  timeout,
		RescueStuckJobsAfter:        rescue,
		DiscardedJobRetentionPeriod: -1, // the dead stay until a person decides
		CompletedJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{
			periodic(s.config.Upkeep, taskReconcile),
			periodic(time.Hour, taskRetain),
		},
	}
}

// riverQueue is River with the transactions of one database.
type riverQueue[TTx any] struct {
	client *river.Client[TTx]
	tx     func(transaction) TTx
}

func (q *riverQueue[TTx]) insert(ctx context.Context, tx transaction, jobs []job) (map[string]int64, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	results, err := q.client.InsertManyTx(ctx, q.tx(tx), parameters(jobs))
	if err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(jobs))
	for _, r := range results {
		var args deliverArgs
		if err := json.Unmarshal(r.Job.EncodedArgs, &args); err != nil {
			return nil, err
		}
		ids[args.Delivery] = r.Job.ID
	}
	return ids, nil
}

func parameters(jobs []job) []river.InsertManyParams {
	list := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		list[i] = river.InsertManyParams{Args: deliverArgs{j.delivery}, InsertOpts: &river.InsertOpts{
			Queue: j.destination, Priority: priority(j.severity), MaxAttempts: 1 + len(waits(j.severity)),
		}}
	}
	return list
}

// priority is River's: 1 goes first.
func priority(severity string) int {
	switch severity {
	case "A":
		return 1
	case "B":
		return 2
	case "C":
		return 3
	}
	return 4
}

func (q *riverQueue[TTx]) start(ctx context.Context) error { return q.client.Start(ctx) }
func (q *riverQueue[TTx]) stop(ctx context.Context) error  { return q.client.Stop(ctx) }
func (q *riverQueue[TTx]) kill(ctx context.Context) error  { return q.client.StopAndCancel(ctx) }

func (q *riverQueue[TTx]) pause(ctx context.Context, name string, paused bool) error {
	var err error
	if paused {
		err = q.client.QueuePause(ctx, name, nil)
	} else {
		err = q.client.QueueResume(ctx, name, nil)
	}
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil // nobody works it yet; Work will see the destination's own row
	}
	return err
}

func (q *riverQueue[TTx]) ui(prefix string) (http.Handler, error) {
	return riverui.NewHandler(&riverui.HandlerOpts{Endpoints: riverui.NewEndpoints(q.client, nil), Prefix: prefix, Logger: quiet})
}

// UI is River's own page on its jobs, to be mounted under prefix behind the
// operator's door: it has none of its own. It shows ids and no personal data.
// The handler works while ctx lasts.
func (s *Store) UI(ctx context.Context, prefix string) (http.Handler, error) {
	h, err := s.queue.ui(prefix)
	if err != nil {
		return nil, err
	}
	if starter, ok := h.(interface{ Start(context.Context) error }); ok {
		return h, starter.Start(ctx)
	}
	return h, nil
}
