package desk

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"annai/policy"
	"annai/relay"
)

type requestPage struct {
	frame
	row
	Row   row
	Lines []relay.Line
	Sheet sheet
	Steps []step
	Saved bool
}

// A step is one delivery with what can be done to it now.
type step struct {
	relay.Delivery
	Verbs  []relay.Verb
	Others []string // destinations to reroute it to
}

func (d *Desk) request(w http.ResponseWriter, r *http.Request) {
	s, err := d.Store.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	p := requestPage{frame: d.frame(r, "request"), row: d.newRow(s, time.Now()), Saved: r.URL.Query().Has("saved")}
	p.Title, p.Row = s.Reference, p.row
	p.Lines = d.Server.LinesOf(s, p.Locale)
	p.Sheet = d.sheet(s, p.Lines, p.Locale)
	for _, delivery := range s.Deliveries {
		others := slices.DeleteFunc(slices.Clone(d.Destinations), func(name string) bool { return name == delivery.Destination })
		p.Steps = append(p.Steps, step{delivery, verbs(delivery.State), others})
	}
	d.draw(w, "request.html", p.Locale, p)
}

// verbs are what makes sense in a state; the store has the last word.
func verbs(s relay.State) []relay.Verb {
	switch s {
	case relay.Queued:
		return []relay.Verb{relay.Replay, relay.Hold, relay.Reroute}
	case relay.Waiting:
		return []relay.Verb{relay.Finish, relay.Reroute, relay.Hold, relay.Reject}
	case relay.Held:
		return []relay.Verb{relay.Release, relay.Reroute, relay.Reject}
	case relay.Quarantined:
		return []relay.Verb{relay.Release, relay.Reject}
	case relay.Dead:
		return []relay.Verb{relay.Replay, relay.Reroute, relay.Finish, relay.Reject}
	case relay.Delivered:
		return []relay.Verb{relay.Replay}
	}
	return nil
}

// allowed are the verbs that the page offers; Forget is the command line's.
var allowed = map[relay.Verb]bool{
	relay.Hold: true, relay.Release: true, relay.Replay: true, relay.Reroute: true, relay.Reject: true,
	relay.Finish: true, relay.Note: true, relay.Ask: true, relay.Solve: true,
}

