package site

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"annai/form"
	"annai/policy"
	"annai/themes"
)

// support is what a site of ours has beyond articles, and what of it stands on
// every page.
type support struct {
	status    bool // there is a status.yaml
	outages   []Outage
	banners   map[string]*themes.Banner
	terms     []Term
	versions  []*policy.Notice // of the notice, oldest first
	published []*policy.Notice // of them, those that readers may see
	notice    *policy.Notice   // the one in force, or nil

	categories map[string]*Page // LOCALE/CATEGORY → its page
}

// readSupport reads what is neither article nor form, and checks facts against
// each other.
func (s *Site) readSupport() {
	if !s.own {
		return
	}
	s.readStatus()
	s.makeBanners()
	s.readGlossary()
	s.inheritFacts()
	s.indexCategories()
	s.checkTables()
	s.checkContact()
	s.checkCategories()
	s.checkAliases()
}

// checkContact looks for the form that site.yaml names.
func (s *Site) checkContact() {
	if id := s.Config.Contact.Form; id != "" {
		s.checkFormID(id, s.Config.Contact.Position)
	}
}

// checkCategories asks for an article of each kind of support that the agreement
// names, in every language.
func (s *Site) checkCategories() {
	if len(s.support.versions) == 0 {
		return // a site that promises nothing
	}
	ids := s.categoryIDs()
	for _, kind := range policy.Categories {
		if !slices.Contains(ids, kind) {
			s.problems.Errorf(s.Config.Position, "category-absent", "site.yaml has no category %q", kind).
				Hintf("the agreement names seven kinds of support: %s", strings.Join(policy.Categories, ", "))
			continue
		}
		for _, l := range s.Config.Locales {
			if !slices.ContainsFunc(s.articlesOf(l, kind), func(p *Page) bool { return !p.Fallback() }) {
				s.problems.Errorf(s.Config.Position, "category-empty", "the category %q has no article in %s", kind, l).
					Hintf("readers of every language get help with all seven kinds of support")
			}
		}
	}
}

// supportPaths are the addresses that are no articles, as LOCALE/PATH.
func (s *Site) supportPaths() map[string]bool {
	paths := map[string]bool{}
	for _, l := range s.Config.Locales {
		for _, id := range s.supportIDs() {
			paths[l+"/"+id] = true
		}
	}
	return paths
}

