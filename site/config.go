package site

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"annai/internal/source"
)

// Config is site.yaml: what a site of ours says about itself. A folder without
// one is built with what [inferConfig] finds.
type Config struct {
	source.Position

	Title         source.Words        `yaml:"title,required"`
	Description   source.Words        `yaml:"description"`
	BaseURL       string              `yaml:"base_url"`         // absolute, without a slash at the end; "" makes no sitemap, feeds or canonical links
	RelayURL      string              `yaml:"relay_url"`        // where forms are sent; "/" is the site's own host, "" means that there is no relay
	Searches      bool                `yaml:"count_searches"`   // searches that found nothing are sent to the relay, without who asked; it counts them when it is told so too
	Locales       []string            `yaml:"locales,required"` // the first is the default
	Fallback      map[string][]string `yaml:"fallback"`         // which locales stand in for a missing translation; the default locale always does
	Theme         string              `yaml:"theme"`            // folder laid over the default theme, relative to site.yaml
	Navigation    []NavEntry          `yaml:"navigation"`       // links in the header
	Categories    []Category          `yaml:"categories"`
	Brand         Brand               `yaml:"brand"`
	Contact       Contact             `yaml:"contact"`
	Organization  Organization        `yaml:"organization"`
	Proofread     *bool               `yaml:"proofread"`      // false says nothing about wording in Japanese and Chinese
	RawHTML       string              `yaml:"raw_html"`       // "" for the allow-list, "all" for those who own every word
	LearnHost     string              `yaml:"learn_host"`     // host of links such as /azure/aks/; https://learn.microsoft.com
	Monikers      []string            `yaml:"monikers"`       // version to show where an article has several
	ReviewDays    int                 `yaml:"review_days"`    // how long a review lasts without review_by; 180
	IndexMachine  bool                `yaml:"index_machine"`  // let search engines find machine translations that nobody checked
	SearchNoIndex bool                `yaml:"search_noindex"` // let the site's own search find pages marked NOINDEX: the mark is then for the web's search engines
	ICP           string              `yaml:"icp"`            // licence line of a site that is hosted in China
	SourceURL     string              `yaml:"source_url"`     // edit links: the address of the content folder, e.g. https://example.org/repo/edit/main/content
}

// A NavEntry is a link of the header: a page's id, or an address.
type NavEntry struct {
	source.Position

	Page  string       `yaml:"page"`
	Form  string       `yaml:"form"`
	URL   string       `yaml:"url"`
	Title source.Words `yaml:"title"`
}

// A Category is one of the site's kinds of support.
type Category struct {
	source.Position

	ID    string       `yaml:"id,required"`
	Name  source.Words `yaml:"name,required"`
	Scope source.Words `yaml:"scope"`
}

// Brand is the part of the theme's look that site.yaml sets.
type Brand struct {
	source.Position

	Accent     string `yaml:"accent"`      // #rrggbb, at least 4.5:1 on the page
	AccentDark string `yaml:"accent_dark"` // the same for dark mode
	Logo       string `yaml:"logo"`        // file of the content folder
	Radius     string `yaml:"radius"`      // of corners, e.g. 4px
}

// Contact is how a reader reaches a person, shown on every page.
type Contact struct {
	source.Position

	Form  string       `yaml:"form"`
	Phone string       `yaml:"phone"` // E.164
	Email string       `yaml:"email"`
	Note  source.Words `yaml:"note"`
}

// Organization is who publishes the site.
type Organization struct {
	source.Position

	Name source.Words `yaml:"name"`
	URL  string       `yaml:"url"`
	Logo string       `yaml:"logo"`
}

const learnHost = "https://learn.microsoft.com"

