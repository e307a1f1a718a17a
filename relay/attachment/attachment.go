// Package attachment decides whether a file that a stranger sent may be kept and
// shown to a person, and takes out of it what the sender didn't mean to tell.
//
// What a file is, its content says; the name only has to agree. Archives are
// unpacked to be counted, never to be kept. Pictures lose their metadata (place,
// device, editor's notes) but keep the way up they are shown.
//
//	Inspect(name, body, rules) → File, or the case of the reader's message
//	Scanner.Scan(body)         → clean, found NAME, or an error: nobody knows
package attachment

import (
	"bytes"
	"image"
	_ "image/jpeg" // DecodeConfig
	_ "image/png"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Rules bound what is accepted.
type Rules struct {
	Types    []string // of Types; nil allows all of them
	MaxBytes int64    // 5 MB when zero
}

// A File is content that may be kept.
type File struct {
	Name string // cleaned: one path element, no control or direction signs, the right extension
	Type string // media type, from the content
	Body []byte // without metadata
}

// A Case is why a file was refused; the form's catalogue has a message for each.
type Case string

const (
	WrongType Case = "file-type"
	TooBig    Case = "file-too-big"
	Empty     Case = "file-empty"
	TooMany   Case = "file-too-many"
	Password  Case = "file-password"
	Unsafe    Case = "file-unsafe"
	Failed    Case = "file-failed"
)

// MaxPixels is the largest picture: what a phone takes, not what fills a
// viewer's memory.
const MaxPixels = 60_000_000

// A kind is a type that a form may allow.
type kind struct {
	media      string
	extensions []string // without dot; the first is the one given to a nameless file
}

var kinds = map[string]kind{
	"png":  {"image/png", []string{"png"}},
	"jpeg": {"image/jpeg", []string{"jpg", "jpeg", "jpe", "jfif"}},
	"pdf":  {"application/pdf", []string{"pdf"}},
	"txt":  {"text/plain", []string{"txt", "text"}},
	"log":  {"text/plain", []string{"log", "txt"}},
	"csv":  {"text/csv", []string{"csv"}},
	"har":  {"application/json", []string{"har", "json"}},
	"zip":  {"application/zip", []string{"zip"}},
	"docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{"docx"}},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{"xlsx"}},
}

// Types are the names that a form's field may list.
func Types() []string {
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Inspect accepts a file, or returns the case of why not and an empty File. It
// never keeps a reference to body when it refuses.
func Inspect(name string, body []byte, r Rules) (File, Case) {
	limit := r.MaxBytes
	if limit <= 0 {
		limit = 5 << 20
	}
	switch {
	case len(body) == 0:
		return File{}, Empty
	case int64(len(body)) > limit:
		return File{}, TooBig
	}
	name = CleanName(name)
	k, c := identify(name, body, r.Types)
	if c != "" {
		return File{}, c
	}
	body, c = examine(k.media, body)
	if c != "" {
		return File{}, c
	}
	return File{Name: withExtension(name, k), Type: k.media, Body: body}, ""
}

// identify finds the allowed kind that both content and name can be.
func identify(name string, body []byte, types []string) (kind, Case) {
	if types == nil {
		types = Types()
	}
	detected := mimetype.Detect(body)
	if encryptedOffice(body) {
		return kind{}, Password
	}
	extension := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, t := range types {
		k, ok := kinds[t]
		if ok && slices.Contains(k.extensions, extension) && k.holds(detected, body) {
			return k, ""
		}
	}
	// A picture under another picture's name is an honest mistake of many programs.
	for _, t := range types {
		k, ok := kinds[t]
		if ok && strings.HasPrefix(k.media, "image/") && detected.Is(k.media) && isPicture(extension) {
			return k, ""
		}
	}
	return kind{}, WrongType
}

func (k kind) holds(detected *mimetype.MIME, body []byte) bool {
	switch {
	case strings.HasPrefix(k.media, "text/") || k.media == "application/json":
		return isText(detected, body)
	case strings.Contains(k.media, "openxmlformats"):
		return officeKind(body) == k.media
	case k.media == "application/zip":
		return detected.Is(k.media)
	}
	return detected.Is(k.media)
}

// isText accepts any plain text (logs, JSON, CSV in any encoding), but nothing
// that a browser would run.
func isText(detected *mimetype.MIME, body []byte) bool {
	if detected.Is("text/html") || detected.Is("image/svg+xml") || bytes.IndexByte(body, 0) >= 0 && !utf16(body) {
		return false
	}
	for m := detected; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return true
		}
	}
	return false
}

func utf16(body []byte) bool {
	return bytes.HasPrefix(body, []byte{0xFF, 0xFE}) || bytes.HasPrefix(body, []byte{0xFE, 0xFF})
}

func isPicture(extension string) bool {
	return slices.Contains([]string{"", "png", "jpg", "jpeg", "jpe", "jfif"}, extension)
}

// examine looks inside, by type, and returns what to keep.
func examine(media string, body []byte) ([]byte, Case) {
	switch media {
	case "image/png", "image/jpeg":
		config, _, err := image.DecodeConfig(bytes.NewReader(body))
		if err != nil || int64(config.Width)*int64(config.Height) > MaxPixels {
			return nil, Unsafe
		}
		if media == "image/png" {
			return slimPNG(body)
		}
		return slimJPEG(body)
	case "application/zip":
		return body, inspectArchive(body, true)
	case kinds["docx"].media, kinds["xlsx"].media:
		return body, inspectArchive(body, false)
	}
	return body, ""
}
