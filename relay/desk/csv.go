package desk

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"annai/relay"
)

// WriteCSV writes requests, one in a line. No cell can be taken for a formula by
// a spreadsheet: what would be gets an apostrophe before it.
func WriteCSV(w io.Writer, list []relay.Submission, routes relay.Routes) error {
	out := csv.NewWriter(w)
	out.Write([]string{"reference", "id", "received", "form", "version", "language", "severity", "handler", "rule", "status", "number",
		"reply by", "deliveries", "doubts", "subject", "name", "organization", "email", "phone", "answers"})
	for _, s := range list {
		status, number := routes.StatusOf(s)
		cells := []string{
			s.Reference, s.ID, s.Received.UTC().Format(time.RFC3339), s.Form, itoa(s.Version), s.Locale, s.Severity, string(s.Handler),
			strings.Trim(s.Table+"/"+s.Rule, "/"), string(status), number, stamp(s.Response), deliveriesText(s), strings.Join(s.Doubts, " "),
			s.Subject, s.Contact.Name, s.Contact.Organization, s.Contact.Email, s.Contact.Phone, answersText(s),
		}
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a cell a text: a spreadsheet runs what begins with one of these
// signs, also behind blanks, and in their full width.
func harmless(cell string) string {
	trimmed := strings.TrimLeft(cell, " \t\r\n\u00a0\u3000")
	if trimmed == "" {
		return cell
	}
	first := []rune(trimmed)[0]
	if strings.ContainsRune("=+-@|%\uFF1D\uFF0B\uFF0D\uFF20", first) || cell[0] == '\t' || cell[0] == '\r' || cell[0] == '\n' {
		return "'" + cell
	}
	return cell
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func deliveriesText(s relay.Submission) string {
	var parts []string
	for _, d := range s.Deliveries {
		parts = append(parts, strings.TrimSpace(d.Destination+" "+string(d.State)+" "+d.Ref.ID))
	}
	return strings.Join(parts, "; ")
}

func answersText(s relay.Submission) string {
	var parts []string
	for _, l := range s.Lines {
		parts = append(parts, l.Label+": "+l.Text)
	}
	return strings.Join(parts, "\n")
}