// readConfig reads site.yaml from the tree, or infers a configuration.
func (s *Site) readConfig() {
	c := &s.Config
	if s.tree.has("site.yaml") {
		s.own = true
		f := s.open("site.yaml")
		s.problems.Append(source.Decode(f, c))
		for i, l := range c.Locales {
			c.Locales[i] = source.Locale(l)
		}
	}
	if len(c.Locales) == 0 {
		s.inferLocales()
	}
	if len(c.Title) == 0 {
		c.Title = source.Words{"": path.Base(s.Name)}
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if s.BaseURL != "" {
		c.BaseURL = strings.TrimRight(s.BaseURL, "/")
	}
	if s.RelayURL != "" {
		c.RelayURL = s.RelayURL
	}
	if c.LearnHost == "" {
		c.LearnHost = learnHost
	}
	if c.ReviewDays == 0 {
		c.ReviewDays = 180
	}
	s.findLocaleFolders()
}

var localeFolder = regexp.MustCompile(`(?i)^[a-z]{2}(-[a-z]{4})?(-[a-z]{2})?$`)

// languages are the two-letter folder names that mean a language without a
// region: few enough that "go" or "vb" stays a folder of articles.
var languages = []string{
	"ja", "zh", "en", "ko", "de", "fr", "es", "it", "pt", "ru", "nl", "pl", "sv",
	"tr", "cs", "hu", "da", "fi", "nb", "th", "vi", "id", "he", "ar", "uk",
}

func isLocale(folder string) bool {
	if !localeFolder.MatchString(folder) {
		return false
	}
	language, _, _ := strings.Cut(strings.ToLower(folder), "-")
	return slices.Contains(languages, language)
}

// inferLocales takes the content's top folders that are named as locales, else
// the locale of the folder itself, of Microsoft's publishing configuration, of
// the articles, of the only file's name, or at the end of the repository's.
func (s *Site) inferLocales() {
	for _, dir := range s.tree.dirs("") {
		if isLocale(dir) {
			s.Config.Locales = append(s.Config.Locales, source.Locale(dir))
		}
	}
	slices.Sort(s.Config.Locales)
	s.Config.Locales = slices.Compact(s.Config.Locales)
	if len(s.Config.Locales) > 0 {
		return
	}
	locale := "en"
	switch {
	case isLocale(path.Base(s.Name)):
		locale = path.Base(s.Name)
	case s.publishing.locale() != "":
		locale = s.publishing.locale()
	case s.articleLocale() != "":
		locale = s.articleLocale()
	case repositoryLocale.MatchString(s.Name):
		locale = repositoryLocale.FindStringSubmatch(s.Name)[1]
	}
	s.Config.Locales = []string{source.Locale(locale)}
}

// repositoryLocale is the end of names like "partner-center-pr.ja-jp".
var repositoryLocale = regexp.MustCompile(`(?i)\.([a-z]{2}-[a-z]{2})$`)

var localeSuffix = regexp.MustCompile(`(?i)\.([a-z]{2}(?:-[a-z]{2,4})?)\.md$`)

// articleLocale is the locale that most of the articles name in their front
// matter or, with a file of its own, in the file's name.
func (s *Site) articleLocale() string {
	votes := map[string]int{}
	best := ""
	for _, f := range s.tree.files {
		locale := ""
		if f.meta != nil {
			locale = f.meta.Locale
		}
		if m := localeSuffix.FindStringSubmatch(f.path); locale == "" && m != nil && isLocale(m[1]) {
			locale = m[1]
		}
		if locale == "" {
			continue
		}
		locale = source.Locale(locale)
		votes[locale]++
		if votes[locale] > votes[best] || votes[locale] == votes[best] && locale < best {
			best = locale
		}
	}
	return best
}

// findLocaleFolders maps each top folder that holds a locale's articles.
func (s *Site) findLocaleFolders() {
	s.localeOf = map[string]string{}
	for _, dir := range s.tree.dirs("") {
		if l := source.Locale(dir); isLocale(dir) && slices.Contains(s.Config.Locales, l) {
			s.localeOf[dir] = l
		}
	}
}

// words is the text in the page's locale, or in what stands in for it.
func (s *Site) words(w source.Words, locale string) string {
	return w.In(locale, append(s.fallbacks(locale), "")...)
}

// fallbacks are the locales that stand in for a missing text, best first.
func (s *Site) fallbacks(locale string) []string {
	list := slices.Clone(s.Config.Fallback[locale])
	if !slices.Contains(list, s.Config.Locales[0]) {
		list = append(list, s.Config.Locales[0])
	}
	return slices.DeleteFunc(list, func(l string) bool { return l == locale })
}
