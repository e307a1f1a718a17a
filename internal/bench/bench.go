// Command bench compares annai with Hugo, and with the least that a generator
// must do, on the same articles, in one run.
//
//	go run ./internal/bench -pages 10000
//
// It makes a corpus by a seeded generator (corpus.go), installs Hugo through the
// Go module proxy, and lets both build it in turn, each time into a folder that
// was never used: a file system pays for names that were just deleted. Hugo has
// a layout of its own (hugo.go) with the same parts as ours, written to be fast.
// With -pagefind, Pagefind makes its index of Hugo's site. Then nothing is changed, then one article, each in a new process, and at last
// both preview servers answer an edit. What is printed is CPU (user and system),
// wall time and the largest memory of the process, and the ratios of the CPU.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	var b bench
	flag.IntVar(&b.pages, "pages", 10_000, "articles, a third in each language")
	flag.IntVar(&b.rounds, "rounds", 2, "how often everything is built from nothing; the best counts")
	flag.StringVar(&b.dir, "dir", "", "folder to work in; a new one below the temporary folder when empty")
	flag.StringVar(&b.content, "content", "", "build this folder instead of a made one; it isn't written to, and not served")
	only := flag.String("only", strings.Join(parts, ","), "parts to run")
	flag.StringVar(&b.pagefind, "pagefind", "", "Pagefind to run over Hugo's site")
	flag.StringVar(&b.hugoVersion, "hugo", "v0.165.0", "Hugo to install; empty leaves it out")
	flag.StringVar(&b.hugo, "hugo-bin", "", "Hugo to run instead of installing one")
	flag.StringVar(&b.annai, "annai-bin", "", "annai to run instead of building it")
	flag.IntVar(&b.edits, "edits", 20, "edits in the preview servers; 0 leaves them out")
	flag.Parse()
	b.only = strings.Split(*only, ",")
	for _, part := range b.only {
		if !slices.Contains(parts, part) {
			log.Fatalf("there is no part %q: %s", part, strings.Join(parts, ", "))
		}
	}
	if err := b.run(); err != nil {
		log.Fatal(err)
	}
}

// parts of a run: builds from nothing, again with nothing changed, again with one
// article changed, and both preview servers. The second and third need a build to
// start from: without the first, each builds once.
var parts = []string{"cold", "same", "edit", "serve"}

// bench is one run.
type bench struct {
	only                 []string
	pages, rounds, edits int
	real                 bool // the content is not a made one
	dir, content         string
	annai, floor         string
	hugo, hugoVersion    string
	hugoContent          string
	hugoLocales          []string // folders of hugoContent
	pagefind             string
	edited               string // the article that is changed
	fresh                int    // output folders used so far
}

func (b *bench) run() error {
	if err := b.prepare(); err != nil {
		return err
	}
	fmt.Printf("%s, %d processors, %s; %d articles\n\n", runtime.Version(), runtime.NumCPU(), cpuName(), b.pages)
	if b.wants("cold") || b.wants("same") || b.wants("edit") {
		if !b.wants("cold") {
			b.rounds = 1
		}
		cold, err := b.cold()
		if err != nil {
			return err
		}
		if err := b.warm(cold); err != nil {
			return err
		}
	}
	if b.wants("serve") && b.edits > 0 && !b.real {
		return b.serve()
	}
	return nil
}

func (b *bench) wants(part string) bool { return slices.Contains(b.only, part) }

// prepare makes programs and articles.
func (b *bench) prepare() error {
	var err error
	if b.dir == "" {
		b.dir, err = os.MkdirTemp("", "annai-bench-")
	} else if b.dir, err = filepath.Abs(b.dir); err == nil {
		err = os.MkdirAll(b.dir, 0o755)
	}
	if err != nil {
		return err
	}
	if b.annai == "" {
		b.annai = filepath.Join(b.dir, "annai")
		if err := command("go", "build", "-o", b.annai, "annai/cmd/annai"); err != nil {
			return err
		}
	}
	b.floor = filepath.Join(b.dir, "floor")
	if err := command("go", "build", "-o", b.floor, "annai/internal/bench/floor"); err != nil {
		return err
	}
	if b.hugo == "" && b.hugoVersion != "" {
		if b.hugo, err = b.installHugo(); err != nil {
			return err
		}
	}
	b.hugoContent = filepath.Join(b.dir, "content-hugo")
	if b.real = b.content != ""; b.real {
		return b.copyContent()
	}
	b.hugoLocales, b.edited = locales, "en-us/section-01/category-002/article-00011.md"
	b.content = filepath.Join(b.dir, fmt.Sprintf("content-%d", b.pages))
	b.hugoContent = filepath.Join(b.dir, fmt.Sprintf("content-%d-hugo", b.pages))
	if err := (&corpus{dir: b.content, pages: b.pages, index: "index.md"}).write(); err != nil {
		return err
	}
	return (&corpus{dir: b.hugoContent, pages: b.pages, index: "_index.md"}).write()
}

// installHugo installs the version into the working folder.
func (b *bench) installHugo() (string, error) {
	cmd := exec.Command("go", "install", "github.com/gohugoio/hugo@"+b.hugoVersion)
	cmd.Env = append(os.Environ(), "GOBIN="+b.dir, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install Hugo %s: %w\n%s", b.hugoVersion, err, out)
	}
	return filepath.Join(b.dir, "hugo"), nil
}

func command(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// output is a folder that was never used.
func (b *bench) output(name string) string {
	b.fresh++
	return filepath.Join(b.dir, fmt.Sprintf("out-%d-%s", b.fresh, name))
}

func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
