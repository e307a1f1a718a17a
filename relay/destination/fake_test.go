package destination

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The fakes behave like the real receivers, on real sockets, also when those
// misbehave.

// A mood is how a fake behaves.
type mood struct {
	drop      bool          // take it, then cut the line
	delay     time.Duration // before the answer
	slowBody  bool          // the answer never ends
	status    int           // instead of taking it
	header    http.Header
	body      string
	length    int    // a wrong Content-Length
	redirect  string // answer 307 to there
	noTLS     bool   // SMTP: don't offer STARTTLS
	badAuth   bool   // refuse the password, the token
	junk      string // take it, answer 2xx with this
	stale     bool   // partner center: the token has expired
	gone      bool   // partner center: decommissioned
	elsewhere bool   // partner center: the cloud doesn't offer it
	throttle  string // partner center: 429 with this body and no header
}

// taken is what a fake has accepted.
type taken struct {
	id   string
	text string // all of it
	head http.Header
}

type fake struct {
	mu    sync.Mutex
	mood  mood
	taken []taken
	seen  int // requests, also those that were not accepted
}

func (f *fake) set(m mood) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mood = m
}

func (f *fake) now() mood {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	return f.mood
}

func (f *fake) take(t taken) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken = append(f.taken, t)
	return len(f.taken)
}

func (f *fake) all() []taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]taken(nil), f.taken...)
}

// certificate makes one for 127.0.0.1, and the pool that trusts it.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	parsed, _ := x509.ParseCertificate(der)
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// serve starts an HTTPS server for a handler that may cut lines.
func serve(t testing.TB, h http.Handler) (string, *x509.CertPool) {
	cert, pool := certificate(t)
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL, pool
}

// misbehave answers in the fake's mood; done tells that it has.
func misbehave(w http.ResponseWriter, r *http.Request, m mood, take func()) (done bool) {
	if m.delay > 0 {
		select {
		case <-time.After(m.delay):
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case m.redirect != "":
		http.Redirect(w, r, m.redirect, http.StatusTemporaryRedirect)
	case m.status != 0:
		for k, v := range m.header {
			w.Header()[k] = v
		}
		w.WriteHeader(m.status)
		io.WriteString(w, m.body)
	case m.drop:
		take()
		panic(http.ErrAbortHandler)
	case m.junk != "":
		take()
		io.WriteString(w, m.junk)
	case m.length > 0:
		take()
		w.Header().Set("Content-Length", strconv.Itoa(m.length))
		io.WriteString(w, "{")
	case m.slowBody:
		take()
		io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		select {
		case <-time.After(time.Minute):
		case <-r.Context().Done():
		}
	default:
		return false
	}
	return true
}

// hook is a receiver of webhooks.
type hook struct{ fake }

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := h.now()
	data, _ := io.ReadAll(r.Body)
	take := func() { h.take(taken{r.Header.Get("webhook-id"), string(data), r.Header}) }
	if misbehave(w, r, m, take) {
		return
	}
	switch {
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case m.badAuth:
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	take()
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"id":"T-%s"}`, r.Header.Get("webhook-id"))
}

// partner is Partner Center's part for service requests, with its peculiarities.
type partner struct {
	fake
	tokens   int
	requests map[string]map[string]any // by MS-RequestId
	order    []map[string]any
}

func (p *partner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := p.now()
	data, _ := io.ReadAll(r.Body)
	if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
		p.signIn(w, m, data)
		return
	}
	p.mu.Lock()
	token := fmt.Sprintf("Bearer token-%d", p.tokens)
	p.mu.Unlock()
	w.Header().Set("MS-RequestId", r.Header.Get("MS-RequestId"))
	w.Header().Set("MS-CorrelationId", r.Header.Get("MS-CorrelationId"))
	fail := func(status int, code, text string) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]any{"code": code, "description": text, "data": []any{}, "source": "PartnerFD"})
	}
	switch {
	case m.gone:
		fail(http.StatusGone, "1000", "Gone")
	case m.elsewhere:
		fail(http.StatusBadRequest, "900127", "Not supported in this environment")
	case m.throttle != "":
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, m.throttle)
	case r.Header.Get("Authorization") != token || m.stale || m.badAuth:
		if m.stale {
			p.set(mood{}) // the next token is good
		}
		fail(http.StatusUnauthorized, "400", "Access denied")
	case r.Method == http.MethodGet && r.URL.Path == "/v1/servicerequests":
		p.list(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/v1/servicerequests/supporttopics":
		io.WriteString(w, `{"totalCount":1,"items":[{"name":"x","id":32444671}]}`) // a number, though it is sent as a string
	case r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/servicerequests/"):
		var in map[string]any
		if json.Unmarshal(data, &in) != nil || in["Title"] == nil || in["Description"] == nil || in["Severity"] == nil || in["SupportTopicId"] == nil {
			fail(http.StatusBadRequest, "3000", "Invalid property")
			return
		}
		if misbehave(w, r, m, func() { p.create(r, in, data) }) {
			return
		}
		sr := p.create(r, in, data)
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(sr)
	default:
		fail(http.StatusNotFound, "1000", "Not found")
	}
}

func (p *partner) signIn(w http.ResponseWriter, m mood, data []byte) {
	form, _ := url.ParseQuery(string(data))
	if m.badAuth || form.Get("grant_type") != "refresh_token" || form.Get("refresh_token") != "refresh" || form.Get("resource") == "" {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"invalid_grant","error_description":"AADSTS70002 admin@example.partner.onmschina.cn"}`)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens++
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":"3600","ext_expires_in":"3600","expires_on":"1546469802","resource":"x","access_token":"token-%d"}`, p.tokens)
}

