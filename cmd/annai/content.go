package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"annai/internal/source"
	"annai/site"
)

// contentFlags say what is read; build, check and serve share them.
type contentFlags struct {
	Content       string `arg:"" optional:"" default:"content" help:"Folder with the content, or one Markdown file."`
	Fallback      string `placeholder:"DIR" help:"The original's repository: pictures and includes that a translation lacks are taken from there."`
	BaseURL       string `placeholder:"URL" help:"Address of the site, instead of site.yaml's."`
	RelayURL      string `placeholder:"URL" help:"Address of the relay, instead of site.yaml's."`
	Mermaid       string `placeholder:"COMMAND" help:"Program that draws Mermaid diagrams: it reads one from its input and writes SVG to its output."`
	Drafts        bool   `help:"Include drafts."`
	Internal      bool   `help:"Include pages of audience partner-agent: for your own desk, never for the public."`
	SearchNoIndex bool   `name:"search-noindex" help:"Let the site's own search find pages that are marked NOINDEX as well."`
	Strict        bool   `help:"Take warnings for errors."`
	Lang          string `placeholder:"LOCALE" help:"Language in which problems are told: ja, zh-hans or en (that of the terminal)."`
}

// options are the site's, and the prefix by which messages name files.
func (c *contentFlags) options() (site.Options, string, error) {
	info, err := os.Stat(c.Content)
	if errors.Is(err, fs.ErrNotExist) {
		return site.Options{}, "", usagef("there is no %s", c.Content)
	}
	if err != nil {
		return site.Options{}, "", err
	}
	dir, only := c.Content, ""
	if !info.IsDir() {
		dir, only = filepath.Dir(c.Content), filepath.Base(c.Content)
		if !strings.EqualFold(filepath.Ext(only), ".md") {
			return site.Options{}, "", usagef("%s is neither a folder nor a Markdown file", c.Content)
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return site.Options{}, "", err
	}
	o := site.Options{
		Content: os.DirFS(dir), Name: abs, Dir: dir, Only: only,
		BaseURL: c.BaseURL, RelayURL: c.RelayURL, Drafts: c.Drafts, Internal: c.Internal, SearchNoIndex: c.SearchNoIndex,
	}
	if command := strings.Fields(c.Mermaid); len(command) > 0 {
		if _, err := exec.LookPath(command[0]); err != nil {
			return o, "", usagef("--mermaid: there is no program %s", command[0])
		}
		o.Diagrams = &site.Diagrams{Command: command}
	}
	if c.Fallback != "" {
		if info, err := os.Stat(c.Fallback); err != nil || !info.IsDir() {
			return o, "", usagef("--fallback: %s is no folder", c.Fallback)
		}
		o.Fallback = os.DirFS(c.Fallback)
	}
	return o, filepath.ToSlash(filepath.Clean(dir)), nil
}

// told are the problems as the author reads them: in the own language, with paths
// that can be opened.
func (c *contentFlags) told(ps source.Problems, prefix string) source.Problems {
	lang := source.Locale(c.Lang)
	if c.Lang == "" {
		lang = ownTongue()
	}
	return readTongue(lang).translate(located(ps, prefix))
}

// located are the problems with paths as the author can open them.
func located(ps source.Problems, prefix string) source.Problems {
	list := make(source.Problems, len(ps))
	for i, p := range ps {
		if prefix != "." && !path.IsAbs(p.Path) {
			p.Path = path.Join(prefix, p.Path)
		}
		list[i] = p
	}
	return list
}
