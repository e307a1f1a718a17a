package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// postgres is a database that several relays may share.
type postgres struct {
	pgxQuerier
	pool *pgxpool.Pool
}

func openPostgres(ctx context.Context, url string, c Config) (database, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the URL can't be read") // pgx's error may repeat the password
	}
	if c.Unsafe {
		config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	db := &postgres{pgxQuerier{pool}, pool}
	if err := db.verify(ctx, c.Unsafe); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// verify refuses a server that forgets commits in a power cut.
func (db *postgres) verify(ctx context.Context, unsafe bool) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if _, err := one(ctx, db, []any{&value}, "SHOW "+name); err != nil {
			return err
		}
		if (value == "off" || value == "local" && name != "synchronous_commit") && !unsafe {
			return fmt.Errorf("the server has %s = %s: the database would not be durable", name, value)
		}
	}
	return nil
}

func (db *postgres) begin(ctx context.Context) (transaction, error) {
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return pgxTransaction{pgxQuerier{tx}, tx}, nil
}

func (db *postgres) newQueue(c *river.Config) (queue, error) {
	client, err := river.NewClient(riverpgxv5.New(db.pool), c)
	return &riverQueue[pgx.Tx]{client, func(tx transaction) pgx.Tx { return tx.(pgxTransaction).tx }}, err
}

func (db *postgres) migrateQueue(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(db.pool), &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (db *postgres) types(schema string) string {
	return strings.NewReplacer("INTEGER", "BIGINT", "BLOB", "BYTEA", " WITHOUT ROWID", "").Replace(schema)
}

func (db *postgres) forUpdate() string { return " FOR UPDATE" }

// blames: data exceptions (class 22) and violated constraints (23).
func (db *postgres) blames(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (strings.HasPrefix(e.Code, "22") || strings.HasPrefix(e.Code, "23"))
}

func (db *postgres) alone() (func(), error) { return func() {}, nil }

// orphans: another relay may be working on them; River rescues what nobody
// finishes.
func (db *postgres) orphans(context.Context) error { return nil }

func (db *postgres) space(ctx context.Context) (size, free int64, err error) {
	_, err = one(ctx, db, []any{&size}, "SELECT pg_database_size(current_database())")
	return size, -1, err
}

// flush has nothing to do: the log of PostgreSQL is recycled by the server, and
// what was deleted leaves the tables with the next vacuum.
func (db *postgres) flush(ctx context.Context) error {
	_, err := db.pool.Exec(ctx, "VACUUM submission, chunk, entry, attempt, lookup")
	return err
}

func (db *postgres) check(context.Context) ([]string, error) { return nil, nil }

func (db *postgres) backup(context.Context, string) error {
	return errors.New("PostgreSQL is backed up with its own tools: pg_dump --format=custom, or continuous archiving")
}

func (db *postgres) close() error {
	db.pool.Close()
	return nil
}

// pgxQuerier is pgx as a querier.
type pgxQuerier struct {
	q interface {
		Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
		Query(context.Context, string, ...any) (pgx.Rows, error)
	}
}

// dollars turns parameters into PostgreSQL's: ?1 becomes $1, and a bare ? the
// next number. No SQL of ours has a ? for anything else.
func dollars(sql string) string {
	var b strings.Builder
	next := 0
	for i := range len(sql) {
		switch {
		case sql[i] != '?':
			b.WriteByte(sql[i])
		case i+1 < len(sql) && sql[i+1] >= '0' && sql[i+1] <= '9':
			b.WriteByte('$')
		default:
			next++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(next))
		}
	}
	return b.String()
}

func (p pgxQuerier) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := p.q.Exec(ctx, dollars(sql), args...)
	return tag.RowsAffected(), err
}

func (p pgxQuerier) query(ctx context.Context, each func(func(...any) error) error, sql string, args ...any) error {
	rows, err := p.q.Query(ctx, dollars(sql), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

type pgxTransaction struct {
	pgxQuerier
	tx pgx.Tx
}

// insert is one statement, and so one trip to the server.
func (t pgxTransaction) insert(ctx context.Context, into string, rows [][]any, tail string, written func(string)) error {
	if len(rows) == 0 {
		return nil
	}
	row := "(?" + strings.Repeat(",?", len(rows[0])-1) + ")"
	sql := into + " VALUES " + row + strings.Repeat(","+row, len(rows)-1) + " " + tail
	args := slices.Concat(rows...)
	if written == nil {
		_, err := t.exec(ctx, sql, args...)
		return err
	}
	return t.query(ctx, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		written(id)
		return err
	}, sql+" RETURNING id", args...)
}

func (t pgxTransaction) commit(ctx context.Context) error { return t.tx.Commit(ctx) }
func (t pgxTransaction) rollback()                        { t.tx.Rollback(context.Background()) }
