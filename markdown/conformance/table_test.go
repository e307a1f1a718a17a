package conformance

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite classes.md")

// TestTable keeps classes.md, which people read, equal to the table in classes.go.
func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Our markup and docfx's\n\n")
	b.WriteString("All that differs on purpose. `annai render --check` brings our HTML to docfx's by this table before it compares.\n\n")
	b.WriteString("| ours | docfx | why |\n|---|---|---|\n")
	for _, r := range Rules {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", r.Ours, r.Docfx, r.Why)
	}
	if *update {
		if err := os.WriteFile("classes.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile("classes.md"); err != nil || string(have) != b.String() {
		t.Error("classes.md differs from the table (go test -update rewrites it): ", err)
	}
}
