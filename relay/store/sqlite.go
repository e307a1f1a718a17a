package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

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
		"temp_store(memory)", "wal_autocheckpoint(2000)", "journal_size_limit(33554432)",
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
	return sqliteQueue{&riverQueue[*sql.Tx]{client, func(tx transaction) *sql.Tx { return tx.(sqlTransaction).tx }}}, err
}

// sqliteQueue inserts jobs without having River return the whole rows: what is
// above the highest id was made by this transaction, because there is no other.
type sqliteQueue struct{ *riverQueue[*sql.Tx] }

func (q sqliteQueue) insert(ctx context.Context, tx transaction, jobs []job) (map[string]int64, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	var last int64
	if _, err := one(ctx, tx, []any{&last}, "SELECT coalesce(max(id), 0) FROM river_job"); err != nil {
		return nil, err
	}
	if _, err := q.client.InsertManyFastTx(ctx, q.tx(tx), parameters(jobs)); err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(jobs))
	err := tx.query(ctx, func(scan func(...any) error) error {
		var id int64
		var delivery string
		err := scan(&id, &delivery)
		ids[delivery] = id
		return err
	}, "SELECT id, args ->> 'delivery' FROM river_job WHERE id > ?1", last)
	if err == nil && len(ids) != len(jobs) {
		err = fmt.Errorf("%d jobs were inserted instead of %d", len(ids), len(jobs))
	}
	return ids, err
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

// insert runs one statement row by row: SQLite takes longer to read one with a
// thousand parameters, and would note every page for the case that it stops in
// the middle.
func (t sqlTransaction) insert(ctx context.Context, into string, rows [][]any, tail string, written func(string)) error {
	if len(rows) == 0 {
		return nil
	}
	statement, err := t.tx.PrepareContext(ctx, into+" VALUES (?"+strings.Repeat(",?", len(rows[0])-1)+") "+tail)
	if err != nil {
		return err
	}
	defer statement.Close()
	ctx = context.WithoutCancel(ctx) // the driver would start a goroutine for each row
	for _, row := range rows {
		result, err := statement.ExecContext(ctx, row...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 1 && written != nil {
			written(row[0].(string))
		}
	}
	return nil
}

func (t sqlTransaction) commit(context.Context) error { return t.tx.Commit() }
func (t sqlTransaction) rollback()                    { t.tx.Rollback() }

// blames: constraint (19), mismatch (20), too big (18).
func (db *sqlite) blames(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == 18 || e.Code()&0xff == 19 || e.Code()&0xff == 20)
}
