package relay

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// One network can't take the memory that others need, and gives back what it had.
func TestOneSenderGetsAQuarter(t *testing.T) {
	p := newPool(1000)
	read := func(s *share, n int) error {
		_, err := io.ReadAll(meter{strings.NewReader(strings.Repeat("x", n)), t.Context(), s})
		return err
	}
	first, second, other := &share{pool: p, client: "a"}, &share{pool: p, client: "a"}, &share{pool: p, client: "b"}
	if err := read(first, 200); err != nil {
		t.Error(err)
	}
	if err := read(second, 100); !errors.Is(err, errFull) {
		t.Errorf("more than a quarter: %v", err)
	}
	if err := read(other, 200); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	first.release()
	second.release()
	if err := read(&share{pool: p, client: "a"}, 250); err != nil {
		t.Errorf("after it gave back: %v", err)
	}
	other.release()
	if len(p.held) != 1 {
		t.Errorf("%v is remembered", p.held)
	}
}
