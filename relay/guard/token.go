package guard

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Token says that this relay handed out a form (or its check page) at a time.
// Its Nonce is the idempotency key of what is sent with it: the same token twice
// is the same request.
type Token struct {
	Form    string
	Version int       // of the form's definition that the page showed
	Issued  time.Time // to the millisecond
	Nonce   string    // 128 bits
	Checked bool      // the reader saw the check page, not only the form
	Proved  bool      // the browser had proved some work by then
}

// kinds of tokens: of a form, of a check page, of a check page after a proof.
var kinds = []string{"f1", "c1", "p1"}

// ErrForged is a token that this relay didn't sign, or that was altered.
var ErrForged = errors.New("the token was not signed by this relay")

// Tokens signs and opens tokens. Keys[0] signs; the others still open, for as
// long as an old page may be around after a key was changed.
type Tokens struct {
	Keys [][]byte
}

// New returns a token of a fresh nonce, issued now.
func (Tokens) New(form string, version int, now time.Time) Token {
	return Token{Form: form, Version: version, Issued: now.Truncate(time.Millisecond), Nonce: random(16)}
}

// Sign writes the token: kind, form, version, time, nonce and signature, divided
// by dots. It contains nothing of what the reader typed.
func (ts Tokens) Sign(t Token) string {
	kind := kinds[0]
	switch {
	case t.Proved:
		kind = kinds[2]
	case t.Checked:
		kind = kinds[1]
	}
	text := strings.Join([]string{kind, t.Form, strconv.Itoa(t.Version), strconv.FormatInt(t.Issued.UnixMilli(), 36), t.Nonce}, ".")
	return text + "." + signature(ts.Keys[0], text)
}

// Open reads a token and proves its signature in constant time. Whether it is
// too old or too young is for the caller to judge.
func (ts Tokens) Open(s string) (Token, error) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 || len(s) > 512 || !ts.signed(s[:i], s[i+1:]) {
		return Token{}, ErrForged
	}
	parts := strings.Split(s[:i], ".")
	if len(parts) != 5 || !slices.Contains(kinds, parts[0]) {
		return Token{}, ErrForged
	}
	version, err1 := strconv.Atoi(parts[2])
	issued, err2 := strconv.ParseInt(parts[3], 36, 64)
	if err1 != nil || err2 != nil {
		return Token{}, ErrForged
	}
	return Token{Form: parts[1], Version: version, Issued: time.UnixMilli(issued), Nonce: parts[4], Checked: parts[0] != kinds[0], Proved: parts[0] == kinds[2]}, nil
}

func (ts Tokens) signed(text, sum string) bool {
	good := false
	for _, key := range ts.Keys {
		if hmac.Equal([]byte(signature(key, text)), []byte(sum)) {
			good = true
		}
	}
	return good
}

func signature(key []byte, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return lower.EncodeToString(h.Sum(nil)[:20])
}

// Mark is a keyed hash of a text: the same text has the same mark here and
// nowhere else. It stands for an address that must not be stored as it is.
func Mark(key []byte, text string) string { return signature(key, text) }
