package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"testing"
)

var (
	casesFile = flag.String("cases", "", "file of cases, instead of docfx's that are checked always")
	showDiffs = flag.Bool("diffs", false, "print how the cases differ")
)

// TestConformance compares every case and prints the pass rate per construct.
func TestConformance(t *testing.T) {
	file := *casesFile
	if file == "" {
		file = filepath.Join("..", "..", "..", "shared", "conformance", "learn-markdown.jsonl")
	}
	f, err := os.Open(file)
	if err != nil {
		if os.Getenv("CI") == "" && *casesFile == "" {
			t.Skip("no cases here: ", err)
		}
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	type count struct{ pass, all int }
	constructs := map[string]*count{}
	total := count{}
	for _, c := range cases {
		k := constructs[c.Construct]
		if k == nil {
			k = &count{}
			constructs[c.Construct] = k
		}
		k.all++
		total.all++
		diff := c.Compare(c.Render())
		if diff == "" {
			k.pass++
			total.pass++
			continue
		}
		reason := reasons[c.Name]
		if *showDiffs {
			fmt.Printf("--- %s (%s, %s) %s\n%s\n", c.Name, c.Construct, c.Engine, reason, diff)
		}
		if reason == "" && *casesFile == "" {
			t.Errorf("%s (%s): %s", c.Name, c.Engine, diff)
		}
	}
	names := make([]string, 0, len(constructs))
	for name := range constructs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%-26s %3d of %3d\n", name, constructs[name].pass, constructs[name].all)
	}
	fmt.Printf("%-26s %3d of %3d  %.1f %%\n", "all", total.pass, total.all, 100*float64(total.pass)/float64(total.all))
	if rate := float64(total.pass) / float64(total.all); rate < 0.98 && *casesFile == "" {
		t.Errorf("%.1f %% of the cases pass, at least 98 must", 100*rate)
	}
}

// reasons say why a case stays out.
var reasons = map[string]string{}
