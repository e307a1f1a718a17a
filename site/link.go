package site

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"annai/internal/source"
)

// A target is where a link leads once it is resolved.
type target struct {
	url      string
	page     *Page  // when it is a page of the site
	fragment string // of the page, to be checked when all pages are known
	file     string // when it is a file of the content that must be published
	broken   string // why it leads nowhere: the message's end; "" is fine
	hint     string
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

// resolve finds where a link of a page leads. base is the path of the file that
// names it: the page's, or that of an include. It depends on nothing but the
// site's paths and configuration, so that its answers can be compared later.
func (s *Site) resolve(p *Page, base, link string) target {
	link = strings.TrimSpace(link)
	switch {
	case link == "":
		return target{broken: "the link is empty"}
	case strings.HasPrefix(link, "#"):
		return target{url: link, page: p, fragment: unescape(link[1:])}
	case strings.HasPrefix(link, "xref:"):
		return s.resolveUID(link[len("xref:"):])
	case strings.HasPrefix(link, "//"), scheme.MatchString(link) && !isDrive(link):
		return target{url: link}
	}
	link = strings.ReplaceAll(link, `\`, "/")
	rest, fragment, _ := strings.Cut(link, "#")
	file, query, _ := strings.Cut(rest, "?")
	tail := tail{query: query, fragment: fragment}
	switch {
	case strings.HasPrefix(file, "~/"):
		return s.resolveRoot(p, base, file[2:], link, tail)
	case strings.HasPrefix(file, "/"):
		return s.resolveAbsolute(p, file, tail)
	case file == "": // "?view=…" alone: the page itself
		return target{url: p.URL + tail.String(), page: p, fragment: unescape(fragment)}
	}
	return s.resolvePath(p, base, path.Join(folder(base), unescape(file)), link, tail, 0)
}

// resolveUID finds a page by its uid.
func (s *Site) resolveUID(rest string) target {
	rest, fragment, _ := strings.Cut(rest, "#")
	uid, query, _ := strings.Cut(rest, "?")
	q := s.byUID[unescape(uid)]
	if q == nil {
		return target{broken: "no page has that uid"}
	}
	t := tail{query, fragment}
	return target{url: q.URL + t.String(), page: q, fragment: unescape(fragment)}
}

// isDrive tells "C:\…" and "c:/…" from a scheme.
func isDrive(link string) bool { return len(link) > 2 && link[1] == ':' }

// A tail is what stands behind a link's path.
type tail struct{ query, fragment string }

// local are the parts of a query that mean something on our own pages.
func (t tail) String() string {
	var keep []string
	for part := range strings.SplitSeq(t.query, "&") {
		switch key, _, _ := strings.Cut(part, "="); key {
		case "tabs", "pivots", "view":
			keep = append(keep, part)
		}
	}
	out := ""
	if len(keep) > 0 {
		out = "?" + strings.Join(keep, "&")
	}
	if t.fragment != "" {
		out += "#" + t.fragment
	}
	return out
}

// whole is the tail as it was written, for other sites.
func (t tail) whole() string {
	out := ""
	if t.query != "" {
		out = "?" + t.query
	}
	if t.fragment != "" {
		out += "#" + t.fragment
	}
	return out
}

// resolvePath finds a path of the content: a page, under its name or under
// another spelling of it, a redirection, or a file.
func (s *Site) resolvePath(p *Page, base, file, link string, t tail, depth int) target {
	if q := s.findPage(p.Locale, file); q != nil {
		return target{url: q.URL + t.String(), page: q, fragment: unescape(t.fragment)}
	}
	if r, ok := s.resolveFacts(p, file, t); ok {
		return r
	}
	if to, ok := s.redirects[strings.ToLower(file)]; ok && depth < 10 {
		return s.resolveRedirect(p, to, t, depth)
	}
	if found := s.tree.lower[strings.ToLower(file)]; found != "" {
		switch {
		case isArticle(found):
			return target{broken: "it is part of no page"}
		case isTOC(found):
			if q := s.firstOf(found); q != nil {
				return target{url: q.URL, page: q}
			}
			return target{broken: "that table of contents is empty"}
		}
		return target{url: s.fileURL(found) + t.whole(), file: found}
	}
	if outside(file) {
		return target{broken: "it leads out of the content"}
	}
	if first, _, _ := strings.Cut(strings.TrimPrefix(file, s.repository(file)), "/"); s.publishing.dependent(first) {
		return target{broken: "it is in another repository"}
	}
	return target{broken: "no such page", hint: s.suggest(p, base, file)}
}

func outside(file string) bool { return file == ".." || strings.HasPrefix(file, "../") }

// findPage finds the page of a content path, in this locale first: exactly,
// without regard to case, as .yml where .md is written and the other way round,
// as a folder, or without an ending.
func (s *Site) findPage(locale, file string) *Page {
	file = strings.TrimSuffix(file, "/")
	if q := s.byPath[file]; q != nil && q.Locale == locale {
		return q
	}
	stem := file
	if isArticle(file) || isYAML(file) {
		stem = strings.TrimSuffix(file, path.Ext(file))
	}
	_, id := s.locale(s.published(stem))
	low := strings.ToLower(id)
	if low == "index" {
		low = ""
	}
	low = strings.TrimSuffix(low, "/index")
	if s.own {
		if q := s.byLowerID[locale][low]; q != nil {
			return q
		}
	} else if l, _ := s.locale(file); l != "" {
		if q := s.byLowerID[l][low]; q != nil {
			return q
		}
	}
	return s.byPath[s.tree.lower[strings.ToLower(file)]]
}

// published is the path under which docfx.json publishes a file.
func (s *Site) published(stem string) string {
	d := s.docset(stem)
	if d == nil {
		return stem
	}
	for _, ending := range []string{".md", ".yml"} {
		if out, ok := d.place(stem + ending); ok {
			return strings.TrimSuffix(out, ending)
		}
	}
	for _, index := range []string{"/index.md", "/index.yml"} { // a folder
		if out, ok := d.place(stem + index); ok {
			return folder(out)
		}
	}
	return stem
}

// resolveRoot finds "~/…": below the docset's folder, or below the repository's.
func (s *Site) resolveRoot(p *Page, base, rest, link string, t tail) target {
	rest = unescape(rest)
	roots := []string{s.localeDir(base)}
	if d := s.docset(base); d != nil && d.dir != "" {
		roots = append([]string{d.dir}, roots...)
	}
	var r target
	for _, root := range roots {
		r = s.resolvePath(p, base, path.Join(root, rest), link, t, 0)
		if r.broken == "" {
			return r
		}
	}
	return r
}

// resolveAbsolute finds "/…": a page of this site, a page under the address that
// Microsoft's site gives it, or else Microsoft's site itself.
func (s *Site) resolveAbsolute(p *Page, file string, t tail) target {
	clean := strings.Trim(path.Clean(unescape(file)), "/")
	if s.own {
		if r, ok := s.resolveOwnURL(p, clean, t); ok {
			return r
		}
		if !s.learn() {
			return target{broken: "no such page", hint: s.suggest(p, p.Path, clean)}
		}
	}
	if q := s.byLearnPath(p, clean); q != nil {
		return target{url: q.URL + t.String(), page: q, fragment: unescape(t.fragment)}
	}
	return target{url: s.learnURL(p.Locale, file) + t.whole()}
}

// learn tells whether absolute links may mean Microsoft's site: in its own
// repositories, and where site.yaml names the host.
func (s *Site) learn() bool { return !s.own || s.Config.LearnHost != learnHost }

// resolveOwnURL finds an address of this site as a page writes it: with or
// without the locale, a page, one of the site's own files, or a static file.
func (s *Site) resolveOwnURL(p *Page, clean string, t tail) (target, bool) {
	locale, id := p.Locale, clean
	if top, rest, _ := strings.Cut(clean, "/"); s.byID[source.Locale(top)] != nil {
		locale, id = source.Locale(top), rest
	}
	id = strings.TrimSuffix(strings.TrimSuffix(id, ".md"), "/index.html")
	if q := s.byLowerID[locale][strings.ToLower(id)]; q != nil {
		return target{url: q.URL + t.String(), page: q, fragment: unescape(t.fragment)}, true
	}
	if s.ownPaths[clean] || s.ownPaths[path.Join(locale, id)] {
		u := s.root + clean
		if !s.ownPaths[clean] {
			u = s.url(locale, id)
		}
		if path.Ext(u) == "" {
			u = strings.TrimSuffix(u, "/") + "/"
		}
		return target{url: u + t.whole()}, true
	}
	if f := path.Join("static", clean); s.tree.has(f) {
		return target{url: s.root + clean + t.whole()}, true
	}
	if s.tree.has(clean) {
		return target{url: s.fileURL(clean) + t.whole(), file: clean}, true
	}
	return target{}, false
}

// byLearnPath finds the page that Microsoft's site shows under a path: the
// docset's base and the path below it. A leading locale is skipped.
func (s *Site) byLearnPath(p *Page, clean string) *Page {
	if top, rest, ok := strings.Cut(clean, "/"); ok && isLocale(top) {
		clean = rest
	}
	clean = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(clean), "/index"), ".md")
	return s.learnPages[p.Locale][clean]
}

// indexLearnPaths maps the addresses that docsets have on Microsoft's site.
func (s *Site) indexLearnPaths() {
	s.learnPages = map[string]map[string]*Page{}
	for _, p := range s.pages {
		if p.docset == nil || p.docset.base() == "" {
			continue
		}
		if s.learnPages[p.Locale] == nil {
			s.learnPages[p.Locale] = map[string]*Page{}
		}
		_, dir := s.locale(p.docset.dir + "/x")
		id, _ := cutFolder(p.ID, path.Dir(dir))
		if p.ID == path.Dir(dir) { // the docset's own index
			id = ""
		}
		key := strings.ToLower(path.Join(p.docset.base(), id))
		s.learnPages[p.Locale][key] = p
	}
}

// learnURL is a site-absolute path on Microsoft's site, in the reader's language.
func (s *Site) learnURL(locale, file string) string {
	if top, _, _ := strings.Cut(strings.TrimPrefix(file, "/"), "/"); isLocale(top) {
		return s.Config.LearnHost + file
	}
	return s.Config.LearnHost + "/" + learnLocale(locale) + file
}

// learnLocale is the spelling of a locale in Microsoft's addresses.
func learnLocale(locale string) string {
	switch locale {
	case "ja":
		return "ja-jp"
	case "zh-hans":
		return "zh-cn"
	case "zh-hant":
		return "zh-tw"
	case "en":
		return "en-us"
	case "ko":
		return "ko-kr"
	}
	if len(locale) == 2 {
		return locale + "-" + locale
	}
	return locale
}

// resolveRedirect follows a redirection's target.
func (s *Site) resolveRedirect(p *Page, to redirection, t tail, depth int) target {
	link := strings.ReplaceAll(to.To, `\`, "/")
	if scheme.MatchString(link) {
		return target{url: link}
	}
	rest, fragment, _ := strings.Cut(link, "#")
	file, query, _ := strings.Cut(rest, "?")
	own := tail{query: query, fragment: fragment}
	if own.fragment == "" {
		own.fragment = t.fragment
	}
	if own.query == "" {
		own.query = t.query
	}
	if strings.HasPrefix(file, "/") {
		return s.resolveAbsolute(p, file, own)
	}
	return s.resolvePath(p, to.From, path.Join(folder(to.From), unescape(file)), link, own, depth+1)
}

// suggest is a link, as base would write it, to what the author may have meant:
// a page beside it whose name ends in the same words, a page of that name in
// another folder, or the nearest spelling.
func (s *Site) suggest(p *Page, base, file string) string {
	name := strings.ToLower(path.Base(file))
	stem := strings.TrimSuffix(name, path.Ext(name))
	if stem == "" || stem == "." || stem == "/" {
		return ""
	}
	dir := folder(file)
	var same []string
	for _, q := range s.byDir[dir] {
		other := strings.ToLower(path.Base(q))
		other = strings.TrimSuffix(other, path.Ext(other))
		if len(stem) > 3 && (strings.HasSuffix(other, "-"+stem) || strings.HasPrefix(other, stem+"-")) {
			return relative(base, q)
		}
		same = append(same, path.Base(q))
	}
	if list := s.byName[stem]; len(list) > 0 {
		best := ""
		for _, q := range list {
			if l, _ := s.locale(q); l != p.Locale && !s.own {
				continue
			}
			if best == "" || common(q, base) > common(best, base) {
				best = q
			}
		}
		if best != "" {
			return relative(base, best)
		}
	}
	if near := source.Nearest(path.Base(file), same); near != "" {
		return relative(base, path.Join(dir, near))
	}
	return ""
}

// common counts the folders that two paths share from the top.
func common(a, b string) int {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n++
		}
	}
	return n
}

// relative is the path of a file as a link in base writes it.
func relative(base, file string) string {
	dir := folder(base)
	up := ""
	for dir != "" && !strings.HasPrefix(file, dir+"/") {
		dir = folder(dir)
		up += "../"
	}
	return up + strings.TrimPrefix(strings.TrimPrefix(file, dir), "/")
}

// unescape decodes %20 and the like; what isn't an escape stays.
func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// escapePath makes a path fit for an URL.
func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }
