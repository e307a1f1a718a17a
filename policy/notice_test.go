package policy

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"annai/internal/source"
)

const notice1 = `id: support-process
version: 1
published: 2026-01-01
effective: 2026-02-01
notice_days: 30
binding: ja
title: Notice
channels:
  - {id: form, kind: form, ref: support, langs: [ja, zh-hans], hours: 24x7, answered: person, for: [A, B, C], name: Form}
  - {id: tel, kind: phone, e164: "+81312345678", langs: [ja], hours: 24x7, answered: person, for: [A], name: Phone}
  - {id: tel-zh, kind: phone, e164: "+862112345678", langs: [zh-hans], hours: [{days: mon-sun, from: "09:00", to: "24:00", tz: Asia/Shanghai}], holidays: cn, answered: person, for: [A, B], name: Phone}
severities:
  - {id: A, first: PT1H, clock: 24x7, updates: PT2H, duty: contact-24x7, name: A, meaning: Down}
  - {id: B, first: PT8H, clock: 24x7, updates: P1D, name: B, meaning: Hampered}
  - {id: C, first: P1BD, clock: [{days: mon-fri, from: "09:00", to: "18:00", tz: Asia/Tokyo}], calendar: jp, name: C, meaning: Question}
path:
  - {role: duty-engineer, after: PT0S, name: Engineer}
  - {role: support-lead, after: PT2H, channel: tel, name: Lead}
covers: [account-setup, accounts-billing, howto-faq, updates, configuration, connectivity, performance]
upstream: [{product: office365-21v}]
privacy: {forwarded_to: 21vianet, country: CN, keep_days: 90, consent: 2026-03}
`

var notice2 = strings.NewReplacer("version: 1", "version: 2", "2026-01-01", "2026-05-01", "2026-02-01", "2026-06-01",
	"first: PT8H", "first: PT4H").Replace(notice1) +
	"changes: [{kind: improvement, what: B-first, from: PT8H, to: PT4H}]\n"

func notice(t *testing.T, text string) (*Notice, source.Problems) {
	t.Helper()
	n, ps := ParseNotice(source.New("notices/support-process/1.yaml", []byte(text)), nil, []string{"ja", "zh-hans"})
	ps.Sort()
	return n, ps
}

func day(s string) time.Time { d, _ := parseDate(s); return d }

// TestNoticeChecks has N1 to N11 of the design, each with a case that passes and
// one that fails.
func TestNoticeChecks(t *testing.T) {
	products := []Product{{ID: "office365-21v", Upstream: ProductUpstream{Sources: []Source{{URL: "https://example.com", Retrieved: "2026-05-01"}}}}}
	calendars := map[string]Calendar{
		"jp": {Closed: []string{"2026-01-01", "2027-01-01"}},
		"cn": {Closed: []string{"2026-01-01", "2027-01-01"}},
	}
	now := day("2026-06-10")
	swap := strings.NewReplacer
	for name, c := range map[string]struct {
		one, two string
		lock     func(Lock)
		products []Product
		want     string // code, or "" when all is well
	}{
		"good":                {want: ""},
		"N1 gap":              {one: swap("hours: 24x7", `hours: [{days: mon-sun, from: "09:00", to: "24:00", tz: Asia/Shanghai}]`).Replace(notice1), want: "notice-hours"},
		"N2 no phone for A":   {one: strings.Replace(notice1, `for: [A], name: Phone`, `for: [B], name: Phone`, 1), want: "notice-severity-a"},
		"N3 order":            {one: strings.Replace(notice1, "first: PT1H", "first: PT9H", 1), want: "notice-order"},
		"N3 duration":         {one: strings.Replace(notice1, "first: PT1H", "first: 1 hour", 1), want: "duration"},
		"N4 too soon":         {one: strings.Replace(notice1, "effective: 2026-02-01", "effective: 2026-01-15", 1), want: "notice-too-soon"},
		"N4 improvement":      {two: strings.Replace(notice2, "effective: 2026-06-01", "effective: 2026-05-02", 1), want: ""},
		"N5 sequence":         {two: strings.Replace(notice2, "version: 2", "version: 3", 1), want: "notice-sequence"},
		"N5 changed":          {lock: func(l Lock) { l["support-process/1"] = strings.Repeat("0", 64) }, want: "notice-changed"},
		"N6 silent":           {two: strings.Replace(notice2, "keep_days: 90", "keep_days: 365", 1), want: "notice-silent-change"},
		"N6 invented":         {two: strings.Replace(notice2, "changes: [", "changes: [{kind: improvement, what: A-first}, ", 1), want: "notice-no-change"},
		"N6 wrong value":      {two: strings.Replace(notice2, "from: PT8H", "from: PT9H", 1), want: "notice-silent-change"},
		"N7 kind left out":    {one: strings.Replace(notice1, ", performance]", "]", 1), want: "notice-covers"},
		"N8 phone":            {one: strings.Replace(notice1, "+81312345678", "03-1234-5678", 1), want: "notice-phone"},
		"N8 zone":             {one: strings.Replace(notice1, "Asia/Shanghai", "China", 1), want: "hours-range"},
		"N8 no calendar":      {one: strings.Replace(notice1, "holidays: cn", "holidays: kr", 1), two: strings.Replace(notice2, "holidays: cn", "holidays: kr", 1), want: "notice-calendar"},
		"N9 not worded":       {one: strings.Replace(notice1, "title: Notice", "title: {ja: 題}", 1), want: "words-missing"},
		"N10 old source":      {products: []Product{{ID: "office365-21v", Upstream: ProductUpstream{Sources: []Source{{Retrieved: "2025-05-01"}}}}}, want: "source-old"},
		"N11 unknown product": {products: []Product{{ID: "azure-21v"}}, want: "notice-no-such-product"},
	} {
		if c.one == "" {
			c.one = notice1
		}
		if c.two == "" {
			c.two = notice2
		}
		if c.products == nil {
			c.products = products
		}
		n1, ps := notice(t, c.one)
		n2, more := notice(t, c.two)
		lock := Lock{}.Locked([]*Notice{n1, n2})
		if c.lock != nil {
			c.lock(lock)
		}
		ps.Append(more, CheckNotices([]*Notice{n2, n1}, lock, c.products, calendars, now))
		codes := map[string]bool{}
		for _, p := range ps {
			codes[p.Code] = true
		}
		if c.want == "" && len(ps) > 0 || c.want != "" && !codes[c.want] {
			t.Errorf("%s: want %q, got %v", name, c.want, ps)
		}
	}
}

