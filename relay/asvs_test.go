package relay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"annai/form"
	"annai/policy"
	"annai/relay"
	"annai/relay/desk"
	"annai/relay/guard"
	"annai/relay/relaytest"
)

// The 51 testable items of OWASP ASVS 5.0 for a service like this one. Each has a
// test here, the place of its test in another package, or the reason why it
// doesn't apply. A place is proved to exist.
var asvs = []struct {
	id, what string
	test     func(*testing.T)
	place    string // "folder TestName"
	reason   string
}{
	{id: "1.1.1", what: "input is decoded once", test: decodedOnce},
	{id: "1.2.1", what: "markup in every field is inert on every page", test: inert},
	{id: "1.2.4", what: "SQL signs are only text", test: sqlSigns},
	{id: "1.2.10", what: "no formula in an export", place: "desk TestCSVHasNoFormulas"},
	{id: "1.3.6", what: "only public addresses are dialled", place: "destination TestForbidden"},
	{id: "1.3.7", what: "text is never a template", test: noTemplate},
	{id: "1.3.11", what: "no line break gets into a header", place: "destination TestDestinations"},
	{id: "1.3.12", what: "a megabyte in every pattern takes no time", test: patternsAreLinear},
	{id: "1.5.3", what: "a name that stands twice is handled alike in all encodings", test: duplicates},
	{id: "2.2.1", what: "every rule has texts that it takes and that it refuses", place: "../form TestRules"},
	{id: "2.2.2", what: "the rules hold without the page", test: rulesWithoutPage},
	{id: "2.2.3", what: "rules over several fields", test: crossField},
	{id: "2.3.3", what: "a crash leaves a request whole or not at all", place: "store TestFaultKill"},
	{id: "2.4.1", what: "a limit has its answer, and only for the one who reached it", test: TestLimitKeepsTheText},
	{id: "2.4.2", what: "faster than a person is doubted", test: TestDoubtQuarantines},
	{id: "3.4.2", what: "other origins read nothing", test: exactOrigin},
	{id: "3.4.3", what: "policies on the relay's pages", test: pageHeaders},
	{id: "3.4.5", what: "pages tell no path to others", test: pageHeaders},
	{id: "3.5.1", what: "other sites' pages send nothing", test: crossOriginMatrix},
	{id: "3.5.3", what: "reading changes nothing", test: readingChangesNothing},
	{id: "4.1.1", what: "every answer says its encoding", test: charsets},
	{id: "4.1.3", what: "a stranger's X-Forwarded-For counts for nothing", place: "guard TestClient"},
	{id: "4.1.4", what: "a wrong method is told the right ones", test: methods},
	{id: "4.1.5", what: "signatures of webhooks", place: "destination TestSign"},
	{id: "4.2.1", what: "two lengths in one request are refused", test: smuggling},
	{id: "4.2.5", what: "headers have a bound", test: longHeaders},
	{id: "5.2.1", what: "too large a body is refused unread, and 64 at once fit the memory", test: uploadsAreBounded},
	{id: "5.2.2", what: "a file is what its content says", place: "attachment TestInspect"},
	{id: "5.2.3", what: "bombs, links and crowds in archives", place: "attachment TestInspect"},
	{id: "5.2.4", what: "files per sender are limited", test: fileQuota},
	{id: "5.2.6", what: "pictures have a bound in pixels", place: "attachment TestPixels"},
	{id: "5.3.2", what: "file names are harmless", place: "attachment TestCleanName"},
	{id: "5.4.2", what: "a Chinese file name arrives", place: "desk TestFile"},
	{id: "5.4.3", what: "with a virus, or without the scanner, the request waits for a person", test: scannerBothWays},
	{id: "8.2.1", what: "one desk, no teams: who may enter sees all; the receipt's link can't be guessed", test: receiptLink},
	{id: "11.2.4", what: "signatures are compared in constant time", test: constantTime},
	{id: "11.3.2", what: "a changed bit is an error, and only of its own request", place: "store TestTampered"},
	{id: "12.3.2", what: "a bad certificate is no reason for plain text", place: "destination TestDestinations"},
	{id: "13.2.4", what: "only configured hosts are dialled", place: "destination TestAddresses"},
	{id: "13.3.1", what: "secrets are files and in no output", place: "../cmd/annai-relay TestSecretsStaySecret"},
	{id: "13.4.2", what: "nothing of the operator's on the public side", test: publicSide},
	{id: "14.2.1", what: "nothing personal in addresses, nothing in caches", test: addressesAndCaches},
	{id: "14.2.7", what: "what is forgotten is nowhere", place: "store TestForget"},
	{id: "14.2.8", what: "pictures lose their metadata", place: "attachment TestMetadataIsTakenOut"},
	{id: "15.2.2", what: "slow senders don't stop the others", test: slowSenders},
	{id: "15.3.2", what: "redirects of a receiver are not followed", place: "destination TestDestinations"},
	{id: "15.3.3", what: "only answers can be sent", test: massAssignment},
	{id: "16.2.5", what: "no log line holds anything personal", test: logsAreClean},
	{id: "16.4.1", what: "no log line can be forged", test: logLines},
	{id: "16.5.2", what: "without a durable store nothing is accepted", test: storeFails},
	{id: "16.5.4", what: "a fault in one answer stays there", test: faultStays},
}

