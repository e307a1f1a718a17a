package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"annai/internal/source"
)

func parseDate(s string) (time.Time, error) { return time.Parse(time.DateOnly, s) }

// ParseNotice reads one version, notices/ID/VERSION.yaml, with its words, and
// checks what it can alone; [CheckNotices] looks at all versions together.
func ParseNotice(facts *source.File, words map[string]*source.File, locales []string) (*Notice, source.Problems) {
	n := new(Notice)
	ps := source.Decode(facts, n)
	mergeWords(n, words, &ps)
	n.Hash = hash(facts)
	if ps.Errors() > 0 {
		return n, ps
	}
	c := noticeCheck{n: n, locales: locales, problems: &ps}
	c.dates()
	c.channels()
	c.severities()
	c.coverage()
	c.words()
	return n, ps
}

// hash is the SHA-256 of the file's facts in hexadecimal, line ends as LF.
func hash(f *source.File) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(string(f.Text), "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}

type noticeCheck struct {
	n        *Notice
	locales  []string
	problems *source.Problems
}

func (c *noticeCheck) dates() {
	n := c.n
	if n.Version < 1 {
		c.problems.Errorf(n.Position, "notice-version", "a notice's version is 1 or more")
	}
	for _, d := range []string{n.Published, n.Effective} {
		if _, err := parseDate(d); d != "" && err != nil {
			c.problems.Errorf(n.Position, "notice-date", "%q is no date", d).Hintf("write YYYY-MM-DD")
			return
		}
	}
	if n.Published == "" {
		return
	}
	published, _ := parseDate(n.Published)
	effective, _ := parseDate(n.Effective)
	improves := len(n.Changes) > 0 && !slices.ContainsFunc(n.Changes, func(x Change) bool { return x.Kind != "improvement" })
	if earliest := published.AddDate(0, 0, n.NoticeDays); effective.Before(earliest) && !improves {
		c.problems.Errorf(n.Position, "notice-too-soon", "the notice takes effect on %s, less than %d days after %s", n.Effective, n.NoticeDays, n.Published).
			Hintf("%s is the earliest, unless every change is an improvement", earliest.Format(time.DateOnly))
	}
}

var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

func (c *noticeCheck) channels() {
	seen := map[string]bool{}
	for i := range c.n.Channels {
		ch := &c.n.Channels[i]
		if seen[ch.ID] {
			c.problems.Errorf(ch.Position, "notice-channel-twice", "the channel %q stands here twice", ch.ID)
		}
		seen[ch.ID] = true
		switch ch.Kind {
		case "phone":
			if !e164.MatchString(ch.E164) {
				c.problems.Errorf(ch.Position, "notice-phone", "%q is no international phone number", ch.E164).
					Hintf("write it as E.164, such as +81312345678")
			}
		case "email", "chat":
			if ch.Address == "" {
				c.problems.Errorf(ch.Position, "notice-address", "the channel %q has no address", ch.ID)
			}
		case "form":
			if ch.Ref == "" {
				c.problems.Errorf(ch.Position, "notice-form", "the channel %q names no form", ch.ID).Hintf("add ref: with the form's id")
			}
		default:
			c.problems.Errorf(ch.Position, "notice-channel-kind", "a channel is a form, phone, email or chat, not %q", ch.Kind)
		}
		if ch.Answered != "person" && ch.Answered != "machine" {
			c.problems.Errorf(ch.Position, "notice-answered", "a channel is answered by a person or a machine, not %q", ch.Answered)
		}
		for _, s := range ch.For {
			if c.n.Severity(s) == nil {
				c.problems.Errorf(ch.Position, "notice-no-such-severity", "there is no severity %q", s)
			}
		}
	}
	for _, s := range c.n.Path {
		if s.Channel != "" && c.n.Channel(s.Channel) == nil {
			c.problems.Errorf(c.n.Position, "notice-no-such-channel", "there is no channel %q", s.Channel)
		}
	}
}

func (c *noticeCheck) severities() {
	list := c.n.Severities
	for i := 1; i < len(list); i++ {
		if list[i-1].ID < list[i].ID && list[i-1].First.Longer(list[i].First) {
			c.problems.Errorf(list[i].Position, "notice-order", "severity %s is answered later (%s) than %s (%s)",
				list[i-1].ID, list[i-1].First.String(), list[i].ID, list[i].First.String())
		}
	}
	for _, kind := range Categories {
		if !slices.Contains(c.n.Covers, kind) {
			c.problems.Errorf(c.n.Position, "notice-covers", "the notice doesn't cover %q", kind).
				Hintf("the agreement names seven kinds of support: %s", strings.Join(Categories, ", "))
		}
	}
}

// synchronous tells a channel on which one talks with a person at once.
func (ch *Channel) synchronous() bool {
	return ch.Answered == "person" && (ch.Kind == "phone" || ch.Kind == "chat")
}

func (c *noticeCheck) coverage() {
	if gaps := c.n.Gaps(""); len(gaps) > 0 {
		c.problems.Errorf(c.n.Position, "notice-hours", "nobody answers for %g of 168 hours: %s",
			Uncovered(gaps).Hours(), gapText(gaps, c.n.zone())).
			Hintf("add a channel that a person answers, or mend its hours: the agreement asks for 24x7x365")
	}
	byLanguage := map[string][]Clock{}
	for i := range c.n.Channels {
		if ch := &c.n.Channels[i]; ch.synchronous() && slices.Contains(ch.For, "A") {
			for _, l := range ch.locales() {
				byLanguage[l] = append(byLanguage[l], ch.Hours)
			}
		}
	}
	for _, clocks := range byLanguage {
		if len(Coverage(time.UTC, coverageWeek, clocks...)) == 0 {
			return
		}
	}
	c.problems.Errorf(c.n.Position, "notice-severity-a", "severity A has no phone or chat that a person answers at all hours").
		Hintf("one language is enough; the page says which have no night cover")
}

// coverageWeek is an ordinary week for computing hours: most zones that have
// summer time are on it or off it, and the sum is the same.
var coverageWeek = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// Gaps lists the parts of the week in which no person answers in the language
// ("" for any), in the zone of the notice's first hours.
func (n *Notice) Gaps(locale string) []Gap {
	var clocks []Clock
	for _, ch := range n.Channels {
		if ch.Answered == "person" && (locale == "" || slices.Contains(ch.locales(), locale)) {
			clocks = append(clocks, ch.Hours)
		}
	}
	return Coverage(n.zone(), coverageWeek, clocks...)
}

func (ch *Channel) locales() []string {
	list := make([]string, len(ch.Langs))
	for i, l := range ch.Langs {
		list[i] = source.Locale(l)
	}
	return list
}

// zone is the zone of the first hours that name one, else UTC.
func (n *Notice) zone() *time.Location {
	for _, ch := range n.Channels {
		for _, r := range ch.Hours.Ranges {
			if zone, err := time.LoadLocation(r.TZ); err == nil {
				return zone
			}
		}
	}
	return time.UTC
}

// Zone is the IANA name of the zone in which Gaps are told.
func (n *Notice) Zone() string { return n.zone().String() }

// gapText joins the same hours of several days: "mon–fri 00:00–09:00 (Asia/Tokyo)".
func gapText(gaps []Gap, zone *time.Location) string {
	parts := make([]string, len(gaps))
	for i, g := range gaps {
		parts[i] = g.String()
	}
	return strings.Join(parts, ", ") + " (" + zone.String() + ")"
}

func (c *noticeCheck) words() {
	n, ps := c.n, c.problems
	if !slices.Contains(c.locales, source.Locale(n.Binding)) && len(c.locales) > 0 {
		ps.Errorf(n.Position, "notice-binding", "the binding language %q is none of the site's", n.Binding)
	}
	worded(ps, n.Position, c.locales, "the notice's title", n.Title)
	for _, ch := range n.Channels {
		worded(ps, ch.Position, c.locales, "the name of the channel "+ch.ID, ch.Name)
	}
	for _, s := range n.Severities {
		worded(ps, s.Position, c.locales, "the name of severity "+s.ID, s.Name)
		worded(ps, s.Position, c.locales, "the meaning of severity "+s.ID, s.Meaning)
	}
	for _, s := range n.Path {
		worded(ps, n.Position, c.locales, "the name of the role "+s.ID, s.Name)
	}
	for _, x := range n.Excludes {
		worded(ps, n.Position, c.locales, "the name of "+x.ID, x.Name)
	}
}

// Severity returns the notice's severity of that id, or nil.
func (n *Notice) Severity(id string) *Severity {
	for i := range n.Severities {
		if n.Severities[i].ID == id {
			return &n.Severities[i]
		}
	}
	return nil
}

// Channel returns the channel of that id, or nil.
func (n *Notice) Channel(id string) *Channel {
	for i := range n.Channels {
		if n.Channels[i].ID == id {
			return &n.Channels[i]
		}
	}
	return nil
}

// InForce is the latest published version that has taken effect, or the first
// to come, or nil.
func InForce(notices []*Notice, at time.Time) *Notice {
	sorted := slices.Clone(notices)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Version < sorted[j].Version })
	var current *Notice
	for _, n := range sorted {
		effective, err := parseDate(n.Effective)
		if n.Published == "" || err != nil {
			continue
		}
		if current == nil || !effective.After(at) {
			current = n
		}
	}
	return current
}

