package site

import (
	"io/fs"
	"path"
	"strings"

	"annai/markdown"
)

// resolveImages finds the pictures of a page in the content, or in the original's
// repository. One that is nowhere is shown as a placeholder.
func (d *draft) resolveImages(doc *markdown.Document) {
	for _, img := range doc.Images {
		file, url := d.picture(img.Base, img.Source)
		switch {
		case url != "":
			img.URL = url
		case file == "":
			img.Missing = true
			d.facts.Missing = append(d.facts.Missing, missing{img.Source, img.Pos})
		}
	}
}

// resolvePicture answers a link to a picture in full size. Without the picture
// the small one stands alone.
func (d *draft) resolvePicture(l *markdown.Link) {
	source, _, _ := strings.Cut(l.Target, "#")
	_, url := d.picture(l.Base, source)
	if url == "" {
		l.Broken = true
		d.facts.Missing = append(d.facts.Missing, missing{source, l.Pos})
		return
	}
	l.URL = url
}

// picture returns the content file and the address of a picture; neither when it
// is missing.
func (d *draft) picture(base, source string) (file, url string) {
	if scheme.MatchString(source) || strings.HasPrefix(source, "//") {
		return "", source
	}
	file = d.site.findPicture(base, source)
	d.note(asked{Base: base, Link: source, Picture: true}).add(file)
	if file == "" {
		if strings.HasPrefix(source, "/") && d.site.learn() {
			return "", d.site.Config.LearnHost + source
		}
		return "", ""
	}
	d.facts.Files = append(d.facts.Files, file)
	return file, d.site.fileURL(file)
}

// findPicture is the path of a picture as an include's would be found, or below
// static/, or in the fallback repository.
func (s *Site) findPicture(base, source string) string {
	if source == "" {
		return ""
	}
	paths := s.includePaths(source, base)
	for _, p := range paths {
		if s.tree.has(p) {
			return p
		}
	}
	if rest, ok := strings.CutPrefix(source, "/"); ok {
		if p := path.Join("static", unescape(rest)); s.tree.has(p) {
			return p
		}
	}
	if s.Fallback == nil {
		return ""
	}
	for _, p := range paths {
		if info, err := fs.Stat(s.Fallback, p); err == nil && !info.IsDir() {
			return p
		}
	}
	return ""
}
