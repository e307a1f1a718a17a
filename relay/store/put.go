package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"annai/form"
	"annai/relay"
)

// A row is a submission as the tables want it.
type row struct {
	submission  []any
	id          string
	form, idem  string
	digest      []byte
	deliveries  []relay.Delivery
	severity    string
	received    int64
	lookups     [][]byte
	attachments []string
	earlier     string // set by the writer: id of the submission that was there before
}

// private is what is personal in a submission: the payload's JSON.
type private struct {
	Token       string
	Subject     string
	Contact     relay.Contact
	Answers     form.Answers
	Lines       []relay.Line
	Attachments []relay.Attachment
	Find        []string
}

// Put implements relay.Store.
func (s *Store) Put(ctx context.Context, sub relay.Submission) (relay.Submission, error) {
	if err := s.room(ctx); err != nil {
		return sub, err
	}
	r, err := s.row(&sub)
	if err != nil {
		return sub, err
	}
	if err := s.submit(ctx, &op{put: r}); err != nil {
		return sub, err
	}
	if r.earlier != "" {
		return s.Get(ctx, r.earlier)
	}
	for i := range sub.Attachments {
		s.openable(&sub.Attachments[i])
	}
	return sub, nil
}

// row completes a submission (ids, times, states) and encrypts it.
func (s *Store) row(sub *relay.Submission) (*row, error) {
	now := time.Now()
	if sub.ID == "" {
		sub.ID = ulid.Make().String()
	}
	if sub.Received.IsZero() {
		sub.Received = now
	}
	sub.Received = sub.Received.UTC().Truncate(time.Microsecond)
	if sub.Key == "" {
		sub.Key = sub.ID
	}
	if sub.Reference == "" || sub.Token == "" || sub.Form == "" {
		return nil, errors.New("a submission needs a form, a reference and a token")
	}
	if len(sub.Deliveries) == 0 {
		return nil, errors.New("a submission needs a delivery")
	}
	sub.Deliveries = slices.Clone(sub.Deliveries)
	for i := range sub.Deliveries {
		d := &sub.Deliveries[i]
		if d.ID == "" {
			d.ID = ulid.Make().String()
		}
		if d.State == "" {
			d.State = relay.Queued
		}
		if d.Destination == "" || d.State.Finished() || d.State == relay.Dead {
			return nil, fmt.Errorf("a new delivery to %q can't be %s", d.Destination, d.State)
		}
		d.Since = sub.Received
		if d.State == relay.Queued {
			d.Next = sub.Received
		}
	}
	return s.encode(sub)
}

func (s *Store) encode(sub *relay.Submission) (*row, error) {
	key := newKey()
	wrapped, err := s.keys.wrap(key, sub.ID)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(private{sub.Token, sub.Subject, sub.Contact, sub.Answers, withoutAnswers(sub.Lines, sub.Answers), sub.Attachments, sub.Find})
	if err != nil {
		return nil, err
	}
	payload, err := seal(key, sub.ID+" payload", plain)
	if err != nil {
		return nil, err
	}
	r := &row{id: sub.ID, form: sub.Form, idem: sub.Key, digest: s.contentDigest(sub),
		deliveries: sub.Deliveries, severity: sub.Severity, received: micros(sub.Received)}
	r.submission = []any{sub.ID, sub.Reference, tokenDigest(sub.Token), sub.Form, sub.Key, r.digest, sub.Version, sub.Locale,
		r.received, sub.KeepDays, sub.Table, sub.Rule, string(sub.Handler), sub.Severity, sub.Product, sub.Upstream,
		micros(sub.Response), strings.Join(sub.Doubts, " "), sub.Client, s.keys.id, wrapped, payload}
	for _, value := range sub.Find {
		r.lookups = append(r.lookups, s.keys.digest("find", []byte(value)))
	}
	for _, a := range sub.Attachments {
		r.attachments = append(r.attachments, a.ID)
	}
	return r, nil
}

// withoutAnswers leaves out of the lines what stands in the answers already, most
// of a payload; withAnswers puts it back.
func withoutAnswers(lines []relay.Line, answers form.Answers) []relay.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		if l := &lines[i]; l.Text == strings.Join(answers[l.Field], "\n") {
			l.Text = ""
		}
	}
	return lines
}

func withAnswers(lines []relay.Line, answers form.Answers) []relay.Line {
	for i := range lines {
		if l := &lines[i]; l.Text == "" {
			l.Text = strings.Join(answers[l.Field], "\n")
		}
	}
	return lines
}

// contentDigest tells the same request sent twice from another one under the
// same key.
func (s *Store) contentDigest(sub *relay.Submission) []byte {
	answers, _ := json.Marshal(sub.Answers) // a map: sorted by key
	parts := [][]byte{[]byte(sub.Form), answers}
	for _, a := range sub.Attachments {
		parts = append(parts, []byte(a.Field), []byte(a.Name), a.SHA256)
	}
	return s.keys.digest("content", parts...)
}

