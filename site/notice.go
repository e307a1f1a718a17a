package site

import (
	"io"
	"slices"
	"strconv"
	"time"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// The support-process notice: the version in force, every published version for
// ever, and what each changed.

// noticeURL is the page of the version in force; "" without a notice.
func (s *Site) noticeURL(locale string) string {
	if s.support.notice == nil {
		return ""
	}
	return s.url(locale, "notice")
}

func (s *Site) noticeFiles(locale string) []*File {
	current := s.support.notice
	if current == nil {
		return nil
	}
	files := []*File{s.ownPage(locale, "notice", func(w io.Writer) error {
		v := s.noticeView(locale, current)
		v.Shell = s.noticeShell(locale, "notice", current)
		return s.Theme.Render(w, v)
	})}
	for i, n := range s.support.published {
		id := versionID(n)
		files = append(files, s.ownPage(locale, id, func(w io.Writer) error {
			v := s.noticeView(locale, n)
			v.Shell = s.noticeShell(locale, id, n)
			if n == current {
				v.Canonical = s.host() + s.url(locale, "notice")
			}
			return s.Theme.Render(w, v)
		}))
		if i > 0 {
			before := s.support.published[i-1]
			files = append(files, s.ownPage(locale, id+"/diff", func(w io.Writer) error {
				return s.Theme.Render(w, s.noticeDiff(locale, before, n))
			}))
		}
	}
	return files
}

func versionID(n *policy.Notice) string { return "notice/" + strconv.Itoa(n.Version) }

func (s *Site) noticeShell(locale, id string, n *policy.Notice) themes.Shell {
	sh := s.ownShell(locale, id, s.words(n.Title, locale), firstParagraph(s.words(n.Summary, locale)))
	sh.NoContact = true
	sh.JSONLD = s.noticeData(locale, sh, n)
	if id != "notice" {
		sh.Breadcrumbs = append(sh.Breadcrumbs, themes.Link{Title: sh.Title, URL: s.url(locale, "notice")})
		sh.Title += s.text(locale, "title.separator") + s.text(locale, "notice.version-n", n.Version)
	}
	return sh
}

func (s *Site) noticeState(n *policy.Notice) string {
	switch {
	case n == s.support.notice:
		return "current"
	case day(n.Effective).After(s.today()):
		return "upcoming"
	}
	return "past"
}

// noticeView is one version in the reader's language.
func (s *Site) noticeView(locale string, n *policy.Notice) themes.Notice {
	v := themes.Notice{
		Lead:      s.words(n.Summary, locale),
		Version:   n.Version,
		Published: day(n.Published),
		Effective: day(n.Effective),
		State:     s.noticeState(n),
		Binding:   s.languageIn(source.Locale(n.Binding), locale),
		Hash:      n.Hash,
		AsOf:      s.today(),
		Channels:  s.channels(locale, n),
		Coverage:  s.coverage(locale, n),
		Privacy: themes.NoticePrivacy{
			ForwardedTo: s.operatorName(n.Privacy.ForwardedTo, locale), Country: s.countryName(n.Privacy.Country, locale),
			KeepDays: n.Privacy.KeepDays, Text: s.words(n.Privacy.Text, locale),
		},
		Feed: s.url(locale, "notice") + "feed.xml",
	}
	if p := s.Page(locale, "privacy"); p != nil {
		v.Privacy.URL = p.URL
	}
	v.Changes = s.noticeChanges(locale, n)
	for _, x := range n.Severities {
		v.Severities = append(v.Severities, themes.NoticeSeverity{
			ID: x.ID, Name: s.words(x.Name, locale), Meaning: s.words(x.Meaning, locale), Ask: s.words(x.Ask, locale),
			First: duration(x.First), Updates: duration(x.Updates), Hours: s.hoursIn(locale, x.Clock),
		})
	}
	for _, x := range n.Path {
		step := themes.NoticeStep{Name: s.words(x.Name, locale), After: duration(x.After)}
		if c := n.Channel(x.Channel); c != nil {
			step.Channel = s.words(c.Name, locale)
		}
		v.Path = append(v.Path, step)
	}
	for _, id := range n.Covers {
		v.Covers = append(v.Covers, s.categoryLink(locale, id))
	}
	for _, x := range n.Excludes {
		v.Excludes = append(v.Excludes, s.words(x.Name, locale))
	}
	for _, u := range n.Upstream {
		if p := s.product(u.Product); p != nil {
			v.Upstream = append(v.Upstream, s.noticeUpstream(locale, p))
		}
	}
	if a := n.Acknowledge; a != nil && s.Forms[a.Form] != nil && n == s.support.notice {
		v.Acknowledge = &themes.Link{Title: s.words(s.Forms[a.Form].Title, locale), URL: s.url(locale, "forms/"+a.Form)}
	}
	s.noticeVersions(locale, n, &v)
	return v
}

// noticeVersions sets the links between the versions.
func (s *Site) noticeVersions(locale string, n *policy.Notice, v *themes.Notice) {
	link := func(o *policy.Notice) *themes.Link {
		return &themes.Link{Title: s.text(locale, "notice.version-n", o.Version), URL: s.url(locale, versionID(o))}
	}
	if current := s.support.notice; n != current {
		v.Current = &themes.Link{Title: s.text(locale, "notice.version-n", current.Version), URL: s.url(locale, "notice")}
	}
	list := s.support.published
	for i, o := range list {
		entry := s.noticeVersion(locale, o)
		v.Versions = append(v.Versions, entry)
		if o != n {
			continue
		}
		if i > 0 {
			v.Before = link(list[i-1])
			v.DiffURL = entry.DiffURL
		}
		if i+1 < len(list) {
			v.After = link(list[i+1])
			if next := s.noticeVersion(locale, list[i+1]); next.State == "upcoming" {
				v.Upcoming = &next
			}
		}
	}
	slices.Reverse(v.Versions)
}

func (s *Site) noticeVersion(locale string, n *policy.Notice) themes.NoticeVersion {
	v := themes.NoticeVersion{
		Version: n.Version, URL: s.url(locale, versionID(n)),
		Published: day(n.Published), Effective: day(n.Effective), State: s.noticeState(n),
	}
	if n != s.support.published[0] {
		v.DiffURL = s.url(locale, versionID(n)+"/diff")
	}
	return v
}

func (s *Site) noticeDiff(locale string, before, n *policy.Notice) themes.NoticeDiff {
	id := versionID(n) + "/diff"
	v := themes.NoticeDiff{
		Shell:   s.noticeShell(locale, id, n),
		From:    s.noticeVersion(locale, before),
		To:      s.noticeVersion(locale, n),
		Changes: s.foundChanges(locale, before, n),
	}
	v.Title = s.text(locale, "site.diff", before.Version, n.Version)
	v.Description, v.JSONLD, v.NoContact = "", nil, false
	return v
}

// noticeChanges are those that the version announces, in its words.
func (s *Site) noticeChanges(locale string, n *policy.Notice) []themes.NoticeChange {
	var list []themes.NoticeChange
	for _, c := range n.Changes {
		list = append(list, s.noticeChange(locale, c))
	}
	return list
}

// foundChanges are those that the facts show, each with the words of the version
// that announced it.
func (s *Site) foundChanges(locale string, before, n *policy.Notice) []themes.NoticeChange {
	var list []themes.NoticeChange
	for _, c := range policy.Diff(before, n) {
		for _, announced := range n.Changes {
			if announced.What == c.What {
				c.Text = announced.Text
			}
		}
		list = append(list, s.noticeChange(locale, c))
	}
	return list
}

func (s *Site) noticeChange(locale string, c policy.Change) themes.NoticeChange {
	n := themes.NoticeChange{Kind: c.Kind, What: c.What, Text: s.words(c.Text, locale)}
	from, ok1 := s.factIn(locale, c.From)
	to, ok2 := s.factIn(locale, c.To)
	if n.Text == "" || ok1 && ok2 {
		n.From, n.To = from, to // other facts are told by the words alone
	}
	return n
}

// factIn writes a fact that is a duration in words; others stand as they are.
func (s *Site) factIn(locale, fact string) (text string, inWords bool) {
	if d, err := policy.ParseDuration(fact); err == nil {
		return s.Theme.Duration(s.uiLocale(locale), duration(d)), true
	}
	return fact, false
}

func (s *Site) noticeUpstream(locale string, p *policy.Product) themes.NoticeUpstream {
	u := themes.NoticeUpstream{Product: s.words(p.Name, locale)}
	for _, x := range p.Upstream.Severities {
		u.Severities = append(u.Severities, themes.UpstreamSeverity{
			ID: x.ID, Response: duration(x.Response), Hours: s.hoursIn(locale, x.Clock),
			Condition: s.condition(locale, x.Condition), Duty: s.duty(locale, x.Duty),
		})
	}
	for _, x := range p.Upstream.Sources {
		u.Sources = append(u.Sources, sourceRef(x))
	}
	return u
}

func sourceRef(x policy.Source) themes.SourceRef {
	title := x.Title
	if title == "" {
		title = x.URL
	}
	return themes.SourceRef{Title: title, URL: x.URL, AsOf: x.AsOf, Retrieved: x.Retrieved}
}

// channels are the notice's ways to a person.
func (s *Site) channels(locale string, n *policy.Notice) []themes.Channel {
	var list []themes.Channel
	for i := range n.Channels {
		c := &n.Channels[i]
		v := themes.Channel{
			ID: c.ID, Kind: c.Kind, Name: s.words(c.Name, locale), Note: s.words(c.Note, locale),
			Hours: s.hoursIn(locale, c.Hours), For: c.For,
		}
		for _, l := range c.Langs {
			v.Langs = append(v.Langs, s.languageIn(source.Locale(l), locale))
		}
		switch c.Kind {
		case "form":
			v.URL = s.url(locale, "forms/"+c.Ref)
		case "phone":
			v.Value, v.URL = form.International(c.E164), "tel:"+c.E164
		case "email":
			v.Value, v.URL = c.Address, "mailto:"+c.Address
		case "chat":
			v.URL = c.Address
		}
		list = append(list, v)
	}
	return list
}

// coverage says for each language of the notice how many hours of the week a
// person answers, and when not.
func (s *Site) coverage(locale string, n *policy.Notice) []themes.Coverage {
	var list []themes.Coverage
	for _, l := range s.Config.Locales {
		gaps := n.Gaps(l)
		c := themes.Coverage{Lang: s.languageIn(l, locale), Hours: 168 - int(policy.Uncovered(gaps)/time.Hour)}
		for _, g := range gaps {
			c.Gaps = append(c.Gaps, gapRange(g, n.Zone()))
		}
		list = append(list, c)
	}
	return list
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// gapRange is a gap as hours; one over several days tells its first and its last.
func gapRange(g policy.Gap, zone string) themes.HourRange {
	const dayLength = 24 * 60
	first, last := g.From/dayLength, (g.To-1)/dayLength
	r := themes.HourRange{Days: weekdays[first%7], From: timeOfDay(g.From % dayLength), To: timeOfDay((g.To-1)%dayLength + 1), TZ: zone}
	if last > first {
		r.Days += "-" + weekdays[last%7]
	}
	return r
}

func (s *Site) categoryLink(locale, id string) themes.Link {
	for _, c := range s.Config.Categories {
		if c.ID == id {
			return themes.Link{Title: s.words(c.Name, locale), URL: s.categoryURL(locale, id)}
		}
	}
	return themes.Link{Title: id}
}

// Words of the policy's closed lists, as the theme has them.

func (s *Site) condition(locale, id string) string    { return s.wordOf(locale, "condition.", id) }
func (s *Site) duty(locale, id string) string         { return s.wordOf(locale, "duty.", id) }
func (s *Site) operatorName(id, locale string) string { return s.wordOf(locale, "operator.", id) }
func (s *Site) countryName(id, locale string) string  { return s.wordOf(locale, "country.", id) }

func (s *Site) wordOf(locale, prefix, id string) string {
	if id == "" {
		return ""
	}
	if text := s.text(locale, prefix+id); text != prefix+id {
		return text
	}
	return id
}
