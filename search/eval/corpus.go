package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"annai/internal/source"
	"annai/site"
)

// A corpus is a site that was built, and the articles in it.
type corpus struct {
	public  string
	locales []string
	pages   map[string][]*page // by locale, in the order of their paths
	paths   map[string]*page   // by source path, relative to the content folder
	urls    map[string]*page
}

// open builds the content to a folder, as annai build does, unless there is a
// site, and reads the articles that were published.
func open(content, public string) (*corpus, error) {
	o, origin, err := options(content)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(public, "search")); errors.Is(err, fs.ErrNotExist) {
		start := time.Now()
		report, err := site.Build(o, &site.Folder{Dir: public}, false, nil)
		if errors.Is(err, site.ErrProblems) {
			for _, p := range report.Problems {
				if p.Severity == source.Error {
					fmt.Fprintln(os.Stderr, p)
				}
			}
		}
		if err != nil {
			return nil, fmt.Errorf("build %s: %w", content, err)
		}
		fmt.Printf("%s: %d pages built in %v\n", content, report.Pages, time.Since(start).Round(time.Millisecond))
	}
	s, _ := site.Load(o)
	c := &corpus{public: public, locales: s.Config.Locales, pages: map[string][]*page{}, paths: map[string]*page{}, urls: map[string]*page{}}
	for _, p := range s.Pages() {
		if p.Fallback() {
			continue
		}
		read, err := readPage(filepath.Join(public, filepath.FromSlash(p.Out)), p.URL)
		if err != nil {
			return nil, fmt.Errorf("%w: is %s a site built from %s?", err, public, content)
		}
		read.Path, read.URL, read.Locale = origin(p.Path), p.URL, p.Locale
		read.Title, read.Description = p.Title(), p.Meta.Description
		c.pages[p.Locale] = append(c.pages[p.Locale], read)
		c.paths[read.Path], c.urls[read.URL] = read, read
	}
	if len(c.urls) == 0 {
		return nil, fmt.Errorf("%s has no articles", content)
	}
	sort.SliceStable(c.locales, func(i, j int) bool { return order(c.locales[i]) < order(c.locales[j]) })
	return c, nil
}

func order(locale string) int {
	if i := slices.Index([]string{"ja", "zh-hans", "en"}, locale); i >= 0 {
		return i
	}
	return 3
}

// options are those of the site in a folder. Where the folder is none but has
// some, they are built as one, so that a locale has one index; origin then tells
// where a path of that site comes from.
func options(dir string) (o site.Options, origin func(string) string, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return o, nil, err
	}
	if !info.IsDir() {
		return o, nil, fmt.Errorf("%s is no folder", dir)
	}
	root := os.DirFS(dir)
	// What is asked about is found, whatever the web's search engines are told.
	o = site.Options{Content: root, Name: dir, Dir: dir, SearchNoIndex: true}
	parts := union{fsys: root, from: map[string]string{}}
	if !isSite(root) {
		entries, err := fs.ReadDir(root, ".")
		if err != nil {
			return o, nil, err
		}
		for _, e := range entries {
			if sub, err := fs.Sub(root, e.Name()); err == nil && e.IsDir() && isSite(sub) {
				parts.add(e.Name(), sub)
			}
		}
	}
	if len(parts.from) == 0 {
		return o, func(p string) string { return p }, nil
	}
	o.Content, o.Dir = parts, ""
	return o, parts.real, nil
}

// isSite tells whether a folder is content of ours or a repository: it says how
// it is published, or has a folder of a locale.
func isSite(fsys fs.FS) bool {
	for _, name := range []string{"site.yaml", "docfx.json", ".openpublishing.publish.config.json"} {
		if _, err := fs.Stat(fsys, name); err == nil {
			return true
		}
	}
	return len(localeFolders(fsys)) > 0
}

func localeFolders(fsys fs.FS) []string {
	entries, _ := fs.ReadDir(fsys, ".")
	var names []string
	for _, e := range entries {
		if e.IsDir() && isLocale(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func isLocale(name string) bool {
	switch source.Locale(name) {
	case "ja", "zh-hans", "zh-hant", "en", "ko", "de", "fr", "es", "it", "pt-br", "ru":
		return true
	}
	return false
}

// A union is a folder LOCALE/REPOSITORY/… made of repositories that lie side by
// side, each with folders of locales, or all in one.
type union struct {
	fsys fs.FS
	from map[string]string // "ja/partner-center" → "partner-center/ja-jp"
}

func (u union) add(name string, sub fs.FS) {
	folders := localeFolders(sub)
	for _, f := range folders {
		u.from[source.Locale(f)+"/"+name] = name + "/" + f
	}
	if len(folders) == 0 {
		locale := "en"
		if _, suffix, ok := strings.Cut(name, "."); ok && isLocale(suffix) { // azure-docs.ja-jp
			locale = source.Locale(suffix)
		}
		u.from[locale+"/"+name] = name
	}
}

func (u union) real(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 2 || u.from[parts[0]+"/"+parts[1]] == "" {
		return name
	}
	return path.Join(append([]string{u.from[parts[0]+"/"+parts[1]]}, parts[2:]...)...)
}

// Open implements fs.FS. The two upper levels are only listed.
func (u union) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if strings.Contains(name, "/") {
		return u.fsys.Open(u.real(name))
	}
	list := map[string]bool{}
	for to := range u.from {
		locale, repository, _ := strings.Cut(to, "/")
		if name == "." {
			list[locale] = true
		} else if name == locale {
			list[repository] = true
		}
	}
	if len(list) == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &listing{folder: folder(name), names: list}, nil
}

// A listing is an open folder of a union.
type listing struct {
	folder
	names map[string]bool
}

func (l *listing) Stat() (fs.FileInfo, error) { return l.folder, nil }
func (l *listing) Read([]byte) (int, error)   { return 0, fs.ErrInvalid }
func (l *listing) Close() error               { return nil }

// ReadDir gives all at once, which is all that fs.ReadDir asks for.
func (l *listing) ReadDir(int) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	for name := range l.names {
		entries = append(entries, fs.FileInfoToDirEntry(folder(name)))
	}
	l.names = nil
	return entries, nil
}

// folder is the name of a folder that is nowhere on disk.
type folder string

func (f folder) Name() string     { return string(f) }
func (folder) Size() int64        { return 0 }
func (folder) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (folder) ModTime() time.Time { return time.Time{} }
func (folder) IsDir() bool        { return true }
func (folder) Sys() any           { return nil }
