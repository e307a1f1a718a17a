package store

import (
	"context"
	"fmt"
	"strings"

	"annai/policy"
	"annai/relay"
)

// Get implements relay.Store.
func (s *Store) Get(ctx context.Context, id string) (relay.Submission, error) {
	found, err := s.find(ctx, s.db, "s.id = ?1", []any{id}, "")
	if err != nil {
		return relay.Submission{}, err
	}
	if len(found) == 0 {
		return relay.Submission{}, relay.ErrNotFound
	}
	sub, key := found[0].Submission, found[0].key
	for i := range sub.Deliveries {
		if err := s.attempts(ctx, key, &sub.Deliveries[i]); err != nil {
			return sub, err
		}
	}
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var e relay.Entry
		var at int64
		var note []byte
		var number int
		if err := scan(&number, &at, &e.By, (*string)(&e.Verb), &e.Delivery, &note); err != nil {
			return err
		}
		e.Time = moment(at)
		e.Note = openText(key, entryPlace(sub.ID, number), note)
		sub.Log = append(sub.Log, e)
		return nil
	}, `SELECT number, at, by, verb, delivery, note FROM entry WHERE submission = ?1 ORDER BY number`, id)
	return sub, err
}

func (s *Store) attempts(ctx context.Context, key []byte, d *relay.Delivery) error {
	return s.db.query(ctx, func(scan func(...any) error) error {
		var a relay.Attempt
		var started, ended int64
		var detail []byte
		if err := scan(&a.Number, &started, &ended, (*string)(&a.Class), &a.Status, &a.Ref.ID, &a.Ref.URL, &detail); err != nil {
			return err
		}
		a.Started, a.Ended = moment(started), moment(ended)
		a.Detail = openText(key, attemptPlace(d.ID, a.Number), detail)
		d.Attempts = append(d.Attempts, a)
		return nil
	}, `SELECT number, started, ended, class, status, ref, ref_url, detail FROM attempt WHERE delivery = ?1 ORDER BY number`, d.ID)
}

func entryPlace(submission string, number int) string {
	return fmt.Sprintf("%s entry %d", submission, number)
}

func attemptPlace(delivery string, number int) string {
	return fmt.Sprintf("%s attempt %d", delivery, number)
}

// openText is for what is shown beside other things: a damaged note must not
// hide them.
func openText(key []byte, place string, sealed []byte) string {
	if len(sealed) == 0 || key == nil {
		return ""
	}
	plain, err := open(key, place, sealed)
	if err != nil {
		return damagedText(place)
	}
	return string(plain)
}

func damagedText(place string) string { return "(" + place + " is damaged)" }

// Find implements relay.Store.
func (s *Store) Find(ctx context.Context, q relay.Query) ([]relay.Submission, error) {
	where, args, order := s.conditions(q)
	found, err := s.find(ctx, s.db, where, args, order)
	subs := make([]relay.Submission, len(found))
	for i := range found {
		subs[i] = found[i].Submission
	}
	return subs, err
}

// conditions turns a query into SQL. Everything that comes from outside is a
// parameter.
func (s *Store) conditions(q relay.Query) (where string, args []any, order string) {
	all := []string{"1 = 1"}
	add := func(list *[]string, sql string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			sql = strings.Replace(sql, "?", fmt.Sprintf("\x00%d", len(args)), 1)
		}
		*list = append(*list, strings.ReplaceAll(sql, "\x00", "?"))
	}
	if q.ID != "" {
		add(&all, "s.id = ?", q.ID)
	}
	if q.Token != "" {
		add(&all, "s.token = ?", tokenDigest(q.Token))
	}
	if q.Reference != "" {
		add(&all, "s.reference = ?", q.Reference)
	}
	if q.Form != "" {
		add(&all, "s.form = ?", q.Form)
	}
	if q.Key != "" {
		add(&all, "s.idem = ?", q.Key)
	}
	if q.Found != "" {
		add(&all, "(s.id IN (SELECT submission FROM lookup WHERE digest = ?) OR s.id IN (SELECT submission FROM delivery WHERE ref = ?))",
			s.keys.digest("find", []byte(q.Found)), q.Found)
	}
	if !q.Since.IsZero() {
		add(&all, "s.received >= ?", micros(q.Since))
	}
	if !q.Before.IsZero() {
		add(&all, "s.received < ?", micros(q.Before))
	}
	var some []string
	if q.Severity != "" {
		add(&some, "d.severity = ?", q.Severity)
	}
	if q.Destination != "" {
		add(&some, "d.destination = ?", q.Destination)
	}
	if len(q.States) > 0 {
		var states []any
		for _, state := range q.States {
			states = append(states, string(state))
		}
		add(&some, "d.state IN (?"+strings.Repeat(", ?", len(states)-1)+")", states...)
	}
	if some != nil {
		all = append(all, "EXISTS (SELECT 1 FROM delivery d WHERE d.submission = s.id AND "+strings.Join(some, " AND ")+")")
	}
	order = "ORDER BY CASE WHEN s.severity = '' THEN '~' ELSE s.severity END, s.received, s.id"
	if q.Newest {
		order = "ORDER BY s.received DESC, s.id DESC"
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	return strings.Join(all, " AND "), args, fmt.Sprintf("%s LIMIT %d OFFSET %d", order, limit, max(q.Offset, 0))
}

