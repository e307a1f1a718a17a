package relay_test

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"annai/relay"
	"annai/relay/attachment"
	"annai/relay/guard"
)

// Doubt keeps a request apart; it gets the same answer and is never dropped.
func TestDoubtQuarantines(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world, url.Values)
		wait   time.Duration
		doubt  string
	}{
		"honeypot": {func(_ *world, v url.Values) { v.Set("_extra_ref", "http://spam.example") }, 5 * time.Second, "honeypot"},
		"too fast": {func(*world, url.Values) {}, 0, "too-fast"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, nil)
			check := w.post("/forms/support", good()).must(t, 200)
			fields := check.fields()
			fields.Set("_action", "send")
			c.change(w, fields)
			w.wait(c.wait)
			sent := w.post("/forms/support", fields).must(t, 303)
			s := w.one()
			if !slices.Equal(s.Doubts, []string{c.doubt}) || s.Deliveries[0].State != relay.Quarantined {
				t.Errorf("%v %v", s.Doubts, s.Deliveries)
			}
			w.get(sent.Header.Get("Location")).must(t, 200, s.Reference)
			if err := w.store.Do(t.Context(), relay.Act{Submission: s.ID, Verb: relay.Release, By: "test"}); err != nil {
				t.Error(err)
			}
			if s := w.one(); s.Deliveries[0].State != relay.Queued {
				t.Errorf("released it is %s", s.Deliveries[0].State)
			}
		})
	}
}

// A forged or an old token is no way around the check page, and loses nothing.
func TestTokenForgedOrOld(t *testing.T) {
	w := start(t, nil)
	check := w.post("/forms/support", good()).must(t, 200)
	fields := check.fields()
	fields.Set("_action", "send")
	token := fields.Get("_token")
	fields.Set("_token", "c1"+token[2:len(token)-1]+"0")
	w.post("/forms/support", fields).must(t, 200, "サインインできません")
	fields.Set("_token", token)
	w.wait(25 * time.Hour)
	again := w.post("/forms/support", fields).must(t, 200, "サインインできません").fields()
	again.Set("_action", "send")
	w.wait(5 * time.Second)
	w.post("/forms/support", again).must(t, 303)
	if n := len(w.stored()); n != 1 {
		t.Errorf("%d are stored, want 1", n)
	}
}

// A proof of work stands for the time that a person would have taken.
func TestProofOfWork(t *testing.T) {
	w := start(t, nil)
	var fresh struct {
		Token  string
		Altcha guard.Challenge
	}
	w.getJSON("/forms/support/token", &fresh)
	solution, found := fresh.Altcha.Solve()
	if !found {
		t.Fatal("no solution")
	}
	check := w.post("/forms/support", good("_token", fresh.Token, "_proof", solution)).must(t, 200)
	fields := check.fields()
	fields.Set("_action", "send")
	w.post("/forms/support", fields).must(t, 303)
	if s := w.one(); len(s.Doubts) > 0 {
		t.Errorf("doubted: %v", s.Doubts)
	}
	body := map[string]any{"question": "x", "_proof": solution}
	w.api("/forms/plain", body).must(t, 201)
	for _, s := range w.stored() {
		if s.Form == "plain" && !slices.Equal(s.Doubts, []string{"bad-proof"}) {
			t.Errorf("a spent proof: %v", s.Doubts)
		}
	}
}

func (w *world) getJSON(path string, to any) {
	w.Helper()
	a := w.get(path).must(w, 200)
	if err := jsonUnmarshal(a.text, to); err != nil {
		w.Fatal(err)
	}
}

func TestLimitKeepsTheText(t *testing.T) {
	w := start(t, func(s *relay.Server) {
		s.Abuse.Client = guard.Rate{PerMinute: 6, Burst: 2}
		s.Proxies = guard.Proxies{loopback}
	})
	for range 2 {
		w.post("/forms/support", good()).must(t, 200)
	}
	limited := w.post("/forms/support", good("what", "この文を失いたくない")).must(t, 429, "この文を失いたくない", "81312345678")
	if limited.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	fields := limited.fields()
	if fields.Get("what") != "この文を失いたくない" || fields.Get("email") != "hanako@example.co.jp" {
		t.Errorf("the page lost answers: %v", fields)
	}
	w.api("/forms/plain", map[string]any{"question": "x"}).must(t, 429, "urn:annai:problem:too-many")
	other := w.request("POST", "/forms/support", "application/x-www-form-urlencoded", strings.NewReader(good().Encode()))
	other.Header.Set("X-Forwarded-For", "198.51.100.7")
	w.do(other).must(t, 200)
	w.wait(time.Minute)
	w.post("/forms/support", fields).must(t, 200, "この文を失いたくない")
}

