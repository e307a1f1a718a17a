// Package destination is where submissions go. Each driver is one file and one
// struct that an operator's configuration fills in:
//
//	Desk           a person at the relay's own pages; the default
//	Webhook        signed JSON over HTTPS, by the Standard Webhooks rules
//	SMTP           one structured mail
//	PartnerCenter  the documented service-request call, which is not offered
//	               any more; kept for those who have an agreement
//	Folder         one JSON file per request
//
// A driver's one duty beside handing over is to say truly what a failure means
// (relay.Permanent, relay.RetryAfter …): retries, pauses and alerts follow from
// that alone. All of them pass one suite, each against a fake that misbehaves
// like the real receiver: it takes a request and drops the line, is slow, sends
// another page instead of an answer, shows the wrong certificate.
//
// Whatever is handed over carries the delivery's id, the same on every attempt.
package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"annai/relay"
)

// A Document is a submission as JSON: the body of a webhook, a part of the mail,
// the file in a folder. Fields are only added, never renamed.
type Document struct {
	Type      string    `json:"type"` // "request.accepted"
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is the submission itself, as far as the destination may see it.
type Data struct {
	ID               string              `json:"id"`      // the submission's
	Request          string              `json:"request"` // the delivery's: remove duplicates by it
	Reference        string              `json:"reference"`
	Form             string              `json:"form"`
	Version          int                 `json:"version"`
	Locale           string              `json:"locale"`
	Received         time.Time           `json:"received"`
	Rule             string              `json:"rule,omitempty"` // TABLE/RULE that decided
	Handler          string              `json:"handler,omitempty"`
	Severity         string              `json:"severity,omitempty"`
	Product          string              `json:"product,omitempty"`
	UpstreamSeverity string              `json:"upstreamSeverity,omitempty"`
	ResponseBy       *time.Time          `json:"responseBy,omitempty"`
	Subject          string              `json:"subject,omitempty"`
	Contact          *Contact            `json:"contact,omitempty"`
	Answers          map[string][]string `json:"answers"`
	Lines            []Line              `json:"lines"` // the answers for people, in the form's order
	Attachments      []Attachment        `json:"attachments,omitempty"`
}

// Contact is whom to answer.
type Contact struct {
	Name         string `json:"name,omitempty"`
	Organization string `json:"organization,omitempty"`
	Email        string `json:"email,omitempty"`
	Phone        string `json:"phone,omitempty"`
}

// A Line is an answer with its label.
type Line struct {
	Field string `json:"field"`
	Label string `json:"label"`
	Text  string `json:"text"`
}

// An Attachment is a file. Content is left out when it would be too much for the
// destination, or when the virus scanner found something; the partner's desk has
// it.
type Attachment struct {
	ID      string `json:"id"`
	Field   string `json:"field"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Scan    string `json:"scan,omitempty"`    // the virus scanner: clean, found …, down
	Content []byte `json:"content,omitempty"` // base64
}

// document makes the JSON of a submission, with attachments' contents as long as
// they have no more than limit bytes together; a negative limit is none.
func document(ctx context.Context, s relay.Submission, limit int64) (Document, error) {
	d := Data{
		ID: s.ID, Request: s.Request.ID, Reference: s.Reference, Form: s.Form, Version: s.Version, Locale: s.Locale,
		Received: s.Received.UTC(), Handler: string(s.Handler), Severity: s.Severity, Product: s.Product, UpstreamSeverity: s.Upstream,
		Subject: s.Subject, Answers: s.Answers, Lines: []Line{},
	}
	if s.Table != "" {
		d.Rule = s.Table + "/" + s.Rule
	}
	if !s.Response.IsZero() {
		at := s.Response.UTC()
		d.ResponseBy = &at
	}
	if s.Contact != (relay.Contact{}) {
		d.Contact = &Contact{s.Contact.Name, s.Contact.Organization, s.Contact.Email, s.Contact.Phone}
	}
	for _, l := range s.Lines {
		d.Lines = append(d.Lines, Line(l))
	}
	for _, a := range s.Attachments {
		out := Attachment{ID: a.ID, Field: a.Field, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: fmt.Sprintf("%x", a.SHA256), Scan: a.Scan}
		if !a.Infected() && (limit < 0 || a.Size <= limit) {
			var err error
			if out.Content, err = content(ctx, a); err != nil {
				return Document{}, err
			}
			if limit >= 0 {
				limit -= a.Size
			}
		}
		d.Attachments = append(d.Attachments, out)
	}
	return Document{"request.accepted", s.Received.UTC(), d}, nil
}

// content reads an attachment whole.
func content(ctx context.Context, a relay.Attachment) ([]byte, error) {
	r, err := a.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("attachment %s: %w", a.ID, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("attachment %s: %w", a.ID, err)
	}
	return data, nil
}

// body is the document's bytes. They are the same on every attempt.
func body(ctx context.Context, s relay.Submission, limit int64) ([]byte, error) {
	d, err := document(ctx, s, limit)
	if err != nil {
		return nil, err
	}
	return json.Marshal(d)
}

// text is the submission for a person: labels and answers, and the codes that a
// desk asks for.
func text(s relay.Submission) string {
	var b strings.Builder
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, value)
		}
	}
	row("Reference", s.Reference)
	row("Severity", s.Severity)
	row("Product", s.Product)
	row("Received", s.Received.UTC().Format(time.RFC3339))
	if !s.Response.IsZero() {
		row("Response by", s.Response.UTC().Format(time.RFC3339))
	}
	row("Name", s.Contact.Name)
	row("Organization", s.Contact.Organization)
	row("E-mail", s.Contact.Email)
	row("Phone", s.Contact.Phone)
	for _, l := range s.Lines {
		fmt.Fprintf(&b, "\n%s\n%s\n", l.Label, l.Text)
	}
	for i, a := range s.Attachments {
		fmt.Fprintf(&b, "\nAttachment %d: %s (%s, %d bytes)\n", i+1, a.Name, a.Type, a.Size)
		if a.Infected() {
			fmt.Fprintf(&b, "not handed on, the virus scanner %s\n", line(a.Scan, 200))
		}
	}
	return b.String()
}

// line makes one line of at most n code points of a text that came from outside.
func line(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		s = string(r[:n-1]) + "…"
	}
	return s
}