// supportIDs are the paths of pages that are no articles, below the locale.
func (s *Site) supportIDs() []string {
	ids := []string{"search"}
	if !s.own {
		return ids
	}
	for _, id := range slices.Sorted(maps.Keys(s.Forms)) {
		ids = append(ids, "forms/"+id)
		if len(s.Forms[id].Embed) > 0 {
			ids = append(ids, "forms/"+id+"/embed")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
		ids = append(ids, "rules/"+id, "rules/"+id+"/triage")
	}
	for i, n := range s.support.published {
		if i == 0 {
			ids = append(ids, "notice")
		}
		ids = append(ids, versionID(n))
		if i > 0 {
			ids = append(ids, versionID(n)+"/diff")
		}
	}
	if s.tree.has("status.yaml") {
		ids = append(ids, "status")
	}
	if s.tree.has("glossary.yaml") {
		ids = append(ids, "glossary")
	}
	return ids
}

// supportChrome adds contact, footer and feed to a locale's frame.
func (s *Site) supportChrome(c *themes.Site, locale string) {
	if !s.own {
		return
	}
	if s.hasFeeds() {
		c.Feed = s.url(locale, "") + "feed.xml"
	}
	c.ICP = s.Config.ICP
	c.Contact = s.contact(locale)
	c.Footer = s.footer(locale)
	if c.Contact != nil && c.Contact.FormURL != "" {
		c.Header = append([]themes.Link{{Title: s.text(locale, "contact.form"), URL: c.Contact.FormURL}}, c.Header...)
	}
}

// contact is the card at the end of every page: the channels of the notice in
// force, or those of site.yaml.
func (s *Site) contact(locale string) *themes.Contact {
	c := &themes.Contact{NoticeURL: s.noticeURL(locale), Zones: s.zones()}
	own := s.Config.Contact
	if s.Forms[own.Form] != nil {
		c.FormURL = s.url(locale, "forms/"+own.Form)
	}
	if s.Config.RelayURL != "" && len(s.Forms) > 0 {
		c.LookupURL = s.relayURL() + "/requests?lang=" + locale
	}
	if n := s.support.notice; n != nil {
		c.Channels = s.channels(locale, n)
		for _, x := range n.Severities {
			c.FirstReply = append(c.FirstReply, themes.Reply{
				Severity: x.ID, Name: s.words(x.Name, locale), First: duration(x.First), Updates: duration(x.Updates), Hours: hours(x.Clock),
			})
		}
		return c
	}
	if own.Phone != "" {
		c.Channels = append(c.Channels, themes.Channel{ID: "phone", Kind: "phone", Name: s.text(locale, "channel.phone"), Value: form.International(own.Phone), URL: "tel:" + own.Phone, Note: s.words(own.Note, locale)})
	}
	if own.Email != "" {
		c.Channels = append(c.Channels, themes.Channel{ID: "email", Kind: "email", Name: s.text(locale, "channel.email"), Value: own.Email, URL: "mailto:" + own.Email})
	}
	if len(c.Channels) == 0 && c.FormURL == "" {
		return nil
	}
	return c
}

// footer are the links below every page.
func (s *Site) footer(locale string) []themes.Link {
	var links []themes.Link
	if n := s.support.notice; n != nil {
		links = append(links, themes.Link{Title: s.words(n.Title, locale), URL: s.noticeURL(locale)})
	}
	if s.support.status {
		links = append(links, themes.Link{Title: s.text(locale, "site.status"), URL: s.url(locale, "status")})
	}
	links = append(links, themes.Link{Title: s.text(locale, "site.all"), URL: s.url(locale, "search")})
	if s.hasGlossary() {
		links = append(links, themes.Link{Title: s.text(locale, "site.glossary"), URL: s.url(locale, "glossary")})
	}
	for _, id := range []string{"accessibility", "privacy"} {
		if p := s.Page(locale, id); p != nil {
			links = append(links, themes.Link{Title: p.Title(), URL: p.URL})
		}
	}
	if s.hasFeeds() {
		links = append(links, themes.Link{Title: s.text(locale, "site.feed"), URL: s.url(locale, "") + "feed.xml"})
	}
	return links
}

// supportLinks are the pages that are no articles and worth a visit.
func (s *Site) supportLinks(locale string) []themes.Link {
	ids := []string{"notice"}
	for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
		ids = append(ids, "rules/"+id)
	}
	var links []themes.Link
	for _, id := range append(ids, "status", "glossary") {
		if title := s.ownTitle(locale, id); title != "" {
			links = append(links, themes.Link{Title: title, URL: s.url(locale, id)})
		}
	}
	return links
}

// ownTitle is the title of a page that the site makes; "" when it has none such.
func (s *Site) ownTitle(locale, id string) string {
	rules, _ := strings.CutPrefix(id, "rules/")
	switch {
	case id == "notice" && s.support.notice != nil:
		return s.words(s.support.notice.Title, locale)
	case id == "status" && s.support.status:
		return s.text(locale, "site.status")
	case id == "glossary" && s.hasGlossary():
		return s.text(locale, "site.glossary")
	case id == "search":
		return s.text(locale, "site.all")
	case s.Tables[rules] != nil && rules != id:
		return s.words(s.Tables[rules].Title, locale)
	}
	return ""
}

// news are what has changed for readers: a notice that is new or about to be.
func (s *Site) news(locale string) []themes.Link {
	const fresh = 60 * 24
	var links []themes.Link
	for _, n := range s.support.published {
		effective := day(n.Effective)
		switch since := s.today().Sub(effective).Hours(); {
		case s.noticeState(n) == "upcoming":
			links = append(links, themes.Link{
				Title: s.words(n.Title, locale), URL: s.url(locale, versionID(n)),
				Description: s.text(locale, "notice.upcoming.this") + " " + s.Theme.Date(s.uiLocale(locale), effective),
			})
		case n == s.support.notice && n.Version > 1 && since < fresh:
			links = append(links, themes.Link{
				Title: s.words(n.Title, locale), URL: s.url(locale, "notice") + "#changes",
				Description: s.text(locale, "notice.effective") + " " + s.Theme.Date(s.uiLocale(locale), effective),
			})
		}
	}
	return links
}

