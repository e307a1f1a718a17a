package destination

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"annai/form"
	"annai/relay"
)

// A rig is one driver with its fake.
type rig struct {
	name  string
	to    relay.Destination
	fake  *fake
	stray func() relay.Destination // the same driver with a receiver whose certificate it can't trust
	down  relay.Destination        // nobody listens
	sole  bool                     // the receiver itself removes duplicates
}

var hookKey = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))

func network(roots Network) Network {
	roots.AllowPrivate, roots.Timeout = true, time.Second
	return roots
}

func rigs(t testing.TB) []rig {
	h := &hook{}
	hookURL, hookRoots := serve(t, h)
	webhook := func(n Network, url string) relay.Destination {
		return &Webhook{URL: url, Keys: []string{hookKey}, Network: network(n)}
	}
	p := &partner{}
	partnerURL, partnerRoots := serve(t, p)
	center := func(n Network, url string) relay.Destination {
		return &PartnerCenter{Base: url, Authority: url, Tenant: "t", ClientID: "c", RefreshToken: "refresh", Topic: "32444671", Network: network(n)}
	}
	list := []rig{
		{"webhook", webhook(Network{Roots: hookRoots}, hookURL), &h.fake, func() relay.Destination { return webhook(Network{}, hookURL) },
			webhook(Network{Roots: hookRoots}, "https://127.0.0.1:1"), false},
		{"partnercenter", center(Network{Roots: partnerRoots}, partnerURL), &p.fake, func() relay.Destination { return center(Network{}, partnerURL) },
			center(Network{Roots: partnerRoots}, "https://127.0.0.1:1"), true},
	}
	for _, mode := range []string{"starttls", "tls"} {
		cert, roots := certificate(t)
		s := &post{config: tlsConfig(cert), direct: mode == "tls"}
		d := &SMTP{Host: "127.0.0.1", Port: s.listen(t), Username: "relay", Password: "secret", From: "案内 <annai@partner.example>",
			To: []string{"desk@upstream.example"}, TLS: mode, Timeout: time.Second, Roots: roots}
		stray, down := *d, *d
		stray.Roots, down.Port = nil, 1
		list = append(list, rig{"smtp " + mode, d, &s.fake, func() relay.Destination { return &stray }, &down, false})
	}
	return list
}

func submission(id string) relay.Submission {
	content := []byte("証拠\x00\r\n.\r\n証拠")
	sum := sha256.Sum256(content)
	return relay.Submission{
		ID: "01SUB" + id, Reference: "AN-7K3M-2PQ9", Form: "customer-request", Version: 3, Locale: "ja",
		Received: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), Response: time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC),
		Table: "sign-in", Rule: "mfa", Handler: "upstream", Severity: "A", Upstream: "A", Product: "m365",
		Subject: "サインインできない\r\nBcc: everyone@example.com\r\n\r\n<script>",
		Contact: relay.Contact{Name: "山田\r\nX-Evil: 1", Email: "taro@example.jp", Phone: "+81901234567"},
		Answers: form.Answers{"description": {"二行\n.\n目 {{.}} 𠮷"}},
		Lines:   []relay.Line{{Field: "description", Label: "説明", Text: "二行\n.\n目 {{.}} 𠮷"}},
		Attachments: []relay.Attachment{{ID: "ATT1", Field: "files", Name: "../証拠\r\nX-Evil: 2\".exe", Type: "image/png\r\nX-Evil: 3", Size: int64(len(content)), SHA256: sum[:],
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}},
		Request: relay.Request{ID: id, Attempt: 1},
	}
}

// What the scanner found goes nowhere, in no driver's form.
func TestInfectedStaysHere(t *testing.T) {
	s := submission("1")
	s.Attachments[0].Scan = "found Eicar"
	s.Attachments[0].Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("it was read") }
	data, err := body(t.Context(), s, -1)
	if err != nil || bytes.Contains(data, []byte(`"content"`)) || !bytes.Contains(data, []byte(`"scan":"found Eicar"`)) {
		t.Errorf("%v %s", err, data)
	}
	m := gomail.NewMsg()
	if err := (&SMTP{}).attach(t.Context(), m, s); err != nil || len(m.GetAttachments()) != 1 {
		t.Errorf("%v, %d attachments instead of the JSON alone", err, len(m.GetAttachments()))
	}
	if !strings.Contains(text(s), "not handed on") {
		t.Error(text(s))
	}
}

