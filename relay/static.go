package relay

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Static serves a built site from its folder: precompressed copies (.br, .gz)
// where there are some, for ever what has a fingerprint in its name, and the
// site's own page for what isn't there.
type Static struct {
	Root    *os.Root
	Locales []string // in which 404.html may stand; the first is the default
	Relay   string   // origin to which forms are sent, when it is another one
	Embed   func(path string) []string

	etags sync.Map // path → etag
}

// An etag holds for a file as it was.
type etag struct {
	size    int64
	changed time.Time
	value   string
}

// fingerprinted are names that change with their content: "style.3f2a91c4.css",
// and what stands in a folder that is named so.
var fingerprinted = regexp.MustCompile(`(?:\.[0-9a-f]{8,64}\.[a-z0-9]+|/[0-9a-f]{12,64}/.*)$`)

func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	s.headers(w, r)
	name, ok := fileName(r.URL.Path)
	if !ok {
		s.missing(w, r)
		return
	}
	info, err := s.Root.Stat(name)
	switch {
	case err == nil && info.IsDir() && !strings.HasSuffix(r.URL.Path, "/"):
		target := (&url.URL{Path: path.Clean("/"+name) + "/", RawQuery: r.URL.RawQuery}).String()
		w.Header().Set("Cache-Control", "no-cache")
		http.Redirect(w, r, target, http.StatusMovedPermanently)
	case err == nil && info.IsDir():
		s.serve(w, r, path.Join(name, "index.html"), http.StatusOK)
	case err == nil && !strings.HasSuffix(r.URL.Path, "/"):
		s.serve(w, r, name, http.StatusOK)
	default:
		s.missing(w, r)
	}
}

// fileName is the file's name below the root; hidden files, and what could mean
// something else to the file system, have none.
func fileName(p string) (string, bool) {
	name := strings.TrimPrefix(path.Clean("/"+p), "/")
	if name == "" {
		name = "."
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && name != "." && part != ".well-known" {
			return "", false
		}
	}
	return name, fs.ValidPath(name) && !strings.ContainsAny(name, "\\\x00:")
}

func (s *Static) headers(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if ext := path.Ext(r.URL.Path); ext == ".css" || ext == ".js" {
		return // what follows is about documents, and weighs as much as a small sheet
	}
	ancestors := "'none'"
	if s.Embed != nil {
		if origins := s.Embed(r.URL.Path); len(origins) > 0 {
			ancestors = strings.Join(origins, " ")
		}
	}
	self := strings.TrimSpace("'self' " + s.Relay)
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "+
		"media-src 'self' https:; frame-src https:; manifest-src 'self'; connect-src "+self+"; form-action "+self+
		"; base-uri 'none'; frame-ancestors "+ancestors)
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
}

// missing answers with the site's page in the language of the path.
func (s *Static) missing(w http.ResponseWriter, r *http.Request) {
	locale, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	names := []string{"404.html"}
	if slices.Contains(s.Locales, locale) {
		names = slices.Insert(names, 0, locale+"/404.html", locale+"/404/index.html")
	} else if len(s.Locales) > 0 {
		names = append(names, s.Locales[0]+"/404.html", s.Locales[0]+"/404/index.html")
	}
	for _, name := range names {
		if _, err := s.Root.Stat(name); err == nil {
			s.serve(w, r, name, http.StatusNotFound)
			return
		}
	}
	http.NotFound(w, r)
}

// serve sends a file, in the best encoding that is there and understood.
func (s *Static) serve(w http.ResponseWriter, r *http.Request, name string, status int) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache") // ask every time; the etag makes that cheap
	if status == http.StatusOK && fingerprinted.MatchString("/"+name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Add("Vary", "Accept-Encoding")
	file, encoding := s.open(name, r.Header.Get("Accept-Encoding"))
	if file == nil {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			io.Copy(w, file)
		}
		return
	}
	if tag, err := s.etag(name+encoding, info, file); err == nil {
		h.Set("ETag", tag)
	}
	http.ServeContent(w, r, "", info.ModTime(), file)
}

// open finds the file or a precompressed copy of it that isn't older.
func (s *Static) open(name, accept string) (file *os.File, encoding string) {
	plain, err := s.Root.Open(name)
	if err != nil {
		return nil, ""
	}
	info, err := plain.Stat()
	for _, c := range []struct{ encoding, extension string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if err != nil || !accepts(accept, c.encoding) {
			continue
		}
		packed, err := s.Root.Open(name + c.extension)
		if err != nil {
			continue
		}
		if p, err := packed.Stat(); err == nil && !p.ModTime().Before(info.ModTime().Truncate(time.Second)) {
			plain.Close()
			return packed, c.encoding
		}
		packed.Close()
	}
	return plain, ""
}

// accepts reads Accept-Encoding: the encoding is named, and not with q=0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		_, value, found := strings.Cut(strings.ReplaceAll(params, " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !found || err == nil && q > 0
	}
	return false
}

// etag is a digest of the content, computed once for each state of a file.
func (s *Static) etag(key string, info fs.FileInfo, file io.ReadSeeker) (string, error) {
	if known, ok := s.etags.Load(key); ok {
		if t := known.(etag); t.size == info.Size() && t.changed.Equal(info.ModTime()) {
			return t.value, nil
		}
	}
	h := sha256.New()
	_, err := io.Copy(h, file)
	if _, back := file.Seek(0, io.SeekStart); err != nil || back != nil {
		return "", errors.Join(err, back)
	}
	value := `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12]) + `"`
	s.etags.Store(key, etag{info.Size(), info.ModTime(), value})
	return value, nil
}

// contentTypes don't depend on what the machine's own tables say.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8", ".xml": "application/xml; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".md": "text/markdown; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
	".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
	".pdf": "application/pdf", ".woff2": "font/woff2", ".mp4": "video/mp4", ".bin": "application/octet-stream",
	".atom": "application/atom+xml; charset=utf-8", ".webmanifest": "application/manifest+json",
}

func contentType(name string) string {
	extension := strings.ToLower(path.Ext(name))
	if t, ok := contentTypes[extension]; ok {
		return t
	}
	if t := mime.TypeByExtension(extension); t != "" {
		return t
	}
	return "application/octet-stream"
}