func TestCharset(t *testing.T) {
	w := start(t, nil)
	w.post("/forms/support", good("_charset_", "GBK")).must(t, 422)
	w.post("/forms/support", good("what", "\xb2\xbb\xc4\xdc\xb5\xc7\xc2\xbc")).must(t, 422)
	w.post("/forms/support", good("what", "abc\x00defgh")).must(t, 422)
	if len(w.stored()) != 0 {
		t.Error("mojibake was stored")
	}
}

func TestAttachments(t *testing.T) {
	w := start(t, nil)
	parts := func(more ...part) []part {
		var list []part
		for name, values := range good() {
			list = append(list, part{field: name, content: values[0]})
		}
		return append(list, more...)
	}
	w.upload("/forms/support", parts(part{"files", "a.exe", "MZ\x90\x00"})...).must(t, 422, "ファイル")
	w.upload("/forms/support", parts(part{"files", "a.pdf", "<html>"})...).must(t, 422)
	w.upload("/forms/support", parts(part{"files", "a.txt", strings.Repeat("a", 1<<20+1)})...).must(t, 422, "1 MB")
	w.upload("/forms/support", parts(part{"files", "a.txt", "a"}, part{"files", "b.txt", "b"}, part{"files", "c.txt", "c"})...).must(t, 422, "2 個")
	// A good file stays when the rest has to be mended.
	bad := w.upload("/forms/support", parts(part{"email", "", "x"}, part{"files", "記録.log", "line"})...)
	bad = bad.must(t, 422, "記録.log")
	fields := bad.fields()
	fields.Set("email", "hanako@example.co.jp")
	fields.Set("_action", "check")
	check := w.post("/forms/support", fields).must(t, 200, "記録.log")
	fields = check.fields()
	fields.Set("_action", "send")
	w.wait(5 * time.Second)
	w.post("/forms/support", fields).must(t, 303)
	s := w.one()
	if len(s.Attachments) != 1 || s.Attachments[0].Name != "記録.log" || s.Attachments[0].Type != "text/plain" {
		t.Fatalf("%+v", s.Attachments)
	}
	content, err := s.Attachments[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if text, err := io.ReadAll(content); err != nil || string(text) != "line" {
		t.Errorf("%q %v", text, err)
	}
	// A handle belongs to its own request.
	other := w.post("/forms/support", good("_files", fields.Get("_files"))).must(t, 422)
	if strings.Contains(other.text, "記録.log") {
		t.Error("another request got the file")
	}
}

func TestScannerDownHolds(t *testing.T) {
	w := start(t, func(s *relay.Server) {
		s.Scanner = &attachment.Scanner{Network: "tcp", Address: "127.0.0.1:1", Timeout: time.Second}
	})
	var list []part
	for name, values := range good() {
		list = append(list, part{field: name, content: values[0]})
	}
	check := w.upload("/forms/support", append(list, part{"files", "a.txt", "text"})...).must(t, 200)
	fields := check.fields()
	fields.Set("_action", "send")
	w.wait(5 * time.Second)
	w.post("/forms/support", fields).must(t, 303)
	if s := w.one(); s.Deliveries[0].State != relay.Held || s.Attachments[0].Scan != relay.ScanDown {
		t.Errorf("%v %v", s.Deliveries, s.Attachments)
	}
}

func TestVirusIsHeld(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.ReadFull(c, make([]byte, 10))
				for n := uint32(1); n > 0; {
					if binary.Read(c, binary.BigEndian, &n) != nil {
						return
					}
					io.CopyN(io.Discard, c, int64(n))
				}
				io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
			}()
		}
	}()
	w := start(t, func(s *relay.Server) {
		s.Scanner = &attachment.Scanner{Network: "tcp", Address: l.Addr().String()}
	})
	var list []part
	for name, values := range good() {
		list = append(list, part{field: name, content: values[0]})
	}
	fields := w.upload("/forms/support", append(list, part{"files", "a.txt", "x"})...).must(t, 200, "ウイルス").fields()
	fields.Set("_action", "send")
	w.wait(5 * time.Second)
	w.post("/forms/support", fields).must(t, 303)
	sub := w.one()
	if sub.Deliveries[0].State != relay.Held || sub.Attachments[0].Scan != "found Eicar-Test-Signature" || !slices.Equal(sub.Doubts, []string{"virus"}) {
		t.Errorf("%v %v %v", sub.Deliveries, sub.Attachments, sub.Doubts)
	}
}

