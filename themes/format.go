package themes

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // times are shown in the zones of the desks, wherever this runs
)

// Date is a day as the locale writes it in running text: 2018年10月29日,
// 29 October 2018.
func (t *Theme) Date(locale string, day time.Time) string {
	switch locale {
	case "ja", "zh-hans", "zh-hant":
		return day.Format("2006年1月2日")
	case "ko":
		return day.Format("2006년 1월 2일")
	case "en":
		return day.Format("2 January 2006")
	}
	return day.Format("2006-01-02")
}

// Moment is a day and time of day in a zone, with the zone's name: 2026年3月1日
// 18:30 (日本時間). An unknown zone is UTC.
func (t *Theme) Moment(locale string, at time.Time, zone string) string {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		location, zone = time.UTC, "UTC"
	}
	at = at.In(location)
	return t.Text(locale, "format.moment", t.Date(locale, at), at.Format("15:04"), t.Zone(locale, zone))
}

// Zone is a time zone's name in the locale; an IANA name that the catalogue
// doesn't know is shown as it is.
func (t *Theme) Zone(locale, zone string) string {
	key := "zone." + zone
	if name := t.Text(locale, key); name != key {
		return name
	}
	return strings.ReplaceAll(zone, "_", " ")
}

// Duration is how long, in words: 4 時間, 1 business day.
func (t *Theme) Duration(locale string, d Duration) string {
	switch {
	case d.BusinessDays > 0:
		return t.plural(locale, "duration.business-day", d.BusinessDays)
	case d.Minutes == 0:
		return t.Text(locale, "duration.at-once")
	case d.Minutes%(24*60) == 0 && d.Minutes > 24*60:
		return t.plural(locale, "duration.day", d.Minutes/(24*60))
	case d.Minutes%60 == 0:
		return t.plural(locale, "duration.hour", d.Minutes/60)
	case d.Minutes > 60:
		return t.plural(locale, "duration.hour", d.Minutes/60) + t.Text(locale, "duration.and") + t.plural(locale, "duration.minute", d.Minutes%60)
	}
	return t.plural(locale, "duration.minute", d.Minutes)
}

// plural takes the text key.one for one, where the language has it.
func (t *Theme) plural(locale, key string, n int) string {
	if one := key + ".one"; n == 1 && t.Text(locale, one) != one {
		return t.Text(locale, one, n)
	}
	return t.Text(locale, key, n)
}

// Hours is when somebody is there: 24 時間 365 日, or 月〜金 9:00〜18:00 (日本時間).
// Ranges of the same zone name it once.
func (t *Theme) Hours(locale string, h Hours) string {
	if h.Always {
		return t.Text(locale, "hours.always")
	}
	text := t.ranges(locale, h.Ranges)
	if len(h.Also) > 0 {
		text = t.Text(locale, "hours.also", text, t.ranges(locale, h.Also))
	}
	return text
}

func (t *Theme) ranges(locale string, ranges []HourRange) string {
	var parts []string
	for i, r := range ranges {
		part := t.Text(locale, "hours.range", t.days(locale, r.Days), clock(r.From), t.closing(locale, r.To))
		if i+1 == len(ranges) || ranges[i+1].TZ != r.TZ {
			part = t.Text(locale, "hours.zone", part, t.Zone(locale, r.TZ))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, t.Text(locale, "hours.separator"))
}

// closing is when hours end: behind midnight, on the next day.
func (t *Theme) closing(locale, s string) string {
	var h, m int
	if n, _ := fmt.Sscanf(s, "%d:%d", &h, &m); n == 2 && h*60+m > 24*60 {
		return t.Text(locale, "hours.next-day", fmt.Sprintf("%d:%02d", h-24, m))
	}
	return clock(s)
}

// clock drops the leading zero of an hour, and writes midnight at the end as 24:00.
func clock(s string) string {
	if len(s) == 5 && s[0] == '0' {
		return s[1:]
	}
	return s
}

func (t *Theme) days(locale, days string) string {
	if days == "mon-sun" {
		return t.Text(locale, "day.every")
	}
	var groups []string
	for _, group := range strings.Split(days, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(group), "-")
		name := t.Text(locale, "day."+from)
		if isRange {
			name = t.Text(locale, "day.range", name, t.Text(locale, "day."+to))
		}
		groups = append(groups, name)
	}
	return strings.Join(groups, t.Text(locale, "day.separator"))
}

// hoursData is what the script reads to say whether a channel answers now.
func hoursData(h Hours) string {
	if h.Always {
		return "always"
	}
	var b strings.Builder
	for i, r := range h.Ranges {
		if i > 0 {
			b.WriteByte(';')
		}
		fmt.Fprintf(&b, "%s %s %s %s", r.Days, r.From, r.To, r.TZ)
	}
	return b.String()
}

// iso is the datetime attribute of a duration.
func (d Duration) iso() string {
	if d.BusinessDays > 0 {
		return ""
	}
	return "PT" + strconv.Itoa(d.Minutes) + "M"
}

// IsZero tells a duration that is not set.
func (d Duration) IsZero() bool { return d == Duration{} }

func (t *Theme) dateElement(locale string, day time.Time) template.HTML {
	return timeElement(day.Format("2006-01-02"), t.Date(locale, day))
}

func (t *Theme) momentElement(locale string, at time.Time, zones ...string) template.HTML {
	if len(zones) == 0 {
		zones = []string{"UTC"}
	}
	return timeElement(at.UTC().Format(time.RFC3339), t.Moment(locale, at, zones[0]))
}

func timeElement(machine, text string) template.HTML {
	return template.HTML(`<time datetime="` + machine + `">` + template.HTMLEscapeString(text) + `</time>`)
}
