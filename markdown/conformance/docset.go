package conformance

import (
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"annai/internal/source"
	"annai/markdown"
)

// A docset is the files of a case with docfx's addresses: relative, without .md,
// in lower case. The site has its own; here only the renderer is compared.
type docset struct {
	c        *Case
	config   source.Node
	files    map[string]string // by path
	byLower  map[string]string // path by lower-case path, redirected ones too
	scope    []*regexp.Regexp  // of pages that are built; empty for all
	excluded []*regexp.Regexp
	xrefs    map[string]xref
	resolves bool // docfx-v3-spec; the others leave links as they are
}

// An xref is a page that can be referred to.
type xref struct {
	href, file string
	props      map[string]string
}

func newDocset(c *Case) *docset {
	s := &docset{c: c, files: map[string]string{}, byLower: map[string]string{}, xrefs: map[string]xref{}}
	s.resolves = c.Engine == "docfx-v3-spec"
	for name, text := range c.Files {
		s.files[name] = text
	}
	s.files[c.FilePath] = c.Input
	s.config, _ = source.ParseYAML(source.New("docfx.yml", []byte(s.files["docfx.yml"])))
	for name := range s.files {
		s.byLower[strings.ToLower(name)] = name
	}
	for _, name := range redirected(s.files["redirections.yml"]) {
		s.byLower[strings.ToLower(name)] = name
	}
	s.scope, s.excluded = globs(s.get("files")), globs(s.get("exclude"))
	if s.resolves {
		s.readXrefs()
	}
	return s
}

// get returns a value of docfx.yml.
func (s *docset) get(key string) source.Node {
	if s.config.IsZero() || !s.config.IsMap() {
		return source.Node{}
	}
	keys, values := s.config.Pairs()
	for i, k := range keys {
		if k.Text() == key {
			return values[i]
		}
	}
	return source.Node{}
}

func (s *docset) setting(key string) string {
	if n := s.get(key); !n.IsZero() && n.IsScalar() {
		return n.Text()
	}
	return ""
}

// find resolves a path written in a file; "" when there is no such file.
func (s *docset) find(target, base string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	var name string
	if rest, ok := strings.CutPrefix(target, "~/"); ok {
		name = path.Clean(rest)
		if deps := s.get("dependencies"); !deps.IsZero() && deps.IsMap() {
			keys, values := deps.Pairs()
			for i, k := range keys {
				if rest, ok := strings.CutPrefix(name, k.Text()+"/"); ok && values[i].IsScalar() {
					name = path.Join(values[i].Text(), rest)
				}
			}
		}
	} else {
		name = path.Join(path.Dir(base), target)
	}
	if found := s.byLower[strings.ToLower(name)]; found != "" {
		return found
	}
	if plain, err := url.PathUnescape(name); err == nil {
		return s.byLower[strings.ToLower(plain)]
	}
	return ""
}

func (s *docset) open(target, base string) (*source.File, error) {
	name := s.find(target, base)
	if name == "" {
		return nil, errors.New("no such file")
	}
	return source.New(name, []byte(s.files[name])), nil
}

// resolve answers what the document asks.
func (s *docset) resolve(d *markdown.Document) {
	for _, l := range d.Links {
		if l.Kind != markdown.LinkVideo {
			l.URL = s.url(l.Target, l.Base)
		}
	}
	for _, m := range d.Images {
		m.URL = s.url(m.Source, m.Base)
		m.Missing = !s.trusts("img", m.Source)
	}
	for _, x := range d.Xrefs {
		s.resolveXref(x)
	}
}

// url is the address docfx writes for a target.
func (s *docset) url(target, base string) string {
	if uid, ok := strings.CutPrefix(target, "xref:"); ok && s.resolves {
		uid, _, _ = strings.Cut(uid, "?")
		if x, ok := s.xrefs[uid]; ok {
			return x.href
		}
		return target
	}
	end := strings.IndexAny(target, "?#")
	if end < 0 {
		end = len(target)
	}
	file, rest := strings.TrimSpace(target[:end]), target[end:]
	if file == "" || file[0] == '/' || isExternal(file) {
		return s.dropHost(file) + rest
	}
	if !s.resolves {
		if base != s.c.FilePath && !strings.HasPrefix(file, "~") {
			return "~/" + path.Join(path.Dir(base), file) + rest
		}
		return target
	}
	name := s.find(file, base)
	if name == "" || isPage(name) && !s.builds(name) {
		return target
	}
	return s.relative(name) + rest
}

func isPage(name string) bool {
	ext := path.Ext(name)
	return ext == ".md" || ext == ".yml" || ext == ".json"
}

// builds tells whether a page is one of the docset's.
func (s *docset) builds(name string) bool {
	matches := func(r *regexp.Regexp) bool { return r.MatchString(name) }
	return (len(s.scope) == 0 || slices.ContainsFunc(s.scope, matches)) && !slices.ContainsFunc(s.excluded, matches)
}

