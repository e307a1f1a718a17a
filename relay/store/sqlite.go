package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	driver "modernc.org/sqlite"
)

// sqlite is one file. All writes go through one connection, because SQLite has
// one writer and River expects it so; reads have their own, which see the last
// commit and never wait for the writer.
type sqlite struct {
	sqlQuerier
	path   string
	writer *sql.DB
	reader *sql.DB
}

func openSQLite(ctx context.Context, path string, c Config) (database, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := localDisk(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)",
		"wal_autocheckpoint(2000)", "journal_size_limit(33554432)",
		fmt.Sprintf("busy_timeout(%d)", c.BusyTimeout.Milliseconds())}
	if c.Unsafe {
		pragmas[1] = "synchronous(NORMAL)"
	}
	db := &sqlite{path: path}
	if db.writer, err = sql.Open("sqlite", dsn(path, "immediate", pragmas)); err != nil {
		return nil, err
	}
	db.writer.SetMaxOpenConns(1)
	db.writer.SetConnMaxIdleTime(0)
	if db.reader, err = sql.Open("sqlite", dsn(path, "deferred", append(pragmas, "query_only(1)"))); err != nil {
		return nil, err
	}
	db.reader.SetMaxOpenConns(4)
	db.reader.SetMaxIdleConns(4)
	db.sqlQuerier = sqlQuerier{db.reader}
	if err := db.verify(ctx, c.Unsafe); err != nil {
		db.close()
		return nil, err
	}
	return db, nil
}

func dsn(path, lock string, pragmas []string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {lock}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// verify reads the pragmas back: a parameter that the driver doesn't know is
// ignored without a word.
func (db *sqlite) verify(ctx context.Context, unsafe bool) error {
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"}
	if unsafe {
		want["synchronous"] = "1"
	}
	for _, pool := range []*sql.DB{db.writer, db.reader} {
		for name, value := range want {
			var got string
			if err := pool.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
				return err
			}
			if got != value {
				return fmt.Errorf("PRAGMA %s is %s instead of %s: the database would not be durable", name, got, value)
			}
		}
	}
	return nil
}

// createPrivate makes the file readable for its owner alone, and its entry in
// the folder durable.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), syncFolder(filepath.Dir(path)))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (db *sqlite) begin(ctx context.Context) (transaction, error) {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return sqlTransaction{sqlQuerier{tx}, tx}, nil
}

func (db *sqlite) newQueue(c *river.Config) (queue, error) {
	client, err := river.NewClient(riversqlite.New(db.writer), c)
	return &riverQueue[*sql.Tx]{client, func(tx transaction) *sql.Tx { return tx.(sqlTransaction).tx }}, err
}

func (db *sqlite) migrateQueue(ctx context.Context) error {
	m, err := rivermigrate.New(riversqlite.New(db.writer), &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (db *sqlite) types(schema string) string { return schema }
func (db *sqlite) forUpdate() string          { return "" }

func (db *sqlite) alone() (func(), error) { return lockFile(db.path + ".lock") }

// orphans: alone has proved that no other process works, so whatever runs is
// left over, and whoever leads is dead. River alone would find out after
// rescueAfter.
func (db *sqlite) orphans(ctx context.Context) error {
	_, err := db.writer.ExecContext(ctx, "UPDATE river_job SET attempted_at = datetime('now', '-1 day') WHERE state = 'running'; DELETE FROM river_leader")
	return err
}

func (db *sqlite) space(context.Context) (size, free int64, err error) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(db.path + suffix); err == nil {
			size += info.Size()
		}
	}
	free, err = freeSpace(filepath.Dir(db.path))
	return size, free, err
}

func (db *sqlite) flush(ctx context.Context) error {
	var busy, log, moved int
	err := db.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
	if err == nil && busy != 0 {
		err = errors.New("a reader keeps the log from being emptied")
	}
	return err
}

func (db *sqlite) check(ctx context.Context) (found []string, err error) {
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		rows, err := db.reader.QueryContext(ctx, "PRAGMA "+pragma)
		if err != nil {
			return nil, err
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			row := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			if text := fmt.Sprint(row...); text != "ok" {
				found = append(found, pragma+": "+text)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// backup writes a consistent copy while the store is in use.
func (db *sqlite) backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s: %w", path, os.ErrExist)
	}
	part := path + ".part"
	os.Remove(part)
	if err := createPrivate(part); err != nil { // VACUUM INTO accepts an empty file, and keeps its mode
		return err
	}
	pool, err := sql.Open("sqlite", dsn(db.path, "deferred", []string{"busy_timeout(10000)"})) // the reader's connections may not write
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?1", part); err != nil {
		os.Remove(part)
		return err
	}
	return publish(part, path)
}

// publish gives a finished file its name, durably.
func publish(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (db *sqlite) close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.reader, db.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// sqlQuerier is database/sql as a querier.
type sqlQuerier struct {
	q interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	}
}

func (s sqlQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s sqlQuerier) query(ctx context.Context, each func(func(...any) error) error, query string, args ...any) error {
	rows, err := s.q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	for err == nil && rows.Next() {
		err = each(rows.Scan)
	}
	return errors.Join(err, rows.Err(), rows.Close())
}

type sqlTransaction struct {
	sqlQuerier
	tx *sql.Tx
}

func (t sqlTransaction) commit(context.Context) error { return t.tx.Commit() }
func (t sqlTransaction) rollback()                    { t.tx.Rollback() }

// blames: constraint (19), mismatch (20), too big (18).
func (db *sqlite) blames(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == 18 || e.Code()&0xff == 19 || e.Code()&0xff == 20)
}