// create answers with status none and year 1, and once per MS-RequestId.
func (p *partner) create(r *http.Request, in map[string]any, data []byte) map[string]any {
	id := r.Header.Get("MS-RequestId")
	p.mu.Lock()
	defer p.mu.Unlock()
	if sr := p.requests[id]; sr != nil {
		return sr
	}
	sr := map[string]any{"title": in["Title"], "description": in["Description"], "severity": in["Severity"], "supportTopicId": in["SupportTopicId"],
		"id": fmt.Sprintf("6161228925%05d", len(p.order)+1), "status": "none", "createdDate": "0001-01-01T00:00:00"}
	if p.requests == nil {
		p.requests = map[string]map[string]any{}
	}
	p.requests[id] = sr
	p.order = append(p.order, sr)
	p.taken = append(p.taken, taken{id, fmt.Sprint(in["Title"], "\n", in["Description"]), r.Header})
	return sr
}

// list shows enums as numbers and dates without a zone.
func (p *partner) list(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	items := []map[string]any{}
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	for i := len(p.order) - 1 - offset; i >= 0 && len(items) < size; i-- {
		sr := map[string]any{}
		for k, v := range p.order[i] {
			sr[k] = v
		}
		sr["severity"], sr["status"], sr["createdDate"] = 1, 1, "2015-11-24T01:07:00.863"
		items = append(items, sr)
	}
	io.WriteString(w, "\uFEFF")
	json.NewEncoder(w).Encode(map[string]any{"totalCount": len(p.order), "items": items, "attributes": map[string]string{"objectType": "Collection"}})
}

// post is a mail server.
type post struct {
	fake
	config *tls.Config
	direct bool // TLS from the first byte
}

func (p *post) listen(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			if p.direct {
				conn = tls.Server(conn, p.config)
			}
			go p.talk(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (p *post) talk(conn net.Conn) {
	defer conn.Close()
	m := p.now()
	time.Sleep(m.delay)
	r := bufio.NewReader(conn)
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	say("220 fake ESMTP")
	_, encrypted := conn.(*tls.Conn)
	for {
		lineIn, err := r.ReadString('\n')
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(strings.TrimRight(lineIn, "\r\n"), " ")
		switch strings.ToUpper(word) {
		case "EHLO", "HELO":
			say("250-fake")
			if !encrypted && !m.noTLS {
				say("250-STARTTLS")
			}
			if encrypted {
				say("250-AUTH PLAIN LOGIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go")
			conn = tls.Server(conn, p.config)
			r, encrypted = bufio.NewReader(conn), true
		case "AUTH":
			got, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if m.badAuth || !strings.HasSuffix(string(got), "\x00relay\x00secret") {
				say("535 5.7.8 no")
				continue
			}
			say("235 ok")
		case "DATA":
			say("354 go")
			if !p.data(r, m, say) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// data takes a mail; false ends the conversation.
func (p *post) data(r *bufio.Reader, m mood, say func(string, ...any)) bool {
	var b strings.Builder
	for {
		s, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if s == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(s, "."))
	}
	if m.status != 0 {
		say("%d refused", m.status)
		return true
	}
	head := http.Header{}
	for _, l := range strings.Split(strings.ReplaceAll(strings.SplitN(b.String(), "\r\n\r\n", 2)[0], "\r\n ", " "), "\r\n") {
		k, v, _ := strings.Cut(l, ": ")
		head.Add(k, v)
	}
	id, _, _ := strings.Cut(strings.Trim(head.Get("Message-ID"), "<>"), "@")
	p.take(taken{id, b.String(), head})
	if m.drop {
		return false
	}
	say("250 taken")
	return true
}
