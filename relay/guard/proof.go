package guard

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Challenge asks a browser to find the number whose hash, with the salt before
// it, is Challenge. The format is version 1 of ALTCHA's, so that its widget and
// any other solver can answer.
type Challenge struct {
	Algorithm string `json:"algorithm"` // always SHA-256
	Challenge string `json:"challenge"` // hex of SHA-256(salt + number)
	MaxNumber int64  `json:"maxnumber"`
	Salt      string `json:"salt"`      // random hex, "?expires=" in Unix seconds, and "&" that ends it
	Signature string `json:"signature"` // hex of HMAC-SHA256(challenge)
}

// A Solution is what a browser sends back, as JSON in base64.
type Solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int64  `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// Why a proof of work was not accepted.
var (
	ErrProofMalformed = errors.New("the proof of work can't be read")
	ErrProofWrong     = errors.New("the proof of work is wrong")
	ErrProofExpired   = errors.New("the proof of work came too late")
	ErrProofSpent     = errors.New("the proof of work was used before")
)

// Proofs hands out challenges and accepts each solution once. Spent challenges
// are remembered until they would expire, at most Memory of them: when that is
// full, new solutions are refused rather than old ones allowed again.
type Proofs struct {
	Key       []byte
	MaxNumber int64         // work, in hashes; 50,000 when zero (well under a second on a phone)
	Lifetime  time.Duration // 20 minutes when zero
	Memory    int           // 100,000 when zero

	mu    sync.Mutex
	spent map[string]time.Time // challenge → its expiry
}

// New makes a challenge that expires after Lifetime.
func (p *Proofs) New(now time.Time) Challenge {
	number, err := rand.Int(rand.Reader, big.NewInt(p.work()+1))
	if err != nil {
		panic("guard: the system's random generator failed: " + err.Error())
	}
	salt := make([]byte, 12)
	rand.Read(salt)
	text := hex.EncodeToString(salt) + "?expires=" + strconv.FormatInt(now.Add(p.lifetime()).Unix(), 10) + "&"
	challenge := proofHash(text, number.Int64())
	return Challenge{Algorithm: "SHA-256", Challenge: challenge, MaxNumber: p.work(), Salt: text, Signature: p.sign(challenge)}
}

// Verify accepts a solution once.
func (p *Proofs) Verify(payload string, now time.Time) error {
	s, err := readSolution(payload)
	if err != nil {
		return err
	}
	expires, err := p.prove(s)
	if err != nil {
		return err
	}
	if now.After(expires) {
		return ErrProofExpired
	}
	return p.spend(s.Challenge, expires, now)
}

func readSolution(payload string) (Solution, error) {
	var s Solution
	if len(payload) > 2048 {
		return s, ErrProofMalformed
	}
	text, err := base64.StdEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return s, ErrProofMalformed
	}
	return s, nil
}

// prove checks hash and signature and returns the expiry that the salt carries.
// The salt must end with "&": otherwise digits could be moved from its expiry to
// the number, and one solution would count as many.
func (p *Proofs) prove(s Solution) (expires time.Time, err error) {
	_, query, found := strings.Cut(s.Salt, "?")
	if s.Algorithm != "SHA-256" || !found || !strings.HasSuffix(s.Salt, "&") || s.Number < 0 {
		return expires, ErrProofWrong
	}
	hash := hmac.Equal([]byte(proofHash(s.Salt, s.Number)), []byte(s.Challenge))
	if !hmac.Equal([]byte(p.sign(s.Challenge)), []byte(s.Signature)) || !hash {
		return expires, ErrProofWrong
	}
	values, err := url.ParseQuery(strings.TrimSuffix(query, "&"))
	if err != nil {
		return expires, ErrProofWrong
	}
	seconds, err := strconv.ParseInt(values.Get("expires"), 10, 64)
	if err != nil {
		return expires, ErrProofWrong
	}
	return time.Unix(seconds, 0), nil
}

func (p *Proofs) spend(challenge string, expires, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, used := p.spent[challenge]; used {
		return ErrProofSpent
	}
	if p.spent == nil {
		p.spent = map[string]time.Time{}
	}
	if len(p.spent) >= p.memory() {
		for c, e := range p.spent {
			if now.After(e) {
				delete(p.spent, c)
			}
		}
		if len(p.spent) >= p.memory() {
			return ErrProofSpent
		}
	}
	p.spent[challenge] = expires
	return nil
}

func (p *Proofs) sign(challenge string) string {
	h := hmac.New(sha256.New, p.Key)
	h.Write([]byte(challenge))
	return hex.EncodeToString(h.Sum(nil))
}

func (p *Proofs) work() int64 {
	if p.MaxNumber > 0 {
		return p.MaxNumber
	}
	return 50_000
}

func (p *Proofs) lifetime() time.Duration {
	if p.Lifetime > 0 {
		return p.Lifetime
	}
	return 20 * time.Minute
}

func (p *Proofs) memory() int {
	if p.Memory > 0 {
		return p.Memory
	}
	return 100_000
}

func proofHash(salt string, number int64) string {
	sum := sha256.Sum256([]byte(salt + strconv.FormatInt(number, 10)))
	return hex.EncodeToString(sum[:])
}

// Solve finds the number by trying, as a browser does; for tests and the canary.
func (c Challenge) Solve() (payload string, found bool) {
	for n := int64(0); n <= c.MaxNumber; n++ {
		if proofHash(c.Salt, n) == c.Challenge {
			text, _ := json.Marshal(Solution{c.Algorithm, c.Challenge, n, c.Salt, c.Signature})
			return base64.StdEncoding.EncodeToString(text), true
		}
	}
	return "", false
}