func tokenDigest(token string) []byte {
	sum := sha256.Sum256([]byte("annai token " + token))
	return sum[:16]
}

const submissionColumns = `id, reference, token, form, idem, digest, version, locale, received, keep_days, rules, rule, handler,
	severity, product, upstream, response, doubts, client, key_id, data_key, payload`

// putAll writes the submissions of a batch together, table by table.
func (s *Store) putAll(ctx context.Context, tx transaction, batch []*op) error {
	var ops []*op
	var values [][]any
	for _, o := range batch {
		if o.put != nil {
			o.err, o.put.earlier = nil, ""
			ops, values = append(ops, o), append(values, o.put.submission)
		}
	}
	if len(ops) == 0 {
		return nil
	}
	fresh := map[string]bool{}
	err := tx.insert(ctx, "INSERT INTO submission ("+submissionColumns+")", values, "ON CONFLICT DO NOTHING", func(id string) { fresh[id] = true })
	if err != nil {
		return err
	}
	var rows []*row
	for _, o := range ops {
		if !fresh[o.put.id] {
			o.err, err = o.put.repeated(ctx, tx)
		} else {
			o.err, err = o.put.claimAttachments(ctx, tx)
		}
		if err != nil {
			return err
		}
		if fresh[o.put.id] && o.err == nil {
			rows = append(rows, o.put)
		}
	}
	return s.putDeliveries(ctx, tx, rows)
}

// repeated finds out why a submission wasn't inserted.
func (r *row) repeated(ctx context.Context, tx transaction) (refused, err error) {
	var id string
	var digest []byte
	found, err := one(ctx, tx, []any{&id, &digest}, "SELECT id, digest FROM submission WHERE form = ?1 AND idem = ?2", r.form, r.idem)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return relay.ErrTaken, nil
	case string(digest) != string(r.digest):
		return relay.ErrConflict, nil
	}
	r.earlier = id
	return nil, nil
}

// claimAttachments makes the content belong to the submission, which is taken
// back when there is none.
func (r *row) claimAttachments(ctx context.Context, tx transaction) (refused, err error) {
	for _, a := range r.attachments {
		n, err := tx.exec(ctx, "UPDATE attachment SET submission = ?1 WHERE id = ?2 AND submission IS NULL", r.id, a)
		if err != nil {
			return nil, err
		}
		if n == 1 {
			continue
		}
		if _, err := tx.exec(ctx, "UPDATE attachment SET submission = NULL WHERE submission = ?1", r.id); err != nil {
			return nil, err
		}
		_, err = tx.exec(ctx, "DELETE FROM submission WHERE id = ?1", r.id)
		return fmt.Errorf("attachment %s: %w", a, relay.ErrNotFound), err
	}
	return nil, nil
}

// putDeliveries writes what belongs to fresh submissions, with the jobs.
func (s *Store) putDeliveries(ctx context.Context, tx transaction, rows []*row) error {
	var jobs []job
	for _, r := range rows {
		for _, d := range r.deliveries {
			if d.State == relay.Queued {
				jobs = append(jobs, job{d.ID, d.Destination, r.severity})
			}
		}
	}
	ids, err := s.queue.insert(ctx, tx, jobs)
	if err != nil {
		return err
	}
	var deliveries, lookups [][]any
	for _, r := range rows {
		for i, d := range r.deliveries {
			deliveries = append(deliveries, []any{d.ID, r.id, i, d.Destination, r.severity, r.received,
				string(d.State), joinFields(d.Fields), ids[d.ID], micros(d.Since), micros(d.Next)})
		}
		for _, digest := range r.lookups {
			lookups = append(lookups, []any{digest, r.id})
		}
	}
	const into = "INSERT INTO delivery (id, submission, position, destination, severity, received, state, fields, job, since, next)"
	if err := tx.insert(ctx, into, deliveries, "", nil); err != nil {
		return err
	}
	return tx.insert(ctx, "INSERT INTO lookup (digest, submission)", lookups, "ON CONFLICT DO NOTHING", nil)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// joinFields writes a list of field ids; nil is "*", all.
func joinFields(fields []string) string {
	if fields == nil {
		return "*"
	}
	return strings.Join(fields, " ")
}

func splitFields(s string) []string {
	if s == "*" {
		return nil
	}
	return strings.Fields(s)
}

// room refuses when the disk's reserve is reached, before the disk is full. It
// looks once in half a second.
func (s *Store) room(ctx context.Context) error {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if now := time.Now(); now.Sub(s.disk.asked) > time.Second/2 {
		_, free, err := s.db.space(ctx)
		s.disk.full = err == nil && free >= 0 && free < s.config.Reserve
		s.disk.asked = now
	}
	if s.disk.full {
		return relay.ErrFull
	}
	return nil
}
