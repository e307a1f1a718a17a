package destination

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"annai/relay"
)

// SMTP sends one mail per submission: the text for people, the Document as
// request.json, and the attachments. Its Message-ID is the delivery's id, so
// that a mail that comes twice can be told. Nothing that a customer wrote is in
// a header but the subject, encoded.
type SMTP struct {
	Host     string   `yaml:"host,required"`
	Port     int      `yaml:"port"` // 0: 587, or 465 with tls
	Username string   `yaml:"username"`
	Password string   `yaml:"password"`
	From     string   `yaml:"from,required"` // address, or Name <address>
	To       []string `yaml:"to,required"`

	// TLS is starttls (the default) or tls; a server without either is refused
	// unless it says none. Certificates are checked.
	TLS string `yaml:"tls"`

	// ReplyTo puts the customer's address into Reply-To when it is a plain one.
	ReplyTo bool `yaml:"reply_to"`

	Attachments int64          `yaml:"attachments"` // bytes of files in the mail; 0 is 15 MB, -1 none
	Timeout     time.Duration  `yaml:"timeout"`     // of one attempt; 0 is 25 s
	Roots       *x509.CertPool `yaml:"-"`
}

// Deliver implements relay.Destination.
func (d *SMTP) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	message, err := d.message(ctx, s)
	if err != nil {
		return relay.Ref{}, err
	}
	return d.send(ctx, message)
}

func (d *SMTP) send(ctx context.Context, message *gomail.Msg) (relay.Ref, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout())
	defer cancel()
	client, conn, err := d.dial(ctx)
	if err != nil {
		return relay.Ref{}, err
	}
	defer conn.Close()
	err = client.SendWithSMTPClient(conn, message)
	if message.IsDelivered() { // what goes wrong after the server took it is not its business
		client.CloseWithSMTPClient(conn)
		return relay.Ref{ID: line(message.GetMessageID(), 100)}, nil
	}
	if err == nil {
		err = errors.New("the server did not say that it took the mail")
	}
	return relay.Ref{}, d.classify(err)
}

// Mail implements relay.Mailer: a plain text for somebody who has written to us.
// An address that doesn't exist is that mail's own trouble, not the server's.
func (d *SMTP) Mail(ctx context.Context, mail relay.Mail) error {
	if !plainAddress.MatchString(mail.To) {
		return relay.Permanent(errors.New("the address is none that mail can be sent to without risk"))
	}
	message, err := d.envelope(mail.ID, mail.Reference, mail.To)
	if err != nil {
		return err
	}
	message.Subject(line(mail.Subject, 200))
	message.SetGenHeader("Auto-Submitted", "auto-replied")
	message.SetGenHeader("Content-Language", mail.Locale)
	message.SetBodyString(gomail.TypeTextPlain, mail.Text)
	_, err = d.send(ctx, message)
	if f := relay.FailureOf(err); f != nil && f.Status >= 500 && errors.Is(err, errAddress) {
		return relay.Permanent(f.Err).WithStatus(f.Status)
	}
	return err
}

// Check implements relay.Checker: connection, TLS and password.
func (d *SMTP) Check(ctx context.Context) error {
	if _, err := d.message(ctx, relay.Submission{Reference: "check", Request: relay.Request{ID: "check"}}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout())
	defer cancel()
	client, conn, err := d.dial(ctx)
	if err != nil {
		return err
	}
	return client.CloseWithSMTPClient(conn)
}

func (d *SMTP) timeout() time.Duration {
	if d.Timeout > 0 {
		return d.Timeout
	}
	return 25 * time.Second
}

// dial returns a session that ends with ctx.
func (d *SMTP) dial(ctx context.Context) (*gomail.Client, *smtp.Client, error) {
	config := &tls.Config{ServerName: d.Host, MinVersion: tls.VersionTLS12, RootCAs: d.Roots}
	port, policy := d.Port, gomail.TLSMandatory
	switch d.TLS {
	case "", "starttls":
	case "tls", "none":
		policy = gomail.NoTLS
	default:
		return nil, nil, relay.Configuration(fmt.Errorf("tls is %q instead of starttls, tls or none", d.TLS))
	}
	if port == 0 {
		port = 587
		if d.TLS == "tls" {
			port = 465
		}
	}
	options := []gomail.Option{
		gomail.WithPort(port), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config), gomail.WithTimeout(d.timeout()),
		gomail.WithoutNoop(), gomail.WithoutRset(),
		gomail.WithDialContextFunc(func(ctx2 context.Context, network, address string) (net.Conn, error) {
			return dialMail(ctx, ctx2, network, address, config, d.TLS == "tls")
		}),
	}
	if d.Username != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if d.TLS == "tls" {
			auth = gomail.SMTPAuthPlainNoEnc // go-mail doesn't see that our connection is encrypted
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(d.Username), gomail.WithPassword(d.Password))
	}
	client, err := gomail.NewClient(d.Host, options...)
	if err != nil {
		return nil, nil, relay.Configuration(err)
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, nil, d.classify(err)
	}
	return client, conn, nil
}