func TestLookup(t *testing.T) {
	w := start(t, nil)
	receipt := w.send(good())
	s := w.one()
	find := func(reference, email string) answer {
		w.Helper()
		return w.post("/requests", url.Values{"reference": {reference}, "email": {email}, "lang": {"ja"}})
	}
	path, _, _ := strings.Cut(receipt, "?")
	lower := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s.Reference, "AN-"), "-", " "))
	for _, reference := range []string{s.Reference, lower, "an" + lower, strings.ReplaceAll(s.Reference, "-", "−"), full(s.Reference)} {
		found := find(reference, " Hanako@EXAMPLE.co.jp ")
		if found.StatusCode != 303 || found.Header.Get("Location") != path {
			t.Errorf("%q leads to %d %s", reference, found.StatusCode, found.Header.Get("Location"))
		}
	}
	mail := find(s.Reference, "somebody@example.com").must(t, 404)
	number := find("AN-0000-0000-0", "hanako@example.co.jp").must(t, 404)
	typo := find(s.Reference[:3]+"0000-0000-1", "hanako@example.co.jp").must(t, 404)
	blank := func(a answer) string { return regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(a.text, "") }
	if blank(mail) != blank(number) || blank(mail) != blank(typo) {
		t.Error("the answers tell which half was wrong")
	}
	if strings.Contains(mail.text, "hanako") {
		t.Error("the answer tells the address")
	}
}

