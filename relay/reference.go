package relay

import (
	"crypto/rand"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// crockford is base32 without the letters that look like digits, and without U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// DefaultPrefix of references.
const DefaultPrefix = "RQ"

// newReference is a name of a request that can be read out on the phone: the
// prefix, 8 random letters or digits and a check character, by fours:
// "RQ-7K3M-9Q2X-C".
func newReference(prefix string) string {
	var b [8]byte
	rand.Read(b[:])
	for i := range b {
		b[i] &= 31
	}
	return formatReference(prefix, b[:])
}

func formatReference(prefix string, values []byte) string {
	text := make([]byte, 0, 9)
	for _, v := range append(values[:8:8], checkValue(values)) {
		text = append(text, crockford[v])
	}
	return prefix + "-" + string(text[:4]) + "-" + string(text[4:8]) + "-" + string(text[8:])
}

// ParseReference reads a reference as people write it: in any case and width,
// with or without dashes and prefix, O for 0, I and L for 1. It is "" when the
// check character shows that a character is wrong or two are swapped.
func ParseReference(prefix, s string) string {
	s = strings.ToUpper(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
	if len(s) == len(prefix)+9 {
		s = s[len(prefix):]
	}
	if len(s) != 9 {
		return ""
	}
	values := make([]byte, 9)
	for i := range values {
		v := strings.IndexByte(crockford, strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s[i : i+1])[0])
		if v < 0 {
			return ""
		}
		values[i] = byte(v)
	}
	if checkValue(values[:8]) != values[8] {
		return ""
	}
	return formatReference(prefix, values[:8])
}

// checkValue is a code over the field of 32 elements: each place has a weight of
// its own, so any one wrong character and any two swapped ones are found.
func checkValue(values []byte) byte {
	sum := byte(0)
	for i := len(values) - 1; i >= 0; i-- {
		sum = double(sum ^ values[i])
	}
	return sum
}

// double multiplies by x modulo x⁵+x²+1.
func double(v byte) byte {
	v <<= 1
	if v&32 != 0 {
		v ^= 0b100101
	}
	return v
}
