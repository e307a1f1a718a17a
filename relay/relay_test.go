package relay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"annai/policy"
	"annai/relay"
	"annai/relay/guard"
	"annai/relay/relaytest"
	"annai/relay/store"
)

// A world is a relay on a real socket with a real store in a temporary folder, and
// a clock that a test can turn.
type world struct {
	*testing.T
	server *relay.Server
	store  *store.Store
	web    *httptest.Server
	log    *syncBuffer

	mu  sync.Mutex
	now time.Time
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func jsonUnmarshal(text string, to any) error { return json.Unmarshal([]byte(text), to) }

var loopback = netip.MustParsePrefix("127.0.0.0/8")

var generous = guard.Rate{PerMinute: 1e6, Burst: 1e6}

// start makes a world; change sets what a test needs otherwise.
func start(t *testing.T, change func(*relay.Server)) *world {
	t.Helper()
	w := &world{T: t, log: &syncBuffer{}, now: time.Now()}
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	st, err := store.Open(t.Context(), store.Config{URL: "memory:", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.store = st
	w.server = &relay.Server{
		Store: st, Secret: []byte("0123456789abcdef0123456789abcdef"), Prefix: "AN", Desk: "en", Log: log, Now: w.clock,
		Routes: relay.Routes{Known: []string{"hook"}},
		Abuse:  relay.Abuse{Client: generous, Form: generous, Service: generous, Files: generous},
	}
	if change != nil {
		change(w.server)
	}
	if err := w.server.Load(relaytest.Manifest(t)); err != nil {
		t.Fatal(err)
	}
	w.web = httptest.NewServer(w.server.Handler())
	t.Cleanup(func() {
		w.web.Close()
		st.Close()
		if t.Failed() {
			t.Log(w.log)
		}
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// An answer is a response with its body read.
type answer struct {
	*http.Response
	text string
}

func (w *world) do(req *http.Request) answer {
	w.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer{res, string(text)}
}

func (w *world) request(method, path, contentType string, body io.Reader) *http.Request {
	w.Helper()
	req, err := http.NewRequest(method, w.web.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

func (w *world) get(path string) answer {
	w.Helper()
	return w.do(w.request("GET", path, "", nil))
}

// post sends a form as a browser does.
func (w *world) post(path string, values url.Values) answer {
	w.Helper()
	req := w.request("POST", path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	return w.do(req)
}

// api sends JSON as a program does.
func (w *world) api(path string, v any, headers ...string) answer {
	w.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		w.Fatal(err)
	}
	if raw, ok := v.(string); ok {
		text = []byte(raw)
	}
	req := w.request("POST", path, "application/json", bytes.NewReader(text))
	req.Header.Set("Accept", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return w.do(req)
}

// A part of a multipart body; a file when it has a name.
type part struct{ field, name, content string }

func (w *world) upload(path string, parts ...part) answer {
	w.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, p := range parts {
		if p.name == "" {
			m.WriteField(p.field, p.content)
			continue
		}
		f, err := m.CreateFormFile(p.field, p.name)
		if err != nil {
			w.Fatal(err)
		}
		io.WriteString(f, p.content)
	}
	m.Close()
	req := w.request("POST", path, m.FormDataContentType(), &body)
	req.Header.Set("Accept", "text/html")
	return w.do(req)
}

var (
	inputTag = regexp.MustCompile(`<(?:input|textarea)[^>]*>`)
	nameAttr = regexp.MustCompile(`\bname="([^"]*)"`)
	valAttr  = regexp.MustCompile(`\bvalue="([^"]*)"`)
	typeAttr = regexp.MustCompile(`\btype="([^"]*)"`)
	textArea = regexp.MustCompile(`(?s)<textarea[^>]*\bname="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
)

// fields reads what a browser would send of a page's request form, without the
// buttons.
func (a answer) fields() url.Values {
	values := url.Values{}
	page := a.text
	if i := strings.Index(page, "/forms/"); i >= 0 {
		page = page[i:]
	}
	for _, tag := range inputTag.FindAllString(page, -1) {
		name, value, kind := nameAttr.FindStringSubmatch(tag), valAttr.FindStringSubmatch(tag), typeAttr.FindStringSubmatch(tag)
		if name == nil || strings.HasPrefix(tag, "<textarea") {
			continue
		}
		if kind != nil && (kind[1] == "radio" || kind[1] == "checkbox") && !strings.Contains(tag, " checked") || kind != nil && (kind[1] == "file" || kind[1] == "search") {
			continue
		}
		v := ""
		if value != nil {
			v = html.UnescapeString(value[1])
		}
		if name[1] == "_charset_" {
			v = "UTF-8"
		}
		values.Add(html.UnescapeString(name[1]), v)
	}
	for _, m := range textArea.FindAllStringSubmatch(page, -1) {
		values.Add(m[1], html.UnescapeString(m[2]))
	}
	return values
}

func (a answer) must(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("status %d, want %d:\n%s", a.StatusCode, status, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("the answer doesn't say %q:\n%s", text, a.text)
		}
	}
	return a
}

// good answers of the support form, with changes.
func good(changes ...string) url.Values {
	v := url.Values{
		"form": {"support@3"}, "lang": {"ja"}, "_charset_": {"UTF-8"}, "_action": {"check"},
		"scope": {"one"}, "what": {"サインインできません"}, "name": {"山田 花子"}, "email": {"hanako@example.co.jp"}, "organization": {"例示株式会社"},
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

// send goes all the way: form, check page, receipt; it returns the path of the
// receipt.
func (w *world) send(values url.Values) string {
	w.Helper()
	check := w.post("/forms/support", values).must(w, 200)
	w.wait(5 * time.Second)
	fields := check.fields()
	fields.Set("_action", "send")
	sent := w.post("/forms/support", fields).must(w, 303)
	return sent.Header.Get("Location")
}

func (w *world) stored() []relay.Submission {
	w.Helper()
	list, err := w.store.Find(w.Context(), relay.Query{Limit: 1000})
	if err != nil {
		w.Fatal(err)
	}
	return list
}

func (w *world) one() relay.Submission {
	w.Helper()
	list := w.stored()
	if len(list) != 1 {
		w.Fatalf("%d submissions are stored, want 1", len(list))
	}
	s, err := w.store.Get(w.Context(), list[0].ID)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// A recorder is a destination that remembers.
type recorder struct {
	mu   sync.Mutex
	got  []relay.Submission
	fail error
}

func (r *recorder) Deliver(_ context.Context, s relay.Submission) (relay.Ref, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, s)
	return relay.Ref{ID: fmt.Sprintf("SR%d", len(r.got))}, r.fail
}

func TestFormToReceipt(t *testing.T) {
	w := start(t, nil)
	check := w.post("/forms/support", good()).must(t, 200, "サインインできません", "山田 花子", "hanako@example.co.jp", "当社が対応します")
	if got := check.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	if len(w.stored()) != 0 {
		t.Fatal("the check page stored something")
	}
	fields := check.fields()
	fields.Set("_action", "send")
	w.wait(3 * time.Second)
	first := w.post("/forms/support", fields).must(t, 303)
	again := w.post("/forms/support", fields).must(t, 303)
	if strip(first) != strip(again) {
		t.Errorf("the same token led to %s and to %s", first.Header.Get("Location"), again.Header.Get("Location"))
	}
	s := w.one()
	if s.Form != "support" || s.Version != 3 || s.Locale != "ja" || s.Severity != "C" || s.Handler != policy.Partner || s.Rule != "alone" {
		t.Errorf("stored %+v", s)
	}
	if s.Subject != "サインインできません" || s.Contact.Email != "hanako@example.co.jp" || s.Answers.Get("what") != "サインインできません" {
		t.Errorf("stored %q %+v", s.Subject, s.Contact)
	}
	if len(s.Deliveries) != 1 || s.Deliveries[0].Destination != "desk" || s.Deliveries[0].State != relay.Queued {
		t.Errorf("deliveries %+v", s.Deliveries)
	}
	receipt := w.get(strip(first)).must(t, 200, s.Reference, "サインインできません")
	if receipt.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the receipt may be cached: %q", receipt.Header.Get("Cache-Control"))
	}
	if strings.Contains(receipt.text, "21Vianet に引き継ぎました") {
		t.Error("the receipt says that it was handed over")
	}
	w.get(again.Header.Get("Location")).must(t, 200, s.Reference)
}

func strip(a answer) string {
	path, _, _ := strings.Cut(a.Header.Get("Location"), "?")
	return path
}

func TestInvalidKeepsEverything(t *testing.T) {
	w := start(t, nil)
	page := w.post("/forms/support", good("scope", "all", "email", "hanako@", "what", "だめ<b>")).
		must(t, 422, "エラー", "hanako@", "だめ&lt;b&gt;", "山田 花子", `href="#f-email"`, `href="#f-phone"`, `href="#f-impact"`)
	fields := page.fields()
	if fields.Get("email") != "hanako@" || fields.Get("what") != "だめ<b>" || fields.Get("scope") != "all" {
		t.Errorf("the page lost answers: %v", fields)
	}
	for _, bad := range []string{"Key:", "Error:Field", "無効", "必須です"} {
		if strings.Contains(page.text, bad) {
			t.Errorf("the page says %q", bad)
		}
	}
	if len(w.stored()) != 0 {
		t.Error("an invalid form was stored")
	}
}

func TestChangeAndBack(t *testing.T) {
	w := start(t, nil)
	check := w.post("/forms/support", good()).must(t, 200)
	fields := check.fields()
	fields.Set("_action", "change:what")
	form := w.post("/forms/support", fields).must(t, 200, "サインインできません")
	edited := form.fields()
	edited.Set("what", "まだサインインできません")
	edited.Set("_action", "check")
	check = w.post("/forms/support", edited).must(t, 200, "まだサインインできません")
	fields = check.fields()
	fields.Set("_action", "send")
	w.wait(3 * time.Second)
	receipt := strip(w.post("/forms/support", fields).must(t, 303))
	// Back to the form, changed, and sent again: it was sent already.
	edited.Set("what", "別の文に書き直しました")
	back := w.post("/forms/support", edited).must(t, 303)
	if strip(back) != receipt {
		t.Errorf("the back button led to %s, want %s", strip(back), receipt)
	}
	w.get(back.Header.Get("Location")).must(t, 200, "まだサインインできません")
	if len(w.stored()) != 1 {
		t.Errorf("%d are stored", len(w.stored()))
	}
}

func TestJSON(t *testing.T) {
	w := start(t, nil)
	bad := w.api("/forms/support", map[string]any{"lang": "en", "scope": "all", "what": "x", "name": "Ann", "email": "ann@"}).must(t, 422)
	var problem struct {
		Status int
		Errors []struct{ Field, Rule, Message string }
	}
	if err := json.Unmarshal([]byte(bad.text), &problem); err != nil || !strings.HasPrefix(bad.Header.Get("Content-Type"), "application/problem+json") {
		t.Fatalf("%v %s %s", err, bad.Header.Get("Content-Type"), bad.text)
	}
	fields := map[string]string{}
	for _, e := range problem.Errors {
		fields[e.Field] = e.Rule + " " + e.Message
	}
	for _, f := range []string{"what", "email", "phone", "impact"} {
		if fields[f] == "" {
			t.Errorf("no error for %s: %v", f, fields)
		}
	}
	body := map[string]any{"lang": "en", "scope": "all", "what": "Nobody can sign in", "name": "Ann", "email": "ann@example.com", "phone": "+81 3-1234-5678", "impact": "everything stands still", "agree": "2026-10"}
	made := w.api("/forms/support", body, "Idempotency-Key", "abc").must(t, 201, `"severity":"A"`, `"handler":"partner-then-upstream"`, `"rule":"sign-in/everybody"`, "+81312345678")
	again := w.api("/forms/support", body, "Idempotency-Key", "abc").must(t, 201)
	if made.text != again.text {
		t.Errorf("the same key gave\n%s and\n%s", made.text, again.text)
	}
	body["what"] = "Something else altogether"
	w.api("/forms/support", body, "Idempotency-Key", "abc").must(t, 422, "conflict")
	w.get(made.Header.Get("Location")).must(t, 200)
	s := w.one()
	if due := s.Response.Sub(s.Received); due != time.Hour {
		t.Errorf("the reply is due after %s, want 1h", due)
	}
}

func TestConsent(t *testing.T) {
	w := start(t, func(s *relay.Server) {
		s.Routes = relay.Routes{Known: []string{"hook", "vnet"}, Handlers: map[policy.Handler][]string{policy.PartnerThenUpstream: {"vnet"}}}
	})
	severe := []string{"scope", "all", "phone", "+81312345678", "impact", "全員が止まっています"}
	w.send(good(severe...))
	s := w.one()
	if s.Deliveries[0].Destination != "desk" {
		t.Errorf("without consent it went to %s", s.Deliveries[0].Destination)
	}
	check := w.post("/forms/support", good(append(severe, "agree", "2026-10")...)).must(t, 200, "21Vianet")
	fields := check.fields()
	fields.Set("_action", "send")
	w.wait(2 * time.Second)
	w.post("/forms/support", fields).must(t, 303)
	for _, s := range w.stored() {
		if s.Answers.Get("agree") == "" {
			continue
		}
		d := s.Deliveries[0]
		if d.Destination != "vnet" || strings.Contains(strings.Join(d.Fields, " "), "name") || !strings.Contains(strings.Join(d.Fields, " "), "what") {
			t.Errorf("with consent %s gets %v", d.Destination, d.Fields)
		}
	}
}

func TestDelivered(t *testing.T) {
	w := start(t, nil)
	hook := &recorder{}
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() {
		worked <- w.store.Work(ctx, relay.Workers{Destinations: map[string]relay.Destination{"hook": hook, "desk": hook}})
	}()
	w.api("/forms/plain", map[string]any{"lang": "zh-hans", "question": "怎么办?"}).must(t, 201)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if s := w.one(); s.Deliveries[0].State == relay.Delivered {
			if s.Deliveries[0].Ref.ID != "SR1" {
				t.Errorf("ref %q", s.Deliveries[0].Ref.ID)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not delivered: %+v", w.one().Deliveries)
		}
	}
	stop()
	if err := <-worked; err != nil {
		t.Error(err)
	}
}

// A moment is told with its zone in words: who works on the request lives in
// another one.
func TestMomentsHaveZones(t *testing.T) {
	w := start(t, nil)
	receipt := w.send(good("since", "2026-11-25T10:00", "since.zone", "Asia/Shanghai"))
	w.get(receipt).must(t, 200, "2026年11月25日 10:00（中国標準時）")
	s := w.one()
	if got := s.Answers.Get("since"); got != "2026-11-25T10:00 Asia/Shanghai" {
		t.Errorf("stored %q", got)
	}
	for _, l := range w.server.LinesOf(s, "en") {
		if l.Field == "since" && l.Text != "25 November 2026, 10:00 (China time)" {
			t.Errorf("the desk reads %q", l.Text)
		}
	}
}
