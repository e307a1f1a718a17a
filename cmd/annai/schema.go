package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"annai/site"
)

// schemaCommand writes the schemas by which editors complete and underline what
// an author writes.
type schemaCommand struct {
	Name   string `arg:"" optional:"" help:"Print this schema alone: site, form, rules, notice, front-matter … Without a name all are written to a folder."`
	Output string `short:"o" default:"schemas" placeholder:"DIR" help:"Folder to write to (schemas)."`
}

func (c *schemaCommand) Run(t *terminal) error {
	schemas := site.Schemas()
	if c.Name != "" {
		var names []string
		for _, s := range schemas {
			if s.Name == c.Name {
				_, err := t.out.Write(s.Body)
				return err
			}
			names = append(names, s.Name)
		}
		return usagef("there is no schema %q%s", c.Name, didYouMean(c.Name, names))
	}
	if err := os.MkdirAll(c.Output, 0o755); err != nil {
		return err
	}
	settings := map[string][]string{}
	for _, s := range schemas {
		name := s.Name + ".schema.json"
		if err := os.WriteFile(filepath.Join(c.Output, name), s.Body, 0o644); err != nil {
			return err
		}
		if len(s.Files) > 0 {
			settings["./"+filepath.ToSlash(filepath.Join(c.Output, name))] = prefixed("content/", s.Files)
		}
		fmt.Fprintf(t.out, "%s\t%s\n", filepath.Join(c.Output, name), strings.Join(s.Files, ", "))
	}
	return c.editorSettings(t, settings)
}

// editorSettings prints what goes into .vscode/settings.json.
func (c *schemaCommand) editorSettings(t *terminal, schemas map[string][]string) error {
	body, err := json.MarshalIndent(map[string]any{"yaml.schemas": schemas}, "", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, "for editors with the YAML language server (.vscode/settings.json):\n%s\n", body)
	return nil
}

func prefixed(prefix string, list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = prefix + s
	}
	return out
}
