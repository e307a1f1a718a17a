package relay

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"annai/form"
	"annai/policy"
	"annai/themes"
)

// Status is where a request stands, as its sender is told: five words, each only
// when it is true.
type Status string

const (
	StatusReceived Status = "received"    // it is here, nobody has looked yet
	StatusChecking Status = "checking"    // a person has it, or has to look at it
	StatusWaiting  Status = "waiting"     // for the sender's answer
	StatusHanded   Status = "handed-over" // the upstream operator has it
	StatusSolved   Status = "solved"
)

// StatusOf tells where a submission stands, and the upstream operator's number
// once there is one. Only a number that a person recorded, or a destination that
// is the operator's own, count as handed over.
func (r Routes) StatusOf(s Submission) (status Status, number string) {
	status = StatusReceived
	for _, d := range s.Deliveries {
		if d.Destination == ReceiptMail {
			continue
		}
		theirs := s.Handler.Leads() && (r.Parties[d.Destination] == policy.Upstream || d.Destination == DeskName && d.Ref.ID != "")
		switch {
		case d.State == Delivered && theirs:
			status = StatusHanded
			if !strings.Contains(d.Ref.ID, "@") { // a mail's id is nobody's number
				number = cmp.Or(d.Ref.ID, number)
			}
		case d.State == Withdrawn || status == StatusHanded:
		case d.State == Delivered || d.State == Held || d.State == Waiting && touched(s):
			status = StatusChecking
		}
	}
	for _, entry := range s.Log {
		switch entry.Verb {
		case Ask:
			status = StatusWaiting
		case Solve:
			status = StatusSolved
		case Replay, Release, Reroute:
			if status == StatusSolved {
				status = StatusChecking
			}
		}
	}
	return status, number
}

// touched tells that a person has done something with it.
func touched(s Submission) bool { return len(s.Log) > 0 }

