package markdown

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"annai/internal/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A corpus is a folder of real articles, kept beside the project.
type corpus struct {
	root  string // of the file system
	files []string
}

// readCorpus lists the Markdown files below ../shared/corpus. A checkout without
// it skips the test, but CI doesn't.
func readCorpus(tb testing.TB) *corpus {
	c := &corpus{root: filepath.Join("..", "..", "shared", "corpus")}
	err := filepath.WalkDir(c.root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(p), ".md") {
			name, _ := filepath.Rel(c.root, p)
			c.files = append(c.files, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil || len(c.files) == 0 {
		if os.Getenv("CI") != "" {
			tb.Fatal("no corpus: ", err)
		}
		tb.Skip("no corpus: ", err)
	}
	return c
}

func (c *corpus) read(tb testing.TB, name string) *source.File {
	text, err := os.ReadFile(filepath.Join(c.root, filepath.FromSlash(name)))
	if err != nil {
		tb.Fatal(err)
	}
	return source.New(name, text)
}

// open finds includes; "~" is the repository.
func (c *corpus) open(target, base string) (*source.File, error) {
	target, _, _ = strings.Cut(strings.ReplaceAll(target, `\`, "/"), "?")
	name := path.Join(path.Dir(base), target)
	if rest, ok := strings.CutPrefix(target, "~/"); ok {
		parts := strings.SplitN(base, "/", 3)
		n := 1
		if parts[0] != "azure-aks" {
			n = 2
		}
		name = path.Join(append(parts[:n:n], rest)...)
	}
	if strings.HasPrefix(name, "..") {
		return nil, errors.New("outside")
	}
	text, err := os.ReadFile(filepath.Join(c.root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return source.New(name, text), nil
}

// each parses and renders every file, two at a time.
func (c *corpus) each(tb testing.TB, visit func(f *source.File, d *Document, page []byte)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	work := make(chan string)
	for range 2 {
		wg.Go(func() {
			for name := range work {
				f := c.read(tb, name)
				d := Parse(f, Options{Open: c.open})
				var out strings.Builder
				if err := d.Render(&out); err != nil {
					tb.Error(name, err)
				}
				mu.Lock()
				visit(f, d, []byte(out.String()))
				mu.Unlock()
			}
		})
	}
	for _, name := range c.files {
		work <- name
	}
	close(work)
	wg.Wait()
}

// TestCorpusProblems pins how often each kind of problem is found.
func TestCorpusProblems(t *testing.T) {
	c := readCorpus(t)
	counts := map[string]int{}
	c.each(t, func(f *source.File, d *Document, _ []byte) {
		folder := strings.Join(strings.SplitN(f.Path, "/", 3)[:min(2, strings.Count(f.Path, "/"))], "/")
		if strings.HasPrefix(folder, "azure-aks") {
			folder = "azure-aks"
		}
		for _, p := range d.Problems {
			counts[folder+" "+p.Code]++
			if p.Line == 0 || p.Message == "" {
				t.Errorf("%s: a problem without a place", p)
			}
		}
	})
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&out, "%5d %s\n", counts[k], k)
	}
	golden(t, filepath.Join("testdata", "corpus-problems.golden"), out.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it); got\n%s", file, got)
	}
}

// TestNoLostText compares the visible words of each source with those of its
// page: what an author wrote must reach the reader.
func TestNoLostText(t *testing.T) {
	c := readCorpus(t)
	var all, lost, files int
	var low []string
	c.each(t, func(f *source.File, _ *Document, page []byte) {
		have := map[string]int{}
		for w := range eachWord(pageText(page)) {
			have[w]++
		}
		n, missing := 0, []string{}
		for w := range eachWord(sourceText(string(blankFrontMatter(f.Text)))) {
			n++
			if have[w] == 0 {
				missing = append(missing, w)
			}
			have[w]--
		}
		files++
		all += n
		lost += len(missing)
		if n > 0 && float64(len(missing)) > 0.005*float64(n) {
			low = append(low, fmt.Sprintf("%6.2f %% of %5d words  %s  %q", 100-100*float64(len(missing))/float64(n), n, f.Path, missing[:min(len(missing), 12)]))
		}
	})
	sort.Strings(low)
	for _, line := range low {
		t.Log(line)
	}
	t.Logf("%d files, %d words, %d not found in their page (%.4f %%), %d files under 99.5 %%", files, all, lost, 100*float64(lost)/float64(all), len(low))
	if len(low) > maxLossy {
		t.Errorf("%d files lose text, at most %d may", len(low), maxLossy)
	}
}

const maxLossy = 0

// eachWord yields runs of letters and digits; of Chinese and Japanese each
// character, since a line break in the source is none in the text.
func eachWord(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := -1
		for i, r := range text {
			word := unicode.IsLetter(r) || unicode.IsDigit(r)
			if start >= 0 && (!word || isCJK(r)) {
				if !yield(text[start:i]) {
					return
				}
				start = -1
			}
			if word && isCJK(r) {
				if !yield(string(r)) {
					return
				}
			} else if word && start < 0 {
				start = i
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

// pageText is what a page says: its texts and the alternative texts of images.
func pageText(page []byte) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(string(page)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.Data {
			case "b", "strong", "em", "i", "code", "span", "sup", "sub", "del", "u", "kbd":
			default:
				b.WriteByte(' ')
			}
			for _, a := range t.Attr {
				if a.Key == "alt" {
					b.WriteString(" " + a.Val + " ")
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) != "b" && string(name) != "i" && string(name) != "strong" && string(name) != "em" && string(name) != "code" && string(name) != "span" {
				b.WriteByte(' ')
			}
		}
	}
}

// What a source holds that no reader sees.
var unseen = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?s)<!--.*?-->`), " "},
	{regexp.MustCompile(`(?m)^[ \t>]*(\x60{3,}|~{3,}).*$`), " "},                                               // fences and their language
	{regexp.MustCompile(`(?m):::\s*(?:image|no-loc)\b[^\n]*?(?:alt-text|text)="([^"\n]*)"[^\n]*?:::`), " $1 "}, // what they show
	{regexp.MustCompile(`(?m)^[ \t>]*:::[^\n]*$`), " "},
	{regexp.MustCompile(`(?m):::\s*image\b[^\n]*?:::`), " "},
	{regexp.MustCompile(`(?i)\[!(?:include|code)[^\]]*\[[^\]]*\]\([^)\n]*\)\s*\]`), " "},
	{regexp.MustCompile(`(?i)\[!(?:note|tip|important|warning|caution|video|div)\b[^\]\n]*\]`), " "},
	{regexp.MustCompile(`(?m)^[ \t>]*\[[^\]\n]+\]:\s*\S+.*$`), " "}, // definitions
	{regexp.MustCompile(`\]\[[^\]\n]*\]`), "]"},
	{regexp.MustCompile(`\]\((?:\\.|[^()\\\n]|\((?:[^()\n])*\))*\s*\)`), "]"}, // targets
	{regexp.MustCompile(`(?i)</?(?:br|p|div|td|th|tr|li|ul|ol|table)\b[^<>]*>`), " "},
	{regexp.MustCompile(`<xref:[^>\n]*>`), " "},
	{regexp.MustCompile(`(?is)</?(?:a|br|p|div|span|table|thead|tbody|tr|td|th|col|colgroup|ul|ol|li|b|i|u|strong|em|sup|sub|kbd|code|pre|img|h[1-6]|details|summary|hr|center|font|nobr|caption|iframe|input|section|small|script|style|button|video|source|figure|figcaption|dl|dt|dd|blockquote|s|del)\b(?:\s[^<>]*)?/?>`), ""},
	{regexp.MustCompile(`:[a-z_]+:`), " "},
	{regexp.MustCompile(`(?m)^[ \t>*+-]*\d{1,9}[.)](\s)`), "$1"}, // numbers of lists
	{regexp.MustCompile(`\\`), " "},
	{regexp.MustCompile(`[*\x60]`), ""},
}

// sourceText is what an article's source says. It is found without the parser
// under test.
func sourceText(text string) string {
	for _, u := range unseen {
		text = u.pattern.ReplaceAllString(text, u.with)
	}
	return html.UnescapeString(text)
}
