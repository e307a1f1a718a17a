package site_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"annai/site"
)

// unpackSite writes a txtar into a new folder and returns its content folder.
func unpackSite(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return filepath.Join(dir, "content")
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func build(t *testing.T, content, out string) (*site.Report, error) {
	t.Helper()
	report, err := site.Build(site.Options{
		Content: os.DirFS(content), Name: content, Dir: content, Now: testNow,
	}, &site.Folder{Dir: out}, false, nil)
	if err != nil && !errors.Is(err, site.ErrProblems) {
		t.Fatal(err)
	}
	return report, err
}

// snapshot is all files below a folder.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[rel] = string(text)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func sameFiles(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if other, ok := got[name]; !ok {
			t.Errorf("%s: %s is missing", what, name)
		} else if other != text {
			t.Errorf("%s: %s differs%s", what, name, firstDifference(other, text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s should not be there", what, name)
		}
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf(" in line %d:\n%.300s\nwant\n%.300s", i+1, a[i], b[i])
		}
	}
	return " in length"
}

// TestWarmEqualsCold changes a site at random, builds it warm, and compares with
// a build from nothing: all files, and all that is said about them.
func TestWarmEqualsCold(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 15
	}
	for _, seed := range []uint64{1, 2, 3, 4} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			content := unpackSite(t, "small.txtar")
			removeBrokenLink(t, content)
			if seed%2 == 0 { // somebody else's: broken links are warnings
				os.Remove(filepath.Join(content, "site.yaml"))
			}
			good := snapshot(t, content)
			refused := 0
			e := &editor{t: t, content: content, r: rand.New(rand.NewPCG(seed, 1))}
			out := filepath.Join(t.TempDir(), "public")
			build(t, content, out)
			published := snapshot(t, out)
			for round := range rounds {
				var done []string
				for range 1 + e.r.IntN(2) {
					done = append(done, e.edit())
				}
				if e.r.IntN(3) == 0 {
					time.Sleep(60 * time.Millisecond) // so that the next build trusts the files' times
				}
				warm, warmErr := build(t, content, out)
				cold := filepath.Join(t.TempDir(), "public")
				fresh, coldErr := build(t, content, cold)
				what := fmt.Sprintf("round %d, %s", round, strings.Join(done, ", "))
				if (warmErr == nil) != (coldErr == nil) {
					t.Fatalf("%s: warm build says %v, cold %v", what, warmErr, coldErr)
				}
				if got, want := warm.Problems.Error(), fresh.Problems.Error(); got != want {
					t.Errorf("%s: problems differ\n%s\nwant\n%s", what, got, want)
				}
				if coldErr == nil {
					published = snapshot(t, cold)
				}
				sameFiles(t, what, snapshot(t, out), published)
				if t.Failed() {
					return
				}
				if coldErr != nil {
					refused++
					restore(t, content, good)
				}
				good = snapshot(t, content)
			}
			if refused > rounds*2/3 {
				t.Errorf("%d of %d rounds were refused: they say little", refused, rounds)
			}
		})
	}
}

// restore makes a folder what it was.
func restore(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name := range snapshot(t, dir) {
		if _, ok := files[name]; !ok {
			os.Remove(filepath.Join(dir, name))
		}
	}
	for name, text := range files {
		if now, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(now) != text {
			write(t, filepath.Join(dir, name), text)
		}
	}
}

// An editor changes a site as people do.
type editor struct {
	t       *testing.T
	content string
	r       *rand.Rand
	count   int
}

func (e *editor) articles() []string {
	var list []string
	filepath.WalkDir(e.content, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".md") {
			list = append(list, name)
		}
		return err
	})
	slices.Sort(list)
	return list
}

func (e *editor) some() string {
	list := e.articles()
	return list[e.r.IntN(len(list))]
}

func (e *editor) change(name string, f func(text string) string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		e.t.Fatal(err)
	}
	write(e.t, name, f(string(text)))
	rel, _ := filepath.Rel(e.content, name)
	return rel
}

