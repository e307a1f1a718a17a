package themes

import (
	"html/template"
	"time"

	"annai/form"
)

// A Form is a form to be drawn: empty on the static page, with the answers and
// what is wrong with them on the page that the relay answers with.
type Form struct {
	Definition *form.Definition
	Locale     string
	RelayURL   string // without a slash at its end
	Page       string // path of the page that the form stands on, or that led to it
	Answers    form.Answers
	Invalid    *form.Invalid
	Prefill    map[string]string   // answers to begin with, by field
	Ask        map[string]string   // by field: why the rule asks for it
	Kept       map[string][]string // by field: names of files that the relay has already
	Extra      []Pair              // further hidden fields: name, value
	Focus      string              // field to begin with, after "change"
	Message    *Message            // above the form: why it is shown again

	PrivacyURL string
	Contact    *Contact // for readers whom the form fails
	Outages    []Banner // above the form
	Suggest    []Link   // articles above the form
	Embedded   bool     // inside an article: headings are one level lower, no page around
}

// A Message is said above a form that is shown again without errors of its own:
// too many requests, nothing could be stored. What was typed is still there.
type Message struct {
	Title, Text string
	Contact     *Contact
}

// A FormPage is a form with a page of its own, as built and as answered with 422.
type FormPage struct {
	Shell
	Form Form
	Bare bool // for a frame on another site: no header and footer
}

// A CheckPage shows the answers before they are sent: who will handle them, how
// urgent, by when, and what would be forwarded.
type CheckPage struct {
	Shell
	Form     Form // with Answers; Extra carries the token
	Severity string
	Meaning  string // of the severity
	Duty     string // what the severity asks of the reader
	Handler  string // self, partner, partner-then-upstream, upstream
	Rule     Link   // the rule that decided, on the site
	Reason   string
	ReplyBy  time.Time // zero when there is no promise
	Zones    []string  // IANA names in which times are shown; the first counts
	Forward  []string  // labels of what would be handed over
	Receiver string    // who would get it: 21Vianet
	Missing  []Pair    // evidence that the rule asks for: field id, label
	Warnings []string  // such as a password in the text
	Page     *Link     // when the rule says that the reader can solve it
}

// A ReceiptPage confirms a request and shows how it fares.
type ReceiptPage struct {
	Shell
	Reference string
	Fresh     bool // just sent, rather than looked up
	Again     bool // the same request was sent twice
	Received  time.Time
	State     string // received, checking, waiting, handed-over, solved
	Severity  string
	Handler   string
	Reason    string
	Rule      Link
	ReplyBy   time.Time
	Zones     []string
	Number    string // the operator's own service-request number
	Operator  string // 21Vianet
	Phone     *Channel
	Contact   *Contact
	Events    []Event
	Answers   []Answer
	URL       string // of this page
	LookupURL string
}

// An Event is something that happened to a request.
type Event struct {
	At   time.Time
	Text string
}

// An Answer as it is shown again. Field is the control's id.
type Answer struct {
	Field, Label string
	Values       []string
	Long         bool
	Lang         string
	Sensitive    bool
}

// An ErrorPage says what could not be done, whether anything was lost, and what
// to do instead. Kind is one of the texts error.KIND.title: unavailable,
// too-many, closed, expired, refused, too-large, bad-request, gone, not-found,
// method.
type ErrorPage struct {
	Shell
	Kind       string
	RetryAfter time.Duration
	Form       *Form // when given, what was typed is kept and can be sent again
	Contact    *Contact
	Reference  string
}

// A LookupPage finds a request by its reference and mail address.
type LookupPage struct {
	Shell
	Action    string
	Reference string
	Email     string
	Error     string
}

// A ThanksPage answers "was this helpful"; after "no" it asks why.
type ThanksPage struct {
	Shell
	Helpful bool
	Action  string
	Page    string // URL of the page that the answer is about
	Back    Link
	Reasons []Pair // value, label; asked when not empty
	FormURL string
	Token   string
}

func (p FormPage) layout() string  { return "form-page" }
func (CheckPage) layout() string   { return "check" }
func (ReceiptPage) layout() string { return "receipt" }
func (ErrorPage) layout() string   { return "error" }
func (LookupPage) layout() string  { return "lookup" }
func (ThanksPage) layout() string  { return "thanks" }

func (p FormPage) skeleton() string {
	if p.Bare {
		return "bare"
	}
	return "page"
}

// FormHTML draws a form by itself, to stand inside an article.
func (t *Theme) FormHTML(f Form) (template.HTML, error) {
	f.Embedded = true
	return t.HTML(f.Locale, "form", f)
}
