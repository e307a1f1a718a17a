package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"annai/search"
)

// export writes articles for the programs in Node that make queries of them and
// that measure other engines.
func export(name string, pages map[string][]page) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, locale := range locales {
		for _, p := range pages[locale] {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func write(root string, f search.File) error {
	name := filepath.Join(root, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, f.Body, 0o644)
}

// generate makes queries from the articles, by the program in Node, and names the
// file with them and the one with questions written by hand.
func generate(pages map[string][]page) (string, error) {
	work, err := os.MkdirTemp("", "eval-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	documents := filepath.Join(work, "documents.jsonl")
	if err := export(documents, pages); err != nil {
		return "", err
	}
	cmd := exec.Command("node", "search/eval/queries.mjs", documents, "1700", "search/data/variants.zh-hans.txt")
	cmd.Stderr = os.Stderr
	made, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("make queries: %w", err)
	}
	f, err := os.CreateTemp("", "queries-*.jsonl")
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := f.Write(made); err != nil {
		return "", err
	}
	return f.Name() + ",search/eval/testdata/natural.jsonl", nil
}