// dialMail connects, and closes the connection when ctx ends: go-mail's own
// timeouts don't see a relay that is stopping.
func dialMail(ctx, dialing context.Context, network, address string, config *tls.Config, encrypted bool) (conn net.Conn, err error) {
	dialer := net.Dialer{Timeout: 10 * time.Second}
	if encrypted {
		conn, err = (&tls.Dialer{NetDialer: &dialer, Config: config}).DialContext(dialing, network, address)
	} else {
		conn, err = dialer.DialContext(dialing, network, address)
	}
	if err == nil {
		context.AfterFunc(ctx, func() { conn.Close() })
	}
	return conn, err
}

// errAddress is in what is wrong with a receiver's address.
var errAddress = errors.New("the address was refused")

// classify reads the server's code: 4xx is temporary; 5xx is about our account
// or addresses until the content itself is refused.
func (d *SMTP) classify(err error) error {
	code := 0
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		code = e.ErrorCode()
		if code >= 500 && (e.Reason == gomail.ErrSMTPDataClose || e.Reason == gomail.ErrSMTPData || code == 552) {
			return relay.Permanent(fmt.Errorf("the mail was refused: %s", line(err.Error(), 300))).WithStatus(code)
		}
		if code >= 500 && e.Reason == gomail.ErrSMTPRcptTo {
			return relay.Configuration(fmt.Errorf("%w: %s", errAddress, line(err.Error(), 300))).WithStatus(code)
		}
	} else if e, ok := errors.AsType[*textproto.Error](err); ok {
		code = e.Code
	}
	short := errors.New(line(err.Error(), 300))
	var verification *tls.CertificateVerificationError
	switch {
	case code >= 500, errors.As(err, &verification), strings.Contains(err.Error(), "STARTTLS"), strings.Contains(err.Error(), "SMTP AUTH"):
		return relay.Configuration(short).WithStatus(code)
	}
	return relay.Temporary(short).WithStatus(code)
}

// message builds the mail. It is the same on every attempt but for its date.
func (d *SMTP) message(ctx context.Context, s relay.Submission) (*gomail.Msg, error) {
	m, err := d.envelope(s.Request.ID, s.Reference, d.To...)
	if err != nil {
		return nil, err
	}
	m.Subject(subject(s))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if d.ReplyTo && plainAddress.MatchString(s.Contact.Email) {
		if err := m.ReplyTo(s.Contact.Email); err != nil {
			return nil, relay.Permanent(errors.New("the customer's address can't be a Reply-To"))
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, text(s))
	return m, d.attach(ctx, m, s)
}

// envelope is what all mails have: addresses, date, and ids that stay the same.
func (d *SMTP) envelope(id, reference string, to ...string) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(d.From); err != nil {
		return nil, relay.Configuration(fmt.Errorf("from: %w", err))
	}
	if err := m.To(to...); err != nil || len(to) == 0 {
		return nil, relay.Configuration(fmt.Errorf("to: %w", errors.Join(err, errors.New("one address at least"))))
	}
	from, err := mail.ParseAddress(d.From)
	if err != nil {
		return nil, relay.Configuration(fmt.Errorf("from: %w", err))
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(id + "@" + domain)
	m.SetDate()
	m.SetGenHeader("X-Annai-Reference", line(reference, 60))
	m.SetGenHeader("X-Annai-Request", line(id, 60))
	return m, nil
}

var plainAddress = regexp.MustCompile(`^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

func subject(s relay.Submission) string {
	prefix := "[" + line(s.Reference, 60) + "]"
	if s.Severity != "" {
		prefix += " [" + line(s.Severity, 10) + "]"
	}
	return line(prefix+" "+s.Subject, 200)
}

// attach adds the JSON and the files, under names of ours: the sender's are in
// the text and in the JSON.
func (d *SMTP) attach(ctx context.Context, m *gomail.Msg, s relay.Submission) error {
	data, err := body(ctx, s, 0)
	if err != nil {
		return err
	}
	if err := m.AttachReader("request.json", bytes.NewReader(data), gomail.WithFileContentType("application/json")); err != nil {
		return err
	}
	left := d.Attachments
	if left == 0 {
		left = 15 << 20
	}
	for i, a := range s.Attachments {
		if a.Infected() {
			continue
		}
		if left -= a.Size; left < 0 {
			break
		}
		data, err := content(ctx, a)
		if err != nil {
			return err
		}
		if err := m.AttachReader(fmt.Sprintf("attachment-%d%s", i+1, extension(a.Type)), bytes.NewReader(data), gomail.WithFileContentType(mediaType(a.Type))); err != nil {
			return err
		}
	}
	return nil
}

// mediaType lets only well-formed types through.
func mediaType(s string) gomail.ContentType {
	if t, _, err := mime.ParseMediaType(s); err == nil {
		return gomail.ContentType(t)
	}
	return "application/octet-stream"
}

func extension(s string) string {
	known := map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf", "text/plain": ".txt", "application/zip": ".zip",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       ".xlsx"}
	t, _, _ := mime.ParseMediaType(s)
	if e := known[t]; e != "" {
		return e
	}
	return ".bin"
}
