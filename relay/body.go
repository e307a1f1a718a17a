package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"annai/form"
	"annai/relay/attachment"
)

// Bounds of a request's body.
const (
	maxText   = 512 << 10 // bytes of all text in a request
	maxValues = 300       // names and values
	maxFiles  = 20
	maxUpload = 32 << 20 // bytes of a request with files

	maxSkipped = 4 * maxUpload // bytes that are read past for the text between them
)

// A body is what a browser or a program sent, not cleaned yet.
type body struct {
	raw   form.Raw
	files []upload
	json  bool // sent as JSON
}

// An upload is a file as it came.
type upload struct {
	field, name string
	content     []byte
	cut         bool // it was longer than the form allows; content is not kept
}

// get is the first value of a name.
func (b *body) get(name string) string { return form.Answers(b.raw).Get(name) }

// A refusal is why a body could not be read at all.
type refusal struct {
	status int
	kind   string // of the error page and of the problem's type
	err    error
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %v", r.kind, r.err) }

func refuse(status int, kind, format string, args ...any) *refusal {
	return &refusal{status, kind, fmt.Errorf(format, args...)}
}

// readBody reads a request's body in one of the three encodings. What is in
// memory over all requests is bounded (memory.go): who would exceed it waits, and
// is asked to come again later. The caller calls done when it needs the files no
// more.
//
// A body may come with an error: then it is the text of what was too much, for a
// page that keeps it.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, client string, d *form.Definition) (b *body, done func(), err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, refuse(http.StatusUnsupportedMediaType, "bad-request", "no content type: %v", err)
	}
	limit := int64(maxText)
	if media == "multipart/form-data" {
		limit = uploadLimit(d)
	}
	if r.ContentLength > limit {
		b, done = s.readTexts(w, r, media, params)
		return b, done, refuse(http.StatusRequestEntityTooLarge, "too-large", "the body has %d bytes", r.ContentLength)
	}
	share := limit
	if r.ContentLength >= 0 {
		share = r.ContentLength
	}
	content, done, err := s.reserve(r, client, share)
	if err != nil {
		b, done = s.readTexts(w, r, media, params)
		return b, done, readRefusal(err)
	}
	b, err = parseBody(http.MaxBytesReader(w, io.NopCloser(content), limit), media, params, d)
	if err != nil {
		done()
		return nil, nil, readRefusal(err)
	}
	return b, done, nil
}

// readTexts reads past the files of a page that can't be taken now, or never, and
// keeps what was typed. There is no body when that would be too much as well.
func (s *Server) readTexts(w http.ResponseWriter, r *http.Request, media string, params map[string]string) (b *body, done func()) {
	if media == "application/json" || r.ContentLength > maxSkipped || !s.texts.free.TryAcquire(maxText) {
		return nil, nil
	}
	done = func() { s.texts.free.Release(maxText) }
	limit := int64(maxSkipped)
	if media != "multipart/form-data" {
		limit = maxText
	}
	b, err := parseBody(http.MaxBytesReader(w, r.Body, limit), media, params, nil)
	if err != nil {
		done()
		return nil, nil
	}
	return b, done
}

func readRefusal(err error) error {
	var r *refusal
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, errFull):
		return refuse(http.StatusServiceUnavailable, "unavailable", "%w", err)
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "too-large", "%w", err)
	}
	return refuse(http.StatusBadRequest, "bad-request", "%w", err)
}

// uploadLimit is what a form's files and text can come to.
func uploadLimit(d *form.Definition) int64 {
	limit := int64(maxText)
	if d == nil {
		return limit
	}
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Kind == form.File {
			limit += int64(fileCount(f)) * (fileBytes(f) + 4096)
		}
	}
	return min(limit, maxUpload)
}

func fileBytes(f *form.Field) int64 {
	if f.MaxMB > 0 {
		return int64(f.MaxMB) << 20
	}
	return 5 << 20
}

func fileCount(f *form.Field) int {
	if f.MaxFiles > 0 {
		return f.MaxFiles
	}
	return 3
}

