package site

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// publishing is what a Microsoft Docs repository says about its own build:
// docfx.json for each docset, .openpublishing.publish.config.json, and the
// redirections.
type publishing struct {
	docsets   []*docset // deepest folder first
	config    publishConfig
	redirects []redirection
}

type publishConfig struct {
	Docsets []struct {
		Name   string `json:"docset_name"`
		Source string `json:"build_source_folder"`
		Locale string `json:"locale"`
	} `json:"docsets_to_publish"`
	Dependent []struct {
		Path string `json:"path_to_root"`
	} `json:"dependent_repositories"`
}

func (p publishing) locale() string {
	for _, d := range p.config.Docsets {
		if d.Locale != "" {
			return d.Locale
		}
	}
	return ""
}

// A docset is a docfx.json and the folder it governs.
type docset struct {
	dir   string // its folder; "" is the content's own
	build docfxBuild
}

type docfxFile struct {
	Build docfxBuild `json:"build"`
}

type docfxBuild struct {
	Content []docfxGlob               `json:"content"`
	Dest    any                       `json:"dest"` // base path of the URLs
	Global  map[string]any            `json:"globalMetadata"`
	PerFile map[string]map[string]any `json:"fileMetadata"`
}

type docfxGlob struct {
	Files   globs  `json:"files"`
	Exclude globs  `json:"exclude"`
	Src     string `json:"src"`
	Dest    string `json:"dest"`
}

// globs are a list, or one text.
type globs []string

func (g *globs) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var one string
		err := json.Unmarshal(b, &one)
		*g = globs{one}
		return err
	}
	return json.Unmarshal(b, (*[]string)(g))
}

func (s *Site) readPublishing() {
	for _, f := range s.tree.files {
		name := path.Base(f.path)
		switch {
		case name == "docfx.json":
			var file docfxFile
			if s.readJSON(f.path, &file) {
				d := &docset{dir: folder(f.path), build: file.Build}
				s.publishing.docsets = append(s.publishing.docsets, d)
			}
		case name == ".openpublishing.publish.config.json":
			var config publishConfig
			s.readJSON(f.path, &config)
			s.publishing.config.Docsets = append(s.publishing.config.Docsets, config.Docsets...)
			s.publishing.config.Dependent = append(s.publishing.config.Dependent, config.Dependent...)
		case strings.HasPrefix(name, ".openpublishing.redirection") && strings.HasSuffix(name, ".json"):
			s.readRedirections(f.path)
		}
	}
	slices.SortStableFunc(s.publishing.docsets, func(a, b *docset) int { return len(b.dir) - len(a.dir) })
}

// folder is path.Dir with "" for the top.
func folder(p string) string {
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

var trailingComma = regexp.MustCompile(`,(\s*[}\]])`)

// readJSON reads JSON as it is found: with a BOM, and with a comma behind the
// last element.
func (s *Site) readJSON(p string, v any) bool {
	f := s.open(p)
	err := json.Unmarshal(f.Text, v)
	if err != nil {
		err = json.Unmarshal(trailingComma.ReplaceAll(f.Text, []byte("$1")), v)
	}
	if err != nil {
		at := f.Whole()
		if syntax, ok := err.(*json.SyntaxError); ok {
			at = f.Position(int(syntax.Offset) - 1)
		}
		s.problems.Warnf(at, "json-syntax", "the file can't be read: %v", err)
	}
	return err == nil
}

// docset returns the docset that governs the path; nil when there is none.
func (s *Site) docset(p string) *docset {
	for _, d := range s.publishing.docsets {
		if d.dir == "" || strings.HasPrefix(p, d.dir+"/") {
			return d
		}
	}
	return nil
}

// place tells whether the docset publishes the file, and under which path.
func (d *docset) place(p string) (out string, ok bool) {
	rel := strings.TrimPrefix(strings.TrimPrefix(p, d.dir), "/")
	for _, c := range d.build.Content {
		inside, below := cutFolder(rel, c.Src)
		if !below || !c.Files.match(inside) || c.Exclude.match(inside) || c.Exclude.match(rel) {
			continue
		}
		return path.Join(d.dir, c.Dest, inside), true
	}
	return "", false
}

// base is the docset's first segments on Microsoft's own site.
func (d *docset) base() string {
	base, _ := d.build.Dest.(string)
	return strings.Trim(base, "/")
}

// metadata is what docfx.json says for a file and key, as texts.
func (d *docset) metadata(p, key string) []string {
	rel := strings.TrimPrefix(strings.TrimPrefix(p, d.dir), "/")
	for name, patterns := range d.build.PerFile {
		if !strings.EqualFold(name, key) {
			continue
		}
		best, value := "", any(nil)
		for pattern, v := range patterns {
			// The longest pattern is the most particular one; docfx takes the
			// last, which a map can't tell.
			if len(pattern) > len(best) && matchGlob(pattern, rel) {
				best, value = pattern, v
			}
		}
		if best != "" {
			return texts(value)
		}
	}
	for name, v := range d.build.Global {
		if strings.EqualFold(name, key) {
			return texts(v)
		}
	}
	return nil
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		var list []string
		for _, e := range v {
			list = append(list, texts(e)...)
		}
		return list
	case bool:
		if v {
			return []string{"true"}
		}
		return []string{"false"}
	}
	return nil
}

// cutFolder returns the path below a folder ("", "." and "./x/" are understood).
func cutFolder(p, dir string) (string, bool) {
	dir = path.Clean(dir)
	if dir == "." || dir == "/" {
		return p, true
	}
	return strings.CutPrefix(p, dir+"/")
}

func (g globs) match(p string) bool {
	for _, pattern := range g {
		if matchGlob(pattern, p) {
			return true
		}
	}
	return false
}

// matchGlob matches as docfx does: case doesn't count, "**" is any folders, and
// "**.yml" any file of that ending.
func matchGlob(pattern, p string) bool {
	pattern = strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
	pattern = strings.ReplaceAll(pattern, "**.", "*.")
	ok, err := doublestar.Match(strings.ToLower(pattern), strings.ToLower(p))
	return ok && err == nil
}

// A redirection sends an old path on. From is a path of the content.
type redirection struct {
	From string
	To   string
}

type redirectionFile struct {
	Redirections []struct {
		Source   string `json:"source_path"`
		FromRoot string `json:"source_path_from_root"`
		To       string `json:"redirect_url"`
	} `json:"redirections"`
}

func (s *Site) readRedirections(p string) {
	var file redirectionFile
	if !s.readJSON(p, &file) {
		return
	}
	for _, r := range file.Redirections {
		from := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(r.Source+r.FromRoot, `\`, "/")), "/")
		if from == "" || r.To == "" {
			continue
		}
		// source_path counts from the file's own folder, the other from the root
		// of the repository.
		dir := folder(p)
		if dir != "" && r.FromRoot != "" {
			dir = s.repository(p)
		}
		s.publishing.redirects = append(s.publishing.redirects, redirection{From: path.Join(dir, from), To: r.To})
	}
}

// repository is the top folder of the repository that the file belongs to, for
// content that holds one repository per locale.
func (s *Site) repository(p string) string {
	top, _, _ := strings.Cut(p, "/")
	if isLocale(top) {
		return top
	}
	return ""
}

// dependent tells whether a path below the root comes from another repository,
// which docfx would have fetched.
func (p publishing) dependent(target string) bool {
	for _, d := range p.config.Dependent {
		if d.Path != "" && (target == d.Path || strings.HasPrefix(target, d.Path+"/")) {
			return true
		}
	}
	return false
}