// act answers POST /requests/{id}: what the person decided.
func (d *Desk) act(w http.ResponseWriter, r *http.Request) {
	act := relay.Act{
		Submission: r.PathValue("id"), Delivery: r.PostFormValue("delivery"), Verb: relay.Verb(r.PostFormValue("verb")),
		By: person(r), Note: strings.TrimSpace(r.PostFormValue("note")), To: r.PostFormValue("to"),
		Ref: relay.Ref{ID: strings.TrimSpace(r.PostFormValue("number"))},
	}
	switch {
	case !allowed[act.Verb], act.Verb == relay.Reroute && !slices.Contains(d.Destinations, act.To):
		http.Error(w, text(d.locale(r), "wrong-state"), http.StatusBadRequest)
		return
	case act.Verb == relay.Note && act.Note == "":
		http.Redirect(w, r, d.Base+"/requests/"+url.PathEscape(act.Submission), http.StatusSeeOther)
		return
	case len(act.Ref.ID) > 64 || strings.ContainsFunc(act.Ref.ID, func(r rune) bool { return r < ' ' || r == 0x7F }):
		http.Error(w, text(d.locale(r), "bad-number"), http.StatusUnprocessableEntity)
		return
	}
	if act.Verb == relay.Note || act.Verb == relay.Ask || act.Verb == relay.Solve {
		act.Delivery = ""
	}
	if act.Verb != relay.Reroute {
		act.To = ""
	} else {
		s, err := d.Store.Get(r.Context(), act.Submission)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		act.Fields = d.Server.FieldsFor(s, act.To)
	}
	if err := d.Store.Do(r.Context(), act); err != nil {
		d.fail(w, r, err)
		return
	}
	if act.Verb == relay.Solve {
		if err := d.finishAll(r.Context(), act); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	http.Redirect(w, r, d.Base+"/requests/"+url.PathEscape(act.Submission)+"?saved", http.StatusSeeOther)
}

// finishAll ends what still waits for a person when the problem is solved.
func (d *Desk) finishAll(ctx context.Context, act relay.Act) error {
	s, err := d.Store.Get(ctx, act.Submission)
	if err != nil {
		return err
	}
	for _, delivery := range s.Deliveries {
		if delivery.State == relay.Waiting {
			err := d.Store.Do(ctx, relay.Act{Submission: s.ID, Delivery: delivery.ID, Verb: relay.Finish, By: act.By})
			if err != nil && !errors.Is(err, relay.ErrState) {
				return err
			}
		}
	}
	return nil
}

// file sends an attachment to be saved, never to be shown.
func (d *Desk) file(w http.ResponseWriter, r *http.Request) {
	s, err := d.Store.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for _, a := range s.Attachments {
		if a.ID != r.PathValue("file") || a.Open == nil {
			continue
		}
		content, err := a.Open(r.Context())
		if err != nil {
			d.fail(w, r, err)
			return
		}
		defer content.Close()
		w.Header().Set("Content-Type", "application/octet-stream")
		name := a.Name
		if a.Infected() {
			name += ".infected" // no program opens it by a double click
		}
		w.Header().Set("Content-Disposition", disposition(name))
		w.Header().Set("Content-Length", strconv.FormatInt(a.Size, 10))
		if _, err := io.Copy(w, content); err != nil {
			d.log().Error("an attachment could not be read", "id", a.ID, "error", err)
			panic(http.ErrAbortHandler) // the receiver must not take half a file for a whole one
		}
		return
	}
	d.fail(w, r, relay.ErrNotFound)
}

// disposition names a file for saving: in ASCII, and by RFC 5987 as it is.
func disposition(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	return mime.FormatMediaType("attachment", map[string]string{"filename": ascii}) + "; filename*=UTF-8''" + url.PathEscape(name)
}

// A sheet is what is typed into the operator's portal, in its order.
type sheet struct {
	Product   string
	PortalURL string
	HealthURL string
	Path      []string // menus, in the portal's own words
	Severity  string   // under which it is handed over
	Response  string   // what the operator promises for it
	Title     string
	Body      string // only what the form allows to be passed on
	Refused   bool   // the sender has not agreed to that
	Grounds   []string
	Missing   []string
}

// sheet prepares the hand-over; the zero sheet when the partner handles it.
func (d *Desk) sheet(s relay.Submission, lines []relay.Line, locale string) sheet {
	m := d.Server.Manifest()
	sh := sheet{Severity: s.Upstream, Title: "[" + s.Reference + "] " + s.Subject}
	if m == nil || !s.Handler.Leads() {
		return sheet{}
	}
	if p := m.Product(s.Product); p != nil {
		sh.Product, sh.PortalURL, sh.HealthURL, sh.Path = p.Name.In(locale), p.PortalURL, p.HealthURL, portalPath(p, s.Form)
		for _, u := range p.Upstream.Severities {
			if u.ID == s.Upstream {
				sh.Response = d.Server.Span(u.Response, locale)
			}
		}
	}
	if t := m.Table(s.Table); t != nil {
		if rule := t.Rule(s.Rule); rule != nil {
			sh.Grounds = rule.Grounds
			for _, id := range rule.Evidence {
				if len(s.Answers[id]) == 0 {
					sh.Missing = append(sh.Missing, d.Server.Label(s.Form, id, locale))
				}
			}
		}
	}
	lines, agreed := d.Server.Handover(s, lines)
	sh.Refused = !agreed
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Label + ": " + l.Text + "\n")
	}
	if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), strings.TrimSuffix(s.Subject, "…")) {
		sh.Title = "[" + s.Reference + "]" // its words may not be passed on
	}
	sh.Body = strings.TrimSpace(b.String()) + "\n[" + s.Reference + "]"
	return sh
}

// portalPath is the menu path for a form, or the product's only or default one.
func portalPath(p *policy.Product, form string) []string {
	if path := p.Portal[form]; len(path) > 0 {
		return path
	}
	if path := p.Portal["default"]; len(path) > 0 {
		return path
	}
	if len(p.Portal) == 1 {
		for _, path := range p.Portal {
			return path
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
