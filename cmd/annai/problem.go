package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"annai/internal/source"
)

// printProblems writes all problems for people, and at the end how many.
func printProblems(w io.Writer, ps source.Problems, strict bool) {
	for _, p := range ps {
		fmt.Fprintln(w, p)
	}
	if len(ps) > 0 {
		fmt.Fprintln(w, summary(ps, strict))
	}
}

func summary(ps source.Problems, strict bool) string {
	errs := ps.Errors()
	warnings := len(ps) - errs
	var parts []string
	if errs > 0 {
		parts = append(parts, source.Plural(errs, "error"))
	}
	if warnings > 0 {
		parts = append(parts, source.Plural(warnings, "warning"))
	}
	text := strings.Join(parts, ", ")
	if strict && errs == 0 && warnings > 0 {
		text += " (--strict takes warnings for errors)"
	}
	return text
}

// bad tells whether the problems end the command with exit code 1.
func bad(ps source.Problems, strict bool) bool {
	return ps.Errors() > 0 || strict && len(ps) > 0
}

// printJSON writes one object per line, for programs.
func printJSON(w io.Writer, ps source.Problems) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range ps {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

// printGitHub writes workflow commands, which GitHub shows in the changed files.
func printGitHub(w io.Writer, ps source.Problems) {
	for _, p := range ps {
		message := p.Message
		if p.Hint != "" {
			message += "\n" + p.Hint
		}
		fmt.Fprintf(w, "::%s file=%s", p.Severity, property(p.Path))
		if p.Line > 0 {
			fmt.Fprintf(w, ",line=%d", p.Line)
		}
		if p.Col > 0 {
			fmt.Fprintf(w, ",col=%d", p.Col)
		}
		fmt.Fprintf(w, ",title=%s::%s\n", property(p.Code), workflowData.Replace(message))
	}
}

var (
	workflowData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	workflowProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(s string) string { return workflowProperty.Replace(s) }
