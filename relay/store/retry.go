package store

import (
	"hash/fnv"
	"time"
)

const (
	giveUp      = 7 * 24 * time.Hour // from when a delivery was queued to its last attempt
	jobTimeout  = 30 * time.Second
	rescueAfter = 75 * time.Second // when a killed process's jobs are taken over
)

// heads are the first waits, the first of them after the first attempt. What
// follows is a try every twelve hours until giveUp.
var heads = map[bool][]time.Duration{
	false: {5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour},
	true: {5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 15 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour},
}

// waits is how long to wait after each attempt that failed, before ±10 %. After
// as many attempts and one more, a delivery is dead.
func waits(severity string) []time.Duration {
	list := append([]time.Duration(nil), heads[severity == "A"]...)
	var sum time.Duration
	for _, w := range list {
		sum += w
	}
	for ; sum+12*time.Hour <= giveUp; sum += 12 * time.Hour {
		list = append(list, 12*time.Hour)
	}
	return list
}

// wait is the time from a job's attempt (1 is the first) to its next, spread by
// ±10 % so that what failed together doesn't come back together. It is the same
// whenever it is asked for, so that what the desk shows is what River does.
func wait(severity string, job int64, attempt int) (time.Duration, bool) {
	list := waits(severity)
	if attempt < 1 || attempt > len(list) {
		return 0, false
	}
	h := fnv.New64a()
	for _, n := range []uint64{uint64(job), uint64(attempt)} {
		for i := range 8 {
			h.Write([]byte{byte(n >> (8 * i))})
		}
	}
	spread := float64(h.Sum64()>>11)/(1<<53)*0.2 - 0.1 // [-0.1, 0.1)
	return time.Duration(float64(list[attempt-1]) * (1 + spread)), true
}
