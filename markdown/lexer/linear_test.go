//go:build linux

package lexer

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLinear reads each hostile piece 8 times as often and expects about 8 times
// the work; quadratic would be 64. Work is the processor time of this thread, the
// least of several tries, so that a busy machine doesn't matter.
func TestLinear(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	seen := map[*language]bool{}
	for lang, l := range languages() {
		if seen[l] {
			continue
		}
		seen[l] = true
		for _, piece := range hostile {
			check(t, lang, strings.Repeat(piece, 50))
			small, large := time.Duration(1<<62), time.Duration(1<<62)
			for again := 0; again < 8 && large > 24*max(small, 50*time.Microsecond); again++ {
				small, large = min(small, work(t, lang, piece, 8<<10)), min(large, work(t, lang, piece, 64<<10))
			}
			if large > 24*max(small, 50*time.Microsecond) {
				t.Errorf("%s: %q 8 times as often takes %v instead of %v", lang, piece, large, small)
			}
		}
	}
}

// work is the processor time of colouring a piece that is repeated to a size.
func work(t *testing.T, lang, piece string, size int) time.Duration {
	code := strings.Repeat(piece, size/len(piece))
	start := threadTime(t)
	if _, ok := Append(nil, lang, code); !ok {
		t.Fatal(lang)
	}
	return threadTime(t) - start
}

func threadTime(t *testing.T) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