// maxSourceAge is after how long the operator's figures must be looked up again.
const maxSourceAge = 180 * 24 * time.Hour

// CheckNotices looks at all versions of a notice with the other facts: versions
// follow each other, published ones are as the lock says, each change list equals
// the difference of facts, products and calendars exist and are recent.
func CheckNotices(notices []*Notice, lock Lock, products []Product, calendars map[string]Calendar, now time.Time) source.Problems {
	var ps source.Problems
	sorted := slices.Clone(notices)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Version < sorted[j].Version })
	for i, n := range sorted {
		if n.Version != i+1 {
			ps.Errorf(n.Position, "notice-sequence", "version %d stands where version %d is expected", n.Version, i+1).
				Hintf("every version stays, and the next is one more")
			return ps
		}
		if want, locked := lock[n.lockKey()]; locked && want != n.Hash {
			ps.Errorf(n.Position, "notice-changed", "version %d is published and can't be changed", n.Version).
				Hintf("undo the change and start the next version with annai notice new")
		}
		if i > 0 {
			checkChanges(sorted[i-1], n, &ps)
		}
		n.checkCalendars(calendars, now, &ps)
		n.checkUpstream(products, now, &ps)
	}
	return ps
}

func checkChanges(before, n *Notice, ps *source.Problems) {
	found := Diff(before, n)
	for _, f := range found {
		if !slices.ContainsFunc(n.Changes, f.same) {
			ps.Errorf(n.Position, "notice-silent-change", "version %d changes %q silently: %s", n.Version, f.What, f.arrow()).
				Hintf("add it to changes: {kind: %s, what: %s, from: %q, to: %q}", f.Kind, f.What, f.From, f.To)
		}
	}
	for _, c := range n.Changes {
		if !slices.ContainsFunc(found, c.same) {
			p := ps.Errorf(c.Position, "notice-no-change", "version %d announces the change %q, which the facts don't show", n.Version, c.What)
			var names []string
			for _, f := range found {
				names = append(names, f.What)
			}
			if len(names) > 0 {
				p.Hintf("the facts show: %s", strings.Join(names, ", "))
			}
		}
	}
}

