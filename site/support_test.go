package site

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"annai/internal/source"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

var testDay = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// baseContent is the small site of testdata/support/base.txtar.
func baseContent(t testing.TB) fstest.MapFS {
	t.Helper()
	a, err := txtar.ParseFile("testdata/support/base.txtar")
	if err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{}
	for _, f := range a.Files {
		m[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	baseLock.Do(func() { baseLocked = locked(m) })
	m["notices.lock"] = &fstest.MapFile{Data: []byte(baseLocked)}
	return m
}

var (
	baseLock   sync.Once
	baseLocked string
)

// fillRevisions puts the original's revision where a translation says REV.
func fillRevisions(m fstest.MapFS) {
	for name, f := range m {
		if rest, ok := strings.CutPrefix(name, "en/"); ok && m["ja/"+rest] != nil {
			f.Data = []byte(strings.ReplaceAll(string(f.Data), "source_rev: REV", "source_rev: "+revision(m["ja/"+rest].Data)))
		}
	}
}

// locked is notices.lock for the notices as they are.
func locked(m fs.FS) string {
	s, _ := Load(Options{Content: m, Name: "content", Now: testDay})
	lock, _ := s.Lock()
	return lock.Locked(s.Notices).String()
}

func check(t testing.TB, m fs.FS) (*Site, source.Problems) {
	t.Helper()
	s, _ := Load(Options{Content: m, Name: "content", Now: testDay})
	ps, err := s.Check(nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, ps
}

func TestBaseHasNoProblems(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	if _, ps := check(t, m); len(ps) > 0 {
		t.Errorf("the base must be free of problems:\n%v", ps)
	}
}

// TestProblems changes one thing of the base at a time: testdata/support/*.txtar
// hold cases, each with files ("CASE/PATH"), edits ("CASE/edit PATH": what stands
// there, a line of ----, what shall), "CASE/relock" where notices.lock is made
// anew, and the problems that it must get
// ("CASE/want"), with -update as found.
func TestProblems(t *testing.T) {
	names, _ := filepath.Glob("testdata/support/*.txtar")
	for _, name := range names {
		if filepath.Base(name) == "base.txtar" {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			changed := false
			for _, c := range casesOf(a) {
				t.Run(c.name, func(t *testing.T) {
					got := c.run(t)
					if *update {
						changed = c.keep(got) || changed
					} else if got != c.want() {
						t.Errorf("got\n%s\nwant\n%s", got, c.want())
					}
				})
			}
			if changed {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type problemCase struct {
	name    string
	archive *txtar.Archive
	files   []int // of the archive
}

func casesOf(a *txtar.Archive) []*problemCase {
	var list []*problemCase
	for i, f := range a.Files {
		name, _, _ := strings.Cut(f.Name, "/")
		if len(list) == 0 || list[len(list)-1].name != name {
			list = append(list, &problemCase{name: name, archive: a})
		}
		c := list[len(list)-1]
		c.files = append(c.files, i)
	}
	return list
}

func (c *problemCase) want() string {
	for _, i := range c.files {
		if f := c.archive.Files[i]; strings.HasSuffix(f.Name, "/want") {
			return string(f.Data)
		}
	}
	return ""
}

func (c *problemCase) keep(got string) bool {
	for _, i := range c.files {
		if f := &c.archive.Files[i]; strings.HasSuffix(f.Name, "/want") {
			changed := string(f.Data) != got
			f.Data = []byte(got)
			return changed
		}
	}
	return false
}

func (c *problemCase) run(t *testing.T) string {
	m := baseContent(t)
	relock := false
	for _, i := range c.files {
		f := c.archive.Files[i]
		_, name, _ := strings.Cut(f.Name, "/")
		switch edited, isEdit := strings.CutPrefix(name, "edit "); {
		case name == "want":
		case name == "relock": // as if the notices had always been so
			delete(m, "notices.lock")
			relock = true
		case isEdit:
			m[edited] = &fstest.MapFile{Data: edit(t, m, edited, string(f.Data))}
		default:
			m[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	fillRevisions(m)
	if relock {
		m["notices.lock"] = &fstest.MapFile{Data: []byte(locked(m))}
	}
	_, ps := check(t, m)
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

func edit(t *testing.T, m fstest.MapFS, name, body string) []byte {
	old, new, ok := strings.Cut(body, "\n----\n")
	new = strings.TrimSuffix(new, "\n")
	if m[name] == nil || !ok {
		t.Fatalf("edit %s: no such file, or no ----", name)
	}
	text := string(m[name].Data)
	if strings.Count(text, old) != 1 {
		t.Fatalf("edit %s: %q stands there %d times", name, old, strings.Count(text, old))
	}
	return []byte(strings.Replace(text, old, new, 1))
}

// paths are those of a site's files, sorted.
func paths(s *Site) []string {
	var list []string
	for _, f := range s.Files() {
		list = append(list, f.Path)
	}
	sort.Strings(list)
	return list
}

// text is a file of the site as it would be written.
func text(t testing.TB, s *Site, p string) string {
	t.Helper()
	for _, f := range s.Files() {
		if f.Path == p {
			b, err := f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	t.Fatalf("the site has no %s", path.Clean(p))
	return ""
}