func TestASVS(t *testing.T) {
	if len(asvs) != 51 {
		t.Errorf("%d items, want 51", len(asvs))
	}
	for _, item := range asvs {
		t.Run(item.id, func(t *testing.T) {
			switch {
			case item.test != nil:
				item.test(t)
			case item.place != "":
				exists(t, item.place)
			case item.reason == "":
				t.Errorf("%s (%s) has neither a test nor a reason", item.id, item.what)
			}
		})
	}
}

func exists(t *testing.T, place string) {
	folder, name, _ := strings.Cut(place, " ")
	files, _ := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*_test.go"))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil && bytes.Contains(text, []byte("func "+name+"(")) {
			return
		}
	}
	t.Errorf("there is no %s in %s", name, folder)
}

func decodedOnce(t *testing.T) {
	w := start(t, nil)
	w.send(good("what", "100%2525 &amp;lt; \\u003c +x"))
	if got := w.one().Answers.Get("what"); got != "100%2525 &amp;lt; \\u003c +x" {
		t.Errorf("stored %q", got)
	}
}

const evil = `<script>alert(1)</script>"onfocus='x'{{.}}<img src=x>`

// live finds markup that came through as markup.
var live = regexp.MustCompile(`(?i)<script>alert|<img src=x|" ?onfocus=`)

