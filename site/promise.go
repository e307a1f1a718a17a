package site

import (
	"maps"
	"slices"
	"strconv"

	"annai/internal/source"
	"annai/policy"
)

// What the notice promises is held against the lock of published versions, the
// forms, the rules and the operators.

// readNotices checks all versions together and finds the one in force.
func (s *Site) readNotices() {
	lock, ps := s.Lock()
	s.problems.Append(ps)
	var published []*policy.Notice
	for _, n := range s.Notices {
		if n.ID != s.Notices[0].ID {
			s.problems.Errorf(n.Position, "notice-several", "there is a second notice, %q", n.ID).
				Hintf("a site has one notice, %s; its versions are files of one folder", s.Notices[0].ID)
			continue
		}
		s.support.versions = append(s.support.versions, n)
		if n.Published != "" && !day(n.Published).After(s.today()) {
			published = append(published, n)
		}
	}
	s.problems.Append(policy.CheckNotices(s.support.versions, lock, s.Products, s.Calendars, s.Now))
	s.support.published = published
	s.support.notice = policy.InForce(published, s.Now)
	s.checkLock(lock)
	for _, n := range s.support.versions {
		s.checkNotice(n)
	}
}

// Lock reads notices.lock; a site without one has locked nothing.
func (s *Site) Lock() (policy.Lock, source.Problems) {
	if !s.tree.has(policy.LockName) {
		return policy.Lock{}, nil
	}
	return policy.ParseLock(s.open(policy.LockName))
}

// checkLock asks for published versions to be locked.
func (s *Site) checkLock(lock policy.Lock) {
	for _, n := range s.support.published {
		if lock[n.ID+"/"+strconv.Itoa(n.Version)] == "" {
			s.problems.Warnf(n.Position, "notice-unlocked", "version %d is published and not locked", n.Version).
				Hintf("run annai notice lock, and keep %s with the content", policy.LockName)
		}
	}
}

// checkNotice looks for what the notice names.
func (s *Site) checkNotice(n *policy.Notice) {
	for i := range n.Channels {
		if c := &n.Channels[i]; c.Kind == "form" && c.Ref != "" {
			s.checkFormID(c.Ref, c.Position)
		}
	}
	if n.Acknowledge != nil {
		s.checkFormID(n.Acknowledge.Form, n.Position)
	}
	if n != s.support.versions[len(s.support.versions)-1] {
		return // past versions can't be mended
	}
	for _, id := range slices.Sorted(maps.Keys(s.Tables)) {
		for i := range s.Tables[id].Rules {
			s.checkPromise(n, &s.Tables[id].Rules[i])
		}
	}
}

// checkPromise asks a notice for the operator's hours where a rule may hand over
// to it: we answer at all hours, the operator perhaps not. And for the severity
// that the rule gives a request.
func (s *Site) checkPromise(n *policy.Notice, r *policy.Rule) {
	if r.Severity != "" && n.Severity(r.Severity) == nil {
		s.problems.Errorf(r.Position, "rules-no-promise", "the rule %q gives severity %q, for which the notice promises nothing", r.ID, r.Severity)
	}
	if r.Upstream == nil {
		return
	}
	for _, u := range n.Upstream {
		if u.Product == r.Upstream.Product {
			return
		}
	}
	s.problems.Errorf(r.Position, "notice-upstream-missing", "the rule %q hands over to the operator of %q, whose hours are not in the notice", r.ID, r.Upstream.Product).
		Hintf("add {product: %s} to upstream in the next version of the notice", r.Upstream.Product)
}

func (s *Site) checkFormID(id string, at source.Position) {
	if s.Forms[id] == nil {
		p := (*problem)(s.problems.Errorf(at, "unknown-form", "there is no form %q", id))
		p.suggest(source.Nearest(id, slices.Sorted(maps.Keys(s.Forms))))
	}
}
