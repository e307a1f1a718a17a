// Package store keeps submissions and works off their deliveries: on SQLite,
// embedded, when one relay runs; on PostgreSQL when several do. The code above
// the two is the same, and so is the suite that both pass.
//
// The submission's row is the truth. A delivery is its way to one destination,
// and a River job only points at a delivery: losing a job costs a delay, never a
// request. What happens to one of them:
//
//	Put       submission, deliveries and jobs in one transaction, shared with
//	          whoever else submits at that moment (group commit, write.go)
//	Work      River hands the job to a worker, which asks the destination and
//	          records attempt and outcome in one transaction (work.go)
//	upkeep    every minute: deliveries that lost their job get a new one; every
//	          hour: what is past its retention is forgotten (upkeep.go)
//
// What is personal is encrypted with a key of the submission's own, which is
// wrapped by the master keys (keys.go): forgetting is destroying that key. A
// backup made before still has it, wrapped; it is gone from there too once the
// master keys were rotated, Rewrap has run, and the old master key is destroyed.
// Nothing personal is in jobs, in clear columns or in errors that are returned.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river/rivertype"

	"annai/relay"
)

// Config says where the store is and what opens it.
type Config struct {
	// URL is sqlite:///path/to/file.db or the bare path, postgres://…, or
	// "memory:", which is a temporary folder that Close removes.
	URL string

	// Keys are the master keys as NewKeys made them. Only "memory:" makes its
	// own when there are none.
	Keys []byte

	// Reserve is how many bytes the disk must have left for Put and Attach to
	// accept anything; 0 is 64 MB, negative none. It doesn't apply to
	// PostgreSQL.
	Reserve int64

	// BusyTimeout is how long a write waits for another process that holds
	// SQLite's lock; 0 is 10 s.
	BusyTimeout time.Duration

	// Upkeep is how often lost jobs are looked for; 0 is a minute.
	Upkeep time.Duration

	Log *slog.Logger // nil: slog.Default

	pace  float64 // tests shorten all waits by this factor; 0 is 1
	batch int     // how many writes share a transaction; 0 is maxBatch
	clock rivertype.TimeGenerator

	// Unsafe turns off what makes a commit durable. It exists so that the test
	// of power cuts can be shown to fail.
	Unsafe bool
}

// Store implements relay.Store.
type Store struct {
	config Config
	db     database
	queue  queue
	keys   *keyring
	log    *slog.Logger
	temp   string // to be removed by Close

	disk struct {
		mu    sync.Mutex
		asked time.Time
		full  bool
	}

	ops    chan *op
	done   chan struct{} // closed when the writer has stopped
	close  sync.Once
	closed chan struct{}
}

var _ relay.Store = (*Store)(nil)

// Open opens the store, makes its tables when they are missing, and proves that
// the database is as durable as promised and that the keys are the store's own.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Reserve == 0 {
		c.Reserve = 64 << 20
	}
	if c.BusyTimeout == 0 {
		c.BusyTimeout = 10 * time.Second
	}
	if c.pace == 0 {
		c.pace = 1
	}
	if c.batch == 0 {
		c.batch = maxBatch
	}
	if c.Upkeep == 0 {
		c.Upkeep = time.Minute
	}
	s := &Store{config: c, log: c.Log, ops: make(chan *op, 2*maxBatch), done: make(chan struct{}), closed: make(chan struct{})}
	if err := s.open(ctx); err != nil {
		if s.db != nil {
			s.db.close()
		}
		if s.temp != "" {
			os.RemoveAll(s.temp)
		}
		return nil, fmt.Errorf("open store %s: %w", redact(c.URL), err)
	}
	go s.write()
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	url, keys := s.config.URL, s.config.Keys
	if url == "memory:" {
		if s.temp, err = os.MkdirTemp("", "annai-relay-"); err != nil {
			return err
		}
		url = s.temp + "/relay.db"
		if keys == nil {
			if keys, err = NewKeys(); err != nil {
				return err
			}
		}
	}
	switch {
	case url == "":
		return errors.New("no URL")
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		s.db, err = openPostgres(ctx, url, s.config)
	case strings.Contains(strings.TrimPrefix(url, "sqlite://"), "://"):
		return errors.New("the URL must begin with sqlite:// or postgres://")
	default:
		s.db, err = openSQLite(ctx, strings.TrimPrefix(url, "sqlite://"), s.config)
	}
	if err != nil {
		return err
	}
	if err := migrate(ctx, s.db); err != nil {
		return fmt.Errorf("make tables: %w", err)
	}
	if s.keys, err = openKeyring(ctx, s.db, keys); err != nil {
		return err
	}
	s.queue, err = s.db.newQueue(s.inserter())
	return err
}

// Close finishes the writes that have begun. Work must have returned.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closed)
		<-s.done
	})
	err := s.db.close()
	if s.temp != "" {
		err = errors.Join(err, os.RemoveAll(s.temp))
	}
	return err
}

// redact removes what may be secret in a URL: all but scheme and what follows @.
func redact(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	if i := strings.LastIndex(rest, "@"); i >= 0 {
		rest = "…" + rest[i:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + rest
}

// micros is how times are stored: microseconds since 1970, 0 for no time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(µs int64) time.Time {
	if µs == 0 {
		return time.Time{}
	}
	return time.UnixMicro(µs).UTC()
}