func inert(t *testing.T) {
	w := start(t, nil)
	values := good("what", evil+" long enough", "name", evil, "organization", evil, "_page", "/ja/"+evil)
	check := w.post("/forms/support", values).must(t, 200)
	fields := check.fields()
	if fields.Get("name") != evil {
		t.Errorf("the check page carries %q", fields.Get("name"))
	}
	w.wait(5 * time.Second)
	fields.Set("_action", "send")
	sent := w.post("/forms/support", fields).must(t, 303)
	pages := map[string]string{
		"check":   check.text,
		"error":   w.post("/forms/support", good("what", evil, "email", evil)).must(t, 422).text,
		"receipt": w.get(sent.Header.Get("Location")).must(t, 200).text,
		"lookup":  w.post("/requests", url.Values{"reference": {evil}, "email": {evil}}).must(t, 404).text,
		"thanks":  w.post("/feedback", url.Values{"page": {"/<script>alert(1)</script>"}, "helpful": {"no"}}).text,
		"unknown": w.get("/" + url.PathEscape(evil)).text,
	}
	d := httptest.NewServer((&desk.Desk{Store: w.store, Server: w.server, Destinations: []string{"desk"}}).Handler())
	defer d.Close()
	s := w.one()
	for name, path := range map[string]string{"queue": "/", "found": "/?q=" + url.QueryEscape(evil), "request": "/requests/" + s.ID} {
		res, err := http.Get(d.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(string(text), s.Reference) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		pages[name] = string(text)
	}
	for name, text := range pages {
		if found := live.FindString(text); found != "" {
			t.Errorf("the page %s has %q", name, found)
		}
	}
}

func sqlSigns(t *testing.T) {
	w := start(t, nil)
	const sign = `'; DROP TABLE submission; -- " OR '1'='1`
	w.send(good("what", sign, "name", sign))
	if got := w.one().Answers.Get("what"); got != sign {
		t.Errorf("stored %q", got)
	}
	for _, q := range []relay.Query{{ID: sign}, {Reference: sign}, {Token: sign}, {Found: sign}, {Form: sign}, {Key: sign}, {Severity: sign}, {Destination: sign}, {States: []relay.State{sign}}} {
		if found, err := w.store.Find(t.Context(), q); err != nil || len(found) != 0 {
			t.Errorf("%+v finds %d, %v", q, len(found), err)
		}
	}
	w.post("/requests", url.Values{"reference": {sign}, "email": {sign}}).must(t, 404)
	w.get("/requests/"+url.PathEscape(sign[:26])).must(t, 404)
}

func noTemplate(t *testing.T) {
	w := start(t, nil)
	w.post("/forms/support", good("what", `{{.Form}} {{printf "%s" 1}} %s %d`)).must(t, 200, "{{.Form}}", "%s %d")
}

func patternsAreLinear(t *testing.T) {
	d := relaytest.Manifest(t).Form("support")
	long := strings.Repeat("a@", 1<<19)
	began := time.Now()
	for i := range d.Fields {
		answers, _, _ := d.Normalise(form.Raw{d.Fields[i].ID: {long}})
		d.Validate(answers, nil)
	}
	relay.HasSecret(strings.Repeat("password", 1<<17))
	if took := time.Since(began); took > 30*time.Second { // what isn't linear takes hours
		t.Errorf("a megabyte in each of %d fields took %s", len(d.Fields), took)
	}
}

func duplicates(t *testing.T) {
	w := start(t, nil)
	twice := good()
	twice.Add("email", "other@example.com")
	w.post("/forms/support", twice).must(t, 422)
	w.api("/forms/support", `{"lang":"ja","scope":"one","what":"サインイン","name":"a","email":"a@example.com","email":"b@example.com"}`).must(t, 422, "email", "repeated")
	w.upload("/forms/support", part{"scope", "", "one"}, part{"what", "", "サインイン"}, part{"name", "", "a"}, part{"email", "", "a@example.com"}, part{"email", "", "b@example.com"}).must(t, 422)
	// "email[]" is no name of the form's: it is kept beside the answers.
	extra := good("email[]", "c@example.com")
	w.send(extra)
	s := w.one()
	if s.Contact.Email != "hanako@example.co.jp" || !slices.ContainsFunc(s.Lines, func(l relay.Line) bool { return l.Text == "c@example.com" }) {
		t.Errorf("%+v", s.Lines)
	}
}

func rulesWithoutPage(t *testing.T) {
	w := start(t, nil)
	for field, bad := range map[string]string{"scope": "everyone", "what": "a", "email": "a@b", "phone": "abc", "correlation-id": "xyz", "agree": "yes", "name": strings.Repeat("あ", 201)} {
		body := map[string]any{"lang": "en", "scope": "one", "what": "long enough", "name": "Ann", "email": "ann@example.com", field: bad}
		a := w.api("/forms/support", body).must(t, 422, `"field":"`+field+`"`)
		if strings.Contains(a.text, "Key:") {
			t.Errorf("%s", a.text)
		}
	}
}

func crossField(t *testing.T) {
	w := start(t, nil)
	w.post("/forms/support", good("scope", "all")).must(t, 422, `href="#f-phone"`, `href="#f-impact"`)
	w.post("/forms/support", good("scope", "one")).must(t, 200)
}

// from sends a form from a page of that origin.
func (w *world) from(headers ...string) answer {
	req := w.request("POST", "/forms/support", "application/x-www-form-urlencoded", strings.NewReader(good().Encode()))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return w.do(req)
}

func crossOriginMatrix(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Origins = []string{"https://www.example.com"} })
	cross, same := "cross-site", "same-site"
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{nil, 200}, // an old browser, curl
		{[]string{"Origin", "https://support.example.com", "Sec-Fetch-Site", cross}, 200},
		{[]string{"Origin", "https://www.example.com", "Sec-Fetch-Site", same}, 200},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", cross}, 403},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "http://support.example.com", "Sec-Fetch-Site", cross}, 403},
		{[]string{"Origin", "https://support.example.com:8443", "Sec-Fetch-Site", cross}, 403},
		{[]string{"Origin", "https://sub.support.example.com", "Sec-Fetch-Site", same}, 403},
		{[]string{"Origin", "https://support.example.com.evil.example", "Sec-Fetch-Site", cross}, 403},
		{[]string{"Origin", "null", "Sec-Fetch-Site", cross}, 403},
	} {
		if a := w.from(c.headers...); a.StatusCode != c.status {
			t.Errorf("%v: %d, want %d", c.headers, a.StatusCode, c.status)
		}
	}
	// A browser that hides the page's origin is let through with our token.
	fields := w.post("/forms/support", good()).must(t, 200).fields()
	fields.Set("_action", "send")
	w.wait(5 * time.Second)
	req := w.request("POST", "/forms/support", "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
	req.Header.Set("Origin", "null")
	req.Header.Set("Sec-Fetch-Site", cross)
	w.do(req).must(t, 303)
}