func (e *editor) edit() string {
	e.count++
	n := e.count
	switch e.r.IntN(14) {
	case 0, 1, 2:
		return "sentence in " + e.change(e.some(), func(s string) string { return s + fmt.Sprintf("\n文 %d。\n", n) })
	case 3:
		return "title of " + e.change(e.some(), func(s string) string {
			if !strings.HasPrefix(s, "---\n") {
				return s
			}
			lines := strings.Split(s, "\n")
			for i, l := range lines {
				if strings.HasPrefix(l, "title:") {
					lines[i] = fmt.Sprintf("title: 題 %d", n)
				}
			}
			return strings.Join(lines, "\n")
		})
	case 4:
		name := filepath.Join(e.content, "ja", fmt.Sprintf("new%d", e.r.IntN(3)), fmt.Sprintf("page%d.md", n))
		write(e.t, name, fmt.Sprintf("---\ntitle: 新 %d\n---\n[手順](../guide/first.md)\n", n))
		return "new page"
	case 5:
		if list := e.articles(); len(list) > 6 {
			name := e.some()
			os.Remove(name)
			return "removed " + filepath.Base(name)
		}
		return "nothing"
	case 6:
		name := e.some()
		to := filepath.Join(e.content, "ja", "moved", fmt.Sprintf("%d-%s", n, filepath.Base(name)))
		os.MkdirAll(filepath.Dir(to), 0o755)
		os.Rename(name, to)
		return "moved " + filepath.Base(name)
	case 7:
		return "link in " + e.change(e.some(), func(s string) string {
			return s + fmt.Sprintf("\n[どこか](%s)\n", []string{"first.md", "second.md#part", "guide/first.md", "../other/one.md", "third.md"}[e.r.IntN(5)])
		})
	case 8:
		name := filepath.Join(e.content, "ja/includes/note.md")
		write(e.t, name, fmt.Sprintf("注記 %d。[二つ目](../guide/second.md)\n", n))
		return "include"
	case 9:
		if _, err := os.Stat(filepath.Join(e.content, "site.yaml")); err != nil {
			return "nothing"
		}
		return "site.yaml " + e.change(filepath.Join(e.content, "site.yaml"), func(s string) string {
			return strings.Replace(s, "小さな", []string{"大きな", "小さな"}[n%2], 1)
		})
	case 10:
		name := filepath.Join(e.content, "../theme/layouts/own.html")
		write(e.t, name, fmt.Sprintf(`{{define "redirect"}}<p>%d <a href="{{.To}}">x</a></p>{{end}}`, n))
		return "layout"
	case 11:
		name := filepath.Join(e.content, "ja/media/a.png")
		if e.r.IntN(2) == 0 {
			os.Remove(name)
			return "picture removed"
		}
		write(e.t, name, fmt.Sprint("picture ", n))
		return "picture"
	case 12:
		original, err := os.ReadFile(filepath.Join(e.content, "ja/guide/first.md"))
		if err != nil {
			return "nothing"
		}
		sum := sha256.Sum256(original)
		write(e.t, filepath.Join(e.content, "en/guide/first.md"), fmt.Sprintf(
			"---\ntitle: First\ntranslation: {of: ja, source_rev: %x, method: human}\n---\nText %d.\n", sum[:6], n))
		return "translation"
	default:
		name := e.some()
		now := time.Now()
		os.Chtimes(name, now, now)
		return "touched " + filepath.Base(name)
	}
}

// TestNothingChanged: a build of what is published writes nothing.
func TestNothingChanged(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	time.Sleep(100 * time.Millisecond)
	out := filepath.Join(t.TempDir(), "public")
	if report, err := build(t, content, out); err != nil || report.Written == 0 {
		t.Fatalf("first build: %v, %+v", err, report)
	}
	for _, what := range []string{"second build", "build without the manifest", "build after that"} {
		report, err := build(t, content, out)
		if err != nil || report.Written != 0 || report.Removed != 0 || report.Rendered != 0 && what != "build without the manifest" {
			t.Errorf("%s: %v, %+v", what, err, report)
		}
		if what == "second build" {
			os.RemoveAll(out + ".cache")
		}
	}
}

// readFiles is a folder that notes which of its articles are read.
type readFiles struct {
	fs.FS
	mu   *sync.Mutex
	read map[string]int
}

func (f readFiles) ReadFile(name string) ([]byte, error) {
	f.mu.Lock()
	f.read[name]++
	f.mu.Unlock()
	return fs.ReadFile(f.FS, name)
}

