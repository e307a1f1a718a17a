package site

import (
	"path"
	"strings"

	"annai/themes"
)

// readTOCs reads toc.yml and TOC.md.
func (s *Site) readTOCs() {}

func isTOC(p string) bool {
	switch strings.ToLower(path.Base(p)) {
	case "toc.yml", "toc.yaml", "toc.md":
		return true
	}
	return false
}

// firstOf is the first page of a table of contents.
func (s *Site) firstOf(file string) *Page { return nil }

// ownBreadcrumbs are those of the repository's breadcrumb file.
func (s *Site) ownBreadcrumbs(p *Page) []themes.Link { return nil }
