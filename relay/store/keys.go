package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// NewKeys makes master keys: a Tink keyset in JSON with one AES-256-GCM key.
// Whoever has it can read every submission, and without it nobody can: keep it
// apart from the database and its backups.
func NewKeys() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return writeKeys(handle)
}

// RotateKeys adds a new key and makes it the one that is used from now on. The
// old ones still open what they have wrapped; Rewrap frees them.
func RotateKeys(keys []byte) ([]byte, error) {
	handle, err := readKeys(keys)
	if err != nil {
		return nil, err
	}
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, err
	}
	if handle, err = manager.Handle(); err != nil {
		return nil, err
	}
	return writeKeys(handle)
}

func writeKeys(handle *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b))
	return b.Bytes(), err
}

func readKeys(keys []byte) (*keyset.Handle, error) {
	if len(bytes.TrimSpace(keys)) == 0 {
		return nil, errors.New("no master keys (annai-relay new-secrets makes some)")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(keys)))
	if err != nil {
		return nil, errors.New("the master keys are not a Tink keyset in JSON") // the error might show them
	}
	return handle, nil
}

// A keyring wraps the keys of submissions with the master keys, and makes the
// digests by which things are found without being readable.
type keyring struct {
	master tink.AEAD
	id     int64 // of the master key that wraps now
	index  []byte
}

// openKeyring also proves that the keys are this store's: they must open the
// index key, which the first start makes.
func openKeyring(ctx context.Context, db database, keys []byte) (*keyring, error) {
	handle, err := readKeys(keys)
	if err != nil {
		return nil, err
	}
	k := &keyring{id: int64(handle.KeysetInfo().GetPrimaryKeyId())}
	if k.master, err = aead.New(handle); err != nil {
		return nil, fmt.Errorf("master keys: %w", err)
	}
	fresh, err := k.wrap(newKey(), "index")
	if err != nil {
		return nil, err
	}
	tx, err := db.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.rollback()
	if _, err := tx.exec(ctx, "INSERT INTO meta (name, number, value) VALUES ('index-key', ?1, ?2) ON CONFLICT (name) DO NOTHING", k.id, fresh); err != nil {
		return nil, err
	}
	var wrapped []byte
	if _, err := one(ctx, tx, []any{&wrapped}, "SELECT value FROM meta WHERE name = 'index-key'"); err != nil {
		return nil, err
	}
	if err := tx.commit(ctx); err != nil {
		return nil, err
	}
	if k.index, err = k.unwrap(wrapped, "index"); err != nil {
		return nil, errors.New("the master keys don't open this store: it was made with others")
	}
	return k, nil
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

// wrap and unwrap bind a key to what it is for, so that rows can't be swapped.
func (k *keyring) wrap(key []byte, purpose string) ([]byte, error) {
	return k.master.Encrypt(key, []byte("annai key "+purpose))
}

func (k *keyring) unwrap(wrapped []byte, purpose string) ([]byte, error) {
	return k.master.Decrypt(wrapped, []byte("annai key "+purpose))
}

// digest is the keyed name of a value in one kind of use.
func (k *keyring) digest(use string, values ...[]byte) []byte {
	mac := hmac.New(sha256.New, k.index)
	fmt.Fprintf(mac, "%s\x00", use)
	for _, v := range values {
		fmt.Fprintf(mac, "%d:", len(v))
		mac.Write(v)
	}
	return mac.Sum(nil)
}

// seal and open encrypt one thing that belongs to a submission with its key;
// place names the thing: "ID payload".
func seal(key []byte, place string, plain []byte) ([]byte, error) {
	a, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	return a.Encrypt(plain, []byte(place))
}

func open(key []byte, place string, sealed []byte) ([]byte, error) {
	a, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	plain, err := a.Decrypt(sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("%s is damaged or was tampered with", place)
	}
	return plain, nil
}

// openJSON opens what was sealed as JSON.
func openJSON(key []byte, place string, sealed []byte, into any) error {
	plain, err := open(key, place, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("%s can't be read: not JSON as expected", place)
	}
	return nil
}
