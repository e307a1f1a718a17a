package relay

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// A sealer closes what a page carries through the reader's browser and must come
// back as it was: the handles of files that were received with a page that had
// errors. A handle holds the file's key; nobody but this relay can read it.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) sealer {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("relay: a derived key is no AES key: " + err.Error()) // it always has 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("relay: " + err.Error())
	}
	return sealer{aead}
}

// A kept file belongs to one token's nonce: it can't be named by two requests.
type keptFile struct {
	Attachment Attachment
	Nonce      string
	Until      time.Time
}

var errSeal = errors.New("the handle of a file is not ours or too old")

func (s sealer) close(f keptFile) string {
	text, err := json.Marshal(f)
	if err != nil {
		panic("relay: " + err.Error()) // plain data
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, text, nil))
}

func (s sealer) open(handle, nonce string, now time.Time) (Attachment, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(handle)
	if err != nil || len(handle) > 4096 {
		return Attachment{}, errSeal
	}
	text, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return Attachment{}, errSeal
	}
	var f keptFile
	if json.Unmarshal(text, &f) != nil || f.Nonce != nonce || now.After(f.Until) {
		return Attachment{}, errSeal
	}
	return f.Attachment, nil
}
