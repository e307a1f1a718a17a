// Package policy is the support policy as facts: which products there are and
// how fast their operator answers, when a person answers on which channel, which
// severity promises what, and who handles a request.
//
// The same facts draw the pages (site), decide on a request (relay) and are
// proved when they are read: escalation rules hit exactly one rule for every
// combination of answers, a notice covers all 168 hours of the week, a published
// notice never changes.
//
//	rules/*.yaml     → Table     Decide(inputs) → Decision
//	notices/*.yaml   → Notice    Coverage, Due, Diff
//	products.yaml    → Product   what the upstream desk promises
//	all of them      → Manifest  what site writes and relay reads
package policy

import (
	"annai/internal/source"
)

// A Handler is who deals with a request.
type Handler string

const (
	Self                Handler = "self"                  // the reader, with the page that the rule names
	Partner             Handler = "partner"               // the partner's own desk
	PartnerThenUpstream Handler = "partner-then-upstream" // the desk prepares and hands over
	Upstream            Handler = "upstream"              // 21Vianet
)

// Leads tells whether the handler passes the request on to the upstream operator.
func (h Handler) Leads() bool { return h == Upstream || h == PartnerThenUpstream }

// Grounds are the agreement's three reasons for which a partner may escalate:
// it cannot reasonably solve the problem for lack of one of them.
var Grounds = []string{"no-training", "no-documentation", "no-tool"}

// Categories are the seven kinds of support that the agreement names, in its
// order. Each needs an article in every language and a line in the notice.
var Categories = []string{
	"account-setup", "accounts-billing", "howto-faq", "updates",
	"configuration", "connectivity", "performance",
}

// A Table is a set of escalation rules: a decision table over a few inputs.
type Table struct {
	source.Position `json:"-"`

	ID     string       `yaml:"id,required" json:"id"`
	Title  source.Words `yaml:"title" json:"title"`
	Intro  source.Words `yaml:"intro" json:"intro,omitempty"`
	Hit    string       `yaml:"hit" json:"hit,omitempty"` // unique (default) or first
	Inputs []Input      `yaml:"inputs,required" json:"inputs"`
	Rules  []Rule       `yaml:"rules,required" json:"rules"`
}

// An Input is a question with its possible answers, asked in the table's order.
type Input struct {
	source.Position `json:"-"`

	ID       string       `yaml:"id,required" json:"id"`
	Question source.Words `yaml:"question" json:"question"`
	Help     source.Words `yaml:"help" json:"help,omitempty"`
	Values   []Value      `yaml:"values,required" json:"values"`
}

// A Value is one answer to an input.
type Value struct {
	ID    string       `yaml:"id,required" json:"id"`
	Label source.Words `yaml:"label" json:"label"`
}

// A Rule says what happens for the combinations that its When matches. An input
// that When leaves out may have any value.
type Rule struct {
	source.Position `json:"-"`

	ID       string              `yaml:"id,required" json:"id"`
	When     map[string][]string `yaml:"when" json:"when,omitempty"`
	Handler  Handler             `yaml:"handler,required" json:"handler"`
	Severity string              `yaml:"severity" json:"severity,omitempty"`
	Grounds  []string            `yaml:"grounds" json:"grounds,omitempty"`
	Evidence []string            `yaml:"evidence" json:"evidence,omitempty"`  // ids of form fields
	TryFirst []string            `yaml:"try_first" json:"tryFirst,omitempty"` // ids of articles that must have been followed
	Upstream *RuleUpstream       `yaml:"upstream" json:"upstream,omitempty"`
	Then     Then                `yaml:"then" json:"then,omitzero"`
	Route    string              `yaml:"route" json:"route,omitempty"` // destination's name in the relay, when not the handler's own

	Title  source.Words `yaml:"title" json:"title"`   // what the situation is
	Action source.Words `yaml:"action" json:"action"` // what to do, or what will happen
	Reason source.Words `yaml:"reason" json:"reason,omitempty"`
}

// RuleUpstream names the product and the severity under which it is handed over.
type RuleUpstream struct {
	Product  string `yaml:"product,required" json:"product"`
	Severity string `yaml:"severity,required" json:"severity"`
}

// Then is where the reader goes next: a page, or a form.
type Then struct {
	Page string `yaml:"page" json:"page,omitempty"`
	Form string `yaml:"form" json:"form,omitempty"`
}

// A Product is something that is supported, with its operator's own promises.
type Product struct {
	source.Position `json:"-"`

	ID        string              `yaml:"id,required" json:"id"`
	Name      source.Words        `yaml:"name,required" json:"name"`
	Operator  string              `yaml:"operator" json:"operator,omitempty"`
	PortalURL string              `yaml:"portal_url" json:"portalURL,omitempty"`
	HealthURL string              `yaml:"health_url" json:"healthURL,omitempty"`
	Portal    map[string][]string `yaml:"portal" json:"portal,omitempty"` // form id → menu path in the operator's portal, in its own words
	Upstream  ProductUpstream     `yaml:"upstream" json:"upstream,omitzero"`
}

// ProductUpstream is what the operator promises for the product.
type ProductUpstream struct {
	Severities []UpstreamSeverity `yaml:"severities" json:"severities,omitempty"`
	Sources    []Source           `yaml:"sources" json:"sources,omitempty"`
}

// UpstreamSeverity is one row of the operator's own table.
type UpstreamSeverity struct {
	ID        string   `yaml:"id,required" json:"id"`
	Response  Duration `yaml:"response" json:"response"`
	Clock     Clock    `yaml:"clock" json:"clock"`
	Condition string   `yaml:"condition" json:"condition,omitempty"` // e.g. premium: only under that agreement
	Duty      string   `yaml:"duty" json:"duty,omitempty"`
}

