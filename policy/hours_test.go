package policy

import (
	"fmt"
	"testing"
	"time"

	"annai/internal/source"
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func clock(t *testing.T, text string) Clock {
	t.Helper()
	var c struct {
		Hours Clock `yaml:"hours"`
	}
	if ps := source.Decode(source.New("h.yaml", []byte("hours: "+text)), &c); len(ps) > 0 {
		t.Fatal(ps)
	}
	return c.Hours
}

func TestCovers(t *testing.T) {
	office := clock(t, `[{days: mon-fri, from: "09:00", to: "18:00", tz: Asia/Tokyo}]`)
	night := clock(t, `[{days: "fri", from: "22:00", to: "06:00", tz: Asia/Shanghai}]`)
	late := clock(t, `[{days: mon-sun, from: "09:00", to: "24:00", tz: Asia/Shanghai}]`)
	newYork := clock(t, `[{days: sat-sun, from: "01:00", to: "04:00", tz: America/New_York}]`)
	jp := Calendar{Closed: []string{"2026-11-23"}, Open: []string{"2026-11-21"}}
	for _, c := range []struct {
		clock    Clock
		calendar Calendar
		at       string
		want     bool
	}{
		{office, Calendar{}, "2026-11-20T00:00:00Z", true},   // Friday 09:00 in Tokyo
		{office, Calendar{}, "2026-11-20T08:59:00Z", true},   // 17:59
		{office, Calendar{}, "2026-11-20T09:00:00Z", false},  // 18:00
		{office, Calendar{}, "2026-11-22T23:59:00Z", false},  // Monday 08:59
		{office, Calendar{}, "2026-11-23T01:00:00Z", true},   // Monday 10:00
		{office, jp, "2026-11-23T01:00:00Z", false},          // a holiday
		{office, jp, "2026-11-21T01:00:00Z", true},           // a Saturday that was swapped
		{night, Calendar{}, "2026-11-20T14:00:00Z", true},    // Friday 22:00 in Shanghai
		{night, Calendar{}, "2026-11-20T21:59:00Z", true},    // Saturday 05:59
		{night, Calendar{}, "2026-11-20T22:00:00Z", false},   // Saturday 06:00
		{night, Calendar{}, "2026-11-21T14:30:00Z", false},   // Saturday 22:30
		{late, Calendar{}, "2026-11-20T15:59:00Z", true},     // 23:59
		{late, Calendar{}, "2026-11-20T16:00:00Z", false},    // 24:00
		{newYork, Calendar{}, "2026-03-08T06:30:00Z", true},  // Sunday 01:30, before summer time
		{newYork, Calendar{}, "2026-03-08T07:30:00Z", true},  // 03:30, after it
		{newYork, Calendar{}, "2026-03-08T08:30:00Z", false}, // 04:30
		{Clock{Always: true}, jp, "2026-11-23T01:00:00Z", true},
		{Clock{}, Calendar{}, "2026-11-23T01:00:00Z", false},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		if got := c.clock.Covers(at, c.calendar); got != c.want {
			t.Errorf("%s at %s: %v, want %v", c.clock, c.at, got, c.want)
		}
	}
}

func TestCoverage(t *testing.T) {
	day := clock(t, `[{days: mon-sun, from: "06:00", to: "22:00", tz: Asia/Tokyo}]`)
	night := clock(t, `[{days: mon-sun, from: "22:00", to: "06:00", tz: Asia/Tokyo}]`)
	office := clock(t, `[{days: mon-fri, from: "09:00", to: "18:00", tz: Asia/Tokyo}]`)
	china := clock(t, `[{days: mon-sun, from: "09:00", to: "24:00", tz: Asia/Shanghai}]`)
	for _, c := range []struct {
		zone   string
		clocks []Clock
		want   string
		hours  float64
	}{
		{"Asia/Tokyo", []Clock{day, night}, "[]", 0},
		{"America/Sao_Paulo", []Clock{day, night}, "[]", 0},
		{"Asia/Tokyo", []Clock{{Always: true}}, "[]", 0},
		{"Asia/Tokyo", nil, "[mon 00:00–sun 00:00]", 168},
		{"Asia/Tokyo", []Clock{office}, "[mon 00:00–09:00 mon 18:00–tue 09:00 tue 18:00–wed 09:00 wed 18:00–thu 09:00 thu 18:00–fri 09:00 fri 18:00–mon 00:00]", 123},
		{"Asia/Tokyo", []Clock{china}, "[mon 01:00–10:00 tue 01:00–10:00 wed 01:00–10:00 thu 01:00–10:00 fri 01:00–10:00 sat 01:00–10:00 sun 01:00–10:00]", 63},
	} {
		gaps := Coverage(zone(c.zone), coverageWeek, c.clocks...)
		if got := fmt.Sprint(gaps); c.want != got && !(c.hours == 168 && len(gaps) == 1) {
			t.Errorf("%v: %s, want %s", c.clocks, got, c.want)
		}
		if got := Uncovered(gaps).Hours(); got != c.hours {
			t.Errorf("%v: %v hours, want %v", c.clocks, got, c.hours)
		}
	}
}

func TestDue(t *testing.T) {
	office := clock(t, `[{days: mon-fri, from: "09:00", to: "18:00", tz: Asia/Tokyo}]`)
	split := clock(t, `[{days: mon-fri, from: "09:00", to: "12:00", tz: Asia/Tokyo}, {days: mon-fri, from: "13:00", to: "18:00", tz: Asia/Tokyo}]`)
	jp := Calendar{Closed: []string{"2026-11-23"}}
	for _, c := range []struct {
		start, duration string
		clock           Clock
		calendar        Calendar
		want            string
	}{
		{"2026-11-20 17:00", "PT1H", Clock{Always: true}, jp, "2026-11-20 18:00"},
		{"2026-11-20 23:30", "P1D", Clock{Always: true}, jp, "2026-11-21 23:30"},
		{"2026-11-20 17:00", "PT4H", office, Calendar{}, "2026-11-23 12:00"},
		{"2026-11-20 17:00", "PT4H", office, jp, "2026-11-24 12:00"},
		{"2026-11-20 03:00", "PT4H", office, jp, "2026-11-20 13:00"},
		{"2026-11-20 11:00", "PT2H", split, jp, "2026-11-20 14:00"},
		{"2026-11-20 10:00", "P1BD", office, Calendar{}, "2026-11-23 18:00"},
		{"2026-11-20 10:00", "P1BD", office, jp, "2026-11-24 18:00"},
		{"2026-11-21 10:00", "P2BD", office, jp, "2026-11-25 18:00"},
		{"2026-11-20 17:00", "PT4H", Clock{}, jp, "0001-01-01 00:00"},
	} {
		start, _ := time.ParseInLocation("2006-01-02 15:04", c.start, zone("Asia/Tokyo"))
		d, err := ParseDuration(c.duration)
		if err != nil {
			t.Fatal(err)
		}
		got := Due(start, d, c.clock, c.calendar)
		if !got.IsZero() {
			got = got.In(zone("Asia/Tokyo"))
		}
		if s := got.Format("2006-01-02 15:04"); s != c.want {
			t.Errorf("%s + %s by %s: %s, want %s", c.start, c.duration, c.clock, s, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{"PT1H": "PT1H", "PT90M": "PT90M", "P1D": "P1D", "P1DT12H": "PT36H", "P1BD": "P1BD", "PT0S": "PT0S", "PT24H": "P1D"} {
		d, err := ParseDuration(text)
		if err != nil || d.String() != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "P", "PT", "1H", "P1", "PT1S", "P1.5D", "-P1D"} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q was read as %v", text, d)
		}
	}
}
