package guard

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/quick"
	"time"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Computed with sha256sum and openssl, not with this package.
var vector = Solution{
	Algorithm: "SHA-256", Number: 1234, Salt: "0123456789abcdef01234567?expires=4102444800&",
	Challenge: "67f08bd655559a0bdac71e439d8bc4afccf03fbd117332fe0ebc90db048fe059",
	Signature: "556358ce68d70a5855a275c2a8fa4261acb02474d706be094e526ab5180b9b08",
}

func encode(s Solution) string {
	text, _ := json.Marshal(s)
	return base64.StdEncoding.EncodeToString(text)
}

func TestProofVector(t *testing.T) {
	p := Proofs{Key: []byte("proof key")}
	if err := p.Verify(encode(vector), now); err != nil {
		t.Fatalf("the vector: %v", err)
	}
	if err := p.Verify(encode(vector), now); !errors.Is(err, ErrProofSpent) {
		t.Errorf("a second time: %v", err)
	}
}

func TestProofRefused(t *testing.T) {
	change := func(f func(*Solution)) string {
		s := vector
		f(&s)
		return encode(s)
	}
	// A digit moved from the number to the salt: the hash is the same.
	spliced := change(func(s *Solution) { s.Salt, s.Number = s.Salt+"1", 234 })
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"not base64":      {"%%%", ErrProofMalformed},
		"not JSON":        {base64.StdEncoding.EncodeToString([]byte("x")), ErrProofMalformed},
		"too long":        {strings.Repeat("A", 4096), ErrProofMalformed},
		"another number":  {change(func(s *Solution) { s.Number++ }), ErrProofWrong},
		"another hash":    {change(func(s *Solution) { s.Algorithm = "SHA-1" }), ErrProofWrong},
		"no signature":    {change(func(s *Solution) { s.Signature = "" }), ErrProofWrong},
		"later expiry":    {change(func(s *Solution) { s.Salt = strings.Replace(s.Salt, "4102444800", "4102444801", 1) }), ErrProofWrong},
		"no end of salt":  {change(func(s *Solution) { s.Salt = strings.TrimSuffix(s.Salt, "&") }), ErrProofWrong},
		"spliced":         {spliced, ErrProofWrong},
		"negative number": {change(func(s *Solution) { s.Number = -1 }), ErrProofWrong},
	} {
		p := Proofs{Key: []byte("proof key")}
		if err := p.Verify(c.payload, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	p := Proofs{Key: []byte("proof key")}
	if err := p.Verify(encode(vector), time.Unix(4102444801, 0)); !errors.Is(err, ErrProofExpired) {
		t.Errorf("too late: %v", err)
	}
	p = Proofs{Key: []byte("another key")}
	if err := p.Verify(encode(vector), now); !errors.Is(err, ErrProofWrong) {
		t.Errorf("another key: %v", err)
	}
}

func TestProofSolved(t *testing.T) {
	p := Proofs{Key: []byte("k"), MaxNumber: 500}
	payload, found := p.New(now).Solve()
	if !found {
		t.Fatal("the challenge can't be solved")
	}
	if err := p.Verify(payload, now.Add(19*time.Minute)); err != nil {
		t.Error(err)
	}
}

// A full memory refuses what is new rather than allowing what is old again.
func TestProofMemory(t *testing.T) {
	p := Proofs{Key: []byte("k"), MaxNumber: 5, Memory: 3, Lifetime: time.Minute}
	var first string
	for i := range 3 {
		payload, _ := p.New(now).Solve()
		if i == 0 {
			first = payload
		}
		if err := p.Verify(payload, now); err != nil {
			t.Fatal(err)
		}
	}
	extra, _ := p.New(now).Solve()
	if p.Verify(extra, now) == nil || p.Verify(first, now) == nil {
		t.Error("the full memory let something through")
	}
	later := now.Add(2 * time.Minute)
	fresh, _ := p.New(later).Solve()
	if err := p.Verify(fresh, later); err != nil {
		t.Errorf("expired challenges were not forgotten: %v", err)
	}
}

func FuzzProof(f *testing.F) {
	f.Add(encode(vector))
	f.Add("e30=")
	f.Fuzz(func(t *testing.T, payload string) {
		p := Proofs{Key: []byte("another key")}
		if p.Verify(payload, now) == nil {
			t.Errorf("accepted %q", payload)
		}
	})
}

func TestToken(t *testing.T) {
	ts := Tokens{Keys: [][]byte{[]byte("new"), []byte("old")}}
	token := ts.New("support", 3, now.Add(123456789))
	for _, kind := range []Token{{}, {Checked: true}, {Checked: true, Proved: true}} {
		want := token
		want.Checked, want.Proved = kind.Checked, kind.Proved
		got, err := ts.Open(ts.Sign(want))
		if err != nil || !got.Issued.Equal(want.Issued) || got.Nonce != want.Nonce || got.Form != "support" || got.Version != 3 || got.Checked != want.Checked || got.Proved != want.Proved {
			t.Errorf("%v %+v, want %+v", err, got, want)
		}
	}
	before := Tokens{Keys: [][]byte{[]byte("old")}}
	if _, err := ts.Open(before.Sign(token)); err != nil {
		t.Errorf("a token of the key before: %v", err)
	}
	if _, err := before.Open(ts.Sign(token)); !errors.Is(err, ErrForged) {
		t.Errorf("a token of a key that is not ours: %v", err)
	}
	if a, b := ts.New("x", 1, now), ts.New("x", 1, now); a.Nonce == b.Nonce || len(a.Nonce) < 26 {
		t.Errorf("nonces %q and %q", a.Nonce, b.Nonce)
	}
}

// Whatever byte is changed, the token is refused.
func TestTokenAltered(t *testing.T) {
	ts := Tokens{Keys: [][]byte{[]byte("key")}}
	signed := ts.Sign(ts.New("support", 3, now))
	for i := range signed {
		for _, b := range []byte{'0', 'z', '.', 0} {
			altered := signed[:i] + string(b) + signed[i+1:]
			if _, err := ts.Open(altered); altered != signed && err == nil {
				t.Errorf("accepted %q", altered)
			}
		}
	}
}

func FuzzToken(f *testing.F) {
	ts := Tokens{Keys: [][]byte{[]byte("key")}}
	f.Add(ts.Sign(ts.New("support", 3, now)))
	f.Add("f1.a.1.2.n.sig")
	good := map[string]bool{}
	f.Fuzz(func(t *testing.T, s string) {
		other := Tokens{Keys: [][]byte{[]byte("a key that signed nothing")}}
		if _, err := other.Open(s); err == nil && !good[s] {
			t.Errorf("accepted %q", s)
		}
	})
}

func TestClient(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, c := range []struct {
		remote, forwarded, want string
	}{
		{"203.0.113.7:1234", "", "203.0.113.7"},
		{"203.0.113.7:1234", "198.51.100.1", "203.0.113.7"}, // a stranger's word
		{"10.0.0.1:1234", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1234", "6.6.6.6, 198.51.100.1", "198.51.100.1"}, // what stands left was written by the client
		{"10.0.0.1:1234", "6.6.6.6, 198.51.100.1, 10.2.3.4", "198.51.100.1"},
		{"10.0.0.1:1234", "6.6.6.6, nonsense, 10.2.3.4", "10.2.3.4"},
		{"10.0.0.1:1234", "", "10.0.0.1"},
		{"10.0.0.1:1234", "198.51.100.1:4711", "198.51.100.1"},
		{"[2001:db8:1::1]:1234", "[2001:db8:9::5]:443", "2001:db8:9::5"},
		{"[::ffff:10.0.0.1]:1234", "::ffff:198.51.100.1", "198.51.100.1"},
		{"@", "198.51.100.1", "::"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.Client(r).String(); got != c.want {
			t.Errorf("%s with %q is %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7": "203.0.113.7/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::": "::/64",
	} {
		if got := Network(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s is in %s, want %s", address, got, want)
		}
	}
	if got := Network(netip.Addr{}).String(); got != "::/0" {
		t.Errorf("no address is in %s", got)
	}
}

func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:1", "a, 1.2.3.4, [::1]:5")
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		if got := proxies.Client(r); !got.IsValid() {
			t.Errorf("no address for %q %q", remote, forwarded)
		}
	})
}

func TestLimits(t *testing.T) {
	l := &Limits{}
	client := Claim{"client a", Rate{PerMinute: 6, Burst: 3}}
	form := Claim{"form", Rate{PerMinute: 600, Burst: 100}}
	for i := range 3 {
		if wait := l.Take(now, client, form); wait != 0 {
			t.Fatalf("request %d waits %s", i, wait)
		}
	}
	wait := l.Take(now, client, form)
	if wait < 9*time.Second || wait > 11*time.Second {
		t.Errorf("the fourth waits %s, want about 10 s", wait)
	}
	if wait := l.Take(now, Claim{"client b", client.Rate}, form); wait != 0 {
		t.Errorf("another client waits %s", wait)
	}
	if wait := l.Take(now.Add(wait), client, form); wait != 0 {
		t.Errorf("after the wait it waits %s more", wait)
	}
	// What was refused took nothing from the other buckets.
	narrow := &Limits{}
	shared := Claim{"shared", Rate{PerMinute: 1, Burst: 2}}
	narrow.Take(now, Claim{"c", Rate{PerMinute: 1, Burst: 1}}, shared)
	for range 5 {
		narrow.Take(now, Claim{"c", Rate{PerMinute: 1, Burst: 1}}, shared)
	}
	if wait := narrow.Take(now, shared); wait != 0 {
		t.Errorf("refused requests emptied the shared bucket: %s", wait)
	}
}

func TestLimitsBounded(t *testing.T) {
	l := &Limits{Size: 100}
	old := Claim{"busy", Rate{PerMinute: 1, Burst: 1}}
	l.Take(now, old)
	for i := range 1000 {
		l.Take(now, Claim{fmt.Sprint(i), Rate{PerMinute: 1, Burst: 1}})
		if i%50 == 0 && l.Take(now, old) == 0 {
			t.Fatal("a busy bucket was forgotten")
		}
	}
	if n := l.Len(); n != 100 {
		t.Errorf("%d buckets, want 100", n)
	}
}

func TestLimitsTogether(t *testing.T) {
	l := &Limits{Size: 10}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				l.Take(now, Claim{fmt.Sprint(i * j), Rate{PerMinute: 1, Burst: 1}}, Claim{"all", Rate{PerMinute: 1, Burst: 1}})
			}
		})
	}
	wg.Wait()
}

func TestDerive(t *testing.T) {
	differ := func(secret []byte, a, b string) bool {
		return a == b || string(Derive(secret, a)) != string(Derive(secret, b))
	}
	if err := quick.Check(differ, nil); err != nil {
		t.Error(err)
	}
}
