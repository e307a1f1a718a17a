package site

import (
	"math"
	"runtime/debug"
)

// Bytes, and bytes for each file of the content. What is kept of a file takes 11 KB
// in a build from nothing; in one that remembers it, less.
const (
	memoryAtLeast, memoryPerFile = 300 << 20, 14 << 10
	memoryAtFirst, firstPerFile  = 112 << 20, 10 << 10
)

// A heapBound bounds the heap of a process that ends with a build. At first
// nothing is collected below the bound: a build that has little to do ends before.
// From collect on the heap grows as always, but that of a large site to a third
// more than what is kept of it, and not to twice as much.
type heapBound struct{ files int64 }

const usualPercent = 100

// boundHeap sets the bound; it returns nil when GOGC or GOMEMLIMIT have set one.
func boundHeap() *heapBound {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return nil
	}
	if percent := debug.SetGCPercent(-1); percent != usualPercent {
		debug.SetGCPercent(percent)
		return nil
	}
	debug.SetMemoryLimit(memoryAtFirst)
	return &heapBound{}
}

// expect tells how many files the content has.
func (b *heapBound) expect(files int) {
	if b != nil {
		b.files = int64(files)
		debug.SetMemoryLimit(memoryAtFirst + firstPerFile*b.files)
	}
}

// collect lets the heap be collected, of a build that has more to do.
func (b *heapBound) collect() {
	if b != nil {
		debug.SetGCPercent(usualPercent)
		debug.SetMemoryLimit(memoryAtLeast + memoryPerFile*b.files)
	}
}
