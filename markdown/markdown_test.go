package markdown

import (
	"strings"
	"testing"

	"annai/internal/source"
)

func TestSmoke(t *testing.T) {
	d := Parse(source.New("a.md", []byte("---\ntitle: x\n---\n# Hi <a name=\"x\"></a>there\n\n> [!NOTE]\n> hello **「重要」**です\n\na|b\n--|--\n1|2\n\n# [t](#tab/a)\n\nfoo\n")), Options{})
	var b strings.Builder
	d.Render(&b)
	t.Log(b.String(), d.Problems, d.Headings)
}
