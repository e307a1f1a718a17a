package site

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"annai/internal/source"
	"annai/themes"
)

// openTheme reads the default theme with the site's own laid over it.
func (s *Site) openTheme() {
	s.themeFS = s.overlay()
	theme, ps := themes.Open(s.themeFS, s.Config.Locales)
	for i := range ps {
		if s.Config.Theme != "" {
			ps[i].Path = path.Join(s.Config.Theme, ps[i].Path)
		}
	}
	s.Theme = theme
	s.problems.Append(ps)
}

// themeFolder opens a theme's folder; nil when there is none.
func (s *Site) themeFolder(name string) fs.FS {
	if name == "" {
		return nil
	}
	var fsys fs.FS
	if s.Dir != "" {
		fsys = os.DirFS(filepath.Join(s.Dir, filepath.FromSlash(name)))
	} else if sub, err := fs.Sub(s.Content, path.Clean(name)); err == nil {
		fsys = sub
	}
	if fsys == nil {
		return nil
	}
	if _, err := fs.Stat(fsys, "."); err != nil {
		return nil
	}
	return fsys
}

// overlay is the folder that site.yaml names as its theme; nil when there is
// none.
func (s *Site) overlay() fs.FS {
	if s.Config.Theme == "" {
		return nil
	}
	fsys := s.themeFolder(s.Config.Theme)
	if fsys == nil {
		s.problems.Errorf(source.Position{Path: "site.yaml"}, "unknown-theme", "there is no theme in %q", s.Config.Theme).
			Hintf("theme is a folder, relative to site.yaml")
		return nil
	}
	return fsys
}
