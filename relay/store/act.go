package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"annai/relay"
)

// from is in which states a verb applies to a delivery; what isn't here changes
// no delivery.
var from = map[relay.Verb][]relay.State{
	relay.Hold:    {relay.Queued, relay.Waiting, relay.Dead, relay.Quarantined},
	relay.Release: {relay.Held, relay.Quarantined},
	relay.Replay:  {relay.Queued, relay.Waiting, relay.Held, relay.Dead, relay.Delivered},
	relay.Reroute: {relay.Queued, relay.Waiting, relay.Held, relay.Quarantined, relay.Dead},
	relay.Reject:  {relay.Queued, relay.Waiting, relay.Held, relay.Quarantined, relay.Dead},
	relay.Finish:  {relay.Queued, relay.Waiting, relay.Held, relay.Dead, relay.Delivered},
	relay.Forget:  {relay.Queued, relay.Waiting, relay.Held, relay.Quarantined, relay.Dead, relay.Delivered, relay.Withdrawn},
	relay.Note:    nil,
	relay.Ask:     nil,
	relay.Solve:   nil,
}

// Do implements relay.Store.
func (s *Store) Do(ctx context.Context, a relay.Act) error {
	states, ok := from[a.Verb]
	if !ok {
		return fmt.Errorf("verb %q: %w", a.Verb, relay.ErrState)
	}
	err := s.change(ctx, func(ctx context.Context, tx transaction) error { return s.act(ctx, tx, a, states) })
	if err == nil && a.Verb == relay.Forget {
		if err := s.db.flush(ctx); err != nil {
			s.log.Warn("what was forgotten may still be in the database's log until its next checkpoint", "err", err)
		}
	}
	return err
}

// A target is a delivery that a verb applies to.
type target struct {
	id, destination, fields string
	state                   relay.State
}

func (s *Store) act(ctx context.Context, tx transaction, a relay.Act, states []relay.State) error {
	var severity string
	var received, forgotten int64
	var wrapped []byte
	found, err := one(ctx, tx, []any{&severity, &received, &forgotten, &wrapped},
		"SELECT severity, received, forgotten, data_key FROM submission WHERE id = ?1"+s.db.forUpdate(), a.Submission)
	if err != nil {
		return err
	}
	if !found {
		return relay.ErrNotFound
	}
	if forgotten > 0 {
		return fmt.Errorf("it is forgotten: %w", relay.ErrState)
	}
	targets, positions, err := s.targets(ctx, tx, a, states)
	if err != nil {
		return err
	}
	if len(targets) == 0 && states != nil {
		return relay.ErrState
	}
	if err := s.enter(ctx, tx, a, wrapped); err != nil {
		return err
	}
	now := micros(time.Now())
	for _, t := range targets {
		if err := s.apply(ctx, tx, a, t, severity, received, now, &positions); err != nil {
			return err
		}
	}
	if a.Verb == relay.Forget {
		return forget(ctx, tx, a.Submission, now)
	}
	return closeOrReopen(ctx, tx, a.Submission, now)
}

func (s *Store) targets(ctx context.Context, tx transaction, a relay.Act, states []relay.State) (list []target, positions int, err error) {
	err = tx.query(ctx, func(scan func(...any) error) error {
		var t target
		if err := scan(&t.id, &t.destination, (*string)(&t.state), &t.fields); err != nil {
			return err
		}
		positions++
		if slices.Contains(states, t.state) && (a.Delivery == "" || a.Delivery == t.id) {
			list = append(list, t)
		}
		return nil
	}, "SELECT id, destination, state, fields FROM delivery WHERE submission = ?1 ORDER BY position"+s.db.forUpdate(), a.Submission)
	return list, positions, err
}

