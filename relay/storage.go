package relay

import (
	"context"
	"errors"
	"io"
	"time"

	"annai/form"
	"annai/policy"
)

// A Submission is one request as it was accepted. What is personal in it is
// encrypted at rest; the fields that are not are marked "clear".
type Submission struct {
	ID        string // clear; ULID, so ids sort by time
	Reference string // clear; short, for people
	Token     string // of the receipt's link, unguessable; only its digest is stored in clear
	Key       string // clear; idempotency: one submission per form and key

	Form     string    // clear; id of the definition
	Version  int       // clear; of the definition the page was drawn with
	Locale   string    // clear
	Received time.Time // clear
	KeepDays int       // clear; how long it is kept after it was closed

	Table    string         // clear; id of the escalation rules that decided, or ""
	Rule     string         // clear; the rule that hit, or ""
	Handler  policy.Handler // clear
	Severity string         // clear; the partner's: A, B, C or ""
	Product  string         // clear; under which it is handed over, or ""
	Upstream string         // clear; severity under which it is handed over, or ""
	Response time.Time      // clear; a person has promised to answer by then, or zero

	Doubts []string // clear; codes of why it was quarantined: honeypot, too-fast …
	Client string   // clear; keyed digest of the sender's network, never the address

	Subject     string
	Contact     Contact
	Answers     form.Answers
	Lines       []Line
	Attachments []Attachment
	Find        []string // what it can be found by beside its ids: addresses, numbers; stored as keyed digests

	Deliveries []Delivery // in the order they were made
	Log        []Entry    // what was done with it, oldest first; filled by Get only
	Closed     time.Time  // when the last delivery was finished or withdrawn
	Forgotten  time.Time  // when everything personal was destroyed; only clear fields are left

	// Damaged says why the personal fields can't be read, or is empty. The clear
	// ones are there all the same; such a submission is never delivered.
	Damaged string

	// Request is set in what a Destination gets.
	Request Request
}

// Contact is whom to answer.
type Contact struct {
	Name, Organization, Email, Phone string
}

// A Line is an answer as a person reads it: in the language of the desk, with
// labels of fields and options instead of ids. It stays readable when the form
// has changed.
type Line struct {
	Field, Label, Text string
}

// An Attachment is a file that came with a submission. Its content is stored
// apart under its own key, which is kept inside the submission: without the
// submission's key there is no content.
type Attachment struct {
	ID     string // random
	Field  string
	Name   string // as the sender named it, cleaned by the relay
	Type   string // sniffed media type
	Size   int64
	SHA256 []byte
	Key    []byte
	Scan   string // what the virus scanner said: clean, found …, down; "" when there is none

	// Open reads the content. It is set in what Store returns and in what a
	// Destination gets.
	Open func(context.Context) (io.ReadCloser, error) `json:"-"`
}

// A Delivery is one submission's way to one destination.
type Delivery struct {
	ID          string // stable over all attempts, restarts and replays: what a receiver removes duplicates by
	Destination string
	State       State
	Fields      []string // ids of the answers and attachments to hand on; nil for all
	Ref         Ref      // the receiver's own number, once known
	Since       time.Time
	Next        time.Time // when it is tried next; zero unless queued
	Attempts    []Attempt // append-only; filled by Get only
}

// State is where a delivery stands.
type State string

const (
	Queued      State = "queued"      // a job will try it
	Waiting     State = "waiting"     // a person has to finish it by hand
	Held        State = "held"        // a person stopped it
	Quarantined State = "quarantined" // doubted when it came, never tried
	Dead        State = "dead"        // given up; kept and shown until a person decides
	Delivered   State = "delivered"
	Withdrawn   State = "withdrawn" // rerouted, rejected or forgotten
)

// Finished tells whether nobody has to do anything any more.
func (s State) Finished() bool { return s == Delivered || s == Withdrawn }

// An Attempt is one try to deliver.
type Attempt struct {
	Number  int
	Started time.Time
	Ended   time.Time
	Class   Class
	Status  int    // HTTP or SMTP code, or 0
	Detail  string // what the receiver said; may repeat what a customer wrote
	Ref     Ref
}

// An Entry of the log says who did what when.
type Entry struct {
	Time     time.Time
	By       string
	Verb     Verb
	Delivery string
	Note     string
}

// A Verb is what a person does with a submission.
type Verb string

const (
	Hold    Verb = "hold"    // stop: queued, waiting or dead → held
	Release Verb = "release" // go on: held or quarantined → queued
	Replay  Verb = "replay"  // once more from the start, now, also what is delivered
	Reroute Verb = "reroute" // to Act.To instead: a new delivery
	Reject  Verb = "reject"  // it is spam: withdrawn
	Finish  Verb = "finish"  // done by hand; Act.Ref is the receiver's number
	Ask     Verb = "ask"     // only write down: we wait for the sender's answer; in any state
	Solve   Verb = "solve"   // only write down: the problem is solved; in any state
	Note    Verb = "note"    // only write it down
	Forget  Verb = "forget"  // destroy everything personal, for good
)