// found is a submission and the key to its private parts; nil when forgotten or
// damaged.
type found struct {
	relay.Submission
	key []byte
}

func (s *Store) find(ctx context.Context, q querier, where string, args []any, order string) ([]found, error) {
	var list []found
	err := q.query(ctx, func(scan func(...any) error) error {
		var f found
		var received, response, closed, forgotten int64
		var handler, doubts string
		var wrapped, payload []byte
		err := scan(&f.ID, &f.Reference, &f.Form, &f.Key, &f.Version, &f.Locale, &received, &f.KeepDays, &f.Table, &f.Rule, &handler,
			&f.Severity, &f.Product, &f.Upstream, &response, &doubts, &f.Client, &wrapped, &payload, &closed, &forgotten)
		if err != nil {
			return err
		}
		f.Received, f.Response, f.Closed, f.Forgotten = moment(received), moment(response), moment(closed), moment(forgotten)
		f.Handler, f.Doubts = policy.Handler(handler), strings.Fields(doubts)
		if forgotten == 0 {
			s.decrypt(&f, wrapped, payload)
		}
		list = append(list, f)
		return nil
	}, `SELECT s.id, s.reference, s.form, s.idem, s.version, s.locale, s.received, s.keep_days, s.rules, s.rule, s.handler, s.severity,
		s.product, s.upstream, s.response, s.doubts, s.client, s.data_key, s.payload, s.closed, s.forgotten
		FROM submission s WHERE `+where+" "+order, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Deliveries, err = deliveries(ctx, q, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// decrypt fills in what is personal, or says why it can't.
func (s *Store) decrypt(f *found, wrapped, payload []byte) {
	key, err := s.keys.unwrap(wrapped, f.ID)
	if err != nil {
		f.Damaged = f.ID + ": its key is damaged or was wrapped by a master key that is not here"
		return
	}
	var p private
	if err := openJSON(key, f.ID+" payload", payload, &p); err != nil {
		f.Damaged = err.Error()
		return
	}
	f.key = key
	f.Token, f.Subject, f.Contact, f.Answers, f.Lines, f.Attachments, f.Submission.Find =
		p.Token, p.Subject, p.Contact, p.Answers, withAnswers(p.Lines, p.Answers), p.Attachments, p.Find
	for i := range f.Attachments {
		s.openable(&f.Attachments[i])
	}
}

func deliveries(ctx context.Context, q querier, submission string) (list []relay.Delivery, err error) {
	err = q.query(ctx, func(scan func(...any) error) error {
		var d relay.Delivery
		var fields string
		var since, next int64
		if err := scan(&d.ID, &d.Destination, (*string)(&d.State), &fields, &d.Ref.ID, &d.Ref.URL, &since, &next); err != nil {
			return err
		}
		d.Fields, d.Since, d.Next = splitFields(fields), moment(since), moment(next)
		list = append(list, d)
		return nil
	}, `SELECT id, destination, state, fields, ref, ref_url, since, next FROM delivery WHERE submission = ?1 ORDER BY position`, submission)
	return list, err
}
