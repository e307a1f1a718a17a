package themes

import (
	"net/url"
	"strings"
)

// Policy is the Content-Security-Policy of the site's pages: everything from the
// site itself, forms also to the relay, no inline script or style. Frames names
// the origins that may show the page in a frame, "'none'" for nobody. Without any
// the policy is fit for a <meta> element, where browsers ignore that part.
func (s *Site) Policy(frames ...string) string {
	own := "'self'"
	if root := origin(s.Root); root != "" {
		own += " " + root
	}
	images := strings.Join(append([]string{own, "data:"}, s.Images...), " ")
	relay, connect := "'self'", own
	if o := origin(s.RelayURL); o != "" {
		relay, connect = relay+" "+o, connect+" "+o
	}
	parts := []string{
		"default-src 'none'", "style-src " + own, "script-src " + own, "img-src " + images, "media-src " + images,
		"connect-src " + connect, "form-action " + relay, "base-uri 'none'", "manifest-src " + own,
	}
	if s.Live != "" {
		parts = append(parts, "frame-src 'self'")
	}
	if len(frames) > 0 {
		parts = append(parts, "frame-ancestors "+strings.Join(frames, " "))
	}
	return strings.Join(parts, "; ")
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
