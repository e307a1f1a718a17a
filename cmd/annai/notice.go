package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"annai/policy"
	"annai/site"
)

// noticeCommand keeps the support-process notice: a published version never
// changes, the next one is a new file.
type noticeCommand struct {
	New      noticeNewCommand      `cmd:"" help:"Start the next version from the last one."`
	Lock     noticeLockCommand     `cmd:"" help:"Lock all published versions: from then on a changed one fails the build."`
	Coverage noticeCoverageCommand `cmd:"" help:"Show when a person answers, hour by hour."`
}

type noticeNewCommand struct {
	Content   string `arg:"" optional:"" default:"content" help:"Folder with the content."`
	Effective string `placeholder:"YYYY-MM-DD" help:"Day on which it takes effect (the earliest that the notice's own period allows)."`
}

func (c *noticeNewCommand) Run(t *terminal) error {
	s, err := loadSite(t, c.Content)
	if err != nil {
		return err
	}
	last := lastNotice(s)
	if last == nil {
		return errNoNotice
	}
	effective := s.Now.AddDate(0, 0, last.NoticeDays).Format(time.DateOnly)
	if c.Effective != "" {
		if _, err := time.Parse(time.DateOnly, c.Effective); err != nil {
			return usagef("--effective: %q is no date, write it as 2027-04-01", c.Effective)
		}
		effective = c.Effective
	}
	if last.Published == "" {
		return usagef("%s has not been published yet: go on with that version", last.Position.Path)
	}
	version := last.Version + 1
	name := filepath.Join("notices", last.ID, strconv.Itoa(version)+".yaml")
	if err := c.copyFacts(t, last, name, version, effective); err != nil {
		return err
	}
	if err := c.copyWords(t, last, name); err != nil {
		return err
	}
	printWeek(t, last)
	fmt.Fprint(t.out, "\nnow change what is to change; annai check names each difference that changes: must tell.\nThen set published, build, and run annai notice lock.\n")
	return nil
}

func lastNotice(s *site.Site) *policy.Notice {
	var last *policy.Notice
	for _, n := range s.Notices {
		if last == nil || n.Version > last.Version {
			last = n
		}
	}
	return last
}

// copyFacts writes the next version's facts: the same but for what belongs to
// one version only.
func (c *noticeNewCommand) copyFacts(t *terminal, last *policy.Notice, name string, version int, effective string) error {
	text, err := os.ReadFile(filepath.Join(c.Content, filepath.FromSlash(last.Position.Path)))
	if err != nil {
		return err
	}
	next := setKey(string(text), "version", strconv.Itoa(version))
	next = setKey(next, "effective", effective)
	next = dropKey(next, "published")
	next = dropKey(next, "changes")
	return writeNew(t, filepath.Join(c.Content, name), next)
}

// copyWords copies the words in every language, without those of the changes.
func (c *noticeNewCommand) copyWords(t *terminal, last *policy.Notice, name string) error {
	locales, err := os.ReadDir(c.Content)
	if err != nil {
		return err
	}
	for _, l := range locales {
		text, err := os.ReadFile(filepath.Join(c.Content, l.Name(), filepath.FromSlash(last.Position.Path)))
		if errors.Is(err, fs.ErrNotExist) || !l.IsDir() {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeNew(t, filepath.Join(c.Content, l.Name(), name), dropKey(string(text), "changes")); err != nil {
			return err
		}
	}
	return nil
}

// setKey sets a key of the top level, in the text so that comments stay.
func setKey(text, key, value string) string {
	line := regexp.MustCompile(`(?m)^` + key + `:[^\n]*`)
	if line.MatchString(text) {
		return line.ReplaceAllLiteralString(text, key+": "+value)
	}
	return key + ": " + value + "\n" + text
}

// dropKey removes a key of the top level with everything indented below it.
func dropKey(text, key string) string {
	var kept []string
	dropping := false
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case strings.HasPrefix(line, key+":"):
			dropping = true
		case dropping && line != "" && !strings.ContainsAny(line[:1], " \t-\n\r"):
			dropping = false
		}
		if !dropping {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func writeNew(t *terminal, name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already", name)
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	fmt.Fprintln(t.out, name)
	return f.Close()
}

type noticeLockCommand struct {
	Content string `arg:"" optional:"" default:"content" help:"Folder with the content."`
}

// Run adds published versions that are not locked yet. What is locked stays, so
// that a changed version goes on to be found.
func (c *noticeLockCommand) Run(t *terminal) error {
	s, err := loadSite(t, c.Content)
	if err != nil {
		return err
	}
	if lastNotice(s) == nil {
		return errNoNotice
	}
	lock, ps := s.Lock()
	if ps.Errors() > 0 {
		printProblems(t.err, ps, false)
		return errFound
	}
	next := lock.Locked(s.Notices)
	name := filepath.Join(c.Content, policy.LockName)
	if err := os.WriteFile(name, []byte(next.String()), 0o644); err != nil {
		return err
	}
	for _, key := range keys(next) {
		if lock[key] == "" {
			fmt.Fprintf(t.out, "locked %s\n", key)
		}
	}
	fmt.Fprintf(t.out, "%s: %d locked\n", name, len(next))
	return nil
}

type noticeCoverageCommand struct {
	Content string `arg:"" optional:"" default:"content" help:"Folder with the content."`
}

func (c *noticeCoverageCommand) Run(t *terminal) error {
	s, err := loadSite(t, c.Content)
	if err != nil {
		return err
	}
	n := policy.InForce(s.Notices, s.Now)
	if n == nil {
		return errNoNotice
	}
	printWeek(t, n)
	return nil
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// printWeek draws the 168 hours: # a person answers for the whole hour, + for a
// part of it, . nobody does.
func printWeek(t *terminal, n *policy.Notice) {
	gaps := n.Gaps("")
	fmt.Fprintf(t.out, "\n%s version %d, %s: a person answers for %g of 168 hours\n", n.ID, n.Version, n.Zone(), 168-policy.Uncovered(gaps).Hours())
	fmt.Fprintln(t.out, "     0     6     12    18    24")
	for day, name := range weekdays {
		fmt.Fprintf(t.out, "%s  ", name)
		for hour := range 24 {
			from := (day*24 + hour) * 60
			open := 60
			for _, g := range gaps {
				open -= max(0, min(g.To, from+60)-max(g.From, from))
			}
			fmt.Fprint(t.out, hourMark(open))
		}
		fmt.Fprintln(t.out)
	}
}

func hourMark(open int) string {
	switch {
	case open >= 60:
		return "#"
	case open > 0:
		return "+"
	}
	return "."
}
