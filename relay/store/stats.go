package store

import (
	"context"
	"time"

	"annai/relay"
)

// Stats implements relay.Store.
func (s *Store) Stats(ctx context.Context) (stats relay.Stats, err error) {
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var c relay.Count
		var oldest int64
		if err := scan((*string)(&c.State), &c.Destination, &c.Severity, &c.Number, &oldest); err != nil {
			return err
		}
		c.Oldest = moment(oldest)
		stats.Counts = append(stats.Counts, c)
		return nil
	}, `SELECT state, destination, severity, count(*), min(received) FROM delivery GROUP BY state, destination, severity ORDER BY 1, 2, 3`)
	if err != nil {
		return stats, err
	}
	if stats.Destinations, err = s.destinations(ctx); err != nil {
		return stats, err
	}
	if _, err = one(ctx, s.db, []any{&stats.Reenqueued}, "SELECT number FROM meta WHERE name = 'reenqueued'"); err != nil {
		return stats, err
	}
	stats.Bytes, stats.Free, err = s.db.space(ctx)
	return stats, err
}

// Ready implements relay.Store.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.room(ctx); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, `INSERT INTO meta (name, number) VALUES ('ready', ?1)
			ON CONFLICT (name) DO UPDATE SET number = excluded.number`, micros(time.Now()))
		return err
	})
}

// Count implements relay.Store.
func (s *Store) Count(ctx context.Context, kind, key string, n int) error {
	day := micros(time.Now().UTC().Truncate(24 * time.Hour))
	return s.change(ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, `INSERT INTO tally (kind, day, key, number) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (kind, day, key) DO UPDATE SET number = tally.number + excluded.number`, kind, day, key, n)
		return err
	})
}

// Counts implements relay.Store.
func (s *Store) Counts(ctx context.Context, kind string, since time.Time) (list []relay.Tally, err error) {
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var t relay.Tally
		var day int64
		if err := scan(&day, &t.Key, &t.Number); err != nil {
			return err
		}
		t.Day = moment(day)
		list = append(list, t)
		return nil
	}, "SELECT day, key, number FROM tally WHERE kind = ?1 AND day >= ?2 ORDER BY day, key", kind, micros(since.UTC().Truncate(24*time.Hour)))
	return list, err
}