// An Act is a verb with its objects.
type Act struct {
	Submission string // id
	Delivery   string // id; "" is all that the verb applies to
	Verb       Verb
	By         string
	Note       string
	To         string // Reroute: destination
	Fields     []string
	Ref        Ref // Finish
}

// A Query selects submissions; empty fields don't restrict. Severity, State and
// Destination must be met by one and the same delivery.
type Query struct {
	ID, Token, Reference string
	Key                  string // idempotency key; with Form
	Found                string // by one of Submission.Find, or by the receiver's number
	Form, Severity       string
	Destination          string
	States               []State
	Since, Before        time.Time // received in [Since, Before)
	Newest               bool      // newest first; otherwise most severe, then oldest first
	Limit, Offset        int       // Limit 0 is 100
}

// Stats is the state of the whole queue.
type Stats struct {
	Counts       []Count
	Destinations []DestinationState
	Reenqueued   int64 // deliveries that had lost their job and got a new one, since the store was made
	Bytes        int64 // of the database, its log included
	Free         int64 // left on its disk; -1 when unknown
}

// Count is how many deliveries are in a state.
type Count struct {
	Destination, Severity string
	State                 State
	Number                int
	Oldest                time.Time // when the oldest of them was received
}

// DestinationState is whether a destination is being tried.
type DestinationState struct {
	Name     string
	Paused   bool
	Reason   string // why: an error's class, or who paused it
	Since    time.Time
	Probe    time.Time // when it is tried again by itself
	Failures int       // in a row
}

// Tally is a counter's value on a day.
type Tally struct {
	Day    time.Time
	Key    string
	Number int
}

// Workers is what Work needs to deliver.
type Workers struct {
	Destinations map[string]Destination
	Parallel     int                       // deliveries at the same time per destination; 0 is 8
	Attempted    func(Delivery, Attempt)   // after each attempt; may be nil
	Paused       func(DestinationState)    // a destination stopped or went on; may be nil
	Lost         func(deliveries []string) // the reconciler found deliveries without a job; may be nil
}

// A Store keeps submissions and works off their deliveries. It is safe for
// concurrent use, also by several processes when it is a shared database.
//
// Durable means: on disk, past the operating system's caches. An error that
// comes with an ended context says nothing about whether the write happened.
type Store interface {
	// Put makes s, its deliveries and their jobs durable, all or nothing, and
	// returns what is stored: s, or the earlier submission with the same form,
	// key and content. Deliveries are queued unless they say Quarantined, Held
	// or Waiting. Errors: ErrConflict (same key, other content), ErrTaken
	// (reference or token in use: make another), ErrFull; all others are the
	// database's and mean "try again later".
	Put(ctx context.Context, s Submission) (Submission, error)

	// Attach stores content before the submission that will name it, with
	// bounded memory. What no submission names is removed after a day.
	Attach(ctx context.Context, content io.Reader) (Attachment, error)

	// Get returns one submission with all attempts and its log, or ErrNotFound.
	Get(ctx context.Context, id string) (Submission, error)

	// Find returns the submissions that match, without attempts and logs.
	Find(ctx context.Context, q Query) ([]Submission, error)

	// Do applies a verb, durably and all or nothing, and logs it. ErrNotFound,
	// or ErrState when the verb applies to none of the deliveries.
	Do(ctx context.Context, a Act) error

	// Pause stops a destination, or lets it go on, for all processes.
	Pause(ctx context.Context, destination, by string, paused bool) error

	// Work delivers until the context ends, then finishes what is running and
	// returns nil. A delivery is tried at least once and until it is Delivered,
	// Dead, or a person's; it may be tried twice, always with the same id.
	Work(ctx context.Context, w Workers) error

	// Count adds to a counter that is about nobody: "feedback" "yes /ja/a/".
	// Counts returns those of a kind whose day (in UTC) is not before since.
	Count(ctx context.Context, kind, key string, n int) error
	Counts(ctx context.Context, kind string, since time.Time) ([]Tally, error)

	// KeepForms keeps the definitions in use beyond the end of the process, and
	// with each the version before it; older ones are removed. Forms returns
	// what is kept, by id and version.
	KeepForms(ctx context.Context, forms []*form.Definition) error
	Forms(ctx context.Context) ([]*form.Definition, error)

	// Stats counts; it is cheap enough for every scrape of metrics.
	Stats(ctx context.Context) (Stats, error)

	// Ready commits something: nil means that Put would be durable now.
	Ready(ctx context.Context) error
}

var (
	ErrNotFound = errors.New("no such submission")
	ErrConflict = errors.New("the idempotency key was used with other content")
	ErrTaken    = errors.New("reference or token is already in use")
	ErrState    = errors.New("that can't be done in the delivery's state")
	ErrFull     = errors.New("the disk's reserve is reached")
)
