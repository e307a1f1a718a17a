package store

import (
	"context"
	"net/http"

	"github.com/riverqueue/river"
)

// A querier runs SQL. Parameters are written ?1, ?2 …, or all of them ?, in both
// databases.
type querier interface {
	// exec returns how many rows were changed.
	exec(ctx context.Context, sql string, args ...any) (int64, error)
	// query calls each for every row; an error of it ends the query.
	query(ctx context.Context, each func(scan func(...any) error) error, sql string, args ...any) error
}

// A transaction writes. After a rollback or a failed commit nothing of it is
// there; after a commit it is on disk.
type transaction interface {
	querier
	// insert writes rows, the way that is quickest: into is "INSERT INTO table
	// (columns)", tail may be ON CONFLICT DO NOTHING. written, which may be nil,
	// gets the first column of each row that was written; it must be "id".
	insert(ctx context.Context, into string, rows [][]any, tail string, written func(id string)) error
	commit(context.Context) error
	rollback()
}

// A database is what differs between SQLite and PostgreSQL. Its own querier is
// for reading, beside the writer.
type database interface {
	querier
	begin(context.Context) (transaction, error)
	newQueue(*river.Config) (queue, error)
	migrateQueue(context.Context) error

	// types replaces the names of types in the schema, which is written in
	// SQLite's.
	types(schema string) string
	// forUpdate is what a SELECT needs behind it to keep its rows from changing.
	forUpdate() string
	// blames tells whether an error is about the data of one statement, rather
	// than about the database.
	blames(error) bool
	// alone fails when another process works on the database and only one may.
	// It returns how to give the place back.
	alone() (func(), error)
	// orphans frees the jobs that a process which is no more was working on.
	orphans(context.Context) error

	// space is the database's size and what is left on its disk, -1 if unknown.
	space(context.Context) (size, free int64, err error)
	// flush moves the log into the database, so that nothing deleted is left in
	// it.
	flush(context.Context) error
	// check asks the database about its own health.
	check(context.Context) ([]string, error)
	backup(ctx context.Context, path string) error
	close() error
}

// A job points at a delivery.
type job struct {
	delivery    string
	destination string
	severity    string
}

// A queue is River on one of the databases.
type queue interface {
	// insert returns the jobs' ids by delivery.
	insert(ctx context.Context, tx transaction, jobs []job) (map[string]int64, error)
	start(context.Context) error
	stop(context.Context) error
	kill(context.Context) error
	pause(ctx context.Context, name string, paused bool) error
	ui(prefix string) (http.Handler, error)
}

// one reads a single row; found is false when there is none.
func one(ctx context.Context, q querier, into []any, sql string, args ...any) (found bool, err error) {
	err = q.query(ctx, func(scan func(...any) error) error {
		found = true
		return scan(into...)
	}, sql, args...)
	return found, err
}
