package site

import (
	"html"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2"
	"golang.org/x/tools/txtar"

	"annai/internal/source"
	"annai/markdown"
	"annai/markdown/lexer"
)

// least is the share of signs that must have chroma's class, per language, in
// hundredths. What lies between it and 100 differs on purpose:
//
//   - shells: the words of commands (set, test, if) are painted only where a
//     command may stand, not as arguments (az account set)
//   - yaml: one key a line; yes, on and numbers only as whole values, not at the
//     begin of one (no-cache, 10.0.0.0/8); brackets that close a list are no text
//   - terraform: names of attributes are plain; "data" is always a keyword
//   - python: the code in an f-string is a string; __name__ is plain
//   - typescript: types in angle brackets are types where they are known
//   - go, c++: calls of what is also a type are calls; no guess at what is
//     declared inside a function
//   - all: a name behind a dot is no keyword
//
// Blocks that chroma itself can't read to their end don't count.
var least = map[string]float64{
	"": 99, "bicep": 98, "python": 98, "terraform": 97, "typescript": 90, "vb.net": 97, "http": 92,
}

// TestLexers compares our own lexers with chroma, sign by sign, on the lexers'
// golden file and on every block of code of the corpora.
func TestLexers(t *testing.T) {
	type tally struct{ blocks, unread, signs, same int }
	tallies := map[string]*tally{}
	h := newHighlighter(nil)
	for _, b := range codeBlocks(t) {
		l := h.lexer(chromaName(b.lang))
		ours, ok := lexer.Append(nil, b.lang, b.code)
		if l == nil || !ok {
			continue
		}
		name := strings.ToLower(l.Config().Name)
		n := tallies[name]
		if n == nil {
			n = &tally{}
			tallies[name] = n
		}
		n.blocks++
		theirs, ok := chromaClasses(t, l, b.code)
		if !ok {
			n.unread++
			continue
		}
		for i, c := range pageClasses(string(ours)) {
			if i < len(theirs) && c != ' ' {
				n.signs++
				if c == theirs[i] {
					n.same++
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tallies)) {
		n := tallies[name]
		percent := 100 * float64(n.same) / float64(max(n.signs, 1))
		t.Logf("%-12s %5d blocks, %3d of them unread by chroma, %7d signs, %6.2f %% the same", name, n.blocks, n.unread, n.signs, percent)
		floor, ok := least[name]
		if !ok {
			floor = least[""]
		}
		if percent < floor {
			t.Errorf("%s: %.2f %% have chroma's class, want %.0f", name, percent, floor)
		}
	}
}

// chromaName is what chroma calls one of our languages.
func chromaName(lang string) string {
	switch lang {
	case "azurecli", "dotnetcli":
		return "bash"
	case "azurepowershell":
		return "powershell"
	case "hcl":
		return "terraform"
	}
	return lang
}

// chromaClasses gives each byte its class, ' ' to blanks. ok is false when chroma
// found an error, after which it begins anew.
func chromaClasses(t *testing.T, l chroma.Lexer, code string) (classes []byte, ok bool) {
	tokens, err := l.Tokenise(nil, code)
	if err != nil {
		t.Fatal(err)
	}
	for token := tokens(); token != chroma.EOF; token = tokens() {
		if token.Type == chroma.Error {
			return nil, false
		}
		for _, c := range []byte(token.Value) {
			if strings.IndexByte(" \t\r\n", c) >= 0 {
				classes = append(classes, ' ')
			} else {
				classes = append(classes, '0'+byte(classOf(token.Type)))
			}
		}
	}
	return classes, true
}

// pageClasses reads the same out of a page.
func pageClasses(page string) (classes []byte) {
	const letters = "_kscnfvtid"
	open := byte('0')
	for page != "" {
		if rest, ok := strings.CutPrefix(page, `<span class="h`); ok {
			open = '0' + byte(strings.IndexByte(letters, rest[0]))
			page = rest[len(`k">`):]
			continue
		}
		if rest, ok := strings.CutPrefix(page, "</span>"); ok {
			open, page = '0', rest
			continue
		}
		end := strings.IndexByte(page, '<')
		if end < 0 {
			end = len(page)
		}
		for _, c := range []byte(html.UnescapeString(page[:end])) {
			if strings.IndexByte(" \t\r\n", c) >= 0 {
				classes = append(classes, ' ')
			} else {
				classes = append(classes, open)
			}
		}
		page = page[end:]
	}
	return classes
}

type codeBlock struct{ lang, code string }

// codeBlocks are those of the golden file and of the corpora, if they are here.
func codeBlocks(t testing.TB) (blocks []codeBlock) {
	a, err := txtar.ParseFile("../markdown/lexer/testdata/languages.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		blocks = append(blocks, codeBlock{strings.TrimPrefix(filepath.Ext(f.Name), "."), string(f.Data)})
	}
	collect := markdown.Options{Highlight: func(page []byte, lang, code string) ([]byte, bool) {
		lang = strings.TrimSuffix(strings.ToLower(lang), "-interactive")
		blocks = append(blocks, codeBlock{lang, code})
		return page, false
	}}
	err = filepath.WalkDir("../../shared/corpus", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), "```") {
			return err
		}
		return markdown.Parse(source.New(name, text), collect).Render(io.Discard)
	})
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

// BenchmarkHighlight colours the blocks that our lexers know with them and with
// chroma in turn.
func BenchmarkHighlight(b *testing.B) {
	blocks := slices.DeleteFunc(codeBlocks(b), func(c codeBlock) bool {
		_, ok := lexer.Append(nil, c.lang, "")
		return !ok || newHighlighter(nil).lexer(chromaName(c.lang)) == nil
	})
	h := newHighlighter(nil)
	var page []byte
	ours := func(c codeBlock) { page, _ = lexer.Append(page[:0], c.lang, c.code) }
	theirs := func(c codeBlock) {
		if tokens, err := h.lexer(chromaName(c.lang)).Tokenise(nil, c.code); err == nil {
			writeTokens(tokens)
		}
	}
	size := 0
	for _, c := range blocks {
		size += len(c.code)
	}
	var spent [2]float64
	for b.Loop() {
		for i, run := range []func(codeBlock){ours, theirs} {
			start := b.Elapsed()
			for _, c := range blocks {
				run(c)
			}
			spent[i] += float64((b.Elapsed() - start).Microseconds())
		}
	}
	kilobytes := float64(b.N) * float64(size) / 1024
	b.ReportMetric(spent[0]/kilobytes, "ours-µs/KB")
	b.ReportMetric(spent[1]/kilobytes, "chroma-µs/KB")
	b.ReportMetric(spent[1]/spent[0], "chroma/ours")
	b.ReportMetric(spent[0]/float64(b.N*len(blocks)), "ours-µs/block")
}
