package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"annai/relay"
)

// openForOperator opens the store for a command that is given beside a running
// relay.
func (c *cli) openForOperator(ctx context.Context, t *terminal) (*service, error) {
	conf, err := c.load()
	if err != nil {
		return nil, err
	}
	sv := &service{conf: conf, log: newLog(&config{LogLevel: "warn"}, t.err)}
	sv.store, err = sv.openStore(ctx)
	return sv, err
}

// by is who gives commands here, for the log of a request.
func by() string {
	if u, err := user.Current(); err == nil {
		return u.Username + " (command line)"
	}
	return "command line"
}

// selection picks requests: by id, reference, the receiver's number or a mail
// address, or by state.
type selection struct {
	Request     []string      `arg:"" optional:"" help:"Id, reference, service-request number or mail address."`
	State       []string      `help:"Deliveries in this state: queued, waiting, held, quarantined, dead, delivered, withdrawn."`
	Destination string        `help:"Deliveries to this destination."`
	Since       time.Duration `placeholder:"24h" help:"Received in the last while."`
}

func (sel selection) query() relay.Query {
	q := relay.Query{Destination: sel.Destination, Limit: 10_000}
	for _, s := range sel.State {
		q.States = append(q.States, relay.State(s))
	}
	if sel.Since > 0 {
		q.Since = time.Now().Add(-sel.Since)
	}
	return q
}

// find returns what was picked; at least one when requests are named.
func (sel selection) find(ctx context.Context, sv *service) ([]relay.Submission, error) {
	if len(sel.Request) == 0 {
		return sv.store.Find(ctx, sel.query())
	}
	var all []relay.Submission
	for _, name := range sel.Request {
		found, err := findOne(ctx, sv, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no request is known by %q", name)
		}
		all = append(all, found...)
	}
	return all, nil
}

