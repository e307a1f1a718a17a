package attachment

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// A Scanner asks a ClamAV daemon (clamd) about a content, by its INSTREAM
// command. The zero Scanner is none.
type Scanner struct {
	Network, Address string        // "tcp", "127.0.0.1:3310" or "unix", "/run/clamav/clamd.ctl"
	Timeout          time.Duration // of one scan; 20 s when zero
}

// Verdict is what the scanner said: Clean, or the name of what it found.
type Verdict struct {
	Clean bool
	Found string
}

// Scan sends the body and reads the verdict. An error means that nobody knows:
// daemon down, too slow, or content over its size limit.
func (s Scanner) Scan(ctx context.Context, body []byte) (Verdict, error) {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 20 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, s.Network, s.Address)
	if err != nil {
		return Verdict{}, fmt.Errorf("virus scanner: %w", err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline)
	// The daemon may answer and close in the middle (size limit): what it said
	// counts, not that the rest could not be written.
	writeErr := sendStream(conn, body)
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if len(answer) == 0 {
		if writeErr != nil {
			err = writeErr
		}
		return Verdict{}, fmt.Errorf("virus scanner gave no answer: %w", orEOF(err))
	}
	return readVerdict(string(answer))
}

func sendStream(w io.Writer, body []byte) error {
	const chunk = 64 << 10
	if _, err := w.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	for len(body) > 0 {
		part := body[:min(chunk, len(body))]
		body = body[len(part):]
		if err := binary.Write(w, binary.BigEndian, uint32(len(part))); err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return binary.Write(w, binary.BigEndian, uint32(0))
}

func readVerdict(answer string) (Verdict, error) {
	answer = strings.TrimRight(answer, "\x00\n")
	text := strings.TrimPrefix(answer, "stream: ")
	switch {
	case text == "OK":
		return Verdict{Clean: true}, nil
	case strings.HasSuffix(text, " FOUND"):
		return Verdict{Found: strings.TrimSuffix(text, " FOUND")}, nil
	}
	return Verdict{}, fmt.Errorf("virus scanner: %q", answer)
}

func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}