func exactOrigin(t *testing.T) {
	w := start(t, nil)
	for o, want := range map[string]string{
		"https://support.example.com": "https://support.example.com", "https://evil.example": "", "null": "", "https://SUPPORT.example.com.evil.example": "",
	} {
		req := w.request("GET", "/forms/support/token", "", nil)
		req.Header.Set("Origin", o)
		a := w.do(req)
		if got := a.Header.Get("Access-Control-Allow-Origin"); got != want || a.Header.Get("Access-Control-Allow-Credentials") != "" || !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Origin") {
			t.Errorf("%s may read as %q", o, got)
		}
	}
	preflight := w.request("OPTIONS", "/forms/support", "", nil)
	preflight.Header.Set("Origin", "https://support.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "POST")
	if a := w.do(preflight).must(t, 204); a.Header.Get("Access-Control-Max-Age") == "" {
		t.Error("the preflight isn't cached")
	}
}

func pageHeaders(t *testing.T) {
	w := start(t, nil)
	for name, a := range map[string]answer{
		"check": w.post("/forms/support", good()), "error": w.post("/forms/support", good("email", "x")), "lookup": w.get("/requests"),
		"missing": w.get("/requests/" + strings.Repeat("a", 26)), "problem": w.api("/forms/support", map[string]any{}),
	} {
		csp := a.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy %q lacks %s", name, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", name, csp)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") != "strict-origin-when-cross-origin" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, a.Header)
		}
		if strings.Contains(a.text, " style=") || strings.Contains(a.text, "<style") || regexp.MustCompile(`<script>|<script [^>]*>[^<]`).MatchString(a.text) {
			t.Errorf("%s has style or script in it, which the policy forbids", name)
		}
	}
}

func readingChangesNothing(t *testing.T) {
	w := start(t, nil)
	w.send(good())
	s := w.one()
	before := fmt.Sprintf("%+v", w.one().Deliveries)
	d := (&desk.Desk{Store: w.store, Server: w.server, Destinations: []string{"desk"}}).Handler()
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/", "/requests/" + s.ID + "?verb=reject", "/export.csv", "/counts", "/destinations/desk?paused=true", "/language?language=en"} {
			d.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
		}
		for _, path := range []string{"/forms/support?what=x", "/forms/support/token", "/requests", "/feedback?page=/a/&helpful=yes", "/searches?q=a"} {
			w.do(w.request(method, path, "", nil))
		}
	}
	counts, err := w.store.Counts(t.Context(), "feedback", time.Time{})
	if after := fmt.Sprintf("%+v", w.one().Deliveries); after != before || err != nil || len(counts) > 0 || len(w.stored()) != 1 {
		t.Errorf("before %s, after %s, %v", before, after, counts)
	}
}

