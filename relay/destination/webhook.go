package destination

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"annai/relay"
)

// Webhook posts the Document, signed by the Standard Webhooks rules: headers
// webhook-id (the delivery's id), webhook-timestamp and webhook-signature. Only
// 2xx is a success; when its body is JSON with an "id", that is the receiver's
// number. 410 pauses the destination.
type Webhook struct {
	URL     string            `yaml:"url,required"`
	Keys    []string          `yaml:"keys,required"` // whsec_BASE64, 24 to 64 bytes; all of them sign, so that they can be exchanged
	Headers map[string]string `yaml:"headers"`       // sent as they are, for a gateway that asks for more

	// Attachments is how many bytes of files are sent within the JSON; 0 is
	// 10 MB, -1 none.
	Attachments int64   `yaml:"attachments"`
	Network     Network `yaml:"network"`

	once   sync.Once
	http   *http.Client
	secret [][]byte
	err    error
}

// Check implements relay.Checker.
func (w *Webhook) Check(ctx context.Context) error {
	if err := w.open(); err != nil {
		return err
	}
	return w.Network.reach(ctx, w.URL)
}

// open reads the configuration once; an error is one of configuration.
func (w *Webhook) open() error {
	w.once.Do(func() {
		w.http = w.Network.client()
		if _, err := w.Network.address(w.URL); err != nil {
			w.err = relay.Configuration(err)
			return
		}
		for i, key := range w.Keys {
			secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
			if err != nil || len(secret) < 24 || len(secret) > 64 {
				w.err = relay.Configuration(fmt.Errorf("key %d is not whsec_ and the base64 of 24 to 64 bytes", i+1))
				return
			}
			w.secret = append(w.secret, secret)
		}
		if len(w.secret) == 0 {
			w.err = relay.Configuration(errors.New("no key to sign with"))
		}
	})
	return w.err
}

// Deliver implements relay.Destination.
func (w *Webhook) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	if err := w.open(); err != nil {
		return relay.Ref{}, err
	}
	limit := w.Attachments
	if limit == 0 {
		limit = 10 << 20
	}
	payload, err := body(ctx, s, max(limit, 0))
	if err != nil {
		return relay.Ref{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(payload))
	if err != nil {
		return relay.Ref{}, relay.Configuration(bare(err))
	}
	for name, value := range w.Headers {
		req.Header.Set(name, value)
	}
	stamp := fmt.Sprint(time.Now().Unix())
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Webhook-Id", s.Request.ID)
	req.Header.Set("Webhook-Timestamp", stamp)
	req.Header.Set("Webhook-Signature", sign(w.secret, s.Request.ID, stamp, payload))
	a, err := do(w.http, req)
	switch {
	case err != nil && a.status >= 200 && a.status < 300:
		return relay.Ref{}, nil // it said yes before the line broke
	case err != nil:
		return relay.Ref{}, err
	case a.status < 200 || a.status >= 300:
		return relay.Ref{}, refused(a)
	}
	return refIn(a), nil
}

// sign makes one signature per key.
func sign(secrets [][]byte, id, stamp string, payload []byte) string {
	var list []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		fmt.Fprintf(mac, "%s.%s.", id, stamp)
		mac.Write(payload)
		list = append(list, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(list, " ")
}

// refIn finds the receiver's number in its answer, if it gave one.
func refIn(a answer) relay.Ref {
	var got struct {
		ID  any    `json:"id"`
		URL string `json:"url"`
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	if d.Decode(&got) != nil {
		return relay.Ref{}
	}
	var ref relay.Ref
	switch id := got.ID.(type) {
	case string:
		ref.ID = line(id, 100)
	case json.Number:
		ref.ID = line(id.String(), 100)
	}
	if u := line(got.URL, 500); strings.HasPrefix(u, "https://") {
		ref.URL = u
	}
	return ref
}
