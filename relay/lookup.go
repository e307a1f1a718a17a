package relay

import (
	"net/http"
	"time"

	"annai/form"
	"annai/relay/guard"
	"annai/themes"
)

// lookupPage answers GET /requests.
func (s *Server) lookupPage(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(r)
	q.locale = q.edition.locale(r.URL.Query().Get("locale"), r.Header.Get("Accept-Language"))
	s.write(w, q.edition, q.locale, http.StatusOK, s.lookupView(q, "", ""))
}

// lookupTime is how long a look-up takes at least, whether it finds or not: what
// differs inside can't be measured from outside.
const lookupTime = 150 * time.Millisecond

// lookup answers POST /requests: the receipt of the request with that reference
// and mail address. A wrong pair gets one and the same answer, whichever of the
// two is wrong.
func (s *Server) lookup(w http.ResponseWriter, r *http.Request) {
	q := s.newRequest(r)
	b, done, err := s.readBody(w, r, q.client, nil)
	if err != nil {
		s.fail(w, q, err)
		return
	}
	defer done()
	q.body = b
	q.locale = q.edition.locale(b.get(form.LocaleField), r.Header.Get("Accept-Language"))
	if err := s.crossOrigin(q); err != nil {
		s.fail(w, q, refuse(http.StatusForbidden, "refused", "%w", err))
		return
	}
	claims := []guard.Claim{{Name: "lookup " + q.client, Rate: guard.Rate{PerMinute: 6, Burst: 10}}, {Name: "service", Rate: s.Abuse.Service}}
	if wait := s.limits.Take(q.received, claims...); wait > 0 {
		s.failLater(w, q, refuse(http.StatusTooManyRequests, "too-many", "the limit is reached"), wait)
		return
	}
	patience := time.NewTimer(lookupTime)
	reference, email := b.get("reference"), b.get("email")
	sub, found, err := s.match(r, reference, email)
	<-patience.C
	switch {
	case err != nil:
		s.fail(w, q, err)
	case found:
		w.Header().Set("Location", s.base(q.edition)+"/requests/"+s.receiptToken(sub.ID))
		s.secure(w, q.edition, nil)
		w.WriteHeader(http.StatusSeeOther)
	case q.json:
		s.problem(w, q, http.StatusNotFound, "not-found", nil)
	default:
		s.write(w, q.edition, q.locale, http.StatusNotFound, s.lookupView(q, clip(reference, 40), clip(email, 254)))
	}
}

func (s *Server) lookupView(q *request, reference, email string) themes.LookupPage {
	p := themes.LookupPage{
		Shell:  themes.Shell{Title: q.text("lookup.title")},
		Action: s.base(q.edition) + "/requests", Reference: reference, Email: email,
	}
	if reference != "" || email != "" {
		p.Error = word(q.locale, "not-found")
	}
	return p
}

// match finds the submission whose reference and mail address are both right.
func (s *Server) match(r *http.Request, reference, email string) (Submission, bool, error) {
	known := ParseReference(s.Prefix, reference)
	found, err := s.Store.Find(r.Context(), Query{Reference: orNone(known), Limit: 1})
	if err != nil || len(found) == 0 || known == "" {
		return Submission{}, false, err
	}
	sub := found[0]
	good := sub.Forgotten.IsZero() && sub.Contact.Email != "" && equal(foundBy(sub.Contact.Email), foundBy(cleanEmail(email)))
	return sub, good, nil
}

// orNone asks the store in any case, so that both ways cost the same.
func orNone(reference string) string {
	if reference == "" {
		return "none"
	}
	return reference
}

// cleanEmail brings an address to the form in which answers are stored.
func cleanEmail(s string) string {
	d := form.Definition{Fields: []form.Field{{ID: "email", Kind: form.Email}}}
	answers, _, _ := d.Normalise(form.Raw{"email": {s}})
	return answers.Get("email")
}
