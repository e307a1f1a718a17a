package relay_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"annai/relay"
	"annai/relay/guard"
	"annai/relay/relaytest"
	"annai/relay/store"
)

// fuzzed is a server on a real store for many small inputs.
func fuzzed(f *testing.F) *relay.Server {
	st, err := store.Open(f.Context(), store.Config{URL: "memory:"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { st.Close() })
	generous := guard.Rate{PerMinute: 1e9, Burst: 1e9}
	s := &relay.Server{Store: st, Routes: relay.Routes{Known: []string{"hook"}}, Abuse: relay.Abuse{Client: generous, Form: generous, Service: generous, Files: generous}}
	if err := s.Load(relaytest.Manifest(f)); err != nil {
		f.Fatal(err)
	}
	return s
}

// Whatever is sent, in whatever encoding it claims: an answer for the sender,
// never one that blames us.
func FuzzAccept(f *testing.F) {
	s := fuzzed(f)
	handler := s.Handler()
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	m.SetBoundary("x")
	m.WriteField("what", "text")
	file, _ := m.CreateFormFile("files", "a.png")
	file.Write([]byte("\x89PNG\r\n\x1a\n"))
	m.Close()
	f.Add("/forms/support", "application/x-www-form-urlencoded", good().Encode(), "text/html")
	f.Add("/forms/support", "application/json", `{"scope":"all","what":["a","b"],"n":1,"t":true,"x":null}`, "application/json")
	f.Add("/forms/support", "multipart/form-data; boundary=x", parts.String(), "")
	f.Add("/forms/plain", "application/json", `{"question":"x","_token":"f1.a.1.2.n.s","_proof":"e30="}`, "*/*")
	f.Add("/requests", "application/x-www-form-urlencoded", "reference=AN-0000-0000-0&email=a@b.example", "")
	f.Add("/feedback", "application/x-www-form-urlencoded", "page=/a/&helpful=no&comment=x", "")
	f.Add("/forms/support", "application/x-www-form-urlencoded", "_files=AAAA&_action=change:what&form=support@2&lang=zz", "")
	f.Fuzz(func(t *testing.T, path, contentType, body, accept string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " %?#\x7f") || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r > '~' }) {
			return
		}
		req := httptest.NewRequest("POST", "http://relay.example.com"+path, strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code >= 500 {
			t.Errorf("%s %q %q: %d %s", path, contentType, body, w.Code, w.Body)
		}
		if got := w.Header().Get("Content-Type"); w.Code == 422 && !strings.Contains(got, "charset=utf-8") {
			t.Errorf("%d %q", w.Code, got)
		}
	})
}

func FuzzReference(f *testing.F) {
	f.Add("AN-7K3M-9Q2X-C")
	f.Add("ａｎ７ｋ３ｍ９ｑ２ｘＣ")
	f.Fuzz(func(t *testing.T, s string) {
		r := relay.ParseReference("AN", s)
		if r != "" && relay.ParseReference("AN", r) != r {
			t.Errorf("%q is read as %q, and that as %q", s, r, relay.ParseReference("AN", r))
		}
	})
}

func FuzzSecret(f *testing.F) {
	f.Add("password=x eyJhbGciOiJIUzI1NiJ9.e30.x")
	f.Fuzz(func(t *testing.T, s string) { relay.HasSecret(s) })
}