// toReceipt leads to the receipt: 303 for a browser, 201 for a program.
func (s *Server) toReceipt(w http.ResponseWriter, q *request, sub Submission, repeated bool) {
	// The id makes the token, so that a repetition has the same link although
	// the store keeps only the token's digest.
	path := s.base(q.edition) + "/requests/" + s.receiptToken(sub.ID)
	s.secure(w, q.edition, nil)
	if !q.json {
		if repeated {
			path += "?again"
		} else {
			path += "?sent"
		}
		w.Header().Set("Location", path)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	w.Header().Set("Location", path)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	writeJSON(w, http.StatusCreated, s.receiptJSON(q.edition, sub, path))
}

// receiptJSON is the receipt for programs.
type receiptJSON struct {
	ID        string     `json:"id"`
	Reference string     `json:"reference"`
	URL       string     `json:"url"`
	Received  time.Time  `json:"received"`
	Status    Status     `json:"status"`
	Form      string     `json:"form"`
	Version   int        `json:"version"`
	Handler   string     `json:"handler"`
	Severity  string     `json:"severity,omitempty"`
	Rule      string     `json:"rule,omitempty"`
	ReplyBy   *time.Time `json:"replyBy,omitempty"`
	Number    string     `json:"number,omitempty"` // the upstream operator's
	Phone     string     `json:"phone,omitempty"`  // to call as well, for the most severe
}

func (s *Server) receiptJSON(e *edition, sub Submission, path string) receiptJSON {
	status, number := s.Routes.StatusOf(sub)
	r := receiptJSON{
		ID: sub.ID, Reference: sub.Reference, URL: s.absolute(e, path), Received: sub.Received.UTC(), Status: status,
		Form: sub.Form, Version: sub.Version, Handler: string(sub.Handler), Severity: sub.Severity, Number: number,
	}
	if sub.Rule != "" {
		r.Rule = sub.Table + "/" + sub.Rule
	}
	if !sub.Response.IsZero() {
		at := sub.Response.UTC()
		r.ReplyBy = &at
	}
	if phone := s.urgentPhone(e, sub.Severity, sub.Locale); phone != nil {
		r.Phone = strings.TrimPrefix(phone.URL, "tel:")
	}
	return r
}

// absolute is a path with the relay's own address before it, when it knows it.
func (s *Server) absolute(e *edition, path string) string {
	address := s.URL
	if address == "" {
		address = e.manifest.Site.RelayURL
	}
	if o := origin(address); o != "" {
		return o + path
	}
	return path
}

// receipt answers GET /requests/{token}.
func (s *Server) receipt(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(r)
	sub, err := s.byToken(r, r.PathValue("token"))
	switch {
	case errors.Is(err, ErrNotFound):
		s.fail(w, q, refuse(http.StatusNotFound, "not-found", "no such receipt"))
		return
	case err != nil:
		s.fail(w, q, err)
		return
	case !sub.Forgotten.IsZero():
		s.fail(w, q, refuse(http.StatusGone, "gone", "the request was erased"))
		return
	}
	if q.json {
		s.secure(w, q.edition, nil)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		writeJSON(w, http.StatusOK, s.receiptJSON(q.edition, sub, r.URL.Path))
		return
	}
	query := r.URL.Query()
	q.locale = q.edition.locale(sub.Locale, "")
	page := s.receiptPage(q.edition, sub, q.locale)
	page.Fresh, page.Again = query.Has("sent"), query.Has("again")
	page.URL = s.absolute(q.edition, r.URL.Path)
	s.write(w, q.edition, q.locale, http.StatusOK, page)
}

// byToken finds a submission by its receipt's token, which only its id can give.
func (s *Server) byToken(r *http.Request, token string) (Submission, error) {
	if len(token) != 26 {
		return Submission{}, ErrNotFound
	}
	found, err := s.Store.Find(r.Context(), Query{Token: token, Limit: 1})
	if err != nil {
		return Submission{}, err
	}
	if len(found) == 0 {
		return Submission{}, ErrNotFound
	}
	return s.Store.Get(r.Context(), found[0].ID)
}

func (s *Server) receiptPage(e *edition, sub Submission, locale string) themes.ReceiptPage {
	status, number := s.Routes.StatusOf(sub)
	p := themes.ReceiptPage{
		Shell:     themes.Shell{Title: e.theme.Text(locale, "receipt.title")},
		Reference: sub.Reference, Received: sub.Received, State: string(status), Severity: sub.Severity, Handler: string(sub.Handler),
		ReplyBy: sub.Response, Zones: e.zones(e.forms[sub.Form], locale), Number: number,
		Phone: s.urgentPhone(e, sub.Severity, locale), Contact: s.contact(e, locale),
		Events: s.events(sub, locale), LookupURL: s.base(e) + "/requests",
	}
	if sub.Handler.Leads() {
		p.Operator = word(locale, "operator")
	}
	p.Rule, p.Reason, _ = e.rule(sub.Table, sub.Rule, locale)
	if sub.Handler.Leads() && onlyDesk(sub) && e.forms[sub.Form] != nil && consentRefused(e.forms[sub.Form], sub.Answers) {
		p.Handler, p.Reason = "partner", word(locale, "no-consent")
	}
	p.Answers = e.answers(sub, locale)
	return p
}

func onlyDesk(sub Submission) bool {
	return !slices.ContainsFunc(sub.Deliveries, func(d Delivery) bool { return d.Destination != DeskName && d.Destination != ReceiptMail })
}

// events are what happened, without names and notes of the people who did it.
func (s *Server) events(sub Submission, locale string) []themes.Event {
	list := []themes.Event{{At: sub.Received, Text: word(locale, "event-received")}}
	add := func(at time.Time, key string) {
		text := word(locale, key)
		if list[len(list)-1].Text != text {
			list = append(list, themes.Event{At: at, Text: text})
		}
	}
	for _, d := range sub.Deliveries {
		if d.State == Delivered && len(d.Attempts) > 0 && s.Routes.Parties[d.Destination] == policy.Upstream && sub.Handler.Leads() {
			add(d.Attempts[len(d.Attempts)-1].Ended, "event-handed")
		}
	}
	for _, entry := range sub.Log {
		switch entry.Verb {
		case Ask:
			add(entry.Time, "event-waiting")
		case Solve:
			add(entry.Time, "event-solved")
		case Finish:
			if _, number := s.Routes.StatusOf(sub); sub.Handler.Leads() && number != "" {
				add(entry.Time, "event-handed")
			} else {
				add(entry.Time, "event-taken")
			}
		}
	}
	return list
}

// answers are what was sent, in the reader's language as far as the form still
// has the words.
func (e *edition) answers(sub Submission, locale string) []themes.Answer {
	d := e.forms[sub.Form]
	var list []themes.Answer
	if d == nil {
		for _, l := range sub.Lines {
			list = append(list, themes.Answer{Field: l.Field, Label: l.Label, Values: strings.Split(l.Text, "\n")})
		}
		return list
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		if len(sub.Answers[f.ID]) == 0 || f.Kind == form.Hidden {
			continue
		}
		list = append(list, themes.Answer{
			Field: f.ID, Label: f.Label.In(locale), Values: e.shown(f, sub.Answers[f.ID], locale),
			Long: f.Kind == form.LongText, Sensitive: f.PII == "sensitive",
		})
	}
	return list
}