func charsets(t *testing.T) {
	w := start(t, nil)
	for name, a := range map[string]answer{
		"page": w.get("/requests"), "problem": w.api("/forms/support", map[string]any{}), "made": w.api("/forms/plain", map[string]any{"question": "x"}),
		"token": w.get("/forms/support/token"), "health": w.get("/healthz"), "method": w.get("/forms/support"),
	} {
		if !strings.HasSuffix(a.Header.Get("Content-Type"), "; charset=utf-8") {
			t.Errorf("%s: %q", name, a.Header.Get("Content-Type"))
		}
	}
}

func methods(t *testing.T) {
	w := start(t, nil)
	for _, c := range []struct{ method, path, allow string }{
		{"GET", "/forms/support", "POST"}, {"PUT", "/forms/support", "POST"}, {"DELETE", "/requests/abc", "GET, HEAD"},
		{"TRACE", "/requests", "GET, POST, HEAD"}, {"GET", "/feedback", "POST"}, {"POST", "/healthz", "GET, HEAD"},
	} {
		a := w.do(w.request(c.method, c.path, "", nil))
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q, want %q", c.method, c.path, a.StatusCode, a.Header.Get("Allow"), c.allow)
		}
	}
}

// raw sends bytes and returns the answer's first line.
func (w *world) raw(text string) string {
	w.Helper()
	c, err := net.Dial("tcp", w.web.Listener.Addr().String())
	if err != nil {
		w.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, text)
	answer, _ := io.ReadAll(c)
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}

func smuggling(t *testing.T) {
	w := start(t, nil)
	for _, headers := range []string{
		"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: chunked, identity\r\n", "Content-Length: +5\r\n",
	} {
		line := w.raw("POST /forms/support HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\na=b&c")
		if !strings.Contains(line, " 400 ") && !strings.Contains(line, " 501 ") {
			t.Errorf("%q: %s", headers, line)
		}
	}
	// Both: the length is ignored as RFC 9112 says, and the connection ends with it.
	both := w.raw("POST /forms/support HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if strings.Contains(both, " 200 ") {
		t.Errorf("%s", both)
	}
}

func longHeaders(t *testing.T) {
	w := start(t, nil)
	w.get("/requests?"+strings.Repeat("a", 5000)).must(t, http.StatusRequestURITooLong)
	// The bound of all headers is the listener's: 16 KB, see newHTTP.
	exists(t, "../cmd/annai-relay TestListenersAreBounded")
}

func uploadsAreBounded(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Uploads = 8 << 20 })
	// Not a byte of the body is sent, and the answer is there.
	if line := w.raw("POST /forms/support HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nConnection: close\r\nContent-Length: 1073741824\r\n\r\n"); !strings.Contains(line, " 413 ") {
		t.Errorf("a gigabyte: %s", line)
	}
	w.api("/forms/plain", map[string]any{"question": strings.Repeat("x", 600<<10)}).must(t, 413)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	content := strings.Repeat("line of a log\n", 70_000)
	done := make(chan int, 64)
	for range 64 {
		go func() {
			var list []part
			for name, values := range good() {
				list = append(list, part{field: name, content: values[0]})
			}
			done <- w.upload("/forms/support", append(list, part{"files", "a.log", content}, part{"files", "b.log", content})...).StatusCode
		}()
	}
	peak := uint64(0)
	for n := 0; n < 64; {
		select {
		case status := <-done:
			if n++; status != 200 && status != 503 {
				t.Errorf("an upload: %d", status)
			}
		case <-time.After(20 * time.Millisecond):
		}
		runtime.ReadMemStats(&after)
		peak = max(peak, after.HeapAlloc)
	}
	// The senders are in this process too: 64 bodies of 2 MB, and what made them.
	t.Logf("heap at most %d MB above the start", int64(peak-before.HeapAlloc)>>20)
}

