package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"

	"annai/relay"
)

const (
	chunkSize   = 512 << 10
	segmentSize = 64 << 10
)

// Attach implements relay.Store. The content is encrypted while it is read, and
// written in chunks, so that an upload of any size takes little memory.
func (s *Store) Attach(ctx context.Context, content io.Reader) (relay.Attachment, error) {
	a := relay.Attachment{ID: rand.Text(), Key: newKey()}
	if err := s.room(ctx); err != nil {
		return a, err
	}
	err := s.change(ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, "INSERT INTO attachment (id, made, size) VALUES (?1, ?2, 0)", a.ID, micros(time.Now()))
		return err
	})
	if err != nil {
		return a, err
	}
	w := &chunkWriter{ctx: ctx, store: s, id: a.ID}
	cipher, err := streamCipher(a.Key)
	if err != nil {
		return a, err
	}
	sealed, err := cipher.NewEncryptingWriter(w, []byte(a.ID))
	if err != nil {
		return a, err
	}
	sum := sha256.New()
	a.Size, err = io.Copy(sealed, io.TeeReader(content, sum))
	if err = errors.Join(err, sealed.Close()); err != nil {
		return a, err
	}
	return s.attached(a, sum, w)
}

func (s *Store) attached(a relay.Attachment, sum hash.Hash, w *chunkWriter) (relay.Attachment, error) {
	if err := w.flush(); err != nil {
		return a, err
	}
	a.SHA256 = sum.Sum(nil)
	s.openable(&a)
	return a, s.change(w.ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, "UPDATE attachment SET size = ?1 WHERE id = ?2", a.Size, a.ID)
		return err
	})
}

func streamCipher(key []byte) (*subtle.AESGCMHKDF, error) {
	return subtle.NewAESGCMHKDF(key, "SHA256", 32, segmentSize, 0)
}

// A chunkWriter stores what is written to it, chunk by chunk.
type chunkWriter struct {
	ctx    context.Context
	store  *Store
	id     string
	number int
	buf    []byte
}

func (w *chunkWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	if len(w.buf) < chunkSize {
		return len(p), nil
	}
	return len(p), w.flush()
}

func (w *chunkWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	data, number := w.buf, w.number
	w.buf, w.number = make([]byte, 0, chunkSize+segmentSize), number+1
	return w.store.change(w.ctx, func(ctx context.Context, tx transaction) error {
		_, err := tx.exec(ctx, "INSERT INTO chunk (attachment, number, data) VALUES (?1, ?2, ?3)", w.id, number, data)
		return err
	})
}

// openable lets an attachment's content be read.
func (s *Store) openable(a *relay.Attachment) {
	id, key := a.ID, a.Key
	a.Open = func(ctx context.Context) (io.ReadCloser, error) {
		cipher, err := streamCipher(key)
		if err != nil {
			return nil, err
		}
		plain, err := cipher.NewDecryptingReader(&chunkReader{ctx: ctx, db: s.db, id: id}, []byte(id))
		if err != nil {
			return nil, err
		}
		return io.NopCloser(plain), nil
	}
}

// A chunkReader reads the chunks one after the other.
type chunkReader struct {
	ctx    context.Context
	db     querier
	id     string
	number int
	rest   []byte
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		found, err := one(r.ctx, r.db, []any{&r.rest}, "SELECT data FROM chunk WHERE attachment = ?1 AND number = ?2", r.id, r.number)
		if err != nil {
			return 0, err
		}
		if !found {
			return 0, io.EOF
		}
		r.number++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