func parseBody(r io.Reader, media string, params map[string]string, d *form.Definition) (*body, error) {
	switch media {
	case "application/x-www-form-urlencoded":
		return parseURLEncoded(r)
	case "multipart/form-data":
		return parseMultipart(r, params["boundary"], d)
	case "application/json":
		return parseJSON(r)
	}
	return nil, refuse(http.StatusUnsupportedMediaType, "bad-request", "content of type %q", media)
}

func parseURLEncoded(r io.Reader) (*body, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if bytes.Count(text, []byte("&")) >= maxValues {
		return nil, refuse(http.StatusRequestEntityTooLarge, "too-large", "more than %d values", maxValues)
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, err
	}
	return &body{raw: form.Raw(values)}, nil
}

// parseMultipart reads parts one by one. A file that is longer than its field
// allows is read past but not kept: the reader gets a message at that field
// instead of a broken connection.
func parseMultipart(r io.Reader, boundary string, d *form.Definition) (*body, error) {
	if boundary == "" {
		return nil, errors.New("multipart without a boundary")
	}
	b := &body{raw: form.Raw{}}
	parts := multipart.NewReader(r, boundary)
	text, values := int64(0), 0
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		if values++; values > maxValues {
			return nil, refuse(http.StatusRequestEntityTooLarge, "too-large", "more than %d values", maxValues)
		}
		if isFile(part) {
			if err := b.addFile(part, d); err != nil {
				return nil, err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, maxText+1-text))
		if err != nil {
			return nil, err
		}
		if text += int64(len(value)); text > maxText {
			return nil, refuse(http.StatusRequestEntityTooLarge, "too-large", "more than %d bytes of text", maxText)
		}
		b.raw[part.FormName()] = append(b.raw[part.FormName()], string(value))
	}
}

// isFile tells a file's part, also one without a name: browsers send that when
// nothing was chosen.
func isFile(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	_, named := params["filename"]
	return err == nil && named
}

func (b *body) addFile(part *multipart.Part, d *form.Definition) error {
	limit := int64(0)
	if d != nil {
		if f := d.Field(part.FormName()); f != nil && f.Kind == form.File {
			limit = fileBytes(f)
		}
	}
	content, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return err
	}
	if len(content) == 0 && part.FileName() == "" || limit == 0 {
		return nil
	}
	up := upload{field: part.FormName(), name: attachment.CleanName(part.FileName()), content: content}
	if int64(len(content)) > limit {
		up.content, up.cut = nil, true
	}
	if len(b.files) >= maxFiles {
		return refuse(http.StatusRequestEntityTooLarge, "too-large", "more than %d files", maxFiles)
	}
	b.files = append(b.files, up)
	return nil
}

// parseJSON reads one flat object: names with a text, a number, a truth value, or
// a list of them. A name that stands there twice collects its values, as in a
// form, so that the rules about repeated answers see both.
func parseJSON(r io.Reader) (*body, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the JSON is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("a JSON object is expected")
	}
	b := &body{raw: form.Raw{}, json: true}
	values := 0
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		list, err := jsonValues(dec)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		if values += len(list) + 1; values > maxValues {
			return nil, refuse(http.StatusRequestEntityTooLarge, "too-large", "more than %d values", maxValues)
		}
		if len(list) > 0 {
			b.raw[name.(string)] = append(b.raw[name.(string)], list...)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is more behind the JSON object")
	}
	return b, nil
}

func jsonValues(dec *json.Decoder) ([]string, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if t != json.Delim('[') {
		return jsonScalar(t)
	}
	var list []string
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		one, err := jsonScalar(t)
		if err != nil {
			return nil, err
		}
		list = append(list, one...)
	}
	_, err = dec.Token()
	return list, err
}

func jsonScalar(t json.Token) ([]string, error) {
	switch v := t.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case json.Number:
		return []string{v.String()}, nil
	case bool:
		if v {
			return []string{"true"}, nil
		}
		return []string{"false"}, nil
	}
	return nil, errors.New("a text or a list of texts is expected")
}

// wantsJSON tells a program from a browser: by what it accepts, and when it
// accepts anything, by what it sent.
func wantsJSON(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	switch {
	case strings.Contains(accept, "text/html"):
		return false
	case strings.Contains(accept, "application/json"), strings.Contains(accept, "application/problem+json"):
		return true
	}
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}
