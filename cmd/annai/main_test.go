package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"annai": main})
}

// TestScripts are sessions of people with the command, word by word. Those that
// need the shared articles begin with "[!shared] skip". UPDATE=1 writes what the
// commands print into the scripts.
func TestScripts(t *testing.T) {
	shared, err := filepath.Abs("../../../shared")
	if err != nil {
		t.Fatal(err)
	}
	example, err := filepath.Abs("../../content")
	if err != nil {
		t.Fatal(err)
	}
	_, missing := os.Stat(shared)
	if missing != nil && os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SHARED", shared)
			e.Setenv("EXAMPLE", example)
			e.Setenv("LANG", "C.UTF-8")
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "shared" && missing == nil, nil },
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "contains": holds},
	})
}

// exits CODE COMMAND… compares the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if coder, ok := err.(interface{ ExitCode() int }); ok {
		got = coder.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// holds is contains FILE TEXT: it looks for a text, not a pattern.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if has := strings.Contains(ts.ReadFile(args[0]), args[1]); has == neg {
		ts.Fatalf("%s: %q found: %v", args[0], args[1], has)
	}
}