// supportView makes the view of a type that isn't just an article; nil for those.
func (d *draft) supportView() (any, error) {
	if !d.site.own || d.page.Kind != "" {
		return nil, nil
	}
	defer d.checkWording()
	d.checkType()
	if len(d.site.support.terms) > 0 {
		if text, err := d.read(d.page.Path); err == nil {
			d.checkTerms(text)
		}
	}
	switch d.page.Meta.Type {
	case "home":
		return d.homeView()
	case "category":
		return d.categoryView()
	case "howto":
		return d.howtoView()
	case "faq":
		return d.questionsView()
	}
	var f articleFront
	d.decodeFront(&f)
	v, err := d.articleView()
	v.Shell.JSONLD = d.site.articleData(d.page)
	return v, err
}

// supportHead adds what the type knows.
func (d *draft) supportHead(h *themes.Head) {
	if !d.site.own {
		return
	}
	if h.ReviewBy = d.site.reviewBy(d.page.Meta); !h.ReviewBy.IsZero() {
		h.Overdue = h.ReviewBy.Before(d.site.today())
	}
	if c := d.site.categoryLink(d.page.Locale, d.page.Meta.Category); d.page.Meta.Category != "" {
		h.Category = c
	}
}

// supportFoot adds related pages and sources.
func (d *draft) supportFoot(f *themes.Foot) {
	if !d.site.own {
		return
	}
	for _, id := range d.page.Meta.Related {
		if p := d.site.Page(d.page.Locale, id); p != nil {
			l := themes.Link{Title: p.Title(), URL: p.URL}
			if p.Fallback() {
				l.Lang = themes.Lang(p.Lang)
			}
			f.Related = append(f.Related, l)
		}
	}
	var own articleFront
	if n, ok := d.front.key("sources"); ok {
		n.Decode(&own.Sources)
	}
	for _, src := range own.Sources {
		f.Sources = append(f.Sources, sourceRef(src))
	}
}

// supportFiles are the pages that are no articles.
func (s *Site) supportFiles() []*File {
	var files []*File
	for _, l := range s.Config.Locales {
		files = append(files, s.allArticles(l))
		if s.prefixed {
			files = append(files, s.notFound(l, l+"/404.html"))
		}
		if !s.own {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(s.Forms)) {
			files = append(files, s.formFiles(l, s.Forms[id])...)
		}
		for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
			files = append(files, s.ruleFiles(l, s.Tables[id])...)
		}
		files = append(files, s.noticeFiles(l)...)
		if s.support.status {
			files = append(files, s.statusPage(l))
		}
		if s.hasGlossary() {
			files = append(files, s.glossaryPage(l))
		}
	}
	files = append(files, s.notFound(s.Config.Locales[0], "404.html"))
	if s.prefixed {
		files = append(files, s.languageChoice())
	}
	files = append(files, s.markdownFiles()...)
	files = append(files, s.feedFiles()...)
	return append(files, s.sitemapFiles()...)
}

// supportFinish are the files that need every page rendered: none, so far.
func (s *Site) supportFinish() []*File { return nil }

// listed tells whether lists and navigation show the page.
func (s *Site) listed(p *Page) bool { return p.Meta.RedirectURL == "" }

// appliesTo are the products that an article is about, by name.
func (s *Site) appliesTo(p *Page) []string {
	var names []string
	for _, id := range p.Meta.AppliesTo {
		i := slices.IndexFunc(s.Products, func(q policy.Product) bool { return q.ID == id })
		if i < 0 {
			names = append(names, strings.TrimSpace(id))
			continue
		}
		names = append(names, s.words(s.Products[i].Name, p.Locale))
	}
	return names
}

func escapeQuery(q string) string { return url.QueryEscape(q) }

func itoa(n int) string { return strconv.Itoa(n) }
