package markdown

import "strings"

// The words that the renderer adds, in English. Options.Text gives them in the
// page's language, by the same keys.
var english = map[string]string{
	"video":             "Watch the video",
	"table":             "Table",
	"long-description":  "Description of the image",
	"video-description": "Description of the video",
	"diagram":           "Diagram",
	"diagram-text":      "The diagram as text",
	"missing-image":     "Image not available",
	"missing-include":   "This part is not available",
	"missing-code":      "This example is not available",
}

// words returns the text of a key: an alert's name is "note", "tip", "important",
// "warning" or "caution".
func (p *page) words(key string) string {
	if p.Text != nil {
		if s := p.Text(key); s != "" {
			return s
		}
	}
	if s, ok := english[key]; ok {
		return s
	}
	return strings.ToUpper(key)
}