// globs reads one glob or a list of them.
func globs(n source.Node) []*regexp.Regexp {
	var list []*regexp.Regexp
	for _, n := range append(items(n), n) {
		if n.IsZero() || !n.IsScalar() {
			continue
		}
		glob := regexp.QuoteMeta(strings.TrimPrefix(n.Text(), "./"))
		glob = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`).Replace(glob)
		if r, err := regexp.Compile("(?i)^" + glob + "$"); err == nil {
			list = append(list, r)
		}
	}
	return list
}

// redirected are the files that redirections.yml names.
func redirected(text string) []string {
	var list struct {
		Redirections map[string]string `yaml:"redirections"`
		Renames      map[string]string `yaml:"renames"`
	}
	var names []string
	source.Decode(source.New("redirections.yml", []byte(text)), &list)
	for name := range list.Redirections {
		names = append(names, name)
	}
	for name := range list.Renames {
		names = append(names, name)
	}
	return names
}

// trusts tells whether docfx.yml lets an element load from an address.
func (s *docset) trusts(element, target string) bool {
	domains := s.get("trustedDomains")
	if domains.IsZero() || !isExternal(target) && !strings.HasPrefix(target, "//") {
		return true
	}
	keys, values := domains.Pairs()
	for i, k := range keys {
		if k.Text() != element {
			continue
		}
		for _, n := range items(values[i]) {
			if prefix, open := strings.CutSuffix(n.Text(), "*"); strings.HasPrefix(target, prefix) && (open || len(target) == len(prefix) || target[len(prefix)] == '/') {
				return true
			}
		}
		return false
	}
	return true
}

func isExternal(target string) bool {
	i := strings.IndexAny(target, ":/")
	return i > 0 && target[i] == ':'
}

func (s *docset) dropHost(target string) string {
	host := s.setting("hostName")
	if host == "" {
		return target
	}
	if rest, ok := strings.CutPrefix(target, "https://"+host); ok && (rest == "" || rest[0] == '/') {
		return "/" + strings.TrimPrefix(rest, "/")
	}
	return target
}

// relative is the address of a file, seen from the case's.
func (s *docset) relative(name string) string {
	if routes := s.get("routes"); !routes.IsZero() && routes.IsMap() {
		keys, values := routes.Pairs()
		for i, k := range keys {
			if rest, ok := strings.CutPrefix(name, k.Text()); ok {
				name = values[i].Text() + rest
			}
		}
	}
	from := path.Dir(s.c.FilePath)
	var up int
	for from != "." && !strings.HasPrefix(name, from+"/") {
		from = path.Dir(from)
		up++
	}
	name = strings.TrimPrefix(name, from+"/")
	if ext := path.Ext(name); ext == ".md" || ext == ".yml" {
		name = strings.TrimSuffix(name, ext)
		if name == "index" {
			name = "./"
		}
		name = strings.TrimSuffix(name, "/index") + strings.Repeat("/", boolToInt(strings.HasSuffix(name, "/index")))
	}
	if s.setting("lowerCaseUrl") != "false" {
		name = strings.ToLower(name)
	}
	return strings.Repeat("../", up) + name
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readXrefs collects the uids of the case's files and of its xref maps.
func (s *docset) readXrefs() {
	for _, n := range append(items(s.get("xref")), s.get("xref")) {
		if n.IsZero() || !n.IsScalar() {
			continue
		}
		var m struct {
			References []map[string]any `yaml:"references" json:"references"`
		}
		f := source.New(n.Text(), []byte(s.files[n.Text()]))
		if strings.HasSuffix(n.Text(), ".zip") { // written as a mapping of its files
			if zipped, _ := source.ParseYAML(f); !zipped.IsZero() && zipped.IsMap() {
				_, values := zipped.Pairs()
				f.Text = []byte(values[0].Text())
			}
		}
		if strings.HasSuffix(n.Text(), ".json") {
			if json.Unmarshal(f.Text, &m) != nil {
				continue
			}
		} else if source.Decode(f, &m).Errors() > 0 {
			continue
		}
		for _, r := range m.References {
			x := xref{props: map[string]string{}}
			for k, v := range r {
				x.props[k], _ = v.(string)
			}
			x.href = s.dropHost(x.props["href"])
			if _, again := s.xrefs[x.props["uid"]]; !again {
				s.xrefs[x.props["uid"]] = x
			}
		}
	}
	gone := redirected(s.files["redirections.yml"])
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if c := strings.Count(b, "/") - strings.Count(a, "/"); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		props := frontMatter(name, s.files[name])
		if props["uid"] == "" || slices.Contains(gone, name) || strings.Contains(name, "xrefmap") {
			continue
		}
		x := xref{file: name, props: props, href: s.relative(name)}
		if strings.HasSuffix(name, ".md") {
			x.props = map[string]string{"title": props["title"]}
		}
		s.xrefs[props["uid"]] = x
	}
}

func items(n source.Node) []source.Node {
	if n.IsZero() || !n.IsList() {
		return nil
	}
	return n.Items()
}

// frontMatter reads the scalar values that describe a file.
func frontMatter(name, text string) map[string]string {
	switch path.Ext(name) {
	case ".md":
		rest, ok := strings.CutPrefix(text, "---\n")
		if !ok {
			return nil
		}
		text, _, ok = strings.Cut(rest, "\n---")
		if !ok {
			return nil
		}
	case ".yml", ".json":
	default:
		return nil
	}
	n, _ := source.ParseYAML(source.New(name, []byte(text)))
	if n.IsZero() || !n.IsMap() {
		return nil
	}
	props := map[string]string{}
	keys, values := n.Pairs()
	for i, k := range keys {
		if values[i].IsScalar() {
			props[k.Text()] = values[i].Text()
		}
	}
	return props
}

func (s *docset) resolveXref(x *markdown.Xref) {
	target, ok := s.xrefs[x.UID]
	if !ok {
		return
	}
	x.URL = target.href
	if x.Query != "" {
		x.URL += "?" + x.Query
	}
	if x.Anchor != "" {
		x.URL += "#" + x.Anchor
	}
	display := x.Display
	if display == "" || target.props[display] == "" {
		display = "name"
	}
	x.Title = target.props[display]
	x.Literal = x.Title != ""
	if x.Title == "" {
		x.Title = target.props["title"]
	}
}
