package conformance

import (
	"os"
	"path/filepath"
	"testing"
)

// TestConformance compares docfx's cases and prints the pass rate per construct.
// CASES names another file of them.
func TestConformance(t *testing.T) {
	file := os.Getenv("CASES")
	if file == "" {
		file = filepath.Join("..", "..", "..", "shared", "conformance", "learn-markdown.jsonl")
	}
	f, err := os.Open(file)
	if err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("no cases here: ", err)
		}
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	report := Check(cases)
	t.Log("\n" + report.String())
	for _, failure := range report.Failures {
		if os.Getenv("CASES") == "" && reasons[failure.Name] == "" {
			t.Errorf("%s (%s) differs without a reason", failure.Name, failure.Engine)
		}
	}
	if report.Rate() < 0.98 {
		t.Errorf("%.1f %% of the cases pass, at least 98 must", 100*report.Rate())
	}
}
