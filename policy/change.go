package policy

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"annai/internal/source"
)

// Diff is the difference of facts between two versions, in the order of their
// names. Words don't count: only what the notice promises. A channel or severity
// that is new or gone is one change, not one for each of its facts.
func Diff(before, after *Notice) []Change {
	old, new := before.facts(), after.facts()
	names := map[string]bool{}
	for name := range old {
		names[name] = true
	}
	for name := range new {
		names[name] = true
	}
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		from, to := old[name], new[name]
		if from.text == to.text {
			continue
		}
		if owner, _, part := strings.Cut(name, "/"); part && (old[owner].text == "" || new[owner].text == "") {
			continue
		}
		changes = append(changes, Change{Kind: kindOf(from, to), What: strings.Replace(name, "/", "-", 1), From: from.text, To: to.text})
	}
	return changes
}

// fact is a promise as text, and how good it is for the customer: more is
// better, zero where it can't be told.
type fact struct {
	text string
	good int
}

// kindOf names a change: an improvement where something is new or measurably
// better, removed where it is gone, else changed.
func kindOf(from, to fact) string {
	switch {
	case to.text == "":
		return "removed"
	case from.text == "" && to.good >= 0, from.good != 0 && to.good > from.good:
		return "improvement"
	}
	return "changed"
}

// facts are the notice's promises by name. What belongs to a channel or severity
// stands behind a slash, "tel/hours", and is told as "tel-hours".
func (n *Notice) facts() map[string]fact {
	facts := map[string]fact{}
	for _, ch := range n.Channels {
		facts[ch.ID] = fact{strings.TrimSpace(ch.Kind + " " + ch.Ref + ch.E164 + ch.Address), 0}
		facts[ch.ID+"/hours"] = fact{ch.Hours.String(), weekMinutes + 1 - int(Uncovered(Coverage(n.zone(), coverageWeek, ch.Hours)).Minutes())}
		langs := append([]string{}, ch.Langs...)
		sort.Strings(langs)
		facts[ch.ID+"/langs"] = fact{strings.Join(langs, " "), len(langs)}
		facts[ch.ID+"/for"] = fact{strings.Join(ch.For, " "), len(ch.For)}
		if ch.Answered != "person" {
			facts[ch.ID+"/answered"] = fact{ch.Answered, -1}
		}
		if ch.Holidays != "" {
			facts[ch.ID+"/holidays"] = fact{ch.Holidays, -1}
		}
	}
	for _, s := range n.Severities {
		facts[s.ID] = fact{"severity", 0}
		facts[s.ID+"/first"] = fact{s.First.String(), -s.First.weight()}
		if !s.Updates.IsZero() {
			facts[s.ID+"/updates"] = fact{s.Updates.String(), -s.Updates.weight()}
		}
		facts[s.ID+"/clock"] = fact{s.Clock.String(), weekMinutes + 1 - int(Uncovered(Coverage(n.zone(), coverageWeek, s.Clock)).Minutes())}
		if s.Duty != "" {
			facts[s.ID+"/duty"] = fact{s.Duty, -1}
		}
	}
	for _, s := range n.Path {
		facts["path-"+s.ID] = fact{strings.TrimSpace("after " + s.After.String() + " " + s.Channel), 0}
	}
	for _, c := range n.Covers {
		facts["covers-"+c] = fact{"yes", 0}
	}
	for _, x := range n.Excludes {
		facts["excludes-"+x.ID] = fact{"yes", -1}
	}
	for _, u := range n.Upstream {
		facts["upstream-"+u.Product] = fact{"yes", 0}
	}
	facts["binding"] = fact{n.Binding, 0}
	facts["notice-days"] = fact{strconv.Itoa(n.NoticeDays), n.NoticeDays}
	facts["privacy"] = fact{strings.TrimSpace(fmt.Sprintf("%s %s %d days, consent %s", n.Privacy.ForwardedTo, n.Privacy.Country, n.Privacy.KeepDays, n.Privacy.Consent)), 0}
	return facts
}

// String is "24x7" or the ranges in order.
func (c Clock) String() string {
	if c.Always {
		return "24x7"
	}
	parts := make([]string, len(c.Ranges))
	for i, r := range c.Ranges {
		parts[i] = r.Days + " " + r.From + "-" + r.To + " " + r.TZ
	}
	return strings.Join(parts, "; ")
}

// same tells whether an announced change and a found one are one. An author may
// leave from and to out.
func (c Change) same(d Change) bool {
	return c.What == d.What && c.Kind == d.Kind &&
		(c.From == "" || d.From == "" || c.From == d.From) && (c.To == "" || d.To == "" || c.To == d.To)
}

func (c Change) arrow() string {
	switch {
	case c.From == "":
		return "new: " + c.To
	case c.To == "":
		return "no longer " + c.From
	}
	return c.From + " → " + c.To
}

// A Lock holds the SHA-256 of every published notice file, by "ID/VERSION". It
// is notices.lock, one line each, as sha256sum writes it.
type Lock map[string]string

// LockName is the lock's path in the content folder.
const LockName = "notices.lock"

// ParseLock reads "HASH  ID/VERSION" lines; empty lines and # comments are left out.
func ParseLock(f *source.File) (Lock, source.Problems) {
	lock := Lock{}
	var ps source.Problems
	for i, line := range strings.Split(string(f.Text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		sum, key, ok := strings.Cut(line, "  ")
		if !ok || len(sum) != 64 {
			ps.Errorf(source.Position{Path: f.Path, Line: i + 1}, "lock-line", "this is no line of a lock file").
				Hintf("the file is written by annai notice lock; don't edit it")
			continue
		}
		lock[key] = sum
	}
	return lock, ps
}

// Locked is the lock with all published notices in it. Entries that are there
// already are kept, so that a changed notice goes on to be found.
func (l Lock) Locked(notices []*Notice) Lock {
	next := Lock{}
	for key, sum := range l {
		next[key] = sum
	}
	for _, n := range notices {
		if _, there := next[n.lockKey()]; !there && n.Published != "" {
			next[n.lockKey()] = n.Hash
		}
	}
	return next
}

// String is the lock file's text.
func (l Lock) String() string {
	var b strings.Builder
	b.WriteString("# SHA-256 of every published notice. A published notice never changes.\n")
	for _, key := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "%s  %s\n", l[key], key)
	}
	return b.String()
}

func (n *Notice) lockKey() string { return n.ID + "/" + strconv.Itoa(n.Version) }
