package desk_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"annai/form"
	"annai/policy"
	"annai/relay"
	"annai/relay/desk"
	"annai/relay/relaytest"
	"annai/relay/store"
)

// An office is the desk before a real store with one worker.
type office struct {
	*testing.T
	store *store.Store
	web   *httptest.Server
}

func open(t *testing.T) *office {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: "memory:"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	server := &relay.Server{Store: st, Prefix: "AN", Desk: "en", Routes: relay.Routes{Known: []string{"hook"}}}
	if err := server.Load(relaytest.Manifest(t)); err != nil {
		t.Fatal(err)
	}
	d := &desk.Desk{Store: st, Server: server, Destinations: []string{"desk", "hook"}, Base: "/desk"}
	web := httptest.NewServer(http.NewCrossOriginProtection().Handler(d.Handler()))
	t.Cleanup(web.Close)
	return &office{t, st, web}
}

// put stores a request as the public side would have.
func (o *office) put(id string, change func(*relay.Submission)) relay.Submission {
	o.Helper()
	s := relay.Submission{
		ID: "01HZZZZZZZZZZZZZZZZZZZZZ" + id, Reference: "AN-0000-00" + id + "-0", Token: "token" + id, Key: "k" + id, Form: "support", Version: 3,
		Locale: "ja", Received: time.Now().Add(-20 * time.Minute), KeepDays: 90, Table: "sign-in", Rule: "everybody",
		Handler: policy.PartnerThenUpstream, Severity: "A", Product: "office365-21v", Upstream: "A", Response: time.Now().Add(40 * time.Minute),
		Subject: "全員がサインインできません", Contact: relay.Contact{Name: "山田 花子", Organization: "例示", Email: "hanako@example.co.jp"},
		Answers:    form.Answers{"scope": {"all"}, "what": {"全員がサインインできません"}, "name": {"山田 花子"}, "email": {"hanako@example.co.jp"}},
		Lines:      []relay.Line{{Field: "what", Label: "状況", Text: "全員がサインインできません"}},
		Find:       []string{"hanako@example.co.jp"},
		Deliveries: []relay.Delivery{{Destination: "desk", State: relay.Waiting}},
	}
	if change != nil {
		change(&s)
	}
	stored, err := o.store.Put(o.Context(), s)
	if err != nil {
		o.Fatal(err)
	}
	return stored
}

