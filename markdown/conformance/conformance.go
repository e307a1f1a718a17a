// Package conformance runs the inputs of docfx's own tests through the renderer
// and compares what comes out with what docfx writes.
//
//	Read ─▶ Case.Render (docset.go: the case's files) ─▶ Result
//	Case.Compare: ours, brought to docfx's markup by the table in classes.go,
//	against the expected HTML, both without line breaks
package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"annai/internal/source"
	"annai/markdown"
)

// A Case is one line of a file of cases: an article, the files around it, and
// what docfx makes of it.
type Case struct {
	Name      string            `json:"name"`
	Engine    string            `json:"engine"` // "docfx-main", "docfx-v3" or "docfx-v3-spec"
	Construct string            `json:"construct"`
	Input     string            `json:"input"`
	FilePath  string            `json:"file_path"`
	Files     map[string]string `json:"files"`
	Expected  string            `json:"expected_plain"`
	Comparing string            `json:"compare"`
	Errors    []string          `json:"errors"`
	Tokens    map[string]string `json:"tokens"`
	Meta      map[string]any    `json:"expected_meta"`
}

// A Result is what our renderer makes of a case.
type Result struct {
	Name     string   `json:"name"`
	HTML     string   `json:"html"`
	Problems []string `json:"problems"`
}

// Read reads cases, one JSON object per line.
func Read(r io.Reader) ([]Case, error) {
	var cases []Case
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("case %d: %w", n, err)
		}
		cases = append(cases, c)
	}
	return cases, lines.Err()
}

// Render renders the case's article.
func (c *Case) Render() Result {
	set := newDocset(c)
	d := markdown.Parse(source.New(c.FilePath, []byte(c.Input)), markdown.Options{
		Open: set.open,
		Text: c.text,
	})
	set.resolve(d)
	var out strings.Builder
	if err := d.Render(&out); err != nil {
		return Result{Name: c.Name, Problems: []string{err.Error()}}
	}
	d.Problems.Sort()
	problems := make([]string, len(d.Problems))
	for i, p := range d.Problems {
		problems[i] = p.String()
	}
	return Result{c.Name, out.String(), problems}
}

// text gives the words a case sets: HTML in docfx, text here.
func (c *Case) text(key string) string {
	if key == "missing-code" {
		key = "codeIncludeNotFound"
	}
	token := c.Tokens[key]
	if start := strings.IndexByte(token, '>'); start >= 0 {
		token, _, _ = strings.Cut(token[start+1:], "<")
	}
	return token
}
