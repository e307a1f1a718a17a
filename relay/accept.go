package relay

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"annai/form"
	"annai/policy"
	"annai/relay/guard"
)

// A request is one POST of a form while it is being answered.
type request struct {
	*http.Request
	edition  *edition
	form     *form.Definition
	version  int  // that the page was drawn with
	old      bool // the page is older than the version before
	locale   string
	json     bool // answer with JSON
	received time.Time
	client   string // network, in clear; only ever in memory

	body    *body
	token   guard.Token // what came, or a fresh one
	signed  bool        // the token came with the request and is good
	checked bool        // the reader saw the check page
	forged  bool

	answers  form.Answers
	extra    form.Answers
	files    []Attachment
	decision policy.Decision
	invalid  *form.Invalid
}

// accept answers POST /forms/{form}.
func (s *Server) accept(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	q := s.newRequest(r)
	result := "refused"
	defer func() {
		s.Metrics.accepted(q.formID(), result, time.Since(started))
	}()
	defer s.caught(w, r, q)
	s.allowOrigin(w, r, q.edition)
	if q.form == nil {
		s.fail(w, q, refuse(http.StatusNotFound, "not-found", "no form %q", r.PathValue("form")))
		return
	}
	b, done, tooMuch := s.readBody(w, r, q.client, q.form)
	if b == nil {
		s.fail(w, q, tooMuch)
		return
	}
	defer done()
	s.read(q, b)
	if err := s.crossOrigin(q); err != nil {
		s.fail(w, q, refuse(http.StatusForbidden, "refused", "%w", err))
		return
	}
	if tooMuch != nil {
		s.fail(w, q, tooMuch)
		return
	}
	if wait := s.tooMany(q); wait > 0 {
		result = "limited"
		s.failLater(w, q, refuse(http.StatusTooManyRequests, "too-many", "the limit is reached"), wait)
		return
	}
	if err := s.judge(r.Context(), q); err != nil {
		result = "unavailable"
		s.fail(w, q, s.storeRefusal(err))
		return
	}
	result = s.answer(w, q)
}

// newRequest is what is known before the body was read.
func (s *Server) newRequest(r *http.Request) *request {
	e := s.edition.Load()
	return &request{
		Request:  r,
		edition:  e,
		form:     e.forms[r.PathValue("form")],
		locale:   e.locale("", r.Header.Get("Accept-Language")),
		json:     wantsJSON(r),
		received: s.Now().Truncate(time.Millisecond),
		client:   guard.Network(s.Proxies.Client(r)).String(),
		body:     &body{raw: form.Raw{}},
	}
}

func (q *request) formID() string {
	if q.form == nil {
		return "unknown" // a stranger's text is no label
	}
	return q.form.ID
}

// text is one of the theme's texts in the request's language.
func (q *request) text(key string) string { return q.edition.theme.Text(q.locale, key) }

// read takes from the body what isn't an answer: version, language and token.
func (s *Server) read(q *request, b *body) {
	q.body = b
	if l := b.get(form.LocaleField); l != "" {
		q.locale = q.edition.locale(l, q.Header.Get("Accept-Language"))
	}
	q.version = q.form.StampVersion(b.get(form.VersionField))
	q.form, q.old = q.edition.definition(q.form.ID, q.version)
	if q.version <= 0 {
		q.version = q.form.Version
	}
	s.readToken(q)
}

func (s *Server) readToken(q *request) {
	q.token = s.tokens.New(q.form.ID, q.form.Version, q.received)
	text := q.body.get(form.TokenField)
	if text == "" {
		return
	}
	t, err := s.tokens.Open(text)
	switch {
	case err != nil || t.Form != q.form.ID:
		q.forged = true
	case q.received.Sub(t.Issued) > s.Abuse.TokenAge:
		// Too old to send with, but still the name of this request.
		q.token.Nonce = t.Nonce
	default:
		q.token, q.signed, q.checked = t, true, t.Checked
	}
}

