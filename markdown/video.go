package markdown

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A video is a card that links to a film elsewhere: `> [!VIDEO url]` and
// `:::video source="url" title="…":::`. Nothing of the other site is loaded
// before the reader asks for it; data-embed is the address to show in a frame.
type video struct {
	link  *Link
	embed string
	block bool
	class string // of the host, for media links
	title string
	attrs []attribute // of :::video
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// openVideo is nil when the target is no address of a film.
func (r *reading) openVideo(target string, start int) *video {
	target = strings.Trim(target, "<>")
	embed := embedURL(target)
	if embed == "" {
		return nil
	}
	return &video{
		link:  &Link{Target: embed, Pos: r.position(start), Base: r.unit.file.Path, Kind: LinkVideo},
		embed: embed, block: true,
	}
}

// embedURL is the address that shows a film in a frame and sets no cookies.
func embedURL(target string) string {
	if guid.MatchString(target) {
		return "https://learn-video.azurefd.net/vod/player?id=" + target
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	u.Scheme = "https"
	if u.Path == "" {
		u.Path = "/"
	}
	switch strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") {
	case "channel9.msdn.com":
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += "nocookie=true"
	case "youtube.com":
		u.Host = "www.youtube-nocookie.com"
		if !u.Query().Has("rel") { // no films of others at the end
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&rel=0", "&")
		}
	}
	return u.String()
}

// videoHosts are those docfx knows; another host is most likely a slip.
var videoHosts = []string{"channel9.msdn.com", "youtube.com", "youtube-nocookie.com", "microsoft.com", "learn-video.azurefd.net"}

// openFilm reads the attributes of :::video, or complains and returns nil.
func (r *reading) openFilm(d *directive, start int) *video {
	ps, at := &r.doc.Problems, r.position(start)
	if name := d.unknown("source", "title", "max-width", "thumbnail", "upload-date", "duration", "type"); name != "" {
		ps.Warnf(at, "video-attribute", "a video has no attribute %q, so it stays text", name)
		return nil
	}
	v := r.openVideo(d.get("source"), start)
	if v == nil {
		ps.Warnf(at, "video-source", "a video needs its source, so it stays text").Hintf(`write source="https://…"`)
		return nil
	}
	if width := d.get("max-width"); width != "" && !isDigitsOnly(width) {
		ps.Warnf(at, "video-width", "a video's max-width is a number of pixels, so it stays text")
		return nil
	}
	for _, name := range []string{"thumbnail", "upload-date"} {
		if d.get(name) == "" {
			ps.Warnf(at, "video-incomplete", "a video has no %s, which Microsoft Learn requires", name)
		}
	}
	if u, err := url.Parse(v.embed); err == nil && !isVideoHost(u.Hostname()) {
		ps.Warnf(at, "video-host", "%s is not known as a place of videos", u.Hostname())
	} else if err == nil && strings.Contains(u.Hostname(), "channel9.") && !strings.Contains(u.Path, "/player") {
		ps.Warnf(at, "video-player", "the source is a page of Channel 9, not its player").Hintf("add /player to the address")
	}
	v.title, v.attrs, v.block = d.get("title"), d.attrs, false
	return v
}

// inlineVideo reads :::video in a text.
func (r *reading) inlineVideo(d *directive, start int) construct {
	if v := r.openFilm(d, start); v != nil {
		return v
	}
	return nil
}

// A complexVideo is a video with a description below it, up to :::video-end.
type complexVideo struct {
	fence
	video *video
	id    string
}

func (r *reading) openComplexVideo(d *directive, f fence, start int) *complexVideo {
	if d.get("type") != "complex" {
		return nil
	}
	if v := r.openFilm(d, start); v != nil {
		return &complexVideo{fence: f, video: v}
	}
	return nil
}

func (x *complexVideo) collect(c *collector, n ast.Node) {
	at := c.unit.at.position(x.start)
	x.id = c.unique("video-" + strconv.Itoa(at.Line-1) + "-" + strconv.Itoa(at.Col-1))
	x.video.collect(c, n)
	c.newline()
	c.children(n)
}

func (x *complexVideo) html(w *writer, n ast.Node) {
	w.string(`<div class="video-complex">`)
	x.video.html(w, n)
	w.string(`<details class="long-description"><summary>`)
	w.text(w.page.words("video-description"))
	w.string(`</summary><div`)
	w.attr("id", x.id)
	w.wrap(">\n", n, "</div></details></div>\n")
}

func isVideoHost(host string) bool {
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	return slices.ContainsFunc(videoHosts, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) })
}

func isDigitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" && s != "" }

func (v *video) collect(c *collector, n ast.Node) {
	c.say(v.title)
	v.link.Text = v.title
	c.doc.Links = append(c.doc.Links, v.link)
}

func (v *video) html(w *writer, n ast.Node) {
	if v.block {
		w.string(`<div class="video">`)
		defer w.string("</div>\n")
	}
	if w.inLink > 0 { // links don't nest
		w.text(orElse(v.title, w.page.words("video")))
		return
	}
	w.string(`<a`)
	w.attr("class", strings.TrimSpace("video-link "+v.class))
	w.attr("href", orElse(v.link.URL, v.link.Target))
	w.attr("data-embed", v.embed)
	for _, a := range v.attrs {
		switch a.name {
		case "max-width", "thumbnail", "upload-date", "duration":
			w.attr("data-"+a.name, a.value)
		}
	}
	w.string(">")
	w.text(orElse(v.title, w.page.words("video")))
	w.string("</a>")
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
