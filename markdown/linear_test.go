//go:build linux

package markdown

import (
	"io"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"annai/internal/source"
)

// TestLinear reads each hostile piece 4 times as often and expects about 4 times
// the work; quadratic would be 16. Work is the processor time of this thread with
// the garbage collector at rest, so that a busy machine doesn't matter.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	names := make([]string, 0, len(hostile))
	for name := range hostile {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		size := 16 << 10
		small := work(t, hostile[name], size)
		for small < 4*time.Millisecond && size < 256<<10 {
			size *= 2
			small = work(t, hostile[name], size)
		}
		large := work(t, hostile[name], 4*size)
		ratio := func() float64 { return float64(large) / float64(max(small, time.Millisecond)) }
		// The least of several times is what the work needs.
		for again := 0; again < 8 && ratio() > 7; again++ {
			large = min(large, work(t, hostile[name], 4*size))
			if again%2 == 0 {
				small = min(small, work(t, hostile[name], size))
			}
		}
		t.Logf("%-18s %7d bytes %8v, 4 times as many: %.1f", name, size, small, ratio())
		if ratio() > 11 {
			t.Errorf("%s: 4 times the input takes %.1f times the work", name, ratio())
		}
	}
}

// work is the processor time of reading a piece that is repeated to a size.
func work(t *testing.T, piece string, size int) time.Duration {
	text := []byte(strings.Repeat(piece, size/len(piece)))
	runtime.GC()
	start := threadTime(t)
	d := Parse(source.New("a.md", text), Options{})
	if err := d.Render(io.Discard); err != nil {
		t.Fatal(err)
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
