package site

import (
	"annai/internal/source"
	"annai/themes"
)

// isYAMLPage tells the kinds of YAML files that are pages.
func isYAMLPage(mime string) bool {
	switch mime {
	case "FAQ", "Landing", "Hub":
		return true
	}
	return false
}

// yamlFront is what a YAML page says about itself: its metadata, title, summary.
func yamlFront(f *source.File) (*front, source.Problems) { return &front{}, nil }

func (d *draft) faqView() (any, error)     { return themes.FAQ{}, nil }
func (d *draft) landingView() (any, error) { return themes.Landing{}, nil }