// A Source is where a figure comes from and of which date it is.
type Source struct {
	URL       string `yaml:"url,required" json:"url"`
	Title     string `yaml:"title" json:"title,omitempty"`
	Retrieved string `yaml:"retrieved" json:"retrieved,omitempty"` // YYYY-MM-DD
	AsOf      string `yaml:"as_of" json:"asOf,omitempty"`
}

// A Notice is one version of the support-process notice that a partner owes its
// customers. A published version never changes; the next one is a new file.
type Notice struct {
	source.Position `json:"-"`

	Hash string `json:"hash,omitempty"` // SHA-256 of the facts' file, hexadecimal

	ID         string       `yaml:"id,required" json:"id"`
	Version    int          `yaml:"version,required" json:"version"`
	Published  string       `yaml:"published" json:"published,omitempty"` // YYYY-MM-DD; empty while a draft
	Effective  string       `yaml:"effective,required" json:"effective"`  // YYYY-MM-DD
	NoticeDays int          `yaml:"notice_days" json:"noticeDays,omitempty"`
	Binding    string       `yaml:"binding,required" json:"binding"` // locale whose words count
	Title      source.Words `yaml:"title" json:"title"`
	Summary    source.Words `yaml:"summary" json:"summary,omitempty"`

	Channels    []Channel        `yaml:"channels,required" json:"channels"`
	Severities  []Severity       `yaml:"severities,required" json:"severities"`
	Path        []Step           `yaml:"path,required" json:"path"`
	Covers      []string         `yaml:"covers,required" json:"covers"`
	Excludes    []Exclusion      `yaml:"excludes" json:"excludes,omitempty"`
	Upstream    []NoticeUpstream `yaml:"upstream" json:"upstream,omitempty"`
	Privacy     Privacy          `yaml:"privacy" json:"privacy"`
	Changes     []Change         `yaml:"changes" json:"changes,omitempty"`
	Acknowledge *Acknowledge     `yaml:"acknowledge" json:"acknowledge,omitempty"`
}

// A Channel is a way to reach a person (or a machine), with its hours.
type Channel struct {
	source.Position `json:"-"`

	ID       string       `yaml:"id,required" json:"id"`
	Kind     string       `yaml:"kind,required" json:"kind"` // form, phone, email, chat
	Ref      string       `yaml:"ref" json:"ref,omitempty"`  // form: its id
	E164     string       `yaml:"e164" json:"e164,omitempty"`
	Address  string       `yaml:"address" json:"address,omitempty"` // email, chat
	Langs    []string     `yaml:"langs,required" json:"langs"`
	Hours    Clock        `yaml:"hours,required" json:"hours"`
	Holidays string       `yaml:"holidays" json:"holidays,omitempty"` // calendar: the channel is closed on its days
	Answered string       `yaml:"answered,required" json:"answered"`  // person or machine
	For      []string     `yaml:"for,required" json:"for"`            // severities
	Cost     string       `yaml:"cost" json:"cost,omitempty"`
	Name     source.Words `yaml:"name" json:"name"`
	Note     source.Words `yaml:"note" json:"note,omitempty"`
}

// A Severity is what the partner promises for one degree of harm.
type Severity struct {
	source.Position `json:"-"`

	ID       string       `yaml:"id,required" json:"id"`
	First    Duration     `yaml:"first,required" json:"first"`
	Updates  Duration     `yaml:"updates" json:"updates"`
	Clock    Clock        `yaml:"clock,required" json:"clock"`
	Calendar string       `yaml:"calendar" json:"calendar,omitempty"`
	Duty     string       `yaml:"duty" json:"duty,omitempty"`
	Name     source.Words `yaml:"name" json:"name"`
	Meaning  source.Words `yaml:"meaning" json:"meaning"`
	Ask      source.Words `yaml:"ask" json:"ask,omitempty"` // what the customer has to do
}

// A Step of the escalation path inside the partner: who is told after how long
// without progress.
type Step struct {
	ID      string       `yaml:"role,required" json:"role"`
	After   Duration     `yaml:"after,required" json:"after"`
	Channel string       `yaml:"channel" json:"channel,omitempty"`
	Name    source.Words `yaml:"name" json:"name"`
}

// An Exclusion is something that the support doesn't cover.
type Exclusion struct {
	ID   string       `yaml:"id,required" json:"id"`
	Name source.Words `yaml:"name" json:"name"`
}

// NoticeUpstream names a product whose operator's hours stand in the notice.
type NoticeUpstream struct {
	Product string `yaml:"product,required" json:"product"`
}

// Privacy is what happens to a customer's data.
type Privacy struct {
	ForwardedTo string       `yaml:"forwarded_to" json:"forwardedTo,omitempty"`
	Country     string       `yaml:"country" json:"country,omitempty"`
	KeepDays    int          `yaml:"keep_days" json:"keepDays,omitempty"`
	Consent     string       `yaml:"consent" json:"consent,omitempty"`
	Text        source.Words `yaml:"text" json:"text,omitempty"`
}

// A Change says what differs from the version before. The list must equal the
// difference that [Diff] computes.
type Change struct {
	source.Position `json:"-"`

	Kind string       `yaml:"kind,required" json:"kind"` // improvement, changed, removed
	What string       `yaml:"what,required" json:"what"` // the fact's name, as Diff writes it: tel-24x7, B-first
	From string       `yaml:"from" json:"from,omitempty"`
	To   string       `yaml:"to" json:"to,omitempty"`
	Text source.Words `yaml:"text" json:"text,omitempty"`
}

// Acknowledge asks for a confirmation that the notice was read.
type Acknowledge struct {
	Form    string `yaml:"form,required" json:"form"`
	AskedOf string `yaml:"asked_of" json:"askedOf,omitempty"`
}
