package policy

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"annai/internal/source"
)

// A Clock is when a channel or a promise runs: always ("24x7"), or in weekly
// ranges, whose union counts.
type Clock struct {
	Always bool    `json:"always,omitempty"`
	Ranges []Range `json:"ranges,omitempty"`
}

// A Range is the same hours on some days of the week, in a time zone. To may be
// "24:00"; To before From runs over midnight into the next day.
type Range struct {
	source.Position `json:"-"`

	Days string `yaml:"days,required" json:"days"` // "mon-fri", "sat,sun", "mon-sun"
	From string `yaml:"from,required" json:"from"` // "09:00"
	To   string `yaml:"to,required" json:"to"`
	TZ   string `yaml:"tz,required" json:"tz"` // IANA name
}

// A Calendar is the days on which an office differs from its week, as
// YYYY-MM-DD: closed (holidays), or open though the week says closed (working
// days that were swapped for them, as in China).
type Calendar struct {
	source.Position `json:"-"`

	ID      string   `yaml:"id" json:"id,omitempty"`
	Closed  []string `yaml:"closed" json:"closed,omitempty"`
	Open    []string `yaml:"open" json:"open,omitempty"`
	Sources []Source `yaml:"sources" json:"sources,omitempty"`
}

// weekMinutes is 168 hours.
const weekMinutes = 7 * 24 * 60

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// DecodeYAML reads "24x7" or a list of ranges.
func (c *Clock) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	if n.IsScalar() {
		if c.Always = n.Text() == "24x7"; !c.Always {
			ps.Errorf(n.Position(), "hours", "%q are no hours", n.Text()).Hintf("write 24x7, or a list of {days, from, to, tz}")
		}
		return ps
	}
	ps = n.Decode(&c.Ranges)
	for _, r := range c.Ranges {
		if _, err := r.week(); err != nil && r.Days != "" && r.From != "" && r.To != "" && r.TZ != "" {
			ps.Errorf(r.Position, "hours-range", "the range can't be read: %v", err).
				Hintf("days are mon-fri or sat,sun; times 09:00 to 24:00; tz an IANA name such as Asia/Tokyo")
		}
	}
	return ps
}

// days are the weekdays of the range, Monday 0.
func (r Range) days() ([]int, error) {
	var days []int
	for _, part := range strings.Split(strings.ToLower(strings.ReplaceAll(r.Days, " ", "")), ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		i, j := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if i < 0 || j < 0 {
			return nil, fmt.Errorf("%q are no days", r.Days)
		}
		for d := i; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == j {
				break
			}
		}
	}
	return days, nil
}

// minuteOfDay reads "09:00"; "24:00" is 1440.
func minuteOfDay(s string) (int, error) {
	var h, m int
	if _, err := fmt.Sscanf(s, "%d:%d", &h, &m); err != nil || len(s) != 5 || h < 0 || h > 24 || m < 0 || m > 59 || h == 24 && m > 0 {
		return 0, fmt.Errorf("%q is no time of day", s)
	}
	return h*60 + m, nil
}

// span is an interval of minutes since Monday 00:00, end exclusive.
type span struct{ from, to int }

// week is the range in its own zone's week, not yet wrapped: a span may end
// behind Sunday midnight.
func (r Range) week() ([]span, error) {
	days, err := r.days()
	if err != nil {
		return nil, err
	}
	from, err := minuteOfDay(r.From)
	if err != nil {
		return nil, err
	}
	to, err := minuteOfDay(r.To)
	if err != nil {
		return nil, err
	}
	if _, err := time.LoadLocation(r.TZ); err != nil {
		return nil, fmt.Errorf("there is no time zone %q", r.TZ)
	}
	if to <= from {
		to += 24 * 60
	}
	spans := make([]span, len(days))
	for i, d := range days {
		spans[i] = span{d*24*60 + from, d*24*60 + to}
	}
	return spans, nil
}

// Covers tells whether the clock runs at that moment, holidays regarded.
func (c Clock) Covers(at time.Time, calendar Calendar) bool {
	if c.Always {
		return true
	}
	for _, r := range c.Ranges {
		if r.covers(at, calendar) {
			return true
		}
	}
	return false
}

func (r Range) covers(at time.Time, calendar Calendar) bool {
	zone, err := time.LoadLocation(r.TZ)
	if err != nil {
		return false
	}
	// A range that runs over midnight belongs to the day on which it began.
	local := at.In(zone)
	for _, back := range []int{0, 1} {
		day := time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, zone)
		from, to, open := r.on(day, calendar)
		if open && !local.Before(from) && local.Before(to) {
			return true
		}
	}
	return false
}

