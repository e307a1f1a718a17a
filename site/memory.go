package site

import (
	"math"
	"runtime/debug"
)

const (
	memoryAtLeast = 300 << 20 // bytes
	memoryPerFile = 14 << 10  // beyond: what is kept of a file of the content takes 11 KB
)

// boundMemory lets the heap of a large site grow to a third more than what is kept
// of it before it is collected, and not to twice as much. It leaves alone what
// GOMEMLIMIT has set. The returned function takes it back.
func boundMemory(files int) func() {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return func() {}
	}
	debug.SetMemoryLimit(memoryAtLeast + memoryPerFile*int64(files))
	return func() { debug.SetMemoryLimit(math.MaxInt64) }
}
