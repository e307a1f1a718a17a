package main

import (
	"bufio"
	"encoding/json"
	"os"
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
