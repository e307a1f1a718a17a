package store

import (
	"context"
	"errors"
	"runtime"
	"time"

	"annai/relay"
)

// A flush to disk costs the same for one submission as for many. So there is one
// writer, and whoever comes while it flushes shares the next transaction.

const (
	maxBatch     = 256
	writeTimeout = 30 * time.Second
)

var errClosed = errors.New("the store is closed")

// An op is one caller's part of a transaction: a submission to put, or something
// to do. What do refuses with one of relay's errors it must not have begun to
// write, because the rest of the transaction goes on.
type op struct {
	put  *row
	do   func(context.Context, transaction) error
	err  error
	done chan struct{}
}

// submit hands an op to the writer and waits until it is durable.
func (s *Store) submit(ctx context.Context, o *op) error {
	o.done = make(chan struct{})
	select {
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case s.ops <- o:
	}
	select {
	case <-o.done:
		return o.err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done: // closed in between: the op was done last, or never
		select {
		case <-o.done:
			return o.err
		default:
			return errClosed
		}
	}
}

// change runs do in a transaction that others may share.
func (s *Store) change(ctx context.Context, do func(context.Context, transaction) error) error {
	return s.submit(ctx, &op{do: do})
}

// write is the writer.
func (s *Store) write() {
	defer close(s.done)
	batch := make([]*op, 0, maxBatch)
	for {
		select {
		case o := <-s.ops:
			// Those who were waiting for the last transaction are just coming
			// back with their next: let them on.
			batch = s.gather(append(batch[:0], o))
			for before := 0; before < len(batch) && len(batch) < s.config.batch; {
				before = len(batch)
				runtime.Gosched()
				batch = s.gather(batch)
			}
			s.commit(batch)
		case <-s.closed:
			for len(s.ops) > 0 {
				s.commit(s.gather(batch[:0]))
			}
			return
		}
	}
}

func (s *Store) gather(batch []*op) []*op {
	for len(batch) < s.config.batch {
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// commit gives every op its result. When the data of one of them is to blame for
// a failure, each gets a transaction of its own, so that the others don't suffer.
func (s *Store) commit(batch []*op) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	err := s.transact(ctx, batch)
	if err != nil && len(batch) > 1 && s.db.blames(err) {
		for _, o := range batch {
			s.commit([]*op{o})
		}
		return
	}
	for _, o := range batch {
		if err != nil {
			o.err = err
		}
		close(o.done)
	}
}

func (s *Store) transact(ctx context.Context, batch []*op) error {
	tx, err := s.db.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback()
	if err := s.putAll(ctx, tx, batch); err != nil {
		return err
	}
	for _, o := range batch {
		if o.do == nil {
			continue
		}
		if o.err = o.do(ctx, tx); o.err != nil && !refusal(o.err) {
			return o.err
		}
	}
	return tx.commit(ctx)
}

func refusal(err error) bool {
	for _, known := range []error{relay.ErrNotFound, relay.ErrConflict, relay.ErrTaken, relay.ErrState} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
