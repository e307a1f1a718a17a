package policy

import "annai/form"

// ManifestVersion is the format's number. A relay refuses a newer one.
const ManifestVersion = 1

// A Manifest is all that a relay has to know of a built site: site writes it to
// forms.json beside the pages, relay reads it. Nothing in it is secret.
type Manifest struct {
	Format    int                 `json:"format"`
	Site      SiteFacts           `json:"site"`
	Forms     []form.Definition   `json:"forms"`
	Tables    []Table             `json:"tables,omitempty"`
	Products  []Product           `json:"products,omitempty"`
	Notices   []Notice            `json:"notices,omitempty"` // all published versions of the notice, oldest first
	Calendars map[string]Calendar `json:"calendars,omitempty"`

	// Theme is what the relay's pages are drawn with: layouts and texts by
	// path, as themes.Snapshot wrote them.
	Theme map[string]string `json:"theme"`
	// Shells are the page around a relay's page, by locale: a rendered page
	// with marks where title and content go (see themes.Shell).
	Shells map[string]string `json:"shells"`
	// Articles lets the relay suggest pages on a form page that it draws again.
	Articles []ArticleFacts `json:"articles,omitempty"`
	// PageURLs are the site's pages that rules name, by id and locale.
	PageURLs map[string]map[string]string `json:"pageURLs,omitempty"`
}

// SiteFacts is what the relay's pages say of the site.
type SiteFacts struct {
	Title    map[string]string `json:"title"`
	BaseURL  string            `json:"baseURL"`
	RelayURL string            `json:"relayURL"`
	Locales  []string          `json:"locales"` // the first is the default
	Hash     string            `json:"hash"`    // of forms and policy: what a page was built from
}

// ArticleFacts is one page that may be suggested.
type ArticleFacts struct {
	Title     string   `json:"title"`
	URL       string   `json:"url"`
	Locale    string   `json:"locale"`
	Category  string   `json:"category,omitempty"`
	AppliesTo []string `json:"appliesTo,omitempty"`
}

// A Calendar is the days on which an office differs from its week: closed
// (holidays) or open (swapped working days), as YYYY-MM-DD.
type Calendar struct {
	Closed []string `yaml:"closed" json:"closed,omitempty"`
	Open   []string `yaml:"open" json:"open,omitempty"`
}