func fileQuota(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Abuse.Files = guard.Rate{PerMinute: 1, Burst: 2} })
	var list []part
	for name, values := range good() {
		list = append(list, part{field: name, content: values[0]})
	}
	for range 2 {
		w.upload("/forms/support", append(list, part{"files", "a.txt", "x"})...).must(t, 200)
	}
	w.upload("/forms/support", append(list, part{"files", "a.txt", "x"})...).must(t, 429)
	w.post("/forms/support", good()).must(t, 200)
}

func scannerBothWays(t *testing.T) {
	t.Run("down", TestScannerDownHolds)
	t.Run("virus", TestVirusIsHeld)
}

func receiptLink(t *testing.T) {
	w := start(t, nil)
	path, _, _ := strings.Cut(w.send(good()), "?")
	token := strings.TrimPrefix(path, "/requests/")
	if len(token) != 26 { // 130 bits
		t.Fatalf("token %q", token)
	}
	w.get(path).must(t, 200)
	s := w.one()
	for _, wrong := range []string{token[:25] + "0", strings.ToUpper(token), token[:25], s.ID, s.Reference, ""} {
		if a := w.get("/requests/" + wrong); wrong != token && a.StatusCode == 200 && strings.Contains(a.text, "hanako") {
			t.Errorf("%q shows the request", wrong)
		}
	}
}

// constantTime reads the sources: whatever is compared with a signature or a
// secret is compared by hmac.Equal or subtle.ConstantTimeCompare.
func constantTime(t *testing.T) {
	for file, want := range map[string]string{
		"guard/token.go": "hmac.Equal([]byte(signature(key, text)), []byte(sum))", "guard/proof.go": "hmac.Equal([]byte(p.sign(s.Challenge)), []byte(s.Signature))",
		"submit.go": "hmac.Equal", "../cmd/annai-relay/operator.go": "subtle.ConstantTimeCompare",
	} {
		if text, err := os.ReadFile(file); err != nil || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func publicSide(t *testing.T) {
	w := start(t, nil)
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/queue/", "/export.csv", "/counts", "/config", "/desk.css"} {
		w.get(path).must(t, 404)
	}
}

func addressesAndCaches(t *testing.T) {
	w := start(t, nil)
	location := w.send(good("_page", "/ja/a/"))
	for _, personal := range []string{"hanako", "example.co.jp", w.one().ID} {
		if strings.Contains(location, personal) {
			t.Errorf("the address %s holds %s", location, personal)
		}
	}
	if a := w.get(location); a.Header.Get("Cache-Control") != "no-store" || !strings.Contains(a.text, `content="noindex"`) {
		t.Errorf("%v", a.Header)
	}
}

func slowSenders(t *testing.T) {
	w := start(t, nil)
	for range 500 { // they announce more than the memory for texts
		c, err := net.Dial("tcp", w.web.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "POST /forms/support HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500000\r\n\r\na="+strings.Repeat("x", 1000))
	}
	began := time.Now()
	w.post("/forms/support", good()).must(t, 200)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("behind 500 slow senders an answer took %s", took)
	}
}

func massAssignment(t *testing.T) {
	w := start(t, nil)
	w.send(good("state", "delivered", "severity", "A", "handler", "upstream", "reference", "AN-0000-0000-0", "received", "2000-01-01", "Deliveries", "x", "_severity", "A"))
	s := w.one()
	if s.Severity != "C" || s.Handler != policy.Partner || s.Deliveries[0].State != relay.Queued || s.Reference == "AN-0000-0000-0" || s.Received.Year() < 2020 {
		t.Errorf("%+v", s)
	}
}

