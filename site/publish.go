package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/cespare/xxhash/v2"
)

// A Folder is where a site is published. A build is staged beside it, as a tree,
// and moved in when it is known to be good: a folder that is new as a whole, all
// else file by file, each by a rename, so that a reader gets the old one or the
// new one. What didn't change is not touched, what is left from before is
// removed, and the folder is never emptied.
type Folder struct {
	Dir string

	stage string
	fresh bool     // there was nothing in it when the build began
	made  sync.Map // folders of the stage
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
	if err := os.RemoveAll(f.stage); err != nil {
		return err
	}
	f.made.Clear()
	f.made.Store(".", true)
	_, err := os.Lstat(f.Dir)
	f.fresh = errors.Is(err, fs.ErrNotExist)
	return os.MkdirAll(f.stage, 0o755)
}

// discard forgets what was staged.
func (f *Folder) discard() { os.RemoveAll(f.stage) }

// put stages a file unless the folder has the same one, and returns when it was
// written. It is safe for concurrent use.
func (f *Folder) put(p string, body []byte) (staged bool, written int64, err error) {
	if !f.fresh && f.same(p, body) {
		return false, 0, nil
	}
	if dir := path.Dir(p); !f.known(dir) {
		if os.Mkdir(f.staged(dir), 0o755) != nil { // its own folder isn't there either, or another goroutine made it
			if err := os.MkdirAll(f.staged(dir), 0o755); err != nil {
				return false, 0, err
			}
		}
		f.made.Store(dir, true)
	}
	file, err := os.OpenFile(f.staged(p), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return false, 0, err
	}
	defer file.Close()
	if _, err := file.Write(body); err != nil {
		return false, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return false, 0, err
	}
	return true, info.ModTime().UnixNano(), nil
}

func (f *Folder) known(dir string) bool {
	_, ok := f.made.Load(dir)
	return ok
}

func (f *Folder) staged(p string) string { return filepath.Join(f.stage, filepath.FromSlash(p)) }

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

// publish moves what was staged to its place and removes what is stale.
func (f *Folder) publish(stale []string) error {
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return err
	}
	if err := touch(filepath.Join(f.Dir, marker)); err != nil {
		return err
	}
	if err := f.moveIn("."); err != nil {
		return err
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

// moveIn moves what is staged in a folder to its place. A page may have become a
// folder, or the other way round: then what stands in the way goes first.
func (f *Folder) moveIn(dir string) error {
	entries, err := os.ReadDir(f.staged(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		from, to := f.staged(p), f.name(p)
		if !e.IsDir() {
			if err := move(from, to); err != nil {
				return err
			}
			continue
		}
		info, err := os.Lstat(to)
		if err == nil && !info.IsDir() {
			err = os.Remove(to)
		}
		if info == nil || !info.IsDir() {
			if err = os.Rename(from, to); err == nil {
				continue
			}
			err = os.Mkdir(to, 0o755) // it is on another file system
		}
		if err == nil {
			err = f.moveIn(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	info, err := os.Stat(from)
	if err != nil {
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
	if err := os.Chtimes(temp, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	return os.Rename(temp, to)
}

// removeEmpty removes folders that nothing is in any more, deepest first.
func (f *Folder) removeEmpty(dirs map[string]bool) {
	list := slices.Sorted(maps.Keys(dirs))
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

// times fills in when files were written, of those that were found to be there
// already.
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
