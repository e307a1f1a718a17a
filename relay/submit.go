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
	"unicode/utf8"

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

// forwarded lists the fields that the form allows to be handed to the upstream
// operator; nil, all of them, when it says nothing about it.
func forwarded(d *form.Definition) []string {
	var ids []string
	said := false
	for i := range d.Fields {
		f := &d.Fields[i]
		said = said || len(f.Forward) > 0
		if len(f.Forward) == 0 && f.PII == "" || slices.Contains(f.Forward, "upstream") {
			ids = append(ids, f.ID)
		}
	}
	if !said {
		return nil
	}
	return ids
}

// consentRefused tells that the form asked whether data may be handed on, and the
// reader didn't agree.
func consentRefused(d *form.Definition, answers form.Answers) bool {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Kind == form.Consent {
			return answers.Get(f.ID) != f.Value
		}
	}
	return false
}

// subjectOf names the request: the form's subject field, or its first text.
func subjectOf(d *form.Definition, answers form.Answers) string {
	text := answers.Get(d.Subject)
	for i := range d.Fields {
		k := d.Fields[i].Kind
		if text == "" && (k == form.Text || k == form.LongText) {
			text = answers.Get(d.Fields[i].ID)
		}
	}
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > 120 {
		text = string([]rune(text)[:119]) + "…"
	}
	return text
}

func contactOf(d *form.Definition, answers form.Answers) Contact {
	first := func(k form.Kind) string {
		for i := range d.Fields {
			if v := answers.Get(d.Fields[i].ID); d.Fields[i].Kind == k && v != "" {
				return v
			}
		}
		return ""
	}
	return Contact{Name: first(form.PersonName), Organization: first(form.Organization), Email: first(form.Email), Phone: first(form.Phone)}
}

// findable are the texts by which the request can be found again.
func findable(d *form.Definition, answers form.Answers) []string {
	var list []string
	for i := range d.Fields {
		f := &d.Fields[i]
		for _, v := range answers[f.ID] {
			switch f.Kind {
			case form.Email, form.Domain, form.GUID, form.Digits:
				list = append(list, foundBy(v))
			case form.Phone:
				list = append(list, foundBy(v))
				if e164 := form.E164(v); e164 != "" {
					list = append(list, e164)
				}
			}
		}
	}
	return list
}

// foundBy is how an address or a number is compared.
func foundBy(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// linesOf are the answers as people read them.
func (e *edition) linesOf(d *form.Definition, answers, extra form.Answers, page, locale string) []Line {
	var lines []Line
	for i := range d.Fields {
		f := &d.Fields[i]
		if len(answers[f.ID]) > 0 {
			lines = append(lines, Line{Field: f.ID, Label: f.Label.In(locale, "en"), Text: strings.Join(e.shown(f, answers[f.ID], locale), "\n")})
		}
	}
	for _, name := range sortedKeys(extra) {
		lines = append(lines, Line{Field: name, Label: clip(name, 80), Text: clip(strings.Join(extra[name], "\n"), 4000)})
	}
	if page != "" {
		lines = append(lines, Line{Field: form.PageField, Label: word(locale, "page"), Text: clip(page, 400)})
	}
	return lines
}

// shown are a field's values as a reader sees them: options by their labels, a
// moment with its zone in words.
func (e *edition) shown(f *form.Field, values []string, locale string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = v
		for _, o := range f.Options {
			if o.ID == v {
				list[i] = o.Label.In(locale, "en")
			}
		}
		switch f.Kind {
		case form.Consent:
			list[i] = word(locale, "agreed")
		case form.Moment:
			if at, err := form.ParseMoment(v); err == nil {
				list[i] = e.theme.Moment(locale, at, at.Location().String())
			}
		}
	}
	return list
}

func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) > n {
		return string([]rune(s)[:n]) + "…"
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
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
