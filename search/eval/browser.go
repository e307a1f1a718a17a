package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// An answer is what another engine found, by its program in Node, and what the
// reader had to fetch for it.
type answer struct {
	Results     []result `json:"results"`
	First, Next struct{ Files, Bytes int }
	MS          float64 `json:"ms"`
}

type result struct {
	URL     string  `json:"url"`
	Section string  `json:"section"`
	Score   float64 `json:"score"`
}

// ask runs a program in Node with queries as its input, one a line.
func ask(queries []query, args ...string) ([]answer, error) {
	var in, out bytes.Buffer
	e := json.NewEncoder(&in)
	for _, q := range queries {
		if err := e.Encode(map[string]any{"locale": q.Locale, "q": q.Text, "limit": 10}); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("node", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("node %v: %w", args, err)
	}
	var answers []answer
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, err
		}
		answers = append(answers, a)
	}
	if len(answers) != len(queries) {
		return nil, fmt.Errorf("node %v: %d answers to %d queries", args, len(answers), len(queries))
	}
	return answers, lines.Err()
}
