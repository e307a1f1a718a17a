package themes

import (
	"html/template"
	"time"
)

// A Site is what is the same on all pages of one locale. Make one per locale and
// share the pointer: what is drawn from it is drawn once. Don't change it after
// the first page.
type Site struct {
	Locale string // of the chrome: "ja", "zh-hans", "en"
	Lang   string // BCP 47 for the lang attribute; from Locale when empty
	Dir    string // "rtl", or empty

	Title     string
	Owner     string // organization, in the footer
	BaseURL   string // "https://support.example.cn"; without it there are no canonical links
	Root      string // where the site's root is, with a slash at its end: "/", "/kb/", or absolute for the relay's pages
	HomeURL   string // of this locale: "/ja/"
	RelayURL  string // "https://relay.example.cn", without a slash at its end; "" when there is no relay
	SearchURL string // the all-articles page, which the search form points to
	CountURL  string // where searches that found nothing are counted, "" when they are not
	Logo      string // URL of the brand's mark, or empty

	Header  []Link // beside the search: contact first
	Footer  []Link // notice, contact, look-up, all articles, accessibility, privacy, feed …
	ICP     string // licence line of a site that is hosted in China
	Feed    string // Atom feed of the locale
	Nav     []*NavItem
	Contact *Contact // the card at the end of every page
	Images  []string // further sources of pictures: "https:", "https://img.example.cn"
	Live    string   // preview server: script to load; empty in a built site
}

// A Shell is what is the same on all pages: what stands in <head>, above and
// below the content. Every view embeds one.
type Shell struct {
	Site *Site

	Title       string // of the page, without the site's name
	Description string
	URL         string // the page's path below the host, "/ja/…/"
	Canonical   string // absolute; BaseURL+URL when empty
	Lang        string // of the content, when it is not the site's (a fallback)
	NoIndex     bool
	NoFollow    bool   // the author's wish that search engines follow none of the page's links
	Image       string // absolute URL for Open Graph
	Markdown    string // URL of the page's copy as Markdown
	JSONLD      any    // what schema.org is told; marshalled to JSON

	Alternates  []Alternate // the same page in the other languages
	Breadcrumbs []Link      // without the page itself
	Banner      *Banner     // outage or site-wide message
	NoContact   bool        // the page shows its own channels
}

func (s Shell) shell() Shell { return s }

func (s Shell) locale() string {
	if s.Site == nil {
		return "en"
	}
	return s.Site.Locale
}

// A Link is a target with its text.
type Link struct {
	Title       string
	URL         string
	Description string
	Lang        string // of the target, when it is not the page's
}

// An Alternate is the page in another language, or that language's home when it
// isn't translated.
type Alternate struct {
	Lang    string // BCP 47: "zh-Hans"
	Name    string // in its own language: "简体中文"
	URL     string
	Listed  bool // a true translation, good enough for hreflang
	Current bool
}

// A Banner is one message above all pages: the worst outage that goes on.
type Banner struct {
	State   string // investigating, identified, monitoring, resolved; empty: a plain message
	Title   string
	URL     string
	Updated time.Time
}

// A NavItem is an entry of the side navigation. URL may be empty for a group
// without a page of its own.
type NavItem struct {
	Title string
	URL   string
	Items []*NavItem
	Open  bool   // shown with its items on every page
	More  string // URL of its items as JSON, [{t, u, i: […]}], for the script; Items are empty then
}

// Contact is how a person is reached.
type Contact struct {
	Channels   []Channel
	FirstReply []Reply
	FormURL    string // where a request is made
	NoticeURL  string // the support-process notice
	LookupURL  string // where a request is looked up
	Zones      []string
}

// A Channel is one way to reach somebody.
type Channel struct {
	ID    string
	Kind  string // phone, email, form, chat
	Name  string
	Value string // as it is read: "+81 3-1234-5678"
	URL   string // tel:…, mailto:…, a page
	Langs []string
	Hours Hours
	For   []string // severities
	Note  string

	Closed []string // days (YYYY-MM-DD) on which it is closed in spite of its hours
}

// A Reply is when a first answer may be expected.
type Reply struct {
	Severity string // "A"
	Name     string
	First    Duration
	Updates  Duration
	Hours    Hours
}

// Hours are always, or ranges of the week. They mirror the policy's Clock.
type Hours struct {
	Always bool
	Ranges []HourRange
	Also   []HourRange // the same hours in the zone of the readers, or nothing
}

// An HourRange is the same hours on some days: Days as "mon-fri" or "sat,sun",
// From and To as "09:00", To up to "24:00", TZ an IANA name.
type HourRange struct {
	Days, From, To, TZ string
}

// A Duration is minutes, or business days.
type Duration struct {
	Minutes      int
	BusinessDays int
}

// A Pair is a label and its value.
type Pair struct {
	Label, Value string
}

// page is what the templates around the content are given.
type page struct {
	Shell
	Frame *frame
	View  View
}

// Heading is an entry of "on this page".
type Heading struct {
	ID    string
	Text  string
	Level int
	Items []Heading
}

// Language is how the content came into its language.
type Language struct {
	// State is "" (original), human, post-edited, machine, stale or fallback.
	State    string
	Original Link      // the page in its original language; Lang is set, Title when it is known
	Name     string    // of the original language, in the page's: 日本語
	By       string    // who translated or reviewed
	Date     time.Time // of the translation's review, or since when the original is newer
}

// HTML is made by the markdown package, or by this one.
type HTML = template.HTML
