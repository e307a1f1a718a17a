package store

import (
	"context"
	"fmt"
	"strings"
)

// schema is the tables by version; a version is never edited, the next one is
// added. Names of types and WITHOUT ROWID are SQLite's. Times are microseconds
// since 1970, 0 for none. Columns that hold anything personal are BLOB and
// encrypted.
var schema = []string{`
CREATE TABLE submission (
	id TEXT PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE,
	token BLOB NOT NULL UNIQUE,
	form TEXT NOT NULL,
	idem TEXT NOT NULL,
	digest BLOB NOT NULL,
	version INTEGER NOT NULL,
	locale TEXT NOT NULL,
	received INTEGER NOT NULL,
	keep_days INTEGER NOT NULL,
	rules TEXT NOT NULL,
	rule TEXT NOT NULL,
	handler TEXT NOT NULL,
	severity TEXT NOT NULL,
	product TEXT NOT NULL,
	upstream TEXT NOT NULL,
	response INTEGER NOT NULL,
	doubts TEXT NOT NULL,
	client TEXT NOT NULL,
	key_id INTEGER NOT NULL,
	data_key BLOB,
	payload BLOB,
	closed INTEGER NOT NULL DEFAULT 0,
	forgotten INTEGER NOT NULL DEFAULT 0,
	UNIQUE (form, idem)
);
CREATE INDEX submission_received ON submission (received);
CREATE INDEX submission_closed ON submission (closed) WHERE closed > 0 AND forgotten = 0;

CREATE TABLE delivery (
	id TEXT PRIMARY KEY,
	submission TEXT NOT NULL REFERENCES submission (id),
	position INTEGER NOT NULL,
	destination TEXT NOT NULL,
	severity TEXT NOT NULL,
	received INTEGER NOT NULL,
	state TEXT NOT NULL,
	fields TEXT NOT NULL,
	job INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	since INTEGER NOT NULL,
	next INTEGER NOT NULL,
	ref TEXT NOT NULL DEFAULT '',
	ref_url TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX delivery_submission ON delivery (submission, position);
CREATE INDEX delivery_open ON delivery (state, destination, severity, received);
CREATE INDEX delivery_ref ON delivery (ref) WHERE ref <> '';

CREATE TABLE attempt (
	delivery TEXT NOT NULL REFERENCES delivery (id),
	number INTEGER NOT NULL,
	started INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	class TEXT NOT NULL,
	status INTEGER NOT NULL,
	ref TEXT NOT NULL,
	ref_url TEXT NOT NULL,
	detail BLOB,
	PRIMARY KEY (delivery, number)
) WITHOUT ROWID;

CREATE TABLE entry (
	submission TEXT NOT NULL REFERENCES submission (id),
	number INTEGER NOT NULL,
	at INTEGER NOT NULL,
	by TEXT NOT NULL,
	verb TEXT NOT NULL,
	delivery TEXT NOT NULL,
	note BLOB,
	PRIMARY KEY (submission, number)
) WITHOUT ROWID;

CREATE TABLE lookup (
	digest BLOB NOT NULL,
	submission TEXT NOT NULL REFERENCES submission (id),
	PRIMARY KEY (digest, submission)
) WITHOUT ROWID;
CREATE INDEX lookup_submission ON lookup (submission);

CREATE TABLE attachment (
	id TEXT PRIMARY KEY,
	submission TEXT REFERENCES submission (id),
	made INTEGER NOT NULL,
	size INTEGER NOT NULL
);
CREATE INDEX attachment_submission ON attachment (submission);
CREATE TABLE chunk (
	attachment TEXT NOT NULL REFERENCES attachment (id),
	number INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (attachment, number)
);

CREATE TABLE destination (
	name TEXT PRIMARY KEY,
	paused INTEGER NOT NULL,
	reason TEXT NOT NULL,
	since INTEGER NOT NULL,
	probe INTEGER NOT NULL,
	failures INTEGER NOT NULL
);
CREATE TABLE tally (
	kind TEXT NOT NULL,
	day INTEGER NOT NULL,
	key TEXT NOT NULL,
	number INTEGER NOT NULL,
	PRIMARY KEY (kind, day, key)
) WITHOUT ROWID;
`, `
CREATE TABLE form (
	id TEXT NOT NULL,
	version INTEGER NOT NULL,
	definition TEXT NOT NULL,
	PRIMARY KEY (id, version)
);
`}

// migrate brings the tables up to date. A store that a newer relay has made is
// refused.
func migrate(ctx context.Context, db database) error {
	if err := db.migrateQueue(ctx); err != nil {
		return err
	}
	tx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if _, err := tx.exec(ctx, db.types(`CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, number INTEGER NOT NULL, value BLOB)`)); err != nil {
		return err
	}
	var version int
	if _, err := one(ctx, tx, []any{&version}, "SELECT number FROM meta WHERE name = 'schema'"+db.forUpdate()); err != nil {
		return err
	}
	if version > len(schema) {
		return fmt.Errorf("the store has tables of version %d, this relay knows %d: use a newer relay", version, len(schema))
	}
	for _, step := range schema[version:] {
		for _, statement := range strings.Split(step, ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.exec(ctx, db.types(statement)); err != nil {
				return fmt.Errorf("%w in %s", err, statement)
			}
		}
	}
	if _, err := tx.exec(ctx, `INSERT INTO meta (name, number) VALUES ('schema', ?1)
		ON CONFLICT (name) DO UPDATE SET number = excluded.number`, len(schema)); err != nil {
		return err
	}
	return tx.commit(ctx)
}
