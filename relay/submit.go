package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"annai/form"
	"annai/policy"
	"annai/relay/guard"
)

// submit makes the request durable and answers with its receipt.
func (s *Server) submit(w http.ResponseWriter, q *request) string {
	sub := s.submission(q)
	stored, err := s.put(q, sub)
	switch {
	case errors.Is(err, ErrConflict) && q.json:
		s.fail(w, q, refuse(http.StatusUnprocessableEntity, "conflict", "%w", err))
		return "conflict"
	case errors.Is(err, ErrConflict):
		// The page was sent before with other answers: show what was sent.
		if earlier := s.sentBefore(q); earlier != nil {
			s.toReceipt(w, q, *earlier, true)
			return "repeated"
		}
		fallthrough
	case err != nil:
		s.fail(w, q, s.storeRefusal(err))
		return "unavailable"
	}
	repeated := stored.ID != sub.ID
	if !repeated {
		s.Log.Info("accepted", "id", stored.ID, "form", stored.Form, "severity", stored.Severity,
			"handler", string(stored.Handler), "doubts", stored.Doubts)
	}
	s.toReceipt(w, q, stored, repeated)
	switch {
	case repeated:
		return "repeated"
	case len(sub.Doubts) > 0:
		return "quarantined"
	}
	return "accepted"
}

// put stores the submission, with another reference when the one it has is in
// use (one in a million at a million requests).
func (s *Server) put(q *request, sub Submission) (Submission, error) {
	for range 5 {
		stored, err := s.Store.Put(q.Context(), sub)
		if !errors.Is(err, ErrTaken) {
			return stored, err
		}
		sub.Reference = newReference(s.Prefix)
	}
	return Submission{}, ErrTaken
}

// submission is the request as it will be stored.
func (s *Server) submission(q *request) Submission {
	id := ulid.Make().String()
	d := q.form
	desk := s.deskLocale(q.edition)
	sub := Submission{
		ID: id, Reference: newReference(s.Prefix), Token: s.receiptToken(id), Key: s.key(q),
		Form: d.ID, Version: q.version, Locale: q.locale, Received: q.received, KeepDays: d.Retention,
		Table: q.decision.Table, Rule: q.decision.Rule, Handler: q.decision.Handler, Severity: q.decision.Severity,
		Response: q.edition.manifest.ReplyBy(q.decision.Severity, q.received),
		Doubts:   s.doubts(q),
		Client:   guard.Mark(s.clients, q.received.UTC().Format(time.DateOnly)+q.client),
		Answers:  q.answers, Attachments: q.files,
		Subject: subjectOf(d, q.answers),
		Contact: contactOf(d, q.answers),
		Lines:   q.edition.linesOf(d, q.answers, q.extra, q.body.get(form.PageField), desk),
		Find:    findable(d, q.answers),
	}
	if u := q.decision.Upstream; u != nil {
		sub.Product, sub.Upstream = u.Product, u.Severity
	}
	sub.Deliveries = append(s.deliveries(q, sub.Doubts), s.receiptDelivery(d, q.answers, sub.Doubts)...)
	return sub
}

// key is the idempotency key: what the program says, or the page's nonce.
func (s *Server) key(q *request) string {
	if k := q.Header.Get("Idempotency-Key"); k != "" && len(k) <= 255 {
		sum := sha256.Sum256([]byte(k))
		return "k-" + hex.EncodeToString(sum[:16])
	}
	return "t-" + q.token.Nonce
}

// sentBefore is the submission that was stored with this page's nonce.
func (s *Server) sentBefore(q *request) *Submission {
	found, err := s.Store.Find(q.Context(), Query{Form: q.form.ID, Key: s.key(q), Limit: 1})
	if err != nil || len(found) == 0 || found[0].Key != s.key(q) {
		return nil
	}
	return &found[0]
}

// receiptToken is the unguessable name of the receipt, 130 bits that only this
// relay can compute from the id.
func (s *Server) receiptToken(id string) string { return guard.Mark(s.links, id)[:26] }

// doubts are reasons to have a person look before the request goes on. They never
// refuse it.
func (s *Server) doubts(q *request) []string {
	var doubts []string
	if strings.TrimSpace(q.body.get(form.HoneypotField)) != "" {
		doubts = append(doubts, "honeypot")
	}
	proof := q.body.get(form.ProofField)
	proved := q.token.Proved || proof != "" && s.proofs.Verify(proof, q.received) == nil
	switch {
	case q.forged:
		doubts = append(doubts, "forged-token")
	case proof != "" && !proved:
		doubts = append(doubts, "bad-proof")
	case q.signed && !proved && q.received.Sub(q.token.Issued) < s.Abuse.MinTime:
		doubts = append(doubts, "too-fast")
	case s.Abuse.RequireToken && !q.signed && !proved:
		doubts = append(doubts, "no-token")
	}
	if slices.ContainsFunc(q.files, func(a Attachment) bool { return a.Scan == ScanDown }) {
		doubts = append(doubts, doubtScanner)
	}
	if slices.ContainsFunc(q.files, Attachment.Infected) {
		doubts = append(doubts, doubtVirus)
	}
	return doubts
}

// Doubts about files, not about their sender: the request is held instead of
// being taken for spam.
const (
	doubtScanner = "scanner-down"
	doubtVirus   = "virus"
)

// deliveries says where the request goes. Without the reader's consent nothing
// leaves the partner.
func (s *Server) deliveries(q *request, doubts []string) []Delivery {
	names, leads := s.Routes.to(q.decision), q.decision.Handler.Leads()
	if leads && consentRefused(q.form, q.answers) {
		if names = slices.DeleteFunc(slices.Clone(names), s.Routes.outside); len(names) == 0 {
			names = []string{DeskName}
		}
	}
	state := Queued
	for _, doubt := range doubts {
		switch {
		case doubt != doubtScanner && doubt != doubtVirus:
			state = Quarantined
		case state == Queued:
			state = Held
		}
	}
	var list []Delivery
	for _, name := range names {
		delivery := Delivery{Destination: name, State: state, Since: q.received}
		if leads && s.Routes.outside(name) {
			delivery.Fields = forwarded(q.form)
		}
		list = append(list, delivery)
	}
	return list
}

func (s *Server) deskLocale(e *edition) string {
	if s.Desk != "" {
		return s.Desk
	}
	return e.manifest.Site.Locales[0]
}

// equal compares two texts in constant time.
func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// phoneFirst tells whether a severity is one for which one should call.
func phoneFirst(n *policy.Notice, severity string) bool {
	if n == nil {
		return severity == "A"
	}
	return len(n.Severities) > 0 && n.Severities[0].ID == severity
}
