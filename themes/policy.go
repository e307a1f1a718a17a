package themes

import "time"

// Rules shows escalation rules as cards.
type Rules struct {
	Shell
	ID        string
	Intro     string
	Questions []Pair // what the rules ask: question, possible answers
	Rules     []RuleCard
	Triage    string // URL of the question-by-question page
	NoticeURL string
}

// A RuleCard is one rule: when it holds, who acts, how fast, what is needed.
type RuleCard struct {
	ID       string // anchor
	Title    string
	When     []Pair // question, answers that match
	Handler  string // self, partner, partner-then-upstream, upstream
	Severity string
	Reply    *Duration
	Action   string
	Reason   string
	Grounds  []string // no-training, no-documentation, no-tool
	Evidence []Pair   // label, why or how
	TryFirst []Link
	Upstream *RuleUpstream
	Next     *Link // page to read or form to fill in
	NextForm bool
}

// RuleUpstream is under which product and severity a request is handed over.
type RuleUpstream struct {
	Product, Severity string
	Response          *Duration
	Hours             Hours
	Condition         string
}

// Triage asks the questions of the rules one by one. Each step and each outcome
// is a section of one page; the answers are links between them.
type Triage struct {
	Shell
	Intro    string
	Steps    []TriageStep // the first is where it begins
	Outcomes []RuleCard
	RulesURL string
}

// A TriageStep is one question.
type TriageStep struct {
	ID       string
	Number   int // 1 is the first
	Of       int // how many at most
	Question string
	Help     string
	Answers  []Link // URL "#id" of the next step or outcome
}

// A Notice is one version of the support-process notice.
type Notice struct {
	Shell
	Lead      string
	Version   int
	Published time.Time
	Effective time.Time
	State     string // current, upcoming, past
	Current   *Link  // the version that counts now, when this one doesn't
	Upcoming  *NoticeVersion
	Before    *Link // the version that this one replaces
	After     *Link // the version that replaced this one
	DiffURL   string
	Binding   string // name of the language that counts
	Hash      string // SHA-256 of the facts
	AsOf      time.Time

	KeyPoints   []string
	Changes     []NoticeChange
	Channels    []Channel
	Coverage    []Coverage
	Severities  []NoticeSeverity
	Path        []NoticeStep
	Covers      []Link
	Excludes    []string
	Upstream    []NoticeUpstream
	Privacy     NoticePrivacy
	Versions    []NoticeVersion
	Acknowledge *Link
	Feed        string
}

// A Coverage is the hours of a week in which a person answers in a language.
type Coverage struct {
	Lang  string // name
	Hours int    // of 168
	Gaps  []HourRange
}

// A NoticeChange is a difference from the version before.
type NoticeChange struct {
	Kind           string // improvement, changed, removed, added
	What, From, To string
	Text           string
}

// A NoticeSeverity is one row of what is promised.
type NoticeSeverity struct {
	ID, Name, Meaning, Ask string
	First, Updates         Duration
	Hours                  Hours
}

// A NoticeStep says who is told after how long without progress.
type NoticeStep struct {
	Name    string
	After   Duration
	Channel string
}

// A NoticeUpstream is what an operator promises for a product.
type NoticeUpstream struct {
	Product    string
	Severities []UpstreamSeverity
	Sources    []SourceRef
}

// An UpstreamSeverity is one row of the operator's table.
type UpstreamSeverity struct {
	ID        string
	Response  Duration
	Hours     Hours
	Condition string
	Duty      string
}

// NoticePrivacy is what happens to the data.
type NoticePrivacy struct {
	ForwardedTo, Country string
	KeepDays             int
	Text                 string
	URL                  string
}

// A NoticeVersion is an entry of the notice's history.
type NoticeVersion struct {
	Version   int
	URL       string
	DiffURL   string
	Published time.Time
	Effective time.Time
	State     string
}

// A NoticeDiff is what changed between two versions.
type NoticeDiff struct {
	Shell
	From, To NoticeVersion
	Changes  []NoticeChange
}

// Status is the page of outages.
type Status struct {
	Shell
	Current []Outage
	Past    []Outage
	Health  []Link // the operators' own pages
	Feed    string
}

// An Outage with what was said about it, newest first.
type Outage struct {
	ID       string
	Title    string
	State    string // investigating, identified, monitoring, resolved
	Products []string
	Started  time.Time
	Resolved time.Time
	Updates  []OutageUpdate
}

// An OutageUpdate is one message about an outage.
type OutageUpdate struct {
	At    time.Time
	State string
	Text  string
}

func (Rules) layout() string      { return "rules" }
func (Triage) layout() string     { return "triage" }
func (Notice) layout() string     { return "notice" }
func (NoticeDiff) layout() string { return "notice-diff" }
func (Status) layout() string     { return "status" }
