package markdown

import (
	"fmt"
	"io"
	"testing"

	"annai/internal/source"
)

// TestIncludeBomb reads files that each include the next one twice.
func TestIncludeBomb(t *testing.T) {
	opened := 0
	d := Parse(source.New("0.md", []byte("[!INCLUDE[](1.md)]\n")), Options{
		Open: func(target, _ string) (*source.File, error) {
			opened++
			var n int
			fmt.Sscanf(target, "%d.md", &n)
			next := fmt.Sprintf("[!INCLUDE[](%d.md)]\n[!INCLUDE[](%[1]d.md)]\n", n+1)
			return source.New(target, []byte(next)), nil
		},
	})
	if err := d.Render(io.Discard); err != nil {
		t.Fatal(err)
	}
	if opened > maxIncludes {
		t.Errorf("%d files were read, at most %d may be", opened, maxIncludes)
	}
	if len(d.Problems) == 0 {
		t.Error("nobody is told")
	}
}