// apply changes one delivery.
func (s *Store) apply(ctx context.Context, tx transaction, a relay.Act, t target, severity string, received, now int64, positions *int) error {
	set := func(state relay.State, job, next int64) error {
		_, err := tx.exec(ctx, "UPDATE delivery SET state = ?1, job = ?2, next = ?3, since = ?4 WHERE id = ?5", string(state), job, next, now, t.id)
		return err
	}
	switch a.Verb {
	case relay.Hold:
		return set(relay.Held, 0, 0)
	case relay.Release, relay.Replay:
		ids, err := s.queue.insert(ctx, tx, []job{{t.id, t.destination, severity}})
		if err != nil {
			return err
		}
		return set(relay.Queued, ids[t.id], now)
	case relay.Reject, relay.Forget:
		if t.state.Finished() {
			return nil
		}
		return set(relay.Withdrawn, 0, 0)
	case relay.Finish:
		_, err := tx.exec(ctx, "UPDATE delivery SET state = 'delivered', job = 0, next = 0, since = ?1, ref = ?2, ref_url = ?3 WHERE id = ?4",
			now, a.Ref.ID, a.Ref.URL, t.id)
		return err
	case relay.Reroute:
		if err := set(relay.Withdrawn, 0, 0); err != nil {
			return err
		}
		id, fields := ulid.Make().String(), t.fields
		if a.Fields != nil {
			fields = joinFields(a.Fields)
		}
		ids, err := s.queue.insert(ctx, tx, []job{{id, a.To, severity}})
		if err != nil {
			return err
		}
		*positions++
		return tx.insert(ctx, "INSERT INTO delivery (id, submission, position, destination, severity, received, state, fields, job, since, next)",
			[][]any{{id, a.Submission, *positions, a.To, severity, received, string(relay.Queued), fields, ids[id], now, now}}, "", nil)
	}
	return nil
}

// enter writes down who did what. The note may be personal.
func (s *Store) enter(ctx context.Context, tx transaction, a relay.Act, wrapped []byte) error {
	var number int
	if _, err := one(ctx, tx, []any{&number}, "SELECT count(*) FROM entry WHERE submission = ?1", a.Submission); err != nil {
		return err
	}
	var note []byte
	if a.Note != "" {
		key, err := s.keys.unwrap(wrapped, a.Submission)
		if err != nil {
			return fmt.Errorf("key of %s: %w", a.Submission, err)
		}
		if note, err = seal(key, entryPlace(a.Submission, number+1), []byte(a.Note)); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, "INSERT INTO entry (submission, number, at, by, verb, delivery, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		a.Submission, number+1, micros(time.Now()), a.By, string(a.Verb), a.Delivery, note)
	return err
}

// closeOrReopen notes since when nobody has to do anything any more.
func closeOrReopen(ctx context.Context, tx transaction, submission string, now int64) error {
	_, err := tx.exec(ctx, `UPDATE submission SET closed = CASE
		WHEN EXISTS (SELECT 1 FROM delivery WHERE submission = ?1 AND state NOT IN ('delivered', 'withdrawn')) THEN 0
		WHEN closed > 0 THEN closed ELSE ?2 END WHERE id = ?1`, submission, now)
	return err
}

// forget destroys the key and everything that it opens. What is left are dates
// and codes, so that the receipt's link can say what happened, and so that the
// same request sent once more is recognised.
func forget(ctx context.Context, tx transaction, submission string, now int64) error {
	for _, sql := range []string{
		"DELETE FROM chunk WHERE attachment IN (SELECT id FROM attachment WHERE submission = ?1)",
		"DELETE FROM attachment WHERE submission = ?1",
		"DELETE FROM lookup WHERE submission = ?1",
		"UPDATE entry SET note = NULL WHERE submission = ?1",
		"UPDATE attempt SET detail = NULL WHERE delivery IN (SELECT id FROM delivery WHERE submission = ?1)",
	} {
		if _, err := tx.exec(ctx, sql, submission); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `UPDATE submission SET data_key = NULL, payload = NULL, client = '', forgotten = ?2,
		closed = CASE WHEN closed > 0 THEN closed ELSE ?2 END WHERE id = ?1`, submission, now)
	return err
}
