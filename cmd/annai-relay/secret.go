package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"annai/relay/store"
)

// readSecret reads a secret from a file: the one that is named, or the systemd
// credential of that name. It is trimmed of white space. found is false when
// neither is there.
func readSecret(path, credential string) (secret []byte, found bool, err error) {
	if folder := os.Getenv("CREDENTIALS_DIRECTORY"); path == "" && folder != "" {
		if _, err := os.Stat(filepath.Join(folder, credential)); err == nil {
			path = filepath.Join(folder, credential)
		}
	}
	if path == "" {
		return nil, false, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("read the secret %s: %w", credential, err)
	}
	text = []byte(strings.TrimSpace(string(text)))
	if len(text) == 0 {
		return nil, false, fmt.Errorf("the secret %s in %s is empty", credential, path)
	}
	return text, true, nil
}

// secretOrNew reads a secret, or makes it once beside the embedded store: a small
// installation then starts without any preparation.
func (conf *config) secretOrNew(path, credential string, make func() ([]byte, error)) (secret []byte, made string, err error) {
	secret, found, err := readSecret(path, credential)
	if found || err != nil {
		return secret, "", err
	}
	if conf.Store == "memory:" {
		secret, err = make()
		return secret, "", err
	}
	beside, ok := conf.storeFile()
	if !ok {
		return nil, "", fmt.Errorf("no %s: several relays must share it. Name it in the configuration (%s_file), or give it as the systemd credential %q", credential, credential, credential)
	}
	path = beside + "." + credential
	if secret, err = os.ReadFile(path); err == nil {
		return []byte(strings.TrimSpace(string(secret))), "", nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("read the secret %s: %w", credential, err)
	}
	if secret, err = make(); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, "", err
	}
	return secret, path, writeSecret(path, secret)
}

// writeSecret makes a file that only its owner can read, past a crash.
func writeSecret(path string, secret []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(secret, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// storeFile is the embedded store's file, or false when it is a server.
func (conf *config) storeFile() (string, bool) {
	path := strings.TrimPrefix(conf.Store, "sqlite://")
	if strings.Contains(path, "://") || path == "memory:" {
		return "", false
	}
	return path, true
}

func newSecret() ([]byte, error) {
	b := make([]byte, 32)
	rand.Read(b)
	return []byte(base64.RawURLEncoding.EncodeToString(b)), nil
}

// newPassword can be typed: 100 bits in lower case by fives.
func newPassword() ([]byte, error) {
	return []byte(strings.ToLower(rand.Text()[:20])), nil
}

func newKeys() ([]byte, error) { return store.NewKeys() }

type secretsCmd struct {
	Folder string `arg:"" type:"existingdir" help:"Where to; files that are there stay as they are."`
}

// Run of new-secrets makes what a relay needs before its first start, where it
// can't make it itself.
func (s secretsCmd) Run(t *terminal) error {
	for _, secret := range []struct {
		name string
		make func() ([]byte, error)
	}{{"keys", newKeys}, {"secret", newSecret}, {"password", newPassword}} {
		path := filepath.Join(s.Folder, secret.name)
		text, err := secret.make()
		if err != nil {
			return err
		}
		switch err := writeSecret(path, text); {
		case errors.Is(err, fs.ErrExist):
			fmt.Fprintln(t.out, "kept", path)
		case err != nil:
			return err
		default:
			fmt.Fprintln(t.out, "made", path)
		}
	}
	return nil
}
