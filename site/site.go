// Package site turns a folder of articles, forms and policy into a static site.
//
// Three passes. Load reads every file's front matter and all facts, and knows
// then which pages there are, their addresses and what is wrong with them. Files
// is the table of what the site consists of: a path, and a function that writes
// it; a page is parsed, resolved and rendered only when it is written. Finish
// checks what needs all pages (fragments of links, missing pictures) and adds
// the files that are made of all of them: the search index, sitemap, feeds.
//
//	Load(Options)    → Site      pass A: walk, front matter, facts, map of URLs
//	Site.Files()     → []File    pass B: each is rendered when it is written
//	Site.Finish()    → []File    pass C: anchors, redirections, index, sitemap
//
// [Site.Build] runs all three and publishes to a [Folder], all or nothing; the
// preview server writes the one file that is asked for; tests write any.
//
// Nothing here is decided by an article's text but the article itself: what a
// page shows of the others is their front matter. So an edit costs one page.
package site

import (
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/search"
	"annai/themes"
)

// Options say what is built, and how.
type Options struct {
	Content       fs.FS     // the content folder
	Name          string    // its path as the author wrote it: its last part may name a locale
	Dir           string    // its path on disk; "" when it is not on disk. A theme's folder may lie beside it
	Only          string    // build this file of the folder alone
	Fallback      fs.FS     // the original's repository, for pictures and includes that a translation lacks
	BaseURL       string    // instead of site.yaml's
	RelayURL      string    // instead of site.yaml's; "/" means the site's own host
	Drafts        bool      // build drafts as well
	SearchNoIndex bool      // let the site's own search find pages marked NOINDEX as well
	Internal      bool      // build pages for the partner's own desk as well: never for the public
	Now           time.Time // the day for which hours, reviews and the notice are shown; the present when zero
	Live          string    // preview: address of the script that reloads the page
	Once          bool      // the process ends with this build: the heap is its alone
	Cache         *Cache    // what an earlier build left; nil builds everything
	Diagrams      *Diagrams // draws diagrams; nil shows their text
}

// A Site is loaded content. It is safe for concurrent use after Load.
type Site struct {
	Options
	Config    Config
	Forms     map[string]*form.Definition
	Tables    map[string]*policy.Table
	Products  []policy.Product
	Notices   []*policy.Notice
	Calendars map[string]policy.Calendar
	Theme     *themes.Theme

	tree       *tree
	own        bool              // it has a site.yaml
	prefixed   bool              // URLs begin with the locale
	root       string            // path of the site's root: "/", "/kb/"
	localeOf   map[string]string // top folder → locale
	publishing publishing
	pivots     map[string]string // names of choices by id
	prompts    map[string]string // what a group of choices asks, by its id

	pages      []*Page
	byPath     map[string]*Page
	byID       map[string]map[string]*Page // locale → id → page
	byLowerID  map[string]map[string]*Page
	byUID      map[string]*Page
	byDir      map[string][]string // folder → its pages' paths
	byName     map[string][]string // file name in lower case without ending → paths
	learnPages map[string]map[string]*Page
	ownPaths   map[string]bool        // addresses that are no articles: forms, rules, notice …
	redirects  map[string]redirection // content path in lower case → where it went
	navs       []*navTree
	tocs       map[string]*tocFile // tables of contents by path
	crumbs     []*tocFile          // breadcrumb files
	chrome     map[chromeKey]*themes.Site
	highlight  *highlighter
	builders   map[string]*search.Builder // of the index that is being built, by locale

	support support
	extra   []*File // files that pages name: the brand's sheet, the logo

	themeFS        fs.FS  // laid over the default theme
	env            uint64 // hash of theme and configuration
	policyHash     uint64
	structure      uint64
	sameStructure  bool
	chromeHash     map[*themes.Site]uint64
	defaultsOnce   sync.Once
	defaultsDiffer bool

	tableOnce sync.Once
	files     map[string]*File // the preview's table
	indexing  sync.Mutex

	mu         sync.Mutex
	readHashes map[string]uint64
	problems   source.Problems // of Load
	found      source.Problems // of pages, when they are rendered
}

// Load reads the content and finds all pages. It returns a Site even when there
// are problems, so that a preview can show what is good.
func Load(o Options) (*Site, source.Problems) {
	s := newSite(o)
	s.walk()
	s.load()
	return s, s.problems
}

func newSite(o Options) *Site {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	return &Site{Options: o, highlight: newHighlighter(o.Cache)}
}

// load is all of pass A but the walk.
func (s *Site) load() {
	s.tree.index()
	if s.Cache != nil {
		s.Cache.read()
	}
	steps := []func(){
		s.readPublishing, // publishing.go: docfx.json, redirections
		s.readInputs,     // tree.go: hash and front matter of articles
		s.readConfig,     // config.go: site.yaml, or what stands in for it
		s.setRoot,
		s.readPivots,     // pivot.go: names of what zones are shown for
		s.readPolicy,     // policy.go: products, rules, notices, calendars
		s.readForms,      // form.go
		s.openTheme,      // theme.go
		s.makePages,      // page.go: which files are pages, their URLs
		s.readNotices,    // notice.go: which version is in force
		s.indexPaths,     // below: what links look up
		s.readSupport,    // support.go: what site.yaml, status and glossary say on every page
		s.makeNavigation, // nav.go
		s.makeChrome,     // chrome.go: what is the same on all pages
		s.prepareCache,   // unchanged.go: what earlier builds are compared by
	}
	for _, step := range steps {
		step()
	}
	for _, f := range s.tree.files {
		s.problems.Append(f.ps)
	}
	s.problems.Sort()
}

func (s *Site) walk() {
	t, err := walk(s.Content, s.Only)
	if err != nil {
		s.problems.Errorf(source.Position{Path: s.Name}, "unreadable-content", "the content can't be read: %v", err)
		t = &tree{fsys: s.Content}
	}
	s.tree = t
}

// setRoot finds where the site's root is, and whether locales are in addresses.
func (s *Site) setRoot() {
	s.root = "/"
	if _, rest, ok := strings.Cut(s.Config.BaseURL, "://"); ok {
		if _, p, ok := strings.Cut(rest, "/"); ok {
			s.root = "/" + strings.Trim(p, "/") + "/"
		}
	}
	s.prefixed = s.own || len(s.Config.Locales) > 1
}

// indexPaths makes the maps that links are looked up in.
func (s *Site) indexPaths() {
	s.byDir, s.byName = map[string][]string{}, map[string][]string{}
	for _, p := range s.pages {
		if p.Fallback() {
			continue
		}
		s.byDir[folder(p.Path)] = append(s.byDir[folder(p.Path)], p.Path)
		name := strings.ToLower(strings.TrimSuffix(path.Base(p.Path), path.Ext(p.Path)))
		s.byName[name] = append(s.byName[name], p.Path)
	}
	s.redirects = make(map[string]redirection, len(s.publishing.redirects))
	for _, r := range s.publishing.redirects {
		s.redirects[strings.ToLower(r.From)] = r
	}
	s.indexLearnPaths()
	s.ownPaths = s.supportPaths()
}

// severity is how grave a fault in the text is: in a site of ours an error; in
// somebody else's repository, which we have to take as it is, a warning.
func (s *Site) severity() source.Severity {
	if s.own {
		return source.Error
	}
	return source.Warning
}

// Problems are those of Load and of all pages rendered so far, sorted.
func (s *Site) Problems() source.Problems {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all source.Problems
	all.Append(s.problems, s.found)
	all.Sort()
	return all
}