// judge cleans the answers, decides who handles them and applies the rules. An
// error is the store's.
func (s *Server) judge(ctx context.Context, q *request) error {
	for i := range q.form.Fields {
		if f := &q.form.Fields[i]; f.Kind == form.File {
			delete(q.body.raw, f.ID) // a file is a part with content, not a text
		}
	}
	var errs []form.FieldError
	if charset := q.body.get(form.CharsetField); charset != "" && !strings.EqualFold(charset, "utf-8") {
		errs = append(errs, form.FieldError{Rule: "charset", Param: charset})
	}
	answers, extra, unreadable := q.form.Normalise(q.body.raw)
	files, fileErrs, err := s.collect(ctx, q.form, q.body, q.token.Nonce)
	if err != nil {
		return err
	}
	answersWithFiles(answers, files)
	q.answers, q.extra, q.files = answers, extra, files
	q.decision = q.edition.manifest.Decide(q.form, answers)
	q.drop()
	if unreadable != nil {
		errs = append(errs, unreadable.Errors...)
	}
	if found := q.form.Validate(q.answers, q.decision.Given()); found != nil {
		errs = append(errs, found.Errors...)
	}
	if errs = append(errs, fileErrs...); len(errs) > 0 {
		q.invalid = q.form.Add(nil, errs...)
	}
	return nil
}

// drop leaves out answers to questions that were not asked: a conditional field
// that the reader filled in before choosing otherwise.
func (q *request) drop() {
	given := q.decision.Given()
	for i := range q.form.Fields {
		f := &q.form.Fields[i]
		if len(q.answers[f.ID]) > 0 && !q.form.Asked(f, q.answers, given) {
			delete(q.answers, f.ID)
		}
	}
}

// answer chooses what the reader gets, and returns its name for the metrics.
func (s *Server) answer(w http.ResponseWriter, q *request) string {
	action, field, _ := strings.Cut(q.body.get(form.ActionField), ":")
	switch {
	case action == "change" && !q.json:
		s.formPage(w, q, http.StatusOK, field)
		return "changed"
	case q.invalid != nil:
		s.refuseAnswers(w, q)
		return "invalid"
	case q.old && q.json:
		s.fail(w, q, refuse(http.StatusConflict, "expired", "version %d of the form is too old, it is %d now", q.version, q.form.Version))
		return "refused"
	case !q.json && !(q.checked && !q.old):
		return s.check(w, q)
	}
	return s.submit(w, q)
}

// check shows the answers before they are sent; when the same page was sent
// before, its receipt.
func (s *Server) check(w http.ResponseWriter, q *request) string {
	if q.signed && q.token.Nonce != "" {
		if earlier := s.sentBefore(q); earlier != nil {
			s.toReceipt(w, q, *earlier, true)
			return "repeated"
		}
	}
	s.checkPage(w, q)
	return "checked"
}

func (s *Server) refuseAnswers(w http.ResponseWriter, q *request) {
	if q.json {
		s.problem(w, q, http.StatusUnprocessableEntity, "invalid", q.invalid)
		return
	}
	s.formPage(w, q, http.StatusUnprocessableEntity, "")
}

// storeRefusal is what a store's error means for the reader: nothing was kept,
// come again.
func (s *Server) storeRefusal(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return &refusal{http.StatusServiceUnavailable, "unavailable", err}
}

// tooMany draws from the buckets of the sender, the form and the service.
func (s *Server) tooMany(q *request) time.Duration {
	claims := []guard.Claim{
		{Name: "client " + q.client, Rate: s.Abuse.Client},
		{Name: "form " + q.form.ID, Rate: s.Abuse.Form},
		{Name: "service", Rate: s.Abuse.Service},
	}
	if len(q.body.files) > 0 {
		claims = append(claims, guard.Claim{Name: "files " + q.client, Rate: s.Abuse.Files})
	}
	return s.limits.Take(q.received, claims...)
}