// full is the text in full width, as an input method may write it.
func full(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func TestFeedback(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Counter = true })
	w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"yes"}, "locale": {"ja"}}).must(t, 200)
	w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"no"}, "locale": {"ja"}}).must(t, 200, `name="reason"`)
	for translation, machine := range map[string]bool{"": false, "human": false, "machine": true} {
		page := w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"no"}, "translation": {translation}, "locale": {"ja"}}).must(t, 200)
		for reason, want := range map[string]bool{"outdated": !machine, "terms": machine, "translation": translation != ""} {
			if strings.Contains(page.text, `value="`+reason+`"`) != want {
				t.Errorf("translation %q: the reason %s must be offered: %v", translation, reason, want)
			}
		}
	}
	w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"no"}, "locale": {"ja"}}).must(t, 200, `?page=%2Fja%2Fa%2F`, "に戻る")
	w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"no"}, "reason": {"outdated"}, "comment": {"画面が変わりました"}, "locale": {"ja"}}).must(t, 200)
	w.post("/feedback", url.Values{"page": {"//evil.example/"}, "helpful": {"yes"}}).must(t, 422)
	w.post("/feedback", url.Values{"page": {"/ja/a/"}, "helpful": {"maybe"}}).must(t, 422)
	if s := w.one(); s.Form != relay.FeedbackForm || s.Answers.Get("comment") != "画面が変わりました" || s.Subject != "/ja/a/" {
		t.Errorf("the comment: %+v", s)
	}
	for q, counted := range map[string]bool{"パスワード 忘れ": true, "a@b.example": false, "090-1234-5678": false, "password=hunter22": false} {
		w.post("/searches", url.Values{"q": {q}, "lang": {"ja"}}).must(t, 204)
		list, err := w.store.Counts(t.Context(), "no-result", time.Now().Add(-48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		has := slices.ContainsFunc(list, func(x relay.Tally) bool { return x.Key == "ja "+strings.ToLower(q) })
		if has != counted {
			t.Errorf("%q counted: %v", q, has)
		}
	}
	list, err := w.store.Counts(t.Context(), "feedback", time.Now().Add(-48*time.Hour))
	if err != nil || len(list) != 3 {
		t.Errorf("%v %v", list, err)
	}
}

func TestSecretsAreSpotted(t *testing.T) {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`))
	for text, want := range map[string]bool{
		"password=hunter22":   true,
		"Password: Passw0rd!": true,
		"DefaultEndpointsProtocol=https;AccountKey=abcdefgh12345678==":            true,
		"Authorization: Bearer abcdefghijklmnop":                                  true,
		header + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln":                              true,
		"-----BEGIN RSA PRIVATE KEY-----":                                         true,
		"https://x.blob.core.chinacloudapi.cn/a?sv=1&sig=abcdefghijklmnopqrst%3D": true,
		"パスワードは Abc12345 です":                                                      true,
		"密码：abc12345":                                                             true,
		"パスワードを忘れました":                                                             false,
		"the password was reset yesterday":                                        false,
		"error eyJust a word":                                                     false,
		"相関 ID 5f1c0d2e-0000-4000-8000-000000000000":                              false,
		"AADSTS50126: invalid username or password":                               false,
	} {
		if got := relay.HasSecret(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	w := start(t, nil)
	w.post("/forms/support", good("what", "ログ: password=hunter22 が出ます")).must(t, 200, "パスワードや鍵")
}

func TestReferenceFindsMistakes(t *testing.T) {
	w := start(t, nil)
	w.send(good())
	reference := w.one().Reference
	if !regexp.MustCompile(`^AN-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$`).MatchString(reference) {
		t.Fatalf("reference %q", reference)
	}
	plain := strings.ReplaceAll(strings.TrimPrefix(reference, "AN-"), "-", "")
	for i := range plain {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			wrong := plain[:i] + string(c) + plain[i+1:]
			if got := relay.ParseReference("AN", wrong); (got == "") != (wrong != plain) {
				t.Errorf("%q is read as %q", wrong, got)
			}
		}
		for j := range i {
			b := []byte(plain)
			b[i], b[j] = b[j], b[i]
			if got := relay.ParseReference("AN", string(b)); (got == "") != (string(b) != plain) {
				t.Errorf("swapped %q is read as %q", b, got)
			}
		}
	}
}

func TestStatic(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		os.MkdirAll(dir+"/"+name[:strings.LastIndexByte("/"+name, '/')], 0o755)
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("ja/index.html", "home")
	put("ja/404.html", "missing")
	put("assets/style.3f2a91c4.css", "plain")
	put("assets/style.3f2a91c4.css.br", "packed")
	put(".git/config", "secret")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, func(s *relay.Server) { s.Site = &relay.Static{Root: root, Locales: []string{"ja"}} })
	home := w.get("/ja/").must(t, 200, "home")
	if home.Header.Get("Cache-Control") != "no-cache" || home.Header.Get("ETag") == "" || !strings.Contains(home.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers %v", home.Header)
	}
	again := w.request("GET", "/ja/", "", nil)
	again.Header.Set("If-None-Match", home.Header.Get("ETag"))
	w.do(again).must(t, 304)
	put("ja/long/index.html", strings.Repeat("長い文です。", 500))
	long := w.request("GET", "/ja/long/", "", nil)
	long.Header.Set("Accept-Encoding", "gzip")
	first := w.do(long).must(t, 200)
	if first.Header.Get("Content-Encoding") != "gzip" || len(first.text) > 1000 {
		t.Errorf("a long page has %d bytes, %v", len(first.text), first.Header)
	}
	long.Header.Set("If-None-Match", first.Header.Get("ETag"))
	w.do(long).must(t, 304)
	if moved := w.get("/ja?x=1").must(t, 301); moved.Header.Get("Location") != "/ja/?x=1" {
		t.Errorf("moved to %s", moved.Header.Get("Location"))
	}
	w.get("/ja/no/").must(t, 404, "missing")
	for _, path := range []string{"/.git/config", "/ja/../.git/config", "/%2e%2e/secret", "/ja/%00", `/ja/..%5c..%5cx`} {
		if a := w.get(path); a.StatusCode == 200 || strings.Contains(a.text, "secret") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.text)
		}
	}
	packed := w.request("GET", "/assets/style.3f2a91c4.css", "", nil)
	packed.Header.Set("Accept-Encoding", "gzip, br;q=0.9")
	if a := w.do(packed).must(t, 200, "packed"); a.Header.Get("Content-Encoding") != "br" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") || a.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("headers %v", a.Header)
	}
	packed.Header.Set("Accept-Encoding", "br;q=0")
	w.do(packed).must(t, 200, "plain")
	if a := w.do(w.request("DELETE", "/ja/", "", nil)); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", a.StatusCode)
	}
}