func TestCalendarYear(t *testing.T) {
	n, _ := notice(t, notice1)
	ps := CheckNotices([]*Notice{n}, nil, []Product{{ID: "office365-21v"}}, map[string]Calendar{"jp": {Closed: []string{"2026-01-01"}}, "cn": {Closed: []string{"2026-01-01", "2027-01-01"}}}, day("2026-06-10"))
	if len(ps) != 1 || ps[0].Code != "calendar-year" || ps[0].Severity != Warning() {
		t.Errorf("got %v", ps)
	}
}

// Warning keeps the test's line short.
func Warning() source.Severity { return source.Warning }

func TestGapMessage(t *testing.T) {
	_, ps := notice(t, strings.NewReplacer("hours: 24x7", `hours: [{days: mon-sun, from: "09:00", to: "24:00", tz: Asia/Shanghai}]`).Replace(notice1))
	want := `nobody answers for 63 of 168 hours: mon 00:00–09:00, tue 00:00–09:00, wed 00:00–09:00, thu 00:00–09:00, fri 00:00–09:00, sat 00:00–09:00, sun 00:00–09:00 (Asia/Shanghai)`
	if i := slices.IndexFunc(ps, func(p source.Problem) bool { return p.Code == "notice-hours" }); i < 0 || ps[i].Message != want {
		t.Errorf("got %v", ps)
	}
}

func TestInForce(t *testing.T) {
	n1, _ := notice(t, notice1)
	n2, _ := notice(t, notice2)
	list := []*Notice{n2, n1}
	for date, want := range map[string]int{"2025-01-01": 1, "2026-02-01": 1, "2026-05-31": 1, "2026-06-01": 2, "2027-01-01": 2} {
		if got := InForce(list, day(date)); got == nil || got.Version != want {
			t.Errorf("on %s version %v, want %d", date, got, want)
		}
	}
	if InForce(nil, day("2026-01-01")) != nil {
		t.Error("no notice is none")
	}
}

func TestLock(t *testing.T) {
	n1, _ := notice(t, notice1)
	lock := Lock{}.Locked([]*Notice{n1})
	read, ps := ParseLock(source.New(LockName, []byte(lock.String())))
	if len(ps) > 0 || read["support-process/1"] != n1.Hash || len(n1.Hash) != 64 {
		t.Errorf("read %v, %v", read, ps)
	}
	if _, ps := ParseLock(source.New(LockName, []byte("nonsense"))); len(ps) != 1 {
		t.Errorf("got %v", ps)
	}
	crlf, _ := notice(t, strings.ReplaceAll(notice1, "\n", "\r\n"))
	if crlf.Hash != n1.Hash {
		t.Error("line ends change the hash")
	}
}

func TestManifestRoundTrip(t *testing.T) {
	tab, _ := table(t, signIn)
	n, _ := notice(t, notice1)
	m := &Manifest{Tables: []*Table{tab}, Notices: []*Notice{n}, Site: SiteFacts{Locales: []string{"ja"}}}
	var one, two bytes.Buffer
	if err := m.Write(&one); err != nil {
		t.Fatal(err)
	}
	read, err := ReadManifest(bytes.NewReader(one.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Write(&two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("%v: a manifest changes when it is read:\n%s\n%s", err, one.String(), two.String())
	}
	if got := read.ReplyBy("A", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)); !got.Equal(time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("reply by %v", got)
	}
	for _, text := range []string{"", "{", `{"format": 99}`, `{"format": 1, "forms": [{"id": "x"}]}`} {
		if _, err := ReadManifest(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