// The suite: every driver does the same about the same trouble.
func TestDestinations(t *testing.T) {
	type want struct {
		class relay.Class
		after time.Duration
		taken int // how many are with the receiver now
	}
	html := "<html><body>" + strings.Repeat("Bad Gateway ", 1000) + "</body></html>"
	date := func() http.Header {
		return http.Header{"Retry-After": {time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)}}
	}
	cases := []struct {
		name  string
		mood  func() mood
		rigs  string // only those whose name contains one of the words
		want  want
		short bool // SMTP codes differ
	}{
		{"accepts and drops", func() mood { return mood{drop: true} }, "webhook smtp", want{relay.ClassTemporary, 0, 1}, false},
		{"slow", func() mood { return mood{delay: 3 * time.Second} }, "", want{relay.ClassTemporary, 0, 0}, false},
		{"500", func() mood { return mood{status: 500, body: html} }, "webhook partner", want{relay.ClassTemporary, 0, 0}, false},
		{"502", func() mood { return mood{status: 502, body: html} }, "webhook partner", want{relay.ClassTemporary, 0, 0}, false},
		{"429 with seconds", func() mood { return mood{status: 429, header: http.Header{"Retry-After": {"57"}}} }, "webhook partner", want{relay.ClassRetryAfter, 57 * time.Second, 0}, false},
		{"429 with a date", func() mood { return mood{status: 429, header: date()} }, "webhook partner", want{relay.ClassRetryAfter, 90 * time.Second, 0}, false},
		{"429 alone", func() mood { return mood{status: 429} }, "webhook partner", want{relay.ClassRetryAfter, time.Minute, 0}, false},
		{"503 with seconds", func() mood { return mood{status: 503, header: http.Header{"Retry-After": {"9"}}} }, "webhook partner", want{relay.ClassRetryAfter, 9 * time.Second, 0}, false},
		{"503 alone", func() mood { return mood{status: 503} }, "webhook partner", want{relay.ClassTemporary, 0, 0}, false},
		{"422", func() mood { return mood{status: 422} }, "webhook partner", want{relay.ClassPermanent, 0, 0}, false},
		{"400", func() mood { return mood{status: 400} }, "webhook partner", want{relay.ClassPermanent, 0, 0}, false},
		{"410", func() mood { return mood{status: 410} }, "webhook partner", want{relay.ClassConfiguration, 0, 0}, false},
		{"404", func() mood { return mood{status: 404} }, "webhook partner", want{relay.ClassConfiguration, 0, 0}, false},
		{"bad password", func() mood { return mood{badAuth: true} }, "", want{relay.ClassConfiguration, 0, 0}, false},
		{"junk instead of an answer", func() mood { return mood{junk: "<html>welcome"} }, "webhook partner", want{relay.ClassDelivered, 0, 1}, false},
		{"wrong length", func() mood { return mood{length: 500} }, "webhook partner", want{relay.ClassDelivered, 0, 1}, false},
		{"endless answer", func() mood { return mood{slowBody: true} }, "webhook partner", want{relay.ClassDelivered, 0, 1}, false},
		{"not offered in this cloud", func() mood { return mood{elsewhere: true} }, "partner", want{relay.ClassConfiguration, 0, 0}, false},
		{"decommissioned", func() mood { return mood{gone: true} }, "partner", want{relay.ClassConfiguration, 0, 0}, false},
		{"throttled in words", func() mood {
			return mood{throttle: `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds." }`}
		}, "partner", want{relay.ClassRetryAfter, 57 * time.Second, 0}, false},
		{"expired token", func() mood { return mood{stale: true} }, "partner", want{relay.ClassDelivered, 0, 1}, false},
		{"421", func() mood { return mood{status: 421} }, "smtp", want{relay.ClassTemporary, 0, 0}, false},
		{"452", func() mood { return mood{status: 452} }, "smtp", want{relay.ClassTemporary, 0, 0}, false},
		{"554 after the content", func() mood { return mood{status: 554} }, "smtp", want{relay.ClassPermanent, 0, 0}, false},
		{"no STARTTLS", func() mood { return mood{noTLS: true} }, "smtp starttls", want{relay.ClassConfiguration, 0, 0}, false},
	}
	for _, r := range rigs(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Run("takes", func(t *testing.T) { takes(t, r) })
			for i, c := range cases {
				if c.rigs != "" && !applies(c.rigs, r.name) {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					before := len(r.fake.all())
					r.fake.set(c.mood())
					defer r.fake.set(mood{})
					_, err := r.to.Deliver(t.Context(), submission(fmt.Sprintf("CASE%d", i)))
					check(t, err, c.want.class, c.want.after)
					if n := len(r.fake.all()) - before; n != c.want.taken {
						t.Errorf("%d taken, want %d", n, c.want.taken)
					}
				})
			}
			t.Run("lost answer", func(t *testing.T) { lostAnswer(t, r) })
			t.Run("redirect", func(t *testing.T) { redirected(t, r) })
			t.Run("bad certificate", func(t *testing.T) {
				seen := len(r.fake.all())
				_, err := r.stray().Deliver(t.Context(), submission("CERT"))
				check(t, err, relay.ClassConfiguration, 0)
				if len(r.fake.all()) != seen {
					t.Error("sent to whom can't be trusted")
				}
			})
			t.Run("nobody listens", func(t *testing.T) {
				_, err := r.down.Deliver(t.Context(), submission("DOWN"))
				check(t, err, relay.ClassTemporary, 0)
			})
			t.Run("relay stops", func(t *testing.T) { stops(t, r) })
			t.Run("together", func(t *testing.T) { together(t, r) })
			t.Run("check", func(t *testing.T) {
				seen := len(r.fake.all())
				if err := r.to.(relay.Checker).Check(t.Context()); err != nil {
					t.Error(err)
				}
				if err := r.down.(relay.Checker).Check(t.Context()); err == nil {
					t.Error("nobody listens, and that is fine?")
				}
				if len(r.fake.all()) != seen {
					t.Error("a check has delivered something")
				}
			})
		})
	}
}

