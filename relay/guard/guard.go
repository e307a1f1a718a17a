// Package guard answers three questions about a stranger's request without
// asking a captcha service: who sends it ([Proxies]), how often ([Limits]), and
// with what proof of having read the page ([Tokens], [Proofs]).
//
// It refuses only the clearly impossible. A missing or late token is no crime:
// readers without scripts, behind a whole country's address translation or with
// a page from yesterday are customers too. What is doubtful is told to the
// relay, which keeps the request apart instead of dropping it.
//
// Everything here is safe for concurrent use.
package guard

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
)

// Derive makes a key of 32 bytes for one purpose from the relay's master secret,
// so that a leaked purpose reveals no other.
func Derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "annai-relay "+purpose, 32)
	if err != nil {
		panic("guard: hkdf refuses 32 bytes: " + err.Error()) // cannot happen: the length is constant
	}
	return key
}

// lower is base32 without padding in lower case: safe in URLs, and read aloud.
var lower = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// random is n bytes of the system's generator in base32.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return lower.EncodeToString(b)
}