func (n *Notice) checkCalendars(calendars map[string]Calendar, now time.Time, ps *source.Problems) {
	names := map[string]bool{}
	for _, ch := range n.Channels {
		names[ch.Holidays] = true
	}
	for _, s := range n.Severities {
		names[s.Calendar] = true
	}
	delete(names, "")
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c, ok := calendars[name]
		if !ok {
			ps.Errorf(n.Position, "notice-calendar", "there is no calendar %q", name).Hintf("write calendars/%s.yaml", name)
			continue
		}
		for _, year := range []int{now.Year(), now.Year() + 1} {
			prefix := fmt.Sprintf("%04d-", year)
			if !slices.ContainsFunc(c.Closed, func(d string) bool { return strings.HasPrefix(d, prefix) }) {
				ps.Warnf(c.Position, "calendar-year", "the calendar %q has no days of %d", name, year).
					Hintf("add them when they are announced")
			}
		}
	}
}

func (n *Notice) checkUpstream(products []Product, now time.Time, ps *source.Problems) {
	for _, u := range n.Upstream {
		i := slices.IndexFunc(products, func(p Product) bool { return p.ID == u.Product })
		if i < 0 {
			ps.Errorf(n.Position, "notice-no-such-product", "there is no product %q", u.Product)
			continue
		}
		for _, s := range products[i].Upstream.Sources {
			retrieved, err := parseDate(s.Retrieved)
			if err == nil && now.Sub(retrieved) > maxSourceAge {
				ps.Warnf(products[i].Position, "source-old", "the figures of %s were looked up on %s", u.Product, s.Retrieved).
					Hintf("look at %s again and set retrieved", s.URL)
			}
		}
	}
}