func (o *office) get(path string) (int, string, http.Header) {
	o.Helper()
	res, err := http.Get(o.web.URL + "/desk" + path)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

func (o *office) post(path string, values url.Values) int {
	o.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(o.web.URL+"/desk"+path, values)
	if err != nil {
		o.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// The whole of an agent's work: see it first in the queue, open it, copy the
// sheet, record the number; the sender's status follows.
func TestHandOver(t *testing.T) {
	o := open(t)
	o.put("01", func(s *relay.Submission) { s.Severity, s.Subject = "C", "a question" })
	severe := o.put("02", nil)
	_, queue, _ := o.get("/")
	if a, c := strings.Index(queue, severe.Reference), strings.Index(queue, "a question"); a < 0 || c < a {
		t.Errorf("the severe one is not first: %d %d", a, c)
	}
	if !strings.Contains(queue, "data-due") {
		t.Error("no clock runs")
	}
	status, page, header := o.get("/requests/" + severe.ID)
	for _, want := range []string{"Support requests", "Customer requests", "New request", "Submit a service request", "https://portal.example.cn/", "全員がサインインできません", "[" + severe.Reference + "]", "1 hour", "no tool", "Correlation ID", `name="number"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the sheet doesn't say %q", want)
		}
	}
	if status != 200 || header.Get("Cache-Control") != "no-store" || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v", status, header)
	}
	sheet, rest, _ := strings.Cut(page[strings.Index(page, `class="sheet"`):], "</section>")
	if strings.Contains(sheet, "Your name: ") || !strings.Contains(sheet, "Who is affected: ") || !strings.Contains(rest, "Your name") {
		t.Errorf("the sheet holds what the form keeps with the partner: %s", sheet)
	}
	if !strings.Contains(sheet, "has not agreed") {
		t.Error("the sheet doesn't say that the customer has not agreed")
	}
	agreed := o.put("03", func(s *relay.Submission) { s.Answers["agree"] = []string{"2026-10"} })
	if _, page, _ := o.get("/requests/" + agreed.ID); strings.Contains(page, "has not agreed") {
		t.Error("the customer has agreed")
	}
	delivery := severe.Deliveries[0].ID
	if got := o.post("/requests/"+severe.ID, url.Values{"verb": {"finish"}, "delivery": {delivery}, "number": {"2611220030001234"}}); got != http.StatusSeeOther {
		t.Fatalf("recording the number: %d", got)
	}
	s, err := o.store.Get(t.Context(), severe.ID)
	if err != nil {
		t.Fatal(err)
	}
	if state, number := (relay.Routes{}).StatusOf(s); state != relay.StatusHanded || number != "2611220030001234" || s.Deliveries[0].State != relay.Delivered {
		t.Errorf("%s %s %v", state, number, s.Deliveries)
	}
	for _, search := range []string{"2611220030001234", severe.Reference, "hanako@example.co.jp", severe.ID} {
		if _, found, _ := o.get("/?q=" + url.QueryEscape(search)); !strings.Contains(found, severe.Reference) {
			t.Errorf("%q doesn't find it", search)
		}
	}
	if _, found, _ := o.get("/?q=" + url.QueryEscape("サインイン")); !strings.Contains(found, severe.Reference) {
		t.Error("its words don't find it")
	}
}

func TestStatusWords(t *testing.T) {
	o := open(t)
	s := o.put("01", nil)
	for _, step := range []struct {
		values url.Values
		want   relay.Status
	}{
		{nil, relay.StatusReceived},
		{url.Values{"verb": {"note"}, "note": {"I look at it"}}, relay.StatusChecking},
		{url.Values{"verb": {"ask"}}, relay.StatusWaiting},
		{url.Values{"verb": {"solve"}}, relay.StatusSolved},
	} {
		if step.values != nil {
			if got := o.post("/requests/"+s.ID, step.values); got != http.StatusSeeOther {
				t.Fatalf("%v: %d", step.values, got)
			}
		}
		now, err := o.store.Get(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := (relay.Routes{}).StatusOf(now); got != step.want {
			t.Errorf("after %v: %s, want %s", step.values, got, step.want)
		}
	}
	if now, _ := o.store.Get(t.Context(), s.ID); !now.Deliveries[0].State.Finished() {
		t.Errorf("solved, but its delivery is %s", now.Deliveries[0].State)
	}
}

func TestVerbs(t *testing.T) {
	o := open(t)
	for i, c := range []struct {
		from relay.State
		verb string
		more url.Values
		want relay.State
	}{
		{relay.Waiting, "hold", nil, relay.Held}, {relay.Held, "release", nil, relay.Queued}, {relay.Quarantined, "release", nil, relay.Queued},
		{relay.Quarantined, "reject", nil, relay.Withdrawn}, {relay.Waiting, "reroute", url.Values{"to": {"hook"}}, relay.Withdrawn},
	} {
		s := o.put("1"+string(rune('0'+i)), func(s *relay.Submission) { s.Deliveries[0].State = c.from })
		values := url.Values{"verb": {c.verb}, "delivery": {s.Deliveries[0].ID}}
		for k, v := range c.more {
			values[k] = v
		}
		if got := o.post("/requests/"+s.ID, values); got != http.StatusSeeOther {
			t.Errorf("%s: %d", c.verb, got)
			continue
		}
		now, _ := o.store.Get(t.Context(), s.ID)
		if now.Deliveries[0].State != c.want {
			t.Errorf("%s: %s, want %s", c.verb, now.Deliveries[0].State, c.want)
		}
		if c.verb != "reroute" {
			continue
		}
		if f := now.Deliveries[1].Fields; !slices.Contains(f, "what") || slices.Contains(f, "name") {
			t.Errorf("elsewhere goes %v", f)
		}
		if got := o.post("/requests/"+s.ID, url.Values{"verb": {"reroute"}, "to": {"nowhere"}}); got != http.StatusBadRequest {
			t.Errorf("rerouted to nowhere: %d", got)
		}
	}
	s := o.put("30", nil)
	for verb, want := range map[string]int{"forget": 400, "nonsense": 400, "": 400, "release": 409} {
		if got := o.post("/requests/"+s.ID, url.Values{"verb": {verb}, "delivery": {s.Deliveries[0].ID}}); got != want {
			t.Errorf("%q: %d, want %d", verb, got, want)
		}
	}
	if got := o.post("/requests/nobody", url.Values{"verb": {"hold"}}); got != http.StatusNotFound {
		t.Errorf("nobody's request: %d", got)
	}
	forged, _ := http.NewRequest("POST", o.web.URL+"/desk/requests/"+s.ID, strings.NewReader("verb=reject"))
	forged.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	forged.Header.Set("Origin", "https://evil.example")
	forged.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, err := http.DefaultClient.Do(forged); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %v %v", res.StatusCode, err)
	}
}

func TestCSVHasNoFormulas(t *testing.T) {
	var list []relay.Submission
	evil := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uFF1D1", "\uFF0B1", "|x", "%x", "\r=1", "\u3000=1", "a=b", "", "普通の文"}
	for _, text := range evil {
		list = append(list, relay.Submission{Reference: "r", Subject: text, Contact: relay.Contact{Name: text}})
	}
	var b bytes.Buffer
	if err := desk.WriteCSV(&b, list, relay.Routes{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(evil)+1 {
		t.Fatal(err, len(rows))
	}
	formula := regexp.MustCompile(`^[\s\x{3000}]*[=+\-@|%\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]`)
	for _, row := range rows {
		for _, cell := range row {
			if formula.MatchString(cell) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
	if got := rows[13][14]; got != "a=b" {
		t.Errorf("harmless text became %q", got)
	}
}

func TestFile(t *testing.T) {
	o := open(t)
	a, err := o.store.Attach(t.Context(), strings.NewReader("content of the file"))
	if err != nil {
		t.Fatal(err)
	}
	a.Field, a.Name, a.Type = "files", "错误 日志\"2026.txt", "text/plain"
	s := o.put("01", func(s *relay.Submission) { s.Attachments = []relay.Attachment{a} })
	status, text, header := o.get("/requests/" + s.ID + "/files/" + s.Attachments[0].ID)
	if status != 200 || text != "content of the file" || header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%d %q %v", status, text, header)
	}
	_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || params["filename"] != "错误 日志\"2026.txt" && !strings.Contains(header.Get("Content-Disposition"), "filename*=UTF-8''%E9%94%99%E8%AF%AF%20%E6%97%A5%E5%BF%97%222026.txt") {
		t.Errorf("%q %v", header.Get("Content-Disposition"), err)
	}
	infected := o.put("02", func(s *relay.Submission) {
		b, _ := o.store.Attach(t.Context(), strings.NewReader("virus"))
		b.Field, b.Name, b.Type, b.Scan = "files", "a.pdf", "application/pdf", "found Eicar"
		s.Attachments, s.Doubts = []relay.Attachment{b}, []string{"virus"}
	})
	if _, text, _ := o.get("/requests/" + infected.ID); !strings.Contains(text, "found Eicar") || strings.Contains(text, "doubt-") {
		t.Error("the page doesn't tell of the virus in words")
	}
	if _, _, header := o.get("/requests/" + infected.ID + "/files/" + infected.Attachments[0].ID); !strings.Contains(header.Get("Content-Disposition"), "a.pdf.infected") {
		t.Errorf("%q opens by itself", header.Get("Content-Disposition"))
	}
	if status, _, _ := o.get("/requests/" + s.ID + "/files/other"); status != http.StatusNotFound {
		t.Errorf("another file: %d", status)
	}
}

func TestLanguages(t *testing.T) {
	o := open(t)
	s := o.put("01", nil)
	for locale, want := range map[string][]string{"ja": {"21Vianet への引き継ぎ", "影響を受ける人", "全員"}, "zh-hans": {"转交 21Vianet", "受影响的人"}, "en": {"Hand over to 21Vianet", "Who is affected"}} {
		req, _ := http.NewRequest("GET", o.web.URL+"/desk/requests/"+s.ID, nil)
		req.AddCookie(&http.Cookie{Name: "desk-language", Value: locale})
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s: no %q", locale, w)
			}
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for back, want := range map[string]string{"/requests/x?a=b": "/desk/requests/x?a=b", "https://evil.example/": "/desk/", "//evil.example": "/desk/", `/\evil.example`: "/desk/"} {
		res, err := client.PostForm(o.web.URL+"/desk/language", url.Values{"language": {"ja"}, "back": {back}})
		if err != nil || res.Header.Get("Location") != want {
			t.Errorf("back to %q leads to %q", back, res.Header.Get("Location"))
		}
	}
}

// Every page answers in every state without a fault, and asks for nothing from
// elsewhere.
func TestPages(t *testing.T) {
	o := open(t)
	for i, state := range []relay.State{relay.Waiting, relay.Queued, relay.Held, relay.Quarantined} {
		s := o.put("4"+string(rune('0'+i)), func(s *relay.Submission) {
			s.Deliveries[0].State = state
			s.Doubts = []string{"honeypot"}
		})
		if status, text, _ := o.get("/requests/" + s.ID); status != 200 || !strings.HasSuffix(strings.TrimSpace(text), "</html>") {
			t.Errorf("%s: %d, the page ends with %q", state, status, text[max(0, len(text)-200):])
		}
	}
	if err := o.store.Do(t.Context(), relay.Act{Submission: "01HZZZZZZZZZZZZZZZZZZZZZ40", Verb: relay.Forget, By: "t"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/?tab=mine", "/?tab=doubted", "/?tab=held", "/?tab=dead", "/?tab=done", "/?tab=nonsense&page=-5&severity=Z", "/counts", "/requests/01HZZZZZZZZZZZZZZZZZZZZZ40", "/export.csv?tab=open"} {
		status, text, _ := o.get(path)
		if status != 200 || !strings.HasPrefix(path, "/export") && !strings.HasSuffix(strings.TrimSpace(text), "</html>") {
			t.Errorf("%s: %d, ends with %q", path, status, text[max(0, len(text)-200):])
		}
		if regexp.MustCompile(`(?:src|href)="(?:https?:)?//`).MatchString(strings.ReplaceAll(text, `href="https://portal.example.cn/"`, "")) {
			t.Errorf("%s asks for something from elsewhere", path)
		}
	}
}
