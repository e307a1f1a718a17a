package site

import (
	"fmt"
	"slices"
	"time"

	"annai/policy"
	"annai/themes"
)

// Hours and durations of the policy, as the theme shows them.

func duration(d policy.Duration) themes.Duration {
	return themes.Duration{Minutes: d.Minutes, BusinessDays: d.BusinessDays}
}

func hours(c policy.Clock) themes.Hours {
	h := themes.Hours{Always: c.Always}
	for _, r := range c.Ranges {
		h.Ranges = append(h.Ranges, themes.HourRange{Days: r.Days, From: r.From, To: r.To, TZ: r.TZ})
	}
	return h
}

// zones are the time zones that the site's hours are in, the notice's first: a
// reader finds the own one among them.
func (s *Site) zones() []string {
	var list []string
	add := func(c policy.Clock) {
		for _, r := range c.Ranges {
			if !slices.Contains(list, r.TZ) {
				list = append(list, r.TZ)
			}
		}
	}
	if n := s.support.notice; n != nil {
		for _, c := range n.Channels {
			add(c.Hours)
		}
	}
	for _, p := range s.Products {
		for _, v := range p.Upstream.Severities {
			add(v.Clock)
		}
	}
	return list
}

// fixedZone tells a zone without summer time, whose difference to others may be
// printed once and for all.
func fixedZone(name string, year int) (offset int, ok bool) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return 0, false
	}
	_, january := time.Date(year, 1, 1, 0, 0, 0, 0, zone).Zone()
	_, july := time.Date(year, 7, 1, 0, 0, 0, 0, zone).Zone()
	return january, january == july
}

// hoursIn are hours with the same hours in the zone of the locale's readers.
// Where a zone has summer time the difference changes, and only the own zone is
// printed.
func (s *Site) hoursIn(locale string, c policy.Clock) themes.Hours {
	h := hours(c)
	reader := s.text(locale, "zone.default")
	for _, r := range h.Ranges {
		if r.TZ == reader {
			continue
		}
		there, ok := s.shifted(r, reader)
		if !ok {
			h.Also = nil
			return h
		}
		h.Also = append(h.Also, there)
	}
	return h
}

// shifted is the same range in another zone, on the same days: a range that
// begins on the day before or behind is not told.
func (s *Site) shifted(r themes.HourRange, zone string) (themes.HourRange, bool) {
	here, ok1 := fixedZone(r.TZ, s.Now.Year())
	there, ok2 := fixedZone(zone, s.Now.Year())
	from, ok3 := minutes(r.From)
	to, ok4 := minutes(r.To)
	shift := (there - here) / 60
	if !ok1 || !ok2 || !ok3 || !ok4 || from+shift < 0 || from+shift >= 24*60 {
		return r, false
	}
	return themes.HourRange{Days: r.Days, From: timeOfDay(from + shift), To: timeOfDay(to + shift), TZ: zone}, true
}

func minutes(clock string) (int, bool) {
	var h, m int
	_, err := fmt.Sscanf(clock, "%d:%d", &h, &m)
	return h*60 + m, err == nil
}

// timeOfDay is "09:00"; behind midnight it goes on counting, "25:00".
func timeOfDay(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