func findOne(ctx context.Context, sv *service, name string) ([]relay.Submission, error) {
	if reference := relay.ParseReference(cmp.Or(sv.conf.Prefix, relay.DefaultPrefix), name); reference != "" {
		return sv.store.Find(ctx, relay.Query{Reference: reference})
	}
	if found, err := sv.store.Find(ctx, relay.Query{ID: strings.ToUpper(name)}); err != nil || len(found) > 0 {
		return found, err
	}
	for _, text := range []string{name, strings.ToLower(name)} {
		if found, err := sv.store.Find(ctx, relay.Query{Found: text, Limit: 10_000}); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

type queueCmd struct {
	selection
	All  bool `help:"Also what is finished."`
	JSON bool `name:"json" help:"JSON lines."`
}

func (q queueCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	if len(q.State) == 0 && !q.All {
		for _, s := range []relay.State{relay.Queued, relay.Waiting, relay.Held, relay.Quarantined, relay.Dead} {
			q.State = append(q.State, string(s))
		}
	}
	list, err := q.find(ctx, sv)
	if err != nil {
		return err
	}
	if q.JSON {
		return writeLines(t.out, list)
	}
	stats, err := sv.store.Stats(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REFERENCE\tAGE\tSEV\tFORM\tDELIVERIES\tDOUBTS")
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Reference, age(s.Received), orDash(s.Severity), s.Form, deliveriesText(s), strings.Join(s.Doubts, " "))
	}
	w.Flush()
	fmt.Fprintf(t.out, "%d requests\n", len(list))
	for _, d := range stats.Destinations {
		if d.Paused {
			fmt.Fprintf(t.out, "%s is paused since %s: %s\n", d.Name, d.Since.Format(time.RFC3339), d.Reason)
		}
	}
	return nil
}

func deliveriesText(s relay.Submission) string {
	var parts []string
	for _, d := range s.Deliveries {
		text := d.Destination + " " + string(d.State)
		if d.Ref.ID != "" {
			text += " " + d.Ref.ID
		}
		if !d.Next.IsZero() && d.Next.After(time.Now()) {
			text += ", next in " + time.Until(d.Next).Round(time.Second).String()
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func age(t time.Time) string { return time.Since(t).Round(time.Second).String() }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func writeLines(w io.Writer, list []relay.Submission) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range list {
		if err := enc.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

type showCmd struct {
	Request string `arg:"" help:"Id, reference or number."`
	Clear   bool   `help:"Without anything personal."`
}

func (s showCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	list, err := selection{Request: []string{s.Request}}.find(ctx, sv)
	if err != nil {
		return err
	}
	for _, found := range list {
		sub, err := sv.store.Get(ctx, found.ID)
		if err != nil {
			return err
		}
		printSubmission(t.out, sub, sv.conf.routes(), s.Clear)
	}
	return nil
}

func printSubmission(out io.Writer, s relay.Submission, routes relay.Routes, clear bool) {
	status, number := routes.StatusOf(s)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, strings.ReplaceAll(value, "\n", "\n\t"))
		}
	}
	row("reference", s.Reference)
	row("id", s.ID)
	row("form", fmt.Sprintf("%s version %d (%s)", s.Form, s.Version, s.Locale))
	row("received", s.Received.Format(time.RFC3339))
	row("status", strings.TrimSpace(string(status)+" "+number))
	row("rule", strings.Trim(s.Table+"/"+s.Rule, "/"))
	row("handler", string(s.Handler))
	row("severity", s.Severity)
	row("product", strings.TrimSpace(s.Product+" "+s.Upstream))
	if !s.Response.IsZero() {
		row("reply by", s.Response.Format(time.RFC3339))
	}
	row("doubts", strings.Join(s.Doubts, ", "))
	if !s.Forgotten.IsZero() {
		row("forgotten", s.Forgotten.Format(time.RFC3339))
	}
	if !clear {
		for _, l := range s.Lines {
			row(l.Label, l.Text)
		}
		for _, a := range s.Attachments {
			row("file", fmt.Sprintf("%s (%s, %d bytes, scan: %s)", a.Name, a.Type, a.Size, orDash(a.Scan)))
		}
	}
	for _, d := range s.Deliveries {
		row("delivery", strings.TrimSpace(fmt.Sprintf("%s %s %s %s", d.ID, d.Destination, d.State, d.Ref.ID)))
		for _, a := range d.Attempts {
			row("  attempt", strings.TrimSpace(fmt.Sprintf("%d %s %s %s %d %s", a.Number, a.Started.Format(time.RFC3339), a.Ended.Sub(a.Started).Round(time.Millisecond), a.Class, a.Status, a.Detail)))
		}
	}
	for _, e := range s.Log {
		row("log", strings.TrimSpace(fmt.Sprintf("%s %s by %s %s", e.Time.Format(time.RFC3339), e.Verb, e.By, e.Note)))
	}
	w.Flush()
}

// actOn applies a verb to all that is picked and says how many it was.
func actOn(ctx context.Context, c *cli, t *terminal, sel selection, act relay.Act) error {
	if len(sel.Request) == 0 && len(sel.State) == 0 {
		return usageError{errors.New("name a request, or a --state")}
	}
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	list, err := sel.find(ctx, sv)
	if err != nil {
		return err
	}
	done := 0
	var errs []error
	for _, s := range list {
		for _, delivery := range picked(s, sel, act.Verb) {
			act.Submission, act.Delivery, act.By = s.ID, delivery, by()
			if err := sv.store.Do(ctx, act); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", s.Reference, err))
				continue
			}
			done++
		}
	}
	fmt.Fprintf(t.out, "%s: %d\n", act.Verb, done)
	return errors.Join(errs...)
}

// picked are the deliveries to act on: all, or the ones to a destination.
func picked(s relay.Submission, sel selection, verb relay.Verb) []string {
	if sel.Destination == "" || verb == relay.Forget {
		return []string{""}
	}
	var ids []string
	for _, d := range s.Deliveries {
		if d.Destination == sel.Destination {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

type replayCmd struct {
	selection
	Dead bool   `help:"Everything that was given up."`
	Note string `help:"Why."`
}

func (r replayCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	if r.Dead {
		r.State = append(r.State, string(relay.Dead))
	}
	return actOn(ctx, c, t, r.selection, relay.Act{Verb: relay.Replay, Note: r.Note})
}

type holdCmd struct {
	selection
	Pause string `placeholder:"DESTINATION" help:"Pause a whole destination instead."`
	Note  string `help:"Why."`
}

func (h holdCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	if h.Pause != "" {
		return pause(ctx, c, t, h.Pause, true)
	}
	return actOn(ctx, c, t, h.selection, relay.Act{Verb: relay.Hold, Note: h.Note})
}

type releaseCmd struct {
	selection
	Resume string `placeholder:"DESTINATION" help:"Let a paused destination go on."`
	Note   string `help:"Why."`
}

func (r releaseCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	if r.Resume != "" {
		return pause(ctx, c, t, r.Resume, false)
	}
	return actOn(ctx, c, t, r.selection, relay.Act{Verb: relay.Release, Note: r.Note})
}

func pause(ctx context.Context, c *cli, t *terminal, name string, paused bool) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	if err := sv.store.Pause(ctx, name, by(), paused); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s %s\n", name, map[bool]string{true: "is paused", false: "goes on"}[paused])
	return nil
}

type forgetCmd struct {
	Request []string `arg:"" optional:"" help:"Id or reference."`
	Email   string   `help:"Everything from this mail address."`
	Yes     bool     `help:"Don't ask."`
}

func (f forgetCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sel := selection{Request: f.Request}
	if f.Email != "" {
		sel.Request = append(sel.Request, f.Email)
	}
	if !f.Yes {
		return usageError{errors.New("forgetting can't be undone: repeat the command with --yes")}
	}
	return actOn(ctx, c, t, sel, relay.Act{Verb: relay.Forget, Note: "forget"})
}