func applies(words, name string) bool {
	if strings.HasPrefix(words, "smtp ") {
		return words == name
	}
	for _, w := range strings.Fields(words) {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

func check(t *testing.T, err error, class relay.Class, after time.Duration) {
	t.Helper()
	f := relay.FailureOf(err)
	got := relay.ClassDelivered
	if f != nil {
		got = f.Class
	}
	if got != class {
		t.Errorf("class %s, want %s: %v", got, class, err)
	}
	if f != nil && after > 0 && (f.After > after || f.After < after-3*time.Second) {
		t.Errorf("after %v, want %v", f.After, after)
	}
	if err != nil {
		for _, secret := range []string{hookKey[6:20], "secret", "refresh", "token-", "AADSTS", "山田", "taro@"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows %q: %v", secret, err)
			}
		}
		if len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("not one short line: %q", err)
		}
	}
}

// takes looks at what arrives in good weather.
func takes(t *testing.T, r rig) {
	ref, err := r.to.Deliver(t.Context(), submission("FIRST"))
	if err != nil {
		t.Fatal(err)
	}
	if ref.ID == "" {
		t.Error("no reference")
	}
	got := r.fake.all()[0]
	for name := range got.head {
		if strings.Contains(name, "Evil") || name == "Bcc" {
			t.Errorf("the customer wrote the header %s", name)
		}
	}
	switch {
	case r.name == "webhook":
		webhookIsSound(t, got)
	case r.sole:
		if got.head.Get("MS-RequestId") != requestID("FIRST") || !strings.Contains(got.text, "二行\n.\n目 {{.}} 𠮷") || !strings.Contains(got.text, "[R-FIRST]") {
			t.Errorf("%v\n%s", got.head, got.text)
		}
	default:
		mailIsSound(t, got)
	}
}

func webhookIsSound(t *testing.T, got taken) {
	if got.id != "FIRST" || !strings.HasPrefix(got.head.Get("Content-Type"), "application/json") {
		t.Errorf("%+v", got.head)
	}
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(hookKey, "whsec_"))
	if want := sign([][]byte{key}, "FIRST", got.head.Get("webhook-timestamp"), []byte(got.text)); got.head.Get("webhook-signature") != want {
		t.Errorf("signature %s, want %s", got.head.Get("webhook-signature"), want)
	}
	documentIsSound(t, []byte(got.text), true)
}

func documentIsSound(t *testing.T, data []byte, content bool) {
	t.Helper()
	var d Document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	s := submission("FIRST")
	if d.Type != "request.accepted" || d.Data.Reference != s.Reference || d.Data.Request != "FIRST" || d.Data.Answers["description"][0] != s.Answers["description"][0] ||
		d.Data.Lines[0].Label != "説明" || d.Data.Subject != s.Subject || d.Data.Rule != "sign-in/mfa" {
		t.Errorf("%s", data)
	}
	if a := d.Data.Attachments[0]; content && (fmt.Sprintf("%x", sha256.Sum256(a.Content)) != a.SHA256 || int64(len(a.Content)) != a.Size) {
		t.Errorf("attachment %+v", a)
	}
}

