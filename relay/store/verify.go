package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"annai/relay"
)

// A Report is what Verify has read and found.
type Report struct {
	Submissions, Deliveries, Attachments int
	Forgotten                            int
	Problems                             []string // one line each, with the ids
}

// Verify reads every row, decrypts everything that is encrypted, and checks what
// must always hold.
func (s *Store) Verify(ctx context.Context) (r Report, err error) {
	if r.Problems, err = s.db.check(ctx); err != nil {
		return r, err
	}
	after := ""
	for {
		page, err := s.find(ctx, s.db, "s.id > ?1", []any{after}, "ORDER BY s.id LIMIT 200")
		if err != nil {
			return r, err
		}
		if len(page) == 0 {
			break
		}
		for _, f := range page {
			if err := s.verifyOne(ctx, &r, f); err != nil {
				return r, err
			}
		}
		after = page[len(page)-1].ID
	}
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var id, destination, severity string
		err := scan(&id, &destination, &severity)
		r.add("delivery %s to %s is queued and has no job", id, destination)
		return err
	}, lostDeliveries)
	return r, err
}

func (r *Report) add(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

var knownStates = []relay.State{relay.Queued, relay.Waiting, relay.Held, relay.Quarantined, relay.Dead, relay.Delivered, relay.Withdrawn}

func (s *Store) verifyOne(ctx context.Context, r *Report, f found) error {
	r.Submissions++
	r.Forgotten += btoi(!f.Forgotten.IsZero())
	if f.Damaged != "" {
		r.add("submission %s: %s", f.ID, f.Damaged)
	}
	if len(f.Deliveries) == 0 {
		r.add("submission %s has no delivery", f.ID)
	}
	finished := true
	for _, d := range f.Deliveries {
		r.Deliveries++
		finished = finished && d.State.Finished()
		if !slices.Contains(knownStates, d.State) {
			r.add("delivery %s is in the unknown state %q", d.ID, d.State)
		}
	}
	if finished == f.Closed.IsZero() {
		r.add("submission %s: closed is %v, but finished is %t", f.ID, f.Closed, finished)
	}
	if f.key == nil {
		return nil
	}
	full, err := s.Get(ctx, f.ID)
	if err != nil {
		return err
	}
	r.verifyTexts(full)
	for _, a := range full.Attachments {
		r.Attachments++
		if err := verifyContent(ctx, a); err != nil {
			r.add("attachment %s of %s: %v", a.ID, f.ID, err)
		}
	}
	return nil
}

// verifyTexts looks at what Get shows for a note or detail that can't be read.
func (r *Report) verifyTexts(full relay.Submission) {
	for i, e := range full.Log {
		if e.Note == damagedText(entryPlace(full.ID, i+1)) {
			r.add("submission %s: %s", full.ID, e.Note)
		}
	}
	for _, d := range full.Deliveries {
		for _, a := range d.Attempts {
			if a.Detail == damagedText(attemptPlace(d.ID, a.Number)) {
				r.add("delivery %s: %s", d.ID, a.Detail)
			}
		}
	}
}

func verifyContent(ctx context.Context, a relay.Attachment) error {
	content, err := a.Open(ctx)
	if err != nil {
		return err
	}
	defer content.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, content)
	switch {
	case err != nil:
		return fmt.Errorf("damaged after %d bytes", n)
	case n != a.Size || !slices.Equal(sum.Sum(nil), a.SHA256):
		return fmt.Errorf("its content is not what came")
	}
	return nil
}

// Rewrap wraps the keys of all submissions with the newest master key and
// returns how many it changed. When it has run without an error, the older
// master keys open nothing any more and can be destroyed.
func (s *Store) Rewrap(ctx context.Context) (changed int, err error) {
	for {
		var ids []string
		err := s.db.query(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT id FROM submission WHERE key_id <> ?1 AND data_key IS NOT NULL ORDER BY id LIMIT 500", s.keys.id)
		if err != nil {
			return changed, err
		}
		if len(ids) == 0 {
			return changed, s.rewrapIndex(ctx)
		}
		for _, id := range ids {
			if err := s.rewrapRow(ctx, "SELECT data_key FROM submission WHERE id = ?1", "UPDATE submission SET data_key = ?2, key_id = ?3 WHERE id = ?1", id, id); err != nil {
				return changed, fmt.Errorf("key of submission %s: %w", id, err)
			}
			changed++
		}
	}
}

func (s *Store) rewrapIndex(ctx context.Context) error {
	err := s.rewrapRow(ctx, "SELECT value FROM meta WHERE name = ?1", "UPDATE meta SET value = ?2, number = ?3 WHERE name = ?1", "index-key", "index")
	if err != nil {
		return fmt.Errorf("index key: %w", err)
	}
	return s.db.flush(ctx)
}

func (s *Store) rewrapRow(ctx context.Context, read, write, id, purpose string) error {
	return s.change(ctx, func(ctx context.Context, tx transaction) error {
		var wrapped []byte
		if _, err := one(ctx, tx, []any{&wrapped}, read+s.db.forUpdate(), id); err != nil || wrapped == nil {
			return err
		}
		key, err := s.keys.unwrap(wrapped, purpose)
		if err != nil {
			return err
		}
		if wrapped, err = s.keys.wrap(key, purpose); err != nil {
			return err
		}
		_, err = tx.exec(ctx, write, id, wrapped, s.keys.id)
		return err
	})
}
