package store

import (
	"context"
	"time"

	"annai/relay"
)

// Pause implements relay.Store. A destination that a person has paused isn't
// probed; one that may go on is tried at once with all that waits for it.
func (s *Store) Pause(ctx context.Context, destination, by string, paused bool) error {
	state := relay.DestinationState{Name: destination, Paused: paused, Since: time.Now()}
	if paused {
		state.Reason = "paused by " + by
	}
	if err := s.saveDestination(ctx, state); err != nil {
		return err
	}
	if err := s.queue.pause(ctx, destination, paused); err != nil || paused {
		return err
	}
	return s.hurry(ctx, destination)
}

// hurry has what waits for its next attempt tried now: the person who lets a
// destination go on has mended it.
func (s *Store) hurry(ctx context.Context, destination string) error {
	for now := micros(time.Now()); ; {
		var hurried []string
		err := s.change(ctx, func(ctx context.Context, tx transaction) (err error) {
			hurried, err = s.newJobs(ctx, tx, now, `SELECT id, destination, severity FROM delivery
				WHERE state = 'queued' AND destination = ?1 AND next > ?2 LIMIT 500`, destination, now)
			return err
		})
		if err != nil || len(hurried) == 0 {
			return err
		}
	}
}

func (s *Store) saveDestination(ctx context.Context, d relay.DestinationState) error {
	return s.change(ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, `INSERT INTO destination (name, paused, reason, since, probe, failures) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT (name) DO UPDATE SET paused = excluded.paused, reason = excluded.reason, since = excluded.since,
			probe = excluded.probe, failures = excluded.failures`,
			d.Name, btoi(d.Paused), d.Reason, micros(d.Since), micros(d.Probe), d.Failures)
		return err
	})
}

func (s *Store) destinations(ctx context.Context) (list []relay.DestinationState, err error) {
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var d relay.DestinationState
		var paused int
		var since, probe int64
		if err := scan(&d.Name, &paused, &d.Reason, &since, &probe, &d.Failures); err != nil {
			return err
		}
		d.Paused, d.Since, d.Probe = paused == 1, moment(since), moment(probe)
		list = append(list, d)
		return nil
	}, "SELECT name, paused, reason, since, probe, failures FROM destination ORDER BY name")
	return list, err
}
