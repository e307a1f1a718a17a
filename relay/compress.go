package relay

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// gzipSuffix marks the etag of what was compressed on its way out.
const gzipSuffix = "-gzip"

// compressing packs text that has no packed copy. Pages hold tokens beside what a
// reader typed: their length gets some noise, so that it doesn't tell how well
// the one matches the other (BREACH).
func compressing(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(false), gzhttp.SuffixETag(gzipSuffix),
		gzhttp.RandomJitter(32, 0, false), gzhttp.ContentTypes([]string{
			"text/html", "text/css", "text/javascript", "text/plain", "text/markdown", "text/csv", "application/json",
			"application/problem+json", "application/xml", "application/atom+xml", "application/manifest+json", "image/svg+xml",
		}))
	if err != nil {
		panic(fmt.Sprintf("relay: the compressor refuses its options: %v", err)) // they are constant
	}
	return wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tags := r.Header.Get("If-None-Match"); strings.Contains(tags, gzipSuffix) {
			r = r.Clone(r.Context())
			r.Header.Set("If-None-Match", strings.ReplaceAll(tags, gzipSuffix+`"`, `"`))
		}
		next.ServeHTTP(w, r)
	}))
}
