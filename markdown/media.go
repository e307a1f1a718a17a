package markdown

import (
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Media are films and sounds in the place of a picture, by the rules of Markdig's
// media links as docfx sets them: `![title](https://youtu.be/…)` is a card like
// [!VIDEO]'s, and `![title](film.mp4)` a player for the file.

// A mediaHost makes the address of a frame from the one of a page, or "" when the
// page shows no film.
type mediaHost struct {
	class, host string
	frame       func(u *url.URL) string
}

// Markdig takes all hosts that begin with these; other sites are none of them.
var mediaHosts = []mediaHost{
	{"youtubeshort", "www.youtube.com", func(u *url.URL) string {
		if id, ok := cutPrefixFold(u.Path, "/shorts/"); ok {
			return youTubeFrame(id, "")
		}
		return ""
	}},
	{"youtube", "www.youtube.com", func(u *url.URL) string {
		switch first, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(u.Path), "/"), "/"); first {
		case "embed":
			frame := *u
			frame.Host = youTubeFrames
			return frame.String()
		case "watch":
			return youTubeFrame(u.Query().Get("v"), u.Query().Get("t"))
		}
		return ""
	}},
	{"youtube", "youtu.be", func(u *url.URL) string {
		return youTubeFrame(strings.TrimPrefix(u.Path, "/"), u.Query().Get("t"))
	}},
	{"vimeo", "vimeo.com", func(u *url.URL) string {
		return lastSegment("https://player.vimeo.com/video/", u)
	}},
	{"yandex", "music.yandex.ru", func(u *url.URL) string {
		s := strings.Split(u.Path, "/")
		if len(s) < 5 || s[1] != "album" || s[3] != "track" {
			return ""
		}
		return "https://music.yandex.ru/iframe/#track/" + s[4] + "/" + s[2] + "/"
	}},
	{"odnoklassniki", "ok.ru", func(u *url.URL) string {
		return lastSegment("https://ok.ru/videoembed/", u)
	}},
}

// youTubeFrames is the host of frames that set no cookies.
const youTubeFrames = "www.youtube-nocookie.com"

func youTubeFrame(id, start string) string {
	if id == "" {
		return ""
	}
	frame := "https://" + youTubeFrames + "/embed/" + id
	if start != "" {
		frame += "?start=" + start
	}
	return frame
}

func lastSegment(prefix string, u *url.URL) string {
	if _, last := path.Split(u.Path); last != "" {
		return prefix + last
	}
	return ""
}

func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if !hasPrefixFold([]byte(s), prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// openMedia is the card of a film on a known host, or nil.
func openMedia(target string) *video {
	if strings.HasPrefix(target, "//") {
		target = "https:" + target
	}
	if _, ok := cutPrefixFold(target, "http"); !ok {
		return nil
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	for _, h := range mediaHosts {
		if !strings.EqualFold(u.Host, h.host) {
			continue
		}
		if frame := h.frame(u); frame != "" {
			return &video{link: &Link{Target: target, Kind: LinkVideo}, embed: frame, class: h.class}
		}
	}
	return nil
}

// mediaType is the type of a film's or a sound's file, or "".
func mediaType(source string) string {
	file := source
	if strings.HasPrefix(source, "//") || strings.Contains(source, "://") {
		_, file, _ = strings.Cut(source, "//")
		if end := strings.IndexAny(file, "?#"); end >= 0 {
			file = file[:end]
		}
		_, file, _ = strings.Cut(file, "/") // a host has no type
	}
	return mediaTypes[strings.ToLower(path.Ext(file))]
}

// media writes a player.
func (w *writer) media(m *Image, kind string) {
	tag, size := "video", ` width="500" height="281"`
	if strings.HasPrefix(kind, "audio/") {
		tag, size = "audio", ""
	}
	w.string("<" + tag + ` class="media" controls` + size)
	if m.Alt != "" {
		w.attr("aria-label", m.Alt)
	}
	if m.Title != "" {
		w.attr("title", m.Title)
	}
	w.string("><source")
	w.attr("type", kind)
	w.attr("src", escapeURL(orElse(m.URL, m.Source)))
	w.string("></" + tag + ">")
}

// picture writes a Markdown image, which may be a film.
func (w *writer) picture(n ast.Node) {
	m := w.page.images[n]
	if m == nil {
		w.page.films[n].html(w, n)
	} else if kind := mediaType(m.Source); kind != "" && !m.Missing {
		w.media(m, kind)
	} else {
		w.image(m, false, "")
	}
}

// mediaTypes are Markdig's, by extension.
var mediaTypes = map[string]string{
	".3gp": "video/3gpp", ".3g2": "video/3gpp2", ".asf": "video/x-ms-asf", ".avi": "video/x-msvideo",
	".f4v": "video/x-f4v", ".fli": "video/x-fli", ".flv": "video/x-flv", ".fvt": "video/vnd.fvt",
	".h261": "video/h261", ".h263": "video/h263", ".h264": "video/h264", ".jpgv": "video/jpeg", ".jpm": "video/jpm",
	".m4v": "video/x-m4v", ".mj2": "video/mj2", ".movie": "video/x-sgi-movie", ".mp4": "video/mp4",
	".mpeg": "video/mpeg", ".mxu": "video/vnd.mpegurl", ".ogv": "video/ogg", ".pyv": "video/vnd.ms-playready.media.pyv",
	".qt": "video/quicktime", ".uvh": "video/vnd.dece.hd", ".uvm": "video/vnd.dece.mobile", ".uvp": "video/vnd.dece.pd",
	".uvs": "video/vnd.dece.sd", ".uvu": "video/vnd.uvvu.mp4", ".uvv": "video/vnd.dece.video", ".viv": "video/vnd.vivo",
	".webm": "video/webm", ".wm": "video/x-ms-wm", ".wmv": "video/x-ms-wmv", ".wmx": "video/x-ms-wmx", ".wvx": "video/x-ms-wvx",

	".aac": "audio/x-aac", ".adp": "audio/adpcm", ".aif": "audio/x-aiff", ".au": "audio/basic",
	".dra": "audio/vnd.dra", ".dts": "audio/vnd.dts", ".dtshd": "audio/vnd.dts.hd",
	".ecelp4800": "audio/vnd.nuera.ecelp4800", ".ecelp7470": "audio/vnd.nuera.ecelp7470", ".ecelp9600": "audio/vnd.nuera.ecelp9600",
	".eol": "audio/vnd.digital-winds", ".lvp": "audio/vnd.lucent.voice", ".m3u": "audio/x-mpegurl", ".mid": "audio/midi",
	".mp3": "audio/mpeg", ".mp4a": "audio/mp4", ".mpga": "audio/mpeg", ".oga": "audio/ogg", ".ogg": "audio/ogg",
	".pya": "audio/vnd.ms-playready.media.pya", ".ram": "audio/x-pn-realaudio", ".rip": "audio/vnd.rip",
	".rmp": "audio/x-pn-realaudio-plugin", ".uva": "audio/vnd.dece.audio", ".wav": "audio/x-wav", ".wax": "audio/x-ms-wax",
	".weba": "audio/webm", ".wma": "audio/x-ms-wma",
}