func mailIsSound(t *testing.T, got taken) {
	m, err := mail.ReadMessage(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	if id := m.Header.Get("Message-ID"); id != "<FIRST@partner.example>" {
		t.Errorf("Message-ID %s", id)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := "[AN-7K3M-2PQ9] [A] サインインできない Bcc: everyone@example.com <script>"; subject != want || err != nil {
		t.Errorf("subject %q, %v", subject, err)
	}
	head, _, _ := strings.Cut(got.text, "\r\n\r\n")
	for _, text := range []string{"taro@", "everyone@example.com\r", "Evil", "Reply-To"} {
		if strings.Contains(head, text) {
			t.Errorf("%q is in the head:\n%s", text, head)
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		for name := range part.Header {
			if strings.Contains(name, "Evil") {
				t.Errorf("part with header %s", name)
			}
		}
		data := decode(t, part)
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		kinds = append(kinds, kind+" "+part.FileName())
		switch {
		case strings.HasPrefix(kind, "text/plain") && !strings.Contains(strings.ReplaceAll(string(data), "\r\n", "\n"), "説明\n二行\n.\n目 {{.}} 𠮷"):
			t.Errorf("text %q", data)
		case part.FileName() == "request.json":
			documentIsSound(t, data, false)
		case part.FileName() == "attachment-1.bin" && string(data) != "証拠\x00\r\n.\r\n証拠":
			t.Errorf("attachment %q", data)
		}
	}
	if want := "text/plain |application/json request.json|application/octet-stream attachment-1.bin"; strings.Join(kinds, "|") != want {
		t.Errorf("parts %q", kinds)
	}
}

func decode(t *testing.T, part *multipart.Part) []byte {
	var r io.Reader = part
	switch part.Header.Get("Content-Transfer-Encoding") {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		r = quotedprintable.NewReader(part)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return data
}

// lostAnswer: the receiver has it, we don't know. The second attempt must carry
// the same id; a receiver that knows ids has one.
func lostAnswer(t *testing.T, r rig) {
	before := len(r.fake.all())
	s := submission("LOST")
	r.fake.set(mood{drop: true})
	_, err := r.to.Deliver(t.Context(), s)
	r.fake.set(mood{})
	check(t, err, relay.ClassTemporary, 0)
	s.Request.Attempt = 2
	ref, err := r.to.Deliver(t.Context(), s)
	check(t, err, relay.ClassDelivered, 0)
	got := r.fake.all()[before:]
	if r.sole {
		if len(got) != 1 || ref.ID == "" {
			t.Errorf("%d service requests, reference %+v", len(got), ref)
		}
		return
	}
	if len(got) != 2 || got[0].id != "LOST" || got[1].id != "LOST" {
		t.Errorf("ids %+v", got)
	}
}

func redirected(t *testing.T, r rig) {
	if strings.HasPrefix(r.name, "smtp") {
		t.Skip("mail knows no redirects")
	}
	other := &hook{}
	url, _ := serve(t, other)
	r.fake.set(mood{redirect: url})
	defer r.fake.set(mood{})
	_, err := r.to.Deliver(t.Context(), submission("REDIRECT"))
	check(t, err, relay.ClassTemporary, 0)
	if other.seen != 0 {
		t.Error("the redirect was followed")
	}
}

// stops: when the relay stops, Deliver comes back at once.
func stops(t *testing.T, r rig) {
	r.fake.set(mood{delay: 3 * time.Second})
	defer r.fake.set(mood{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	if _, err := r.to.Deliver(ctx, submission("STOP")); err == nil {
		t.Error("delivered")
	}
	if d := time.Since(start); d > 700*time.Millisecond {
		t.Errorf("after %v", d)
	}
}

func together(t *testing.T, r rig) {
	before := len(r.fake.all())
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := r.to.Deliver(t.Context(), submission(fmt.Sprintf("TOGETHER%d", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ids := map[string]bool{}
	for _, got := range r.fake.all()[before:] {
		ids[got.id] = true
	}
	if len(ids) != 20 {
		t.Errorf("%d of 20", len(ids))
	}
}

func TestFolder(t *testing.T) {
	f := &Folder{Path: t.TempDir()}
	for range 2 { // once more changes nothing
		ref, err := f.Deliver(t.Context(), submission("FIRST"))
		if err != nil || ref.ID != "FIRST.json" {
			t.Fatal(ref, err)
		}
	}
	entries, _ := os.ReadDir(f.Path)
	if len(entries) != 1 {
		t.Errorf("%v", entries)
	}
	data, err := os.ReadFile(filepath.Join(f.Path, "FIRST.json"))
	if err != nil {
		t.Fatal(err)
	}
	documentIsSound(t, data, true)
	for _, id := range []string{"../FIRST", "a/b", ""} {
		s := submission(id)
		if _, err := f.Deliver(t.Context(), s); err == nil && id != "" {
			t.Errorf("%q was written", id)
		}
	}
	_, err = (&Folder{Path: filepath.Join(f.Path, "missing")}).Deliver(t.Context(), submission("FIRST"))
	check(t, err, relay.ClassConfiguration, 0)
	if err := f.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDesk(t *testing.T) {
	_, err := Desk{}.Deliver(t.Context(), submission("FIRST"))
	check(t, err, relay.ClassByHand, 0)
}

// The vector of the Standard Webhooks specification.
func TestSign(t *testing.T) {
	key, _ := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	got := sign([][]byte{key, bytes.Repeat([]byte("x"), 24)}, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	list := strings.Fields(got)
	if len(list) != 2 || list[0] != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" || list[0] == list[1] {
		t.Error(got)
	}
}

func TestAddresses(t *testing.T) {
	public := []string{"1.1.1.1", "8.8.8.8", "40.73.1.1", "139.217.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"}
	private := []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255",
		"224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "::1", "::", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
		"2001::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "::7f00:1", "100::1"}
	never := []string{"169.254.169.254", "169.254.0.1", "168.63.129.16", "100.100.100.200", "fd00:ec2::254", "fe80::1%eth0", "fe80::1", "::ffff:169.254.169.254",
		"::ffff:168.63.129.16", "64:ff9b::a9fe:a9fe", "64:ff9b::a83f:8110", "64:ff9b::6464:64c8", "2002:a9fe:a9fe::"}
	for list, want := range map[*[]string][2]bool{&public: {true, true}, &private: {false, true}, &never: {false, false}} {
		for _, s := range *list {
			a := netip.MustParseAddr(s)
			if got := [2]bool{Network{}.permits(a), Network{AllowPrivate: true}.permits(a)}; got != want {
				t.Errorf("%s: %v, want %v", s, got, want)
			}
		}
	}
}

// The guard looks at where a name leads, not at the name.
func TestForbidden(t *testing.T) {
	h := &hook{}
	url, roots := serve(t, h)
	for address, private := range map[string]bool{url: false, strings.Replace(url, "127.0.0.1", "localhost", 1): false,
		strings.Replace(url, "127.0.0.1", "[::ffff:127.0.0.1]", 1): false, strings.Replace(url, "https", "http", 1): true,
		"ftp://example.com/": true, "https://user:password@example.com/": true, "https://": true, "://": true} {
		w := &Webhook{URL: address, Keys: []string{hookKey}, Network: Network{Roots: roots, AllowPrivate: private, Timeout: time.Second}}
		_, err := w.Deliver(t.Context(), submission("X"))
		check(t, err, relay.ClassConfiguration, 0)
	}
	if len(h.all()) != 0 {
		t.Error("delivered all the same")
	}
	for _, keys := range [][]string{nil, {"whsec_short"}, {"whsec_!!!"}, {hookKey, ""}} {
		_, err := (&Webhook{URL: url, Keys: keys}).Deliver(t.Context(), submission("X"))
		check(t, err, relay.ClassConfiguration, 0)
	}
}

// An attachment that can't be read is not the receiver's fault, and not a mail
// without it.
func TestUnreadableAttachment(t *testing.T) {
	for _, r := range rigs(t) {
		if r.sole {
			continue
		}
		s := submission("BROKEN")
		s.Attachments[0].Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("damaged") }
		if _, err := r.to.Deliver(t.Context(), s); err == nil || len(r.fake.all()) != 0 {
			t.Errorf("%s: %v, %d taken", r.name, err, len(r.fake.all()))
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"id":"616122292874576","url":"https://x/"}`), "57")
	f.Add([]byte(`{"code":900127}`), "Wed, 21 Oct 2015 07:28:00 GMT")
	f.Add([]byte(`{"id":9007199254740993}`), "-1")
	f.Add([]byte("\xff\xfe{"), "99999999999999999999")
	f.Fuzz(func(t *testing.T, data []byte, wait string) {
		ref := refIn(answer{body: data})
		if strings.ContainsAny(ref.ID+ref.URL, "\r\n\x00") || len([]rune(ref.ID)) > 100 {
			t.Errorf("%+v", ref)
		}
		for _, status := range []int{300, 400, 401, 429, 503} {
			err := partnerRefused(answer{status, http.Header{"Retry-After": {wait}}, data})
			failure := relay.FailureOf(err)
			if failure.After < 0 || failure.After > 7*24*time.Hour && !strings.Contains(wait, "GMT") || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%v %v", failure.After, err)
			}
		}
		line(string(data), 10)
	})
}

func tlsConfig(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}
