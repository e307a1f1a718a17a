package relay

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"annai/form"
	"annai/policy"
	"annai/relay/guard"
	"annai/themes"
)

// reasons are the answers to "what was missing?", as counted: those of a page that
// was written in its language, of one that a person translated, and of one that
// only a machine did.
var (
	reasons           = []string{"outdated", "missing", "unclear", "wrong", "other"}
	translatedReasons = []string{"outdated", "missing", "unclear", "wrong", "translation", "other"}
	machineReasons    = []string{"translation", "terms", "unclear", "wrong", "missing", "other"}
)

// reasonsOf are those of a page's language state, as the page itself tells it.
func reasonsOf(translation string) []string {
	switch translation {
	case "":
		return reasons
	case "machine":
		return machineReasons
	}
	return translatedReasons
}

// feedback answers POST /feedback: whether a page helped. It is counted by page
// and day, and nothing is kept of who said it. What somebody wrote in their own
// words goes to the desk.
func (s *Server) feedback(w http.ResponseWriter, r *http.Request) {
	q, ok := s.small(w, r, "feedback ")
	if !ok {
		return
	}
	page, helpful := q.body.get("page"), q.body.get("helpful")
	if !validPage(page) || helpful != "yes" && helpful != "no" {
		s.fail(w, q, refuse(http.StatusUnprocessableEntity, "bad-request", "feedback without a page or an answer"))
		return
	}
	if strings.TrimSpace(q.body.get(form.HoneypotField)) == "" {
		key := helpful + " " + page
		if reason := q.body.get("reason"); known(translatedReasons, reason) || known(machineReasons, reason) {
			key = "reason-" + reason + " " + page
		}
		if err := s.Store.Count(r.Context(), "feedback", key, 1); err != nil {
			s.fail(w, q, err)
			return
		}
	}
	if err := s.keepComment(q, page); err != nil {
		s.fail(w, q, err)
		return
	}
	if q.json {
		s.secure(w, q.edition, nil)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	view := themes.ThanksPage{
		Shell:   themes.Shell{Title: q.text("thanks.title")},
		Helpful: helpful == "yes", Action: s.base(q.edition) + "/feedback", Page: page,
		Back: q.edition.article(page),
	}
	if id := q.edition.manifest.Site.Contact; id != "" {
		view.FormURL = q.edition.siteURL(q.locale, "forms/"+id+"/?page="+url.QueryEscape(page))
	}
	if helpful == "no" && q.body.get("reason") == "" {
		for _, reason := range reasonsOf(q.body.get("translation")) {
			view.Reasons = append(view.Reasons, themes.Pair{Label: reason, Value: q.text("reason." + reason)})
		}
	}
	s.write(w, q.edition, q.locale, http.StatusOK, view)
}

// FeedbackForm is the form's name of what readers say about pages.
const FeedbackForm = "feedback"

// commentDays is how long such a comment is kept.
const commentDays = 90

// keepComment puts a reader's own words before the people at the desk.
func (s *Server) keepComment(q *request, page string) error {
	comment := clip(strings.TrimSpace(q.body.get("comment")), 4000)
	if comment == "" {
		return nil
	}
	id := ulid.Make().String()
	desk := s.deskLocale(q.edition)
	sub := Submission{
		ID: id, Reference: newReference(s.Prefix), Token: s.receiptToken(id), Key: "i-" + id,
		Form: FeedbackForm, Locale: q.locale, Received: q.received, KeepDays: commentDays, Handler: policy.Partner,
		Client:  guard.Mark(s.clients, q.received.UTC().Format(time.DateOnly)+q.client),
		Subject: page, Answers: form.Answers{"comment": {comment}},
		Lines:      []Line{{form.PageField, word(desk, "page"), page}, {"comment", word(desk, "comment"), comment}},
		Deliveries: []Delivery{{Destination: DeskName, State: Queued, Since: q.received}},
	}
	if strings.TrimSpace(q.body.get(form.HoneypotField)) != "" {
		sub.Doubts, sub.Deliveries[0].State = []string{"honeypot"}, Quarantined
	}
	_, err := s.put(q, sub)
	return err
}

// countSearch answers POST /searches with the words of a search that found
// nothing, if the site's owner has switched that on.
func (s *Server) countSearch(w http.ResponseWriter, r *http.Request) {
	q, ok := s.small(w, r, "search ")
	if !ok {
		return
	}
	words := strings.ToLower(strings.Join(strings.Fields(q.body.get("q")), " "))
	if s.Counter && words != "" && utf8.ValidString(words) && utf8.RuneCountInString(words) <= 60 && !personal(words) {
		if err := s.Store.Count(r.Context(), "no-result", q.locale+" "+words, 1); err != nil {
			s.fail(w, q, err)
			return
		}
	}
	s.secure(w, q.edition, nil)
	w.WriteHeader(http.StatusNoContent)
}

// personal tells words that may be about somebody: an address, a number, a
// secret. They are not counted.
func personal(words string) bool {
	digits := 0
	for _, r := range words {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return strings.Contains(words, "@") || digits > 6 || HasSecret(words)
}

// small reads a short POST that is no form: limited by sender, from our pages.
func (s *Server) small(w http.ResponseWriter, r *http.Request, bucket string) (*request, bool) {
	q := s.newRequest(r)
	s.allowOrigin(w, r, q.edition)
	claims := []guard.Claim{{Name: bucket + q.client, Rate: s.Abuse.Client}, {Name: "service", Rate: s.Abuse.Service}}
	if wait := s.limits.Take(q.received, claims...); wait > 0 {
		s.failLater(w, q, refuse(http.StatusTooManyRequests, "too-many", "the limit is reached"), wait)
		return q, false
	}
	b, done, err := s.readBody(w, r, q.client, nil)
	if err != nil {
		s.fail(w, q, err)
		return q, false
	}
	defer done()
	q.body = b
	locale := b.get("locale")
	if locale == "" {
		locale = b.get(form.LocaleField)
	}
	q.locale = q.edition.locale(locale, r.Header.Get("Accept-Language"))
	if err := s.crossOrigin(q); err != nil {
		s.fail(w, q, refuse(http.StatusForbidden, "refused", "%w", err))
		return q, false
	}
	return q, true
}

// validPage accepts a path of the site, as it may stand in a counter's name.
func validPage(page string) bool {
	if len(page) == 0 || len(page) > 200 || page[0] != '/' || strings.HasPrefix(page, "//") || !utf8.ValidString(page) {
		return false
	}
	return !strings.ContainsFunc(page, func(r rune) bool { return r <= ' ' || r == '?' || r == '#' || r == '\\' || r == 0x7F })
}

func known(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
