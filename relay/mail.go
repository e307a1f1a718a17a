package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"annai/form"
	"annai/themes"
)

// ReceiptMail is the name of the delivery by which the sender gets the receipt as
// a mail. It is tried like any other, but it is a courtesy: it says nothing about
// where the request stands, and when it can't be delivered it is withdrawn
// instead of waiting for a person.
const ReceiptMail = "receipt-mail"

// A Mail is a plain text for one address.
type Mail struct {
	ID        string // of the delivery, the same on every attempt
	To        string
	Locale    string
	Reference string
	Subject   string
	Text      string
}

// A Mailer sends mails; its errors have a class as those of a Destination.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}

// Receipts is the destination of ReceiptMail. It tells nothing of what was sent:
// anybody could have written that address.
type Receipts struct {
	Server *Server
	Mailer Mailer
}

// Deliver implements Destination.
func (r Receipts) Deliver(ctx context.Context, s Submission) (Ref, error) {
	if s.Contact.Email == "" {
		return Ref{}, Permanent(errors.New("the request has no mail address"))
	}
	return Ref{}, r.Mailer.Mail(ctx, r.Server.receiptMail(s))
}

// receiptDelivery is the way of the receipt's mail, if there is one: to the
// address that the form asks for, which is all that the mail may see. What is
// doubted gets none, so that nobody can have us write to strangers.
func (s *Server) receiptDelivery(d *form.Definition, answers form.Answers, doubts []string) []Delivery {
	if !s.MailReceipts || len(doubts) > 0 {
		return nil
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		if address := answers.Get(f.ID); f.Kind == form.Email && address != "" && !strings.HasSuffix(address, ".invalid") { // a canary's
			return []Delivery{{Destination: ReceiptMail, State: Queued, Fields: []string{f.ID}}}
		}
	}
	return nil
}

func (s *Server) receiptMail(sub Submission) Mail {
	e := s.edition.Load()
	locale := e.locale(sub.Locale, "")
	say := func(key string, args ...any) string { return fmt.Sprintf(word(locale, key), args...) }
	zones := e.zones(e.forms[sub.Form], locale)
	lines := []string{
		say("mail-received", e.manifest.Site.Title[locale]), "",
		say("mail-reference", sub.Reference),
		say("mail-when", clock(sub.Received, zones[0])),
	}
	if !sub.Response.IsZero() {
		lines = append(lines, say("mail-reply", clock(sub.Response, zones[0])))
	}
	if phone := s.urgentPhone(e, sub.Severity, locale); phone != nil {
		lines = append(lines, say("mail-call", phone.Value))
	}
	lines = append(lines, "", say("mail-lookup", s.absolute(e, s.base(e)+"/requests")))
	if c := s.contact(e, locale); c != nil {
		lines = append(lines, reachedBy(c.Channels)...)
	}
	lines = append(lines, "", say("mail-automatic"))
	return Mail{
		ID: sub.Request.ID, To: sub.Contact.Email, Locale: locale, Reference: sub.Reference,
		Subject: say("mail-subject", sub.Reference), Text: strings.Join(lines, "\n") + "\n",
	}
}

// reachedBy lists phones and mail addresses.
func reachedBy(channels []themes.Channel) (lines []string) {
	for _, ch := range channels {
		if ch.Kind == "phone" || ch.Kind == "email" {
			lines = append(lines, ch.Name+": "+ch.Value)
		}
	}
	return lines
}

// clock is a moment as a reader in that zone writes it.
func clock(t time.Time, zone string) string {
	if at, err := time.LoadLocation(zone); err == nil {
		t = t.In(at)
	}
	return t.Format("2006-01-02 15:04") + " (" + zone + ")"
}
