package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a consistent copy of a SQLite store to a new file while it is in
// use. The master keys are not in it.
func (s *Store) Backup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := s.db.backup(ctx, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

// Restore puts a backup where a store is to be, which must not be there yet,
// after every row of it was verified with the keys.
func Restore(ctx context.Context, backup string, c Config) error {
	path := strings.TrimPrefix(c.URL, "sqlite://")
	if strings.Contains(path, "://") {
		return errors.New("restore: PostgreSQL is restored with its own tools: pg_restore; then run verify")
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("restore to %s: %w", path, os.ErrExist)
	}
	part := path + ".part"
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(part + suffix)
		}
	}()
	if err := copyFile(backup, part); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	c.URL = part
	s, err := Open(ctx, c)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	report, err := s.Verify(ctx)
	err = errors.Join(err, s.db.flush(ctx), s.Close())
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("restore: the backup has %d problems, the first: %s", len(report.Problems), report.Problems[0])
	}
	return publish(part, path)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
