package markdown

import (
	"strings"
	"testing"

	"annai/internal/source"
)

func TestSmoke(t *testing.T) {
	d := Parse(source.New("a.md", []byte("::: zone target=\"chromeless\"\n## foo\n::: zone-end\n")), Options{})
	var b strings.Builder
	d.Render(&b)
	d.page.main.root.Dump(d.page.main.file.Text, 0)
	t.Log(b.String(), d.Problems, d.Headings)
}