// on is when the range begins and ends on a day, if it is open then. day is its
// midnight in the range's zone.
func (r Range) on(day time.Time, calendar Calendar) (from, to time.Time, open bool) {
	days, err := r.days()
	if err != nil {
		return from, to, false
	}
	date := day.Format(time.DateOnly)
	open = slices.Contains(days, (int(day.Weekday())+6)%7)
	if slices.Contains(calendar.Closed, date) {
		open = false
	}
	if slices.Contains(calendar.Open, date) {
		open = true
	}
	f, _ := minuteOfDay(r.From)
	t, _ := minuteOfDay(r.To)
	if t <= f {
		t += 24 * 60
	}
	at := func(minute int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, day.Location())
	}
	return at(f), at(t), open
}

// open lists the intervals in which the clock runs, for the days around start
// up to so many days later, joined and in order.
func (c Clock) open(start time.Time, days int, calendar Calendar) []interval {
	var list []interval
	for _, r := range c.Ranges {
		zone, err := time.LoadLocation(r.TZ)
		if err != nil {
			continue
		}
		local := start.In(zone)
		for d := -1; d <= days; d++ {
			day := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, zone)
			if from, to, open := r.on(day, calendar); open {
				list = append(list, interval{from, to})
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].from.Before(list[j].from) })
	var joined []interval
	for _, i := range list {
		if n := len(joined); n > 0 && !i.from.After(joined[n-1].to) {
			if i.to.After(joined[n-1].to) {
				joined[n-1].to = i.to
			}
			continue
		}
		joined = append(joined, i)
	}
	return joined
}

type interval struct{ from, to time.Time }

// after is when so much of the clock's time has run since start.
func (c Clock) after(start time.Time, left time.Duration, calendar Calendar) time.Time {
	for _, i := range c.open(start, 370, calendar) {
		from := i.from
		if from.Before(start) {
			from = start
		}
		if !from.Before(i.to) {
			continue
		}
		if run := i.to.Sub(from); left > run {
			left -= run
			continue
		}
		return from.Add(left)
	}
	return time.Time{}
}

// endOfWorkingDay is the end of the nth working day behind the one in which
// start falls (or behind start, when it falls between two).
func (c Clock) endOfWorkingDay(start time.Time, n int, calendar Calendar) time.Time {
	if c.Always {
		return start.AddDate(0, 0, n)
	}
	for _, i := range c.open(start, 370, calendar) {
		if !i.to.After(start) {
			continue
		}
		if !i.from.After(start) { // today does not count
			continue
		}
		if n--; n == 0 {
			return i.to
		}
	}
	return time.Time{}
}

// A Gap is a part of the week that nothing covers, in minutes since Monday 00:00
// of its zone; To may lie behind the week's end.
type Gap struct {
	From, To int
}

// String is "mon 00:00–09:00" and so on.
func (g Gap) String() string {
	day := func(m int) string { return weekdays[m/(24*60)%7] }
	clock := func(m int) string { return fmt.Sprintf("%02d:%02d", m/60%24, m%60) }
	if g.From/(24*60) == (g.To-1)/(24*60) {
		end := clock(g.To)
		if g.To%(24*60) == 0 {
			end = "24:00"
		}
		return day(g.From) + " " + clock(g.From) + "–" + end
	}
	return day(g.From) + " " + clock(g.From) + "–" + day(g.To) + " " + clock(g.To)
}

// Minutes is how long the gap is.
func (g Gap) Minutes() int { return g.To - g.From }

// Coverage is the union of the clocks over the 168 hours of the week that begins
// on the Monday of the given moment, seen in the zone: the gaps in it, in order.
// None means 24x7. Holidays are not regarded; zones with summer time are taken
// as they are in that week.
func Coverage(zone *time.Location, week time.Time, clocks ...Clock) []Gap {
	local := week.In(zone)
	monday := time.Date(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 0, 0, 0, 0, zone)
	var spans []span
	for _, c := range clocks {
		if c.Always {
			return nil
		}
		for _, i := range c.open(monday, 8, Calendar{}) {
			from, to := int(i.from.Sub(monday).Minutes()), int(i.to.Sub(monday).Minutes())
			spans = append(spans, span{max(from, 0), min(to, weekMinutes)})
		}
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	var gaps []Gap
	reached := 0
	for _, s := range spans {
		if s.from > reached && reached < weekMinutes {
			gaps = append(gaps, Gap{reached, min(s.from, weekMinutes)})
		}
		reached = max(reached, s.to)
	}
	if reached < weekMinutes {
		gaps = append(gaps, Gap{reached, weekMinutes})
	}
	return gaps
}

// Uncovered is the sum of the gaps.
func Uncovered(gaps []Gap) time.Duration {
	n := 0
	for _, g := range gaps {
		n += g.Minutes()
	}
	return time.Duration(n) * time.Minute
}
