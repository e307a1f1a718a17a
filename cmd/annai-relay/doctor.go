package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"annai/form"
	"annai/policy"
	"annai/relay"
)

type doctorCmd struct{}

// Run of doctor tries everything that a request will need, without handing
// anything on.
func (doctorCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	bad := 0
	say := func(what string, err error) {
		if err == nil {
			fmt.Fprintf(t.out, "good  %s\n", what)
			return
		}
		bad++
		fmt.Fprintf(t.out, "BAD   %s: %v\n", what, err)
	}
	conf, err := c.load()
	if err != nil {
		return err
	}
	manifest, err := readManifest(conf.manifestPath())
	say("the site's manifest", err)
	if err == nil {
		say("forms and rules name destinations of this relay", (&relay.Server{}).Prove(manifest, conf.routes()))
	}
	sv := &service{conf: conf, log: newLog(&config{LogLevel: "error"}, t.err)}
	if sv.store, err = sv.openStore(ctx); err == nil {
		defer sv.store.Close()
		say("the store commits, and its disk has room", sv.store.Ready(ctx))
		sv.examineQueue(ctx, say)
	} else {
		say("the store", err)
	}
	say("secrets are readable by their owner only", conf.privateSecrets())
	targets, err := conf.openDestinations()
	say("destinations can be made", err)
	if conf.Receipts != nil && targets != nil {
		mailer, err := conf.Receipts.server()
		if say("receipts can be mailed", err); err == nil {
			targets[relay.ReceiptMail] = mailer
		}
	}
	for _, name := range slices.Sorted(maps.Keys(targets)) {
		if target, ok := targets[name].(relay.Checker); ok {
			probe, cancel := context.WithTimeout(ctx, 20*time.Second)
			say("destination "+name, target.Check(probe))
			cancel()
		}
	}
	if conf.Canary.Form != "" && manifest != nil {
		_, _, err := conf.canaryWay(manifest, conf.Canary.Form)
		say("a canary can be sent", err)
	}
	if s := scanner(conf.Clamd); s != nil {
		verdict, err := s.Scan(ctx, []byte("doctor"))
		if err == nil && !verdict.Clean {
			err = errors.New("it finds something in harmless text")
		}
		say("the virus scanner", err)
	}
	if bad > 0 {
		return fmt.Errorf("%d of the above must be mended", bad)
	}
	return nil
}

func (sv *service) examineQueue(ctx context.Context, say func(string, error)) {
	stats, err := sv.store.Stats(ctx)
	if err != nil {
		say("the queue", err)
		return
	}
	for _, d := range stats.Destinations {
		if d.Paused {
			say("destination "+d.Name+" is tried", fmt.Errorf("it is paused since %s: %s", d.Since.Format(time.RFC3339), d.Reason))
		}
	}
	for _, n := range stats.Counts {
		switch {
		case n.Number == 0:
		case n.State == relay.Dead:
			say("nothing was given up", fmt.Errorf("%d requests to %s wait for a decision: annai-relay queue --state dead", n.Number, n.Destination))
		case n.State == relay.Quarantined:
			say("nothing is doubted", fmt.Errorf("%d requests wait for a look: annai-relay queue --state quarantined", n.Number))
		case n.State == relay.Queued && time.Since(n.Oldest) > 15*time.Minute:
			say("requests are delivered in time", fmt.Errorf("the oldest to %s waits for %s", n.Destination, age(n.Oldest)))
		}
	}
}

func (conf *config) privateSecrets() error {
	paths := append([]string{conf.Keys, conf.Secret, conf.Operator.Password}, conf.Retired...)
	if file, ok := conf.storeFile(); ok {
		beside, _ := filepath.Glob(file + ".*")
		for _, p := range beside {
			switch filepath.Ext(p) {
			case ".keys", ".secret", ".password":
				paths = append(paths, p)
			}
		}
	}
	var errs []error
	for _, p := range paths {
		if info, err := os.Stat(p); p != "" && err == nil && info.Mode().Perm()&0o077 != 0 {
			errs = append(errs, fmt.Errorf("%s can be read by others (chmod 600)", p))
		}
	}
	return errors.Join(errs...)
}

type canaryCmd struct {
	Form   string            `arg:"" help:"The form to send."`
	Answer map[string]string `arg:"" optional:"" help:"Answers as FIELD=TEXT; what is missing is made up where a rule is known."`
	Within time.Duration     `default:"10m" help:"How long delivery may take."`
}

// Run of canary does what a reader does, through the address that readers use,
// and then asks the store whether the request was handed on.
func (k canaryCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	manifest, err := readManifest(sv.conf.manifestPath())
	if err != nil {
		return err
	}
	began := time.Now()
	reference, err := sv.canary(ctx, manifest, canaryConfig{Form: k.Form, Answers: k.Answer, Within: span(k.Within)})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s was handed on after %s\n", reference, time.Since(began).Round(time.Millisecond))
	return nil
}

