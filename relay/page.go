package relay

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// write answers with a page of the site's theme. What can't be drawn is a fault
// of the theme, not of the reader: the answer then says in plain text what the
// status means.
func (s *Server) write(w http.ResponseWriter, e *edition, locale string, status int, view any) {
	var page bytes.Buffer
	if err := e.theme.Fill(&page, e.manifest.Shells[locale], locale, view); err != nil {
		s.Log.Error("a page could not be drawn", "view", fmt.Sprintf("%T", view), "error", err)
		page.Reset()
		fmt.Fprintln(&page, word(locale, "plain"), status, http.StatusText(status))
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.Header().Set("Content-Language", themes.Lang(locale))
	s.secure(w, e, nil)
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// secure sets the headers of a page that shows what somebody typed.
func (s *Server) secure(w http.ResponseWriter, e *edition, frames []string) {
	site := strings.Join(append([]string{"'self'"}, e.origins(s.Origins)...), " ")
	ancestors := "'none'"
	if len(frames) > 0 {
		ancestors = strings.Join(frames, " ")
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+site+"; script-src "+site+"; img-src "+site+" data:; font-src "+site+
		"; connect-src "+site+"; form-action 'self'; base-uri 'none'; frame-ancestors "+ancestors)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if !slices.Contains(h.Values("Vary"), "Accept, Accept-Language") {
		h.Add("Vary", "Accept, Accept-Language")
	}
}

// formPage shows the form again with everything that was typed.
func (s *Server) formPage(w http.ResponseWriter, q *request, status int, focus string) {
	f := s.drawn(q)
	f.Focus = focus
	f.Invalid = q.invalid
	if focus != "" {
		f.Invalid = nil
	}
	if q.old {
		f.Message = &themes.Message{Title: word(q.locale, "changed-title"), Text: word(q.locale, "changed")}
	}
	s.write(w, q.edition, q.locale, status, themes.FormPage{Shell: themes.Shell{Title: f.Title()}, Form: f})
}

// drawn is the form with the answers so far, the request's token and the files
// that are already here.
func (s *Server) drawn(q *request) themes.Form {
	f := themes.Form{
		Definition: q.form, Locale: q.locale, RelayURL: s.base(q.edition), Page: clip(q.body.get(form.PageField), 400),
		Answers: q.answers, Contact: s.contact(q.edition, q.locale), Kept: map[string][]string{},
		PrivacyURL: q.edition.pageURL(q.form.Privacy, q.locale),
	}
	if f.Answers == nil {
		f.Answers = s.typed(q)
	}
	t := q.token
	t.Checked, t.Proved = false, false
	f.Extra = append(f.Extra, themes.Pair{Label: form.TokenField, Value: s.tokens.Sign(t)})
	for _, name := range slices.Sorted(maps.Keys(q.extra))[:min(len(q.extra), maxExtra)] {
		for _, v := range q.extra[name] {
			f.Extra = append(f.Extra, themes.Pair{Label: name, Value: v})
		}
	}
	for _, a := range q.files {
		f.Kept[a.Field] = append(f.Kept[a.Field], a.Name)
		f.Extra = append(f.Extra, themes.Pair{Label: filesField, Value: s.files.close(keptFile{a, q.token.Nonce, q.received.Add(keepFiles)})})
	}
	return f
}

// maxExtra is how many names that the form doesn't have (but the page before it
// may have had) are carried along.
const maxExtra = 30

// typed is what came, cleaned as far as it can be, for a page that must not lose
// it although nothing was judged. Files that came with an earlier page stay.
func (s *Server) typed(q *request) form.Answers {
	answers, extra, _ := q.form.Normalise(q.body.raw)
	q.extra, q.files = extra, nil
	for _, handle := range q.body.raw[filesField] {
		if a, err := s.files.open(handle, q.token.Nonce, s.Now()); err == nil && len(q.files) < maxFiles {
			q.files = append(q.files, a)
		}
	}
	for i := range q.form.Fields {
		if q.form.Fields[i].Kind == form.File {
			delete(answers, q.form.Fields[i].ID)
		}
	}
	return answers
}

// checkPage shows the answers, and who will handle them by when, before they are
// sent.
func (s *Server) checkPage(w http.ResponseWriter, q *request) {
	f := s.drawn(q)
	t := q.token
	t.Checked, t.Issued, t.Version = true, q.received, q.form.Version
	proof := q.body.get(form.ProofField)
	t.Proved = t.Proved || proof != "" && s.proofs.Verify(proof, q.received) == nil
	for i := range f.Extra {
		if f.Extra[i].Label == form.TokenField {
			f.Extra[i].Value = s.tokens.Sign(t)
		}
	}
	d := q.decision
	p := themes.CheckPage{
		Shell: themes.Shell{Title: q.text("check.title")}, Form: f,
		Severity: d.Severity, Handler: string(d.Handler),
		ReplyBy: q.edition.manifest.ReplyBy(d.Severity, q.received), Zones: q.edition.zones(q.form, q.locale),
		Missing: missing(q), Warnings: warnings(q),
	}
	p.Rule, p.Reason, p.Page = q.edition.rule(d.Table, d.Rule, q.locale)
	if n := q.edition.manifest.Notice(q.received); n != nil {
		if sv := n.Severity(d.Severity); sv != nil {
			p.Meaning, p.Duty = sv.Meaning.In(q.locale), sv.Ask.In(q.locale)
		}
	}
	if d.Handler.Leads() {
		p.Receiver = word(q.locale, "operator")
		p.Forward = forwardLabels(q)
		if consentRefused(q.form, q.answers) {
			p.Forward, p.Handler, p.Reason = nil, string(policy.Partner), word(q.locale, "no-consent")
		}
	}
	s.write(w, q.edition, q.locale, http.StatusOK, p)
}

func missing(q *request) []themes.Pair {
	var list []themes.Pair
	for _, id := range q.decision.Missing {
		if f := q.form.Field(id); f != nil && q.form.Asked(f, q.answers, q.decision.Given()) {
			list = append(list, themes.Pair{Label: id, Value: f.Label.In(q.locale)})
		}
	}
	return list
}

func warnings(q *request) []string {
	var list []string
	for _, f := range fieldsWithSecrets(q.form, q.answers) {
		list = append(list, fmt.Sprintf(word(q.locale, "secret"), f.Label.In(q.locale)))
	}
	for _, a := range q.files {
		if a.Infected() {
			list = append(list, fmt.Sprintf(word(q.locale, "virus"), a.Name))
		}
	}
	return list
}

func forwardLabels(q *request) []string {
	allowed := forwarded(q.form)
	var labels []string
	for i := range q.form.Fields {
		f := &q.form.Fields[i]
		if len(q.answers[f.ID]) > 0 && f.Kind != form.Consent && f.Kind != form.Hidden && (allowed == nil || slices.Contains(allowed, f.ID)) {
			labels = append(labels, f.Label.In(q.locale))
		}
	}
	return labels
}

// rule is the rule's card on the site, its reason in words, and the page by which
// readers can help themselves.
func (e *edition) rule(table, id, locale string) (card themes.Link, reason string, page *themes.Link) {
	t := e.manifest.Table(table)
	if t == nil {
		return card, "", nil
	}
	r := t.Rule(id)
	if r == nil {
		return card, "", nil
	}
	card = themes.Link{Title: r.Title.In(locale), URL: e.siteURL(locale, "rules/"+table+"/#"+id)}
	if reason = r.Reason.In(locale); reason == "" {
		reason = r.Action.In(locale)
	}
	if url := e.pageURL(r.Then.Page, locale); url != "" && r.Handler == policy.Self {
		page = &themes.Link{Title: r.Title.In(locale), URL: url}
	}
	return card, reason, page
}

// siteURL is a page's address; relative to the host when the site has no address.
func (e *edition) siteURL(locale, path string) string {
	return e.address("/" + locale + "/" + path)
}

func (e *edition) pageURL(id, locale string) string {
	if id == "" {
		return ""
	}
	path := cmp.Or(e.manifest.Pages[id][locale], e.manifest.Pages[id][e.manifest.Site.Locales[0]])
	if path == "" {
		return ""
	}
	return e.address(path)
}

// address is a path of the site with the site's own address before it: the relay
// may be somewhere else.
func (e *edition) address(path string) string {
	return strings.TrimSuffix(e.manifest.Site.BaseURL, "/") + path
}

// article is a page of the site by its path, with its title if the site has it.
func (e *edition) article(path string) themes.Link {
	l := themes.Link{Title: path, URL: e.address(path)}
	for i := range e.manifest.Articles {
		if e.manifest.Articles[i].URL == path {
			l.Title = e.manifest.Articles[i].Title
		}
	}
	return l
}

// homes are the zones in which a language's readers tell the time.
var homes = map[string]string{"ja": "Asia/Tokyo", "zh-hans": "Asia/Shanghai"}

// zones are in which times are shown: the reader's own first, then those of the
// form and of the notice.
func (e *edition) zones(d *form.Definition, locale string) []string {
	var list []string
	add := func(zone string) {
		if _, err := time.LoadLocation(zone); zone != "" && err == nil && !slices.Contains(list, zone) && len(list) < 3 {
			list = append(list, zone)
		}
	}
	add(homes[locale])
	if d != nil {
		for i := range d.Fields {
			for _, zone := range d.Fields[i].Zones {
				add(zone)
			}
		}
	}
	if n := e.manifest.Notice(time.Now()); n != nil {
		add(n.Zone())
	}
	add("Asia/Shanghai")
	return list
}

// contact is how a person is reached, from the notice in force; nil without one.
func (s *Server) contact(e *edition, locale string) *themes.Contact {
	n := e.manifest.Notice(s.Now())
	if n == nil {
		return nil
	}
	c := &themes.Contact{
		NoticeURL: e.siteURL(locale, "notice/"), LookupURL: s.base(e) + "/requests", Zones: e.zones(nil, locale),
	}
	for i := range n.Channels {
		c.Channels = append(c.Channels, channel(e, &n.Channels[i], locale))
	}
	for _, sv := range n.Severities {
		c.FirstReply = append(c.FirstReply, themes.Reply{Severity: sv.ID, Name: sv.Name.In(locale),
			First: themes.Duration(sv.First), Updates: themes.Duration(sv.Updates), Hours: hoursOf(sv.Clock)})
	}
	return c
}

func channel(e *edition, ch *policy.Channel, locale string) themes.Channel {
	view := themes.Channel{ID: ch.ID, Kind: ch.Kind, Name: ch.Name.In(locale), Hours: hoursOf(ch.Hours), For: ch.For, Note: ch.Note.In(locale)}
	for _, l := range ch.Langs {
		view.Langs = append(view.Langs, e.theme.Text(locale, "language.name."+source.Locale(l)))
	}
	switch ch.Kind {
	case "phone":
		view.Value, view.URL = form.International(ch.E164), "tel:"+ch.E164
	case "email":
		view.Value, view.URL = ch.Address, "mailto:"+ch.Address
	case "form":
		view.URL = e.siteURL(locale, "forms/"+ch.Ref+"/")
	default:
		view.Value = ch.Address
	}
	return view
}

func hoursOf(c policy.Clock) themes.Hours {
	h := themes.Hours{Always: c.Always}
	for _, r := range c.Ranges {
		h.Ranges = append(h.Ranges, themes.HourRange{Days: r.Days, From: r.From, To: r.To, TZ: r.TZ})
	}
	return h
}

// urgentPhone is the phone for a severity: in the reader's language and open now,
// if there is such a one.
func (s *Server) urgentPhone(e *edition, severity, locale string) *themes.Channel {
	n := e.manifest.Notice(s.Now())
	if n == nil || !phoneFirst(n, severity) {
		return nil
	}
	var best *policy.Channel
	bestRank := -1
	for i := range n.Channels {
		ch := &n.Channels[i]
		if ch.Kind != "phone" || !slices.Contains(ch.For, severity) {
			continue
		}
		rank := 0
		if ch.Hours.Covers(s.Now(), e.manifest.Calendars[ch.Holidays]) {
			rank += 2
		}
		if slices.ContainsFunc(ch.Langs, func(l string) bool { return e.locale(l, "") == locale }) {
			rank++
		}
		if rank > bestRank {
			best, bestRank = ch, rank
		}
	}
	if best == nil {
		return nil
	}
	view := channel(e, best, locale)
	return &view
}
