// Package docs holds the documentation to the program: every problem that the
// program can report has a page in problems/, and every page a problem.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"annai/internal/source"
)

// reporters are the functions by which the program reports a problem: a place, a
// code, a sentence, its values.
var reporters = []string{"Errorf", "Warnf", "problem", "warn"}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// sentences finds in the source of the program what it can report, by code.
func sentences(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "public", "node_modules", "testdata", "e2e"}, entry.Name()):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if code, format, ok := report(call); ok && !slices.Contains(found[code], format) {
					found[code] = append(found[code], format)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// report tells whether a call reports a problem.
func report(call *ast.CallExpr) (code, format string, ok bool) {
	name, first := "", 0 // first is the argument with the code
	switch callee := call.Fun.(type) {
	case *ast.SelectorExpr: // at a position
		name, first = callee.Sel.Name, 1
	case *ast.Ident: // a local function that knows the position
		name = callee.Name
	}
	if len(call.Args) < first+2 || !slices.Contains(reporters, name) {
		return "", "", false
	}
	code, ok = literal(call.Args[first])
	if !ok || !kebab.MatchString(code) {
		return "", "", false
	}
	format, ok = literal(call.Args[first+1])
	return code, format, ok
}

func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(basic.Value)
	return s, err == nil
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*(\.[0-9]+)?[a-zA-Z]`)

// shown is a sentence as the pages print it, with dots where values go.
func shown(format string) string {
	s := strings.ReplaceAll(format, "%q", "“…”")
	return strings.ReplaceAll(verb.ReplaceAllString(s, "…"), "%%", "%")
}

var sections = regexp.MustCompile("(?s)^# ([a-z0-9-]+)\n\n\\*(Error|Warning|Error or warning)\\.\\* The messages? (?:is|are):\n\n(?:    [^\n]+\n)+\n" +
	"## Why\n\n.+\n## Bad\n\n`{3,4}[a-z]*\n.+\n`{3,4}\n\n## Good\n\n`{3,4}[a-z]*\n.+\n`{3,4}\n$")

func TestEveryProblemHasItsPage(t *testing.T) {
	problems := sentences(t)
	if len(problems) < 100 {
		t.Fatalf("only %d codes found: has the way of reporting changed?", len(problems))
	}
	for code, formats := range problems {
		page, err := os.ReadFile(filepath.Join("problems", code+".md"))
		if err != nil {
			t.Errorf("%s: no page problems/%s.md (see another one for the form)", code, code)
			continue
		}
		if m := sections.FindSubmatch(page); m == nil || string(m[1]) != code {
			t.Errorf("problems/%s.md: the page has not the form of the others", code)
		}
		for _, format := range formats {
			if !strings.Contains(string(page), "    "+shown(format)+"\n") {
				t.Errorf("problems/%s.md: doesn't show the message %q", code, shown(format))
			}
		}
	}
	files, _ := filepath.Glob("problems/*.md")
	for _, file := range files {
		if _, known := problems[strings.TrimSuffix(filepath.Base(file), ".md")]; !known {
			t.Errorf("%s: the program reports no such problem", file)
		}
	}
}

var (
	fenced = regexp.MustCompile("(?s)```yaml\n(.+?)\n```")
	linked = regexp.MustCompile(`\]\(([^)#\s]+)`)
)

// Good examples can be copied: they are YAML without a fault.
func TestExamplesAreYAML(t *testing.T) {
	for _, page := range pages(t) {
		text := page.text
		if _, good, isProblem := strings.Cut(text, "## Good\n"); isProblem {
			text = good
		}
		for _, example := range fenced.FindAllStringSubmatch(text, -1) {
			yaml := strings.ReplaceAll(strings.TrimSuffix(example[1], "\n---"), "---\n", "")
			if _, ps := source.ParseYAML(source.New(page.path, []byte(yaml))); len(ps) > 0 {
				t.Errorf("%s: %v, in\n%s", page.path, ps, yaml)
			}
		}
	}
}

// Links between the pages lead somewhere. Those in code are examples.
func TestLinksLead(t *testing.T) {
	code := regexp.MustCompile("(?s)(````?).*?````?|`[^`\n]+`")
	for _, page := range pages(t) {
		for _, link := range linked.FindAllStringSubmatch(code.ReplaceAllString(page.text, ""), -1) {
			if strings.Contains(link[1], ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page.path), link[1])); err != nil {
				t.Errorf("%s: link to %s: no such file", page.path, link[1])
			}
		}
	}
}

type page struct{ path, text string }

func pages(t *testing.T) []page {
	t.Helper()
	var list []page
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		list = append(list, page{path, string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