// canary sends one and waits until it was handed on.
func (sv *service) canary(ctx context.Context, manifest *policy.Manifest, conf canaryConfig) (reference string, err error) {
	d, base, err := sv.conf.canaryWay(manifest, conf.Form)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(conf.Within))
	defer cancel()
	receipt, err := sendCanary(ctx, strings.TrimSuffix(base, "/"), d, canaryAnswers(manifest, d, conf.Answers))
	if err != nil {
		return "", fmt.Errorf("the canary was not accepted: %w", err)
	}
	for {
		sub, err := sv.store.Get(ctx, receipt.ID)
		if err == nil && handedOn(sub) {
			return receipt.Reference, sv.finishCanary(ctx, sub)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the canary %s was not handed on within %s", receipt.Reference, time.Duration(conf.Within))
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// canaryWay is the form, and the address at which readers send it: the relay's,
// or the site's when both have the same.
func (conf *config) canaryWay(m *policy.Manifest, id string) (d *form.Definition, base string, err error) {
	if d = m.Form(id); d == nil {
		return nil, "", fmt.Errorf("canary: the site has no form %q", id)
	}
	base = cmp.Or(relayOrigin(conf, m), m.Site.BaseURL)
	if !strings.HasPrefix(base, "http") {
		return nil, "", errors.New("canary: the relay's address isn't known: add url: to the configuration, or --url")
	}
	return d, base, nil
}

// canaries sends one now and then, as long as the relay runs.
func (sv *service) canaries(ctx context.Context) {
	conf := sv.conf.Canary
	if conf.Form == "" {
		return
	}
	sv.server.Metrics.Canary(time.Now()) // the age counts from the start
	tick := time.NewTicker(time.Duration(conf.Every))
	defer tick.Stop()
	for {
		if _, err := sv.canary(ctx, sv.server.Manifest(), conf); err != nil && ctx.Err() == nil {
			sv.log.Error("what readers send may not arrive", "error", err)
		} else if err == nil {
			sv.server.Metrics.Canary(time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// handedOn tells that every delivery has reached its receiver or its person.
func handedOn(s relay.Submission) bool {
	for _, d := range s.Deliveries {
		if d.Destination != relay.ReceiptMail && !d.State.Finished() && d.State != relay.Waiting {
			return false
		}
	}
	return len(s.Deliveries) > 0
}

// finishCanary takes it out of people's way.
func (sv *service) finishCanary(ctx context.Context, s relay.Submission) error {
	for _, d := range s.Deliveries {
		if d.State == relay.Waiting {
			if err := sv.store.Do(ctx, relay.Act{Submission: s.ID, Delivery: d.ID, Verb: relay.Reject, By: by(), Note: "canary"}); err != nil {
				return err
			}
		}
	}
	return nil
}

type canaryReceipt struct{ ID, Reference string }

// canaryAnswers are the given ones, and a sample wherever the form then misses
// something.
func canaryAnswers(m *policy.Manifest, d *form.Definition, given map[string]string) map[string]string {
	raw := form.Raw{}
	for id, text := range given {
		raw[id] = []string{text}
	}
	for missing := true; missing; {
		missing = false
		answers, _, _ := d.Normalise(raw)
		found := d.Validate(answers, m.Decide(d, answers).Given())
		if found == nil {
			break
		}
		for _, e := range found.Errors {
			if f := d.Field(e.Field); f != nil && len(raw[e.Field]) == 0 {
				raw[e.Field], missing = []string{sample(f)}, true
			}
		}
	}
	all := map[string]string{form.LocaleField: "en", form.VersionField: d.Stamp()}
	for id, texts := range raw {
		all[id] = texts[0]
	}
	return all
}

func sendCanary(ctx context.Context, base string, d *form.Definition, answers map[string]string) (r canaryReceipt, err error) {
	body, err := json.Marshal(answers)
	if err != nil {
		return r, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/forms/"+d.ID, bytes.NewReader(body))
	if err != nil {
		return r, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "annai-relay canary")
	client := &http.Client{Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return r, err
	}
	if res.StatusCode != http.StatusCreated {
		return r, fmt.Errorf("%s: %s", res.Status, bytes.TrimSpace(text))
	}
	return r, json.Unmarshal(text, &r)
}

// sample is an answer that the field's rules accept.
func sample(f *form.Field) string {
	switch f.Kind {
	case form.Choice, form.MultiChoice:
		if len(f.Options) > 0 {
			return f.Options[0].ID
		}
	case form.Email:
		return "canary@relay.invalid"
	case form.Phone:
		return "+81312345678"
	case form.Domain:
		return "canary.example.com"
	case form.GUID:
		return "00000000-0000-4000-8000-000000000000"
	case form.Moment:
		return time.Now().UTC().Format(time.RFC3339)
	case form.Digits:
		return strings.Repeat("0", max(f.Min, 1))
	case form.Consent, form.Hidden:
		return f.Value
	}
	text := "canary: a test of the relay itself"
	return text + strings.Repeat(".", max(0, f.Min-len(text)))
}
