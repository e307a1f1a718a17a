package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"

	"annai/internal/source"
	"annai/themes"
)

type themeCommand struct {
	Ls    themeLsCommand    `cmd:"" help:"List the files of the default theme, and which of them yours replaces."`
	Eject themeEjectCommand `cmd:"" help:"Copy files of the default theme to yours, to be changed there."`
}

// themeFlags say which folder is laid over the default theme.
type themeFlags struct {
	Content string `default:"content" placeholder:"DIR" help:"The content folder (content)."`
	Theme   string `placeholder:"DIR" help:"Your theme's folder (the one that site.yaml names, or themes/mine beside it)."`
}

// folder is the theme's folder, and whether site.yaml names it.
func (f *themeFlags) folder() (dir string, named bool) {
	if f.Theme != "" {
		return f.Theme, true
	}
	content := f.Content
	if _, err := os.Stat(filepath.Join(content, "site.yaml")); err != nil {
		if _, err := os.Stat("site.yaml"); err == nil {
			content = "."
		}
	}
	if text, err := os.ReadFile(filepath.Join(content, "site.yaml")); err == nil {
		n, _ := source.ParseYAML(source.New("site.yaml", text))
		if !n.IsZero() && n.IsMap() {
			keys, values := n.Pairs()
			for i, key := range keys {
				if key.Text() == "theme" && values[i].IsScalar() && values[i].Text() != "" {
					return filepath.Join(content, filepath.FromSlash(values[i].Text())), true
				}
			}
		}
	}
	return filepath.Join(content, "themes", "mine"), false
}

type themeLsCommand struct{ themeFlags }

func (c *themeLsCommand) Run(t *terminal) error {
	names, err := themeFiles(themes.Default())
	if err != nil {
		return err
	}
	dir, _ := c.folder()
	standard := map[string]bool{}
	for _, name := range names {
		standard[name] = true
		fmt.Fprintf(t.out, "%s %s\n", themeMark(dir, name), name)
	}
	own, err := themeFiles(os.DirFS(dir))
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
	themeFlags
	Files []string `arg:"" name:"file" help:"Files as theme ls names them; a folder means all in it."`
	Force bool     `help:"Overwrite files that are there already."`
}

func (c *themeEjectCommand) Run(t *terminal) error {
	names, err := themeFiles(themes.Default())
	if err != nil {
		return err
	}
	dir, named := c.folder()
	for _, asked := range c.Files {
		asked = path.Clean(filepath.ToSlash(asked))
		found := false
		for _, name := range names {
			if name == asked || path.Dir(name) == asked {
				found = true
				if err := c.eject(t, dir, name); err != nil {
					return err
				}
			}
		}
		if !found {
			return usagef("the default theme has no file %q%s", asked, didYouMean(asked, names))
		}
	}
	if !named {
		fmt.Fprintln(t.err, "now write theme: themes/mine in site.yaml")
	}
	return nil
}

func (c *themeEjectCommand) eject(t *terminal, dir, name string) error {
	to := filepath.Join(dir, filepath.FromSlash(name))
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
