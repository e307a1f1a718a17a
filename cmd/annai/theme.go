package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"

	"annai/themes"
)

type themeCommand struct {
	Ls    themeLsCommand    `cmd:"" help:"List the files of the default theme, and which of them yours replaces."`
	Eject themeEjectCommand `cmd:"" help:"Copy files of the default theme to yours, to be changed there."`
}

type themeLsCommand struct {
	Theme string `default:"themes/mine" placeholder:"DIR" help:"Your theme's folder (themes/mine)."`
}

func (c *themeLsCommand) Run(t *terminal) error {
	names, err := themeFiles(themes.Default())
	if err != nil {
		return err
	}
	standard := map[string]bool{}
	for _, name := range names {
		standard[name] = true
		fmt.Fprintf(t.out, "%s %s\n", themeMark(c.Theme, name), name)
	}
	own, err := themeFiles(os.DirFS(c.Theme))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, name := range own {
		if !standard[name] {
			fmt.Fprintf(t.out, "+ %s\n", name)
		}
	}
	return err
}

// themeMark is * for a file that the own theme replaces, = for one that it has
// and didn't change.
func themeMark(dir, name string) string {
	own, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return " "
	}
	if standard, err := fs.ReadFile(themes.Default(), name); err == nil && string(standard) == string(own) {
		return "="
	}
	return "*"
}

func themeFiles(fsys fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		names = append(names, p)
		return nil
	})
	sort.Strings(names)
	return names, err
}

type themeEjectCommand struct {
	Files []string `arg:"" name:"file" help:"Files as theme ls names them; a folder means all in it."`
	Theme string   `default:"themes/mine" placeholder:"DIR" help:"Your theme's folder (themes/mine)."`
	Force bool     `help:"Overwrite files that are there already."`
}

func (c *themeEjectCommand) Run(t *terminal) error {
	names, err := themeFiles(themes.Default())
	if err != nil {
		return err
	}
	for _, asked := range c.Files {
		asked = path.Clean(filepath.ToSlash(asked))
		found := false
		for _, name := range names {
			if name == asked || path.Dir(name) == asked {
				found = true
				if err := c.eject(t, name); err != nil {
					return err
				}
			}
		}
		if !found {
			return usagef("the default theme has no file %q%s", asked, didYouMean(asked, names))
		}
	}
	return nil
}

func (c *themeEjectCommand) eject(t *terminal, name string) error {
	to := filepath.Join(c.Theme, filepath.FromSlash(name))
	if _, err := os.Stat(to); err == nil && !c.Force {
		return usagef("%s is there already; --force overwrites it", to)
	}
	text, err := fs.ReadFile(themes.Default(), name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(t.out, to)
	return nil
}
