package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A watcher tells which files below some folders were written. Linux watches
// single folders: new ones are added as they come. Editors that save by renaming
// are seen as writers of the file's own name.
type watcher struct {
	*fsnotify.Watcher
	dir   string // paths are told relative to it
	other string // any change below it means all
}

func newWatcher(dir, other string) (*watcher, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{Watcher: n, dir: dir, other: other}
	for _, d := range []string{dir, other} {
		if d == "" {
			continue
		}
		if err := w.addAll(d); err != nil {
			n.Close()
			return nil, err
		}
	}
	return w, nil
}

// addAll watches a folder and all below it.
func (w *watcher) addAll(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // gone already
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case name != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		}
		return w.Add(name)
	})
}

const (
	// quiet is how long nothing must happen before a change is told: editors
	// write in several steps.
	quiet = 8 * time.Millisecond
	// patience is the longest that a change waits for quiet.
	patience = 200 * time.Millisecond
)

// run tells changes until the context ends. all means that anything may have
// changed: events were lost, or folders came or went.
func (w *watcher) run(ctx context.Context, change func(paths []string, all bool)) {
	var b batch
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if !w.note(&b, e) {
				continue
			}
			wait := quiet
			if since := time.Since(b.begun); since+wait > patience {
				wait = max(0, patience-since)
			}
			timer.Reset(wait)
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				w.addAll(w.dir) // folders may have come unseen
				b.begin()
				b.all = true
				timer.Reset(quiet)
			}
		case <-timer.C:
			paths, all := b.paths, b.all
			b = batch{}
			change(w.settled(paths), all)
		}
	}
}

// A batch is what has happened since the last change was told.
type batch struct {
	begun time.Time
	paths []string
	all   bool
}

func (b *batch) begin() {
	if b.begun.IsZero() {
		b.begun = time.Now()
	}
}

// note adds an event, unless it is nobody's business.
func (w *watcher) note(b *batch, e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	if e.Op == fsnotify.Chmod || ignored(name) {
		return false
	}
	b.begin()
	if e.Has(fsnotify.Create) {
		if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
			w.addAll(e.Name)
			b.all = true
			return true
		}
	}
	rel, err := filepath.Rel(w.dir, e.Name)
	if err != nil || strings.HasPrefix(rel, "..") || w.other != "" && strings.HasPrefix(e.Name, w.other) {
		b.all = true
		return true
	}
	b.paths = append(b.paths, filepath.ToSlash(rel))
	return true
}

// ignored are the names of editors' own files.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") ||
		strings.HasSuffix(name, ".swp") || strings.HasSuffix(name, ".tmp") || name == "4913"
}

// settled are the paths once each, after a moment for those that an editor is
// just replacing.
func (w *watcher) settled(paths []string) []string {
	seen := map[string]bool{}
	var list []string
	for _, p := range paths {
		if seen[p] {
			continue
		}
		seen[p] = true
		list = append(list, p)
		for range 5 {
			if _, err := os.Stat(filepath.Join(w.dir, filepath.FromSlash(p))); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return list
}