// TestEditReadsOneArticle: of the articles, a build after an edit opens the one
// that was written.
func TestEditReadsOneArticle(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	time.Sleep(100 * time.Millisecond) // so that times tell of every later change
	out := filepath.Join(t.TempDir(), "public")
	build(t, content, out)
	edited := "ja/guide/second.md"
	text, err := os.ReadFile(filepath.Join(content, edited))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(content, edited), string(text)+"\n新しい文。\n")
	for i, want := range []bool{true, false} {
		dir := readFiles{os.DirFS(content), new(sync.Mutex), map[string]int{}}
		time.Sleep(100 * time.Millisecond)
		o := site.Options{Content: dir, Name: content, Dir: content, Now: testNow}
		if _, err := site.Build(o, &site.Folder{Dir: out}, false, nil); err != nil {
			t.Fatal(err)
		}
		for name := range dir.read {
			if filepath.Ext(name) == ".md" && name != edited {
				t.Errorf("build %d read %s, which nobody had touched", i+1, name)
			}
		}
		if dir.read[edited] > 0 != want {
			t.Errorf("build %d read the edited article %d times", i+1, dir.read[edited])
		}
	}
}

// TestPreviewRemembers: a preview that starts again opens only the articles that
// were written since.
func TestPreviewRemembers(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	time.Sleep(100 * time.Millisecond)
	memory := filepath.Join(t.TempDir(), "memory")
	first, _ := site.Load(site.Options{Content: os.DirFS(content), Name: content, Dir: content})
	if err := first.Save(memory); err != nil {
		t.Fatal(err)
	}
	edited := "ja/guide/second.md"
	write(t, filepath.Join(content, edited), "---\ntitle: 別\n---\n")
	dir := readFiles{os.DirFS(content), new(sync.Mutex), map[string]int{}}
	second, _ := site.Load(site.Options{Content: dir, Name: content, Dir: content, Cache: site.OpenCache(memory)})
	for name := range dir.read {
		if filepath.Ext(name) == ".md" && name != edited {
			t.Errorf("%s was read again", name)
		}
	}
	if title := second.Page("ja", "guide/second").Title(); title != "別" {
		t.Errorf("the edited page is called %q", title)
	}
	if got, want := len(second.Pages()), len(first.Pages()); got != want {
		t.Errorf("%d pages, want %d", got, want)
	}
}

func removeBrokenLink(t *testing.T, content string) {
	t.Helper()
	name := filepath.Join(content, "ja/guide/second.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, string(bytes.ReplaceAll(text, []byte("[どこにもない](third.md)"), nil)))
}

// TestPublishAllOrNothing: an error leaves the last good site as it was.
func TestPublishAllOrNothing(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	out := filepath.Join(t.TempDir(), "public")
	if _, err := build(t, content, out); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, out)
	write(t, filepath.Join(content, "ja/other/one.md"), "# x\n\n[x](nowhere.md)\n")
	write(t, filepath.Join(content, "ja/other/three.md"), "# y\n")
	report, err := build(t, content, out)
	if !errors.Is(err, site.ErrProblems) || report.Published {
		t.Fatalf("a broken link didn't stop the build: %v", err)
	}
	sameFiles(t, "after an error", snapshot(t, out), before)
}

// TestStaticFileFirst: a file in static/ takes the place of what is made.
func TestStaticFileFirst(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	write(t, filepath.Join(content, "static/llms.txt"), "mine")
	write(t, filepath.Join(content, "static/ja/guide/index.html"), "mine too")
	out := filepath.Join(t.TempDir(), "public")
	build(t, content, out)
	for name, want := range map[string]string{"llms.txt": "mine", "ja/guide/index.html": "mine too"} {
		if got := snapshot(t, out)[name]; got != want {
			t.Errorf("%s is %.100q, want %q", name, got, want)
		}
	}
}

// TestStaleFiles: what the site doesn't have any more goes, also when the
// manifest was deleted; hidden files stay; a foreign folder is refused.
func TestStaleFiles(t *testing.T) {
	content := unpackSite(t, "small.txtar")
	removeBrokenLink(t, content)
	out := filepath.Join(t.TempDir(), "public")
	if _, err := build(t, content, out); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(out, ".well-known/security.txt"), "x")
	page := filepath.Join(out, "ja/other/two/index.html")
	if _, err := os.Stat(page); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(content, "ja/other/two.md"))
	os.RemoveAll(out + ".cache")
	if _, err := build(t, content, out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(page)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the removed article's folder is still there")
	}
	if _, err := os.Stat(filepath.Join(out, ".well-known/security.txt")); err != nil {
		t.Error("a hidden file was removed")
	}
	foreign := t.TempDir()
	write(t, filepath.Join(foreign, "mine.txt"), "x")
	if err := (&site.Folder{Dir: foreign}).Check(); err == nil {
		t.Error("a folder with other files was accepted")
	}
}
