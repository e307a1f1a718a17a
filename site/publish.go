package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/cespare/xxhash/v2"
)

// A Folder is where a site is published. A build is staged beside it and moved
// in when it is known to be good: each file by a rename, so that a reader gets
// the old one or the new one. What didn't change is not touched, what is left
// from before is removed, and the folder is never emptied.
type Folder struct {
	Dir string

	stage  string
	staged []stagedFile
	count  atomic.Int64
}

// marker is the file by which a build recognises a folder that it may tidy.
const marker = ".annai"

// StateDir is the folder beside the output that holds what builds leave for the
// next one. It may be deleted at any time.
func (f *Folder) StateDir() string {
	dir, err := filepath.Abs(f.Dir)
	if err != nil {
		dir = f.Dir
	}
	return dir + ".cache"
}

// Check refuses a folder that holds something else.
func (f *Folder) Check() error {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	foreign := ""
	for _, e := range entries {
		if e.Name() == marker {
			return nil
		}
		if !strings.HasPrefix(e.Name(), ".") {
			foreign = e.Name()
		}
	}
	if foreign != "" {
		return fmt.Errorf("%s holds files that no build made (%s): choose another folder with -o, or empty it", f.Dir, foreign)
	}
	return nil
}

func (f *Folder) begin() error {
	f.stage = filepath.Join(f.StateDir(), "stage-"+strconv.Itoa(os.Getpid()))
	f.staged = nil
	if err := os.RemoveAll(f.stage); err != nil {
		return err
	}
	return os.MkdirAll(f.stage, 0o755)
}

// discard forgets what was staged.
func (f *Folder) discard() { os.RemoveAll(f.stage) }

// A stagedFile waits to be moved to its place.
type stagedFile struct{ temp, path string }

// put stages a file unless the folder has the same one. Safe for concurrent use
// but for the returned value, which the caller collects.
func (f *Folder) put(p string, body []byte) (staged *stagedFile, err error) {
	if f.same(p, body) {
		return nil, nil
	}
	temp := filepath.Join(f.stage, strconv.FormatInt(f.count.Add(1), 36))
	if err := os.WriteFile(temp, body, 0o644); err != nil {
		return nil, err
	}
	return &stagedFile{temp, p}, nil
}

// same tells whether the folder has that file with that content.
func (f *Folder) same(p string, body []byte) bool {
	name := f.name(p)
	info, err := os.Lstat(name)
	if err != nil || info.Size() != int64(len(body)) || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	h := xxhash.New()
	if _, err := io.Copy(h, file); err != nil {
		return false
	}
	return h.Sum64() == xxhash.Sum64(body)
}

func (f *Folder) name(p string) string { return filepath.Join(f.Dir, filepath.FromSlash(p)) }

// publish moves the staged files to their places and removes the stale ones.
func (f *Folder) publish(staged []stagedFile, stale []string) error {
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return err
	}
	if err := touch(filepath.Join(f.Dir, marker)); err != nil {
		return err
	}
	// A page may have become a folder, or the other way round: what is stale goes
	// first only where it stands in the way.
	made := map[string]bool{}
	for _, file := range staged {
		dir := path.Dir(file.path)
		if !made[dir] {
			if err := f.makeDir(dir); err != nil {
				return err
			}
			made[dir] = true
		}
		if err := move(file.temp, f.name(file.path)); err != nil {
			return err
		}
	}
	dirs := map[string]bool{}
	for _, p := range stale {
		if err := os.Remove(f.name(p)); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return err
		}
		for dir := path.Dir(p); dir != "." && !dirs[dir]; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	f.removeEmpty(dirs)
	return nil
}

// makeDir makes a folder, in the place of a file where one is in the way.
func (f *Folder) makeDir(dir string) error {
	err := os.MkdirAll(f.name(dir), 0o755)
	if !errors.Is(err, syscall.ENOTDIR) {
		return err
	}
	for p := dir; p != "."; p = path.Dir(p) {
		if info, err := os.Lstat(f.name(p)); err == nil && !info.IsDir() {
			if err := os.Remove(f.name(p)); err != nil {
				return err
			}
		}
	}
	return os.MkdirAll(f.name(dir), 0o755)
}

// move renames, or copies where the output is on another file system.
func move(from, to string) error {
	err := os.Rename(from, to)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.EEXIST) || errors.Is(err, syscall.ENOTEMPTY):
		if err := os.RemoveAll(to); err != nil {
			return err
		}
		return os.Rename(from, to)
	case !errors.Is(err, syscall.EXDEV):
		return err
	}
	body, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(to), ".annai-"+filepath.Base(to))
	if err := os.WriteFile(temp, body, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, to)
}

// removeEmpty removes folders that nothing is in any more, deepest first.
func (f *Folder) removeEmpty(dirs map[string]bool) {
	list := sortedKeys(dirs)
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	for _, dir := range list {
		os.Remove(f.name(dir)) // fails when there is something in it
	}
}

func touch(name string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return file.Close()
}

// times fills in when files were written, of those that were just moved in or
// found to be there already.
func (f *Folder) times(outputs []outputRecord) {
	each(len(outputs), func(i int) {
		if outputs[i].Time != 0 {
			return
		}
		if info, err := os.Lstat(f.name(outputs[i].Path)); err == nil {
			outputs[i].Time = info.ModTime().UnixNano()
		}
	})
}

// strangers lists the files of the folder that are not in the table: what an
// earlier build left that nothing is known of. Hidden files are not ours.
func (f *Folder) strangers(table map[string]bool) ([]string, error) {
	var list []string
	err := filepath.WalkDir(f.Dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if name != f.Dir && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(f.Dir, name)
		if p := filepath.ToSlash(rel); err == nil && !table[p] {
			list = append(list, p)
		}
		return err
	})
	return list, err
}
