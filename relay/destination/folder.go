package destination

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"annai/relay"
)

// Folder writes each submission's Document to PATH/REQUEST.json, for a program
// that picks the files up. A file is there whole and on disk, or not at all;
// names that begin with a dot are not finished.
type Folder struct {
	Path string `yaml:"path,required"`
}

// Check implements relay.Checker.
func (f *Folder) Check(context.Context) error {
	t, err := os.CreateTemp(f.Path, ".check-")
	if err != nil {
		return relay.Configuration(err)
	}
	return errors.Join(t.Close(), os.Remove(t.Name()))
}

// Deliver implements relay.Destination.
func (f *Folder) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	name := s.Request.ID + ".json"
	if !filepath.IsLocal(name) || filepath.Base(name) != name {
		return relay.Ref{}, relay.Permanent(fmt.Errorf("%q can't be a file's name", name))
	}
	data, err := body(ctx, s, -1)
	if err != nil {
		return relay.Ref{}, err
	}
	t, err := os.CreateTemp(f.Path, ".part-")
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return relay.Ref{}, relay.Configuration(err)
		}
		return relay.Ref{}, relay.Temporary(err)
	}
	_, err = t.Write(data)
	if err = errors.Join(err, t.Sync(), t.Close()); err == nil {
		err = os.Rename(t.Name(), filepath.Join(f.Path, name))
	}
	if err != nil {
		os.Remove(t.Name())
		return relay.Ref{}, relay.Temporary(err)
	}
	d, err := os.Open(f.Path)
	if err != nil {
		return relay.Ref{}, relay.Temporary(err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return relay.Ref{}, relay.Temporary(err)
	}
	return relay.Ref{ID: name}, nil
}
