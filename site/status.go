package site

import (
	"io"
	"maps"
	"slices"
	"time"

	"annai/internal/source"
	"annai/themes"
)

// statusFile is status.yaml: what doesn't work, as the site tells its readers.
type statusFile struct {
	Outages []Outage `yaml:"outages"`
}

// An Outage is something that doesn't work, with what was said about it.
type Outage struct {
	source.Position

	ID       string       `yaml:"id,required"`
	Title    source.Words `yaml:"title,required"`
	Products []string     `yaml:"products"`
	Started  string       `yaml:"started,required"` // RFC 3339
	Resolved string       `yaml:"resolved"`         // RFC 3339; empty while it goes on
	Updates  []Update     `yaml:"updates,required"` // oldest first
}

// An Update is one message about an outage.
type Update struct {
	source.Position

	At    string       `yaml:"at,required"` // RFC 3339
	State string       `yaml:"state,required"`
	Text  source.Words `yaml:"text,required"`
}

var outageStates = []string{"investigating", "identified", "monitoring", "resolved"}

// readStatus reads status.yaml with its words.
func (s *Site) readStatus() {
	if !s.tree.has("status.yaml") {
		return
	}
	var status statusFile
	s.problems.Append(source.Decode(s.open("status.yaml"), &status))
	for _, locale := range slices.Sorted(maps.Keys(s.wordsFiles("status.yaml"))) {
		n, ps := source.ParseYAML(s.wordsFiles("status.yaml")[locale])
		s.problems.Append(ps, source.MergeWords(&status, locale, n))
	}
	s.support.status = true
	s.support.outages = status.Outages
	ids := map[string]bool{}
	for i := range status.Outages {
		o := &status.Outages[i]
		if ids[o.ID] {
			s.problems.Errorf(o.Position, "outage-twice", "the outage %q stands here twice", o.ID)
		}
		ids[o.ID] = true
		s.checkOutage(o)
	}
	slices.SortStableFunc(s.support.outages, func(a, b Outage) int { return moment(b.Started).Compare(moment(a.Started)) })
}

func (s *Site) checkOutage(o *Outage) {
	s.checkWorded(o.Position, "the title of "+o.ID, o.Title)
	s.checkMoment(o.Position, o.Started)
	s.checkMoment(o.Position, o.Resolved)
	for _, id := range o.Products {
		if s.product(id) == nil {
			s.problems.Errorf(o.Position, "product-unknown", "there is no product %q", id)
		}
	}
	last := time.Time{}
	for _, u := range o.Updates {
		s.checkMoment(u.Position, u.At)
		s.checkWorded(u.Position, "the update of "+o.ID, u.Text)
		if !slices.Contains(outageStates, u.State) {
			(*problem)(s.problems.Errorf(u.Position, "outage-state", "there is no state %q of an outage", u.State)).choose(u.State, outageStates)
		}
		if at := moment(u.At); at.Before(last) {
			s.problems.Errorf(u.Position, "outage-order", "the updates of %q are not in the order of their time", o.ID).
				Hintf("the oldest comes first")
		} else {
			last = at
		}
	}
	if n := len(o.Updates); n > 0 && (o.Resolved != "") != (o.Updates[n-1].State == "resolved") {
		s.problems.Errorf(o.Position, "outage-resolved", "the last update of %q and resolved don't agree", o.ID).
			Hintf("an outage that is over has resolved: with its time, and a last update with state: resolved")
	}
}

func (s *Site) checkMoment(at source.Position, text string) {
	if text != "" && moment(text).IsZero() {
		s.problems.Errorf(at, "moment", "%q is no time", text).Hintf("write it with its zone, as 2026-09-14T09:20:00+08:00")
	}
}

// checkWorded asks for a text in every language of the site.
func (s *Site) checkWorded(at source.Position, what string, w source.Words) {
	if w[""] != "" {
		return
	}
	for _, l := range w.Missing(s.Config.Locales) {
		s.problems.Errorf(at, "words-missing", "%s is not worded in %s", what, l)
	}
}

// moment reads a time, the zero one when it is none.
func moment(text string) time.Time {
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

// state is what the last update says.
func (o *Outage) state() string {
	if len(o.Updates) == 0 {
		return "investigating"
	}
	return o.Updates[len(o.Updates)-1].State
}

// updated is when the outage was last spoken of.
func (o *Outage) updated() time.Time {
	if len(o.Updates) == 0 {
		return moment(o.Started)
	}
	return moment(o.Updates[len(o.Updates)-1].At)
}

// banner is the message above all pages: of outages that go on, the one that was
// spoken of last.
func (sp *support) banner(locale string) *themes.Banner { return sp.banners[locale] }

func (s *Site) makeBanners() {
	s.support.banners = map[string]*themes.Banner{}
	var now *Outage
	for i := range s.support.outages {
		if o := &s.support.outages[i]; o.Resolved == "" && (now == nil || o.updated().After(now.updated())) {
			now = o
		}
	}
	if now == nil {
		return
	}
	for _, l := range s.Config.Locales {
		b := s.outageBanner(l, now)
		s.support.banners[l] = &b
	}
}

func (s *Site) outageBanner(locale string, o *Outage) themes.Banner {
	return themes.Banner{State: o.state(), Title: s.words(o.Title, locale), URL: s.url(locale, "status") + "#" + o.ID, Updated: o.updated()}
}

// current are the outages that go on.
func (sp *support) current() []*Outage {
	var list []*Outage
	for i := range sp.outages {
		if o := &sp.outages[i]; o.Resolved == "" {
			list = append(list, o)
		}
	}
	return list
}

func (s *Site) statusPage(locale string) *File {
	return s.ownPage(locale, "status", func(w io.Writer) error {
		v := themes.Status{Shell: s.ownShell(locale, "status", s.text(locale, "site.status"), ""), Feed: s.url(locale, "status") + "feed.xml"}
		for i := range s.support.outages {
			o := s.outageView(locale, &s.support.outages[i])
			if o.Resolved.IsZero() {
				v.Current = append(v.Current, o)
			} else {
				v.Past = append(v.Past, o)
			}
		}
		for _, p := range s.Products {
			if p.HealthURL != "" {
				v.Health = append(v.Health, themes.Link{Title: s.words(p.Name, locale), URL: p.HealthURL})
			}
		}
		return s.Theme.Render(w, v)
	})
}

func (s *Site) outageView(locale string, o *Outage) themes.Outage {
	v := themes.Outage{
		ID: o.ID, Title: s.words(o.Title, locale), State: o.state(),
		Started: moment(o.Started), Resolved: moment(o.Resolved),
	}
	for _, id := range o.Products {
		if p := s.product(id); p != nil {
			v.Products = append(v.Products, s.words(p.Name, locale))
		}
	}
	for _, u := range slices.Backward(o.Updates) {
		v.Updates = append(v.Updates, themes.OutageUpdate{At: moment(u.At), State: u.State, Text: s.words(u.Text, locale)})
	}
	return v
}
