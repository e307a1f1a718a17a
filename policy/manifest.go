package policy

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"annai/form"
)

// ManifestFormat is the format's number. A relay refuses a newer one.
const ManifestFormat = 1

// ManifestName is the manifest's path in a built site.
const ManifestName = "forms.json"

// A Manifest is all that a relay has to know of a built site: site writes it
// beside the pages, relay reads it. Nothing in it is secret; routes, addresses
// and keys are the relay's own configuration.
type Manifest struct {
	Format    int                 `json:"format"`
	Site      SiteFacts           `json:"site"`
	Forms     []*form.Definition  `json:"forms"`
	Tables    []*Table            `json:"tables,omitempty"`
	Products  []Product           `json:"products,omitempty"`
	Notices   []*Notice           `json:"notices,omitempty"` // published versions, oldest first
	Calendars map[string]Calendar `json:"calendars,omitempty"`

	// Theme is what the relay's pages are drawn with: layouts and texts by
	// path, as themes.Theme.Snapshot gave them.
	Theme map[string]string `json:"theme"`
	// Shells are a rendered page by locale, with marks where the relay puts
	// title and content.
	Shells map[string]string `json:"shells"`
	// Articles lets the relay suggest pages on a form that it draws again.
	Articles []ArticleFacts `json:"articles,omitempty"`
	// Pages are the URLs of pages that rules and notices name, by id and locale.
	Pages map[string]map[string]string `json:"pages,omitempty"`
}

// SiteFacts is what the relay's pages say of the site.
type SiteFacts struct {
	Title    map[string]string `json:"title"`
	BaseURL  string            `json:"baseURL"`
	RelayURL string            `json:"relayURL"`
	Locales  []string          `json:"locales"`           // the first is the default
	Contact  string            `json:"contact,omitempty"` // id of the form for whatever has none of its own
	Hash     string            `json:"hash"`              // of forms and policy: what a page was built from
}

// ArticleFacts is one page that may be suggested.
type ArticleFacts struct {
	Title     string   `json:"title"`
	URL       string   `json:"url"`
	Locale    string   `json:"locale"`
	Category  string   `json:"category,omitempty"`
	AppliesTo []string `json:"appliesTo,omitempty"`
}

// Write writes the manifest as JSON, the same bytes for the same facts.
func (m *Manifest) Write(w io.Writer) error {
	m.Format = ManifestFormat
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(m)
}

// ReadManifest reads and proves a manifest, so that a relay never starts with a
// form whose rules would fail later.
func ReadManifest(r io.Reader) (*Manifest, error) {
	m := new(Manifest)
	if err := json.NewDecoder(r).Decode(m); err != nil {
		return nil, fmt.Errorf("read the site's %s: %w", ManifestName, err)
	}
	if m.Format != ManifestFormat {
		return nil, fmt.Errorf("the site's %s has format %d; this relay reads %d: build the site and run the relay with the same version", ManifestName, m.Format, ManifestFormat)
	}
	for _, d := range m.Forms {
		if err := d.Prove(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Form returns the form of that id, or nil.
func (m *Manifest) Form(id string) *form.Definition {
	for _, d := range m.Forms {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// Table returns the escalation rules of that id, or nil.
func (m *Manifest) Table(id string) *Table {
	for _, t := range m.Tables {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// Product returns the product of that id, or nil.
func (m *Manifest) Product(id string) *Product {
	for i := range m.Products {
		if m.Products[i].ID == id {
			return &m.Products[i]
		}
	}
	return nil
}

// Notice returns the version in force at that moment, or the first one to come.
func (m *Manifest) Notice(at time.Time) *Notice { return InForce(m.Notices, at) }
