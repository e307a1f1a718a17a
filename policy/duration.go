package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"annai/internal/source"
)

// A Duration is an ISO 8601 duration of days, hours and minutes (PT1H, PT30M,
// P1D), or of business days (P1BD, ours: an office's working days). At most one
// of the two is set; the zero value means that nothing is promised.
type Duration struct {
	Minutes      int `json:"minutes,omitempty"`
	BusinessDays int `json:"businessDays,omitempty"`
}

var (
	isoDuration  = regexp.MustCompile(`^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$`)
	businessDays = regexp.MustCompile(`^P(\d{1,3})BD$`)
)

// ParseDuration reads PT1H, PT30M, P1D, P1DT12H or P1BD.
func ParseDuration(s string) (Duration, error) {
	if m := businessDays.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return Duration{BusinessDays: n}, nil
	}
	if s == "PT0S" {
		return Duration{}, nil
	}
	m := isoDuration.FindStringSubmatch(s)
	if m == nil || s == "P" || s[len(s)-1] == 'T' {
		return Duration{}, fmt.Errorf("%q is no duration", s)
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	return Duration{Minutes: n(1)*24*60 + n(2)*60 + n(3)}, nil
}

// String is the shortest ISO 8601 form, "PT0S" for the zero value.
func (d Duration) String() string {
	switch {
	case d.BusinessDays > 0:
		return fmt.Sprintf("P%dBD", d.BusinessDays)
	case d.Minutes == 0:
		return "PT0S"
	case d.Minutes%(24*60) == 0:
		return fmt.Sprintf("P%dD", d.Minutes/(24*60))
	case d.Minutes%60 == 0:
		return fmt.Sprintf("PT%dH", d.Minutes/60)
	}
	return fmt.Sprintf("PT%dM", d.Minutes)
}

// IsZero tells that nothing is promised.
func (d Duration) IsZero() bool { return d == Duration{} }

// Longer compares promises, a business day counting as a day and a half of the
// clock: it is never shorter than a day's end.
func (d Duration) Longer(e Duration) bool { return d.weight() > e.weight() }

func (d Duration) weight() int { return d.Minutes + d.BusinessDays*36*60 }

// DecodeYAML reads the text form.
func (d *Duration) DecodeYAML(n source.Node) source.Problems {
	var text string
	ps := n.Decode(&text)
	if text == "" {
		return ps
	}
	parsed, err := ParseDuration(text)
	if err != nil {
		ps.Errorf(n.Position(), "duration", "%q is no duration", text).
			Hintf("write PT30M, PT1H, P1D, or P1BD for one business day")
	}
	*d = parsed
	return ps
}

// Due is when the promise ends for a request that arrives at start: after so
// many minutes of the clock's own time, or at the end of so many working days.
// Without an end within a year (a clock that never runs) it is zero.
func Due(start time.Time, d Duration, clock Clock, calendar Calendar) time.Time {
	if d.BusinessDays > 0 {
		return clock.endOfWorkingDay(start, d.BusinessDays, calendar)
	}
	if clock.Always {
		return start.Add(time.Duration(d.Minutes) * time.Minute)
	}
	return clock.after(start, time.Duration(d.Minutes)*time.Minute, calendar)
}