func logsAreClean(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Abuse.Client = guard.Rate{PerMinute: 60, Burst: 30} })
	personal := []string{"山田 花子", "hanako@example.co.jp", "03-1234-5678", "秘密の本文です", "例示株式会社", "192.0.2.77"}
	w.send(good("what", personal[3], "phone", personal[2]))
	w.post("/forms/support", good("what", personal[3], "email", personal[1]+"@@")).must(t, 422)
	w.api("/forms/support", `{"what":"`+personal[3]+`",`).must(t, 400)
	w.post("/requests", url.Values{"reference": {"x"}, "email": {personal[1]}})
	req := w.request("POST", "/forms/"+url.PathEscape(personal[0])+"?mail="+personal[1], "application/x-www-form-urlencoded", strings.NewReader("a=b"))
	req.Header.Set("User-Agent", personal[1])
	req.Header.Set("X-Forwarded-For", personal[5])
	w.do(req).must(t, 404)
	for range 60 {
		w.post("/forms/support", good("what", personal[3]))
	}
	if !strings.Contains(w.log.String(), `"msg":"accepted"`) {
		t.Error("nothing was logged")
	}
	for _, p := range personal {
		if strings.Contains(w.log.String(), p) {
			t.Errorf("the log holds %q", p)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "name", relay.Personal("山田"))
	if strings.Contains(b.String(), "山田") {
		t.Errorf("a personal value is logged: %s", &b)
	}
}

func logLines(t *testing.T) {
	w := start(t, nil)
	req := w.request("POST", "/forms/x%0a%7b%22level%22%3a%22forged%22%7d", "application/x-www-form-urlencoded", strings.NewReader("a=b%0d%0aforged"))
	req.Header.Set("Content-Type", `x; a="b\"`)
	w.do(req)
	w.api("/forms/support", "{\"a\nb\": {}}")
	for _, line := range strings.Split(strings.TrimSpace(w.log.String()), "\n") {
		var entry map[string]any
		if json.Unmarshal([]byte(line), &entry) != nil || entry["level"] == "forged" {
			t.Errorf("a line of the log: %s", line)
		}
	}
}

// A broken store fails every write.
type brokenStore struct {
	relay.Store
	err error
}

func (b brokenStore) Put(context.Context, relay.Submission) (relay.Submission, error) {
	return relay.Submission{}, b.err
}

func (b brokenStore) Ready(context.Context) error { return b.err }

func storeFails(t *testing.T) {
	for _, err := range []error{relay.ErrFull, errors.New("database is locked"), errors.New("attempt to write a readonly database"), context.DeadlineExceeded} {
		w := start(t, func(s *relay.Server) { s.Store = brokenStore{s.Store, err} })
		fields := w.post("/forms/support", good()).must(t, 200).fields()
		fields.Set("_action", "send")
		w.wait(5 * time.Second)
		page := w.post("/forms/support", fields).must(t, 503, "サインインできません", "81312345678", "help@support.example.com")
		if page.Header.Get("Retry-After") == "" || page.fields().Get("what") != "サインインできません" {
			t.Errorf("the page lost the text: %v", page.fields())
		}
		if strings.Contains(page.text, "database") {
			t.Error("the page tells internals")
		}
		w.api("/forms/plain", map[string]any{"question": "x"}).must(t, 503, "urn:annai:problem:unavailable")
		w.get("/readyz").must(t, 503)
		w.get("/healthz").must(t, 200)
	}
}

type panicking struct{ relay.Store }

func (panicking) Find(context.Context, relay.Query) ([]relay.Submission, error) { panic("a fault") }

func (p panicking) Put(ctx context.Context, s relay.Submission) (relay.Submission, error) {
	if s.Form == "support" {
		panic("a fault")
	}
	return p.Store.Put(ctx, s)
}

func faultStays(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Store = panicking{s.Store} })
	a := w.get("/requests/"+strings.Repeat("a", 26)).must(t, 500)
	if strings.Contains(a.text, "a fault") || strings.Contains(a.text, "goroutine") {
		t.Errorf("the answer tells internals: %s", a.text)
	}
	a.must(t, 500, "当社側で問題が起きました", "help@support.example.com")
	fields := w.post("/forms/support", good()).must(t, 200).fields()
	a = w.post("/forms/support", fields).must(t, 500, "当社側で問題が起きました")
	if a.fields().Get("what") != "サインインできません" || strings.Contains(a.text, "a fault") {
		t.Errorf("the page keeps %v", a.fields())
	}
	w.api("/forms/plain", map[string]any{"question": "x"}).must(t, 201)
}
