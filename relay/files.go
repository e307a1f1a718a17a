package relay

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"annai/form"
	"annai/relay/attachment"
)

// filesField carries the sealed handles of files that were received with an
// earlier page of the same request.
const filesField = "_files"

// keepFiles is how long a handle is good.
const keepFiles = 6 * time.Hour

// collect inspects and stores what was uploaded, and opens the handles of what
// came before. A file that can't be kept is an error at its field; an error of
// the store is returned as such.
func (s *Server) collect(ctx context.Context, d *form.Definition, b *body, nonce string) ([]Attachment, []form.FieldError, error) {
	var kept []Attachment
	var errs []form.FieldError
	count := map[string]int{}
	add := func(f *form.Field, a Attachment) bool {
		if count[f.ID]++; count[f.ID] > fileCount(f) {
			errs = append(errs, form.FieldError{Field: f.ID, Rule: string(attachment.TooMany), Param: strconv.Itoa(fileCount(f))})
			return false
		}
		kept = append(kept, a)
		return true
	}
	for _, handle := range b.raw[filesField] {
		a, err := s.files.open(handle, nonce, s.Now())
		f := d.Field(a.Field)
		if err != nil || f == nil {
			errs = append(errs, lostFile(d)...)
			continue
		}
		add(f, a)
	}
	for _, up := range b.files {
		f := d.Field(up.field)
		file, c := inspect(f, up)
		if c != "" {
			errs = append(errs, fileError(f, c))
			continue
		}
		if count[f.ID] >= fileCount(f) {
			add(f, Attachment{})
			continue
		}
		a, err := s.storeFile(ctx, f, file)
		if err != nil {
			return nil, nil, err
		}
		add(f, a)
	}
	return kept, errs, nil
}

func inspect(f *form.Field, up upload) (attachment.File, attachment.Case) {
	if up.cut {
		return attachment.File{}, attachment.TooBig
	}
	return attachment.Inspect(up.name, up.content, attachment.Rules{Types: f.Types, MaxBytes: fileBytes(f)})
}

// storeFile keeps what the scanner found too: it may be wrong, and the request
// may be urgent. A person decides.
func (s *Server) storeFile(ctx context.Context, f *form.Field, file attachment.File) (Attachment, error) {
	scan := ""
	if s.Scanner != nil {
		verdict, err := s.Scanner.Scan(ctx, file.Body)
		switch {
		case err != nil:
			s.Log.Warn("attachment not scanned, its request will be held", "error", err)
			scan = ScanDown
		case !verdict.Clean:
			s.Log.Warn("the scanner found something, the request will be held", "found", verdict.Found)
			s.Metrics.virus.Inc()
			scan = scanFound + verdict.Found
		default:
			scan = ScanClean
		}
	}
	a, err := s.Store.Attach(ctx, bytes.NewReader(file.Body))
	if err != nil {
		return Attachment{}, err
	}
	a.Field, a.Name, a.Type, a.Scan = f.ID, file.Name, file.Type, scan
	return a, nil
}

// What Attachment.Scan says.
const (
	ScanClean = "clean"
	ScanDown  = "down" // nobody knows; the request is held until a person decides
	scanFound = "found "
)

// Infected tells that the scanner found something. Such a file is kept and shown
// as what it is, and handed to no destination.
func (a Attachment) Infected() bool { return strings.HasPrefix(a.Scan, scanFound) }

// lostFile is the message for a handle that can't be opened: it is told at the
// first field for files.
func lostFile(d *form.Definition) []form.FieldError {
	for i := range d.Fields {
		if d.Fields[i].Kind == form.File {
			return []form.FieldError{fileError(&d.Fields[i], attachment.Failed)}
		}
	}
	return nil
}

func fileError(f *form.Field, c attachment.Case) form.FieldError {
	e := form.FieldError{Field: f.ID, Rule: string(c)}
	switch c {
	case attachment.WrongType:
		e.Param = strings.Join(f.Types, ", ")
	case attachment.TooBig:
		e.Param = strconv.FormatInt(fileBytes(f)>>20, 10)
	}
	return e
}

// answersWithFiles adds the names of files, so that rules and pages see them as
// what they are: answers.
func answersWithFiles(answers form.Answers, files []Attachment) {
	for _, a := range files {
		answers[a.Field] = append(answers[a.Field], a.Name)
	}
}
