package e2e

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneRule changes one rule in the content and finds the change on its card,
// in the triage, in what the form asks for and in the relay's decision.
func TestOneRule(t *testing.T) {
	content := filepath.Join(t.TempDir(), "content")
	if err := os.CopyFS(content, os.DirFS("../content")); err != nil {
		t.Fatal(err)
	}
	type seen struct{ card, triage, evidence, decision string }
	look := func() seen {
		site := filepath.Join(t.TempDir(), "public")
		if out, err := exec.Command(bin+"/annai", "build", content, "-o", site, "--relay-url", "/").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		s := startRelayOn(t, newReceiver(t), site)
		defer s.kill(t)
		read := func(path string) string {
			r, err := http.Get(s.url + path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			text, _ := io.ReadAll(r.Body)
			return string(text)
		}
		card := cut(t, read("/en/rules/sign-in/"), `id="all-working"`, "</section>", "</article>")
		triage := cut(t, read("/en/rules/sign-in/triage/"), `id="all-working"`, "</section>", "</article>")
		answers := map[string]string{"lang": "en", "_action": "check"}
		for name, value := range outage {
			answers[name] = value
		}
		for name, value := range outageChoices {
			answers[name] = value
		}
		answers["blocked"], answers["correlation-id"] = "no", ""
		body, kind := encode(t, answers)
		r, err := http.Post(s.url+"/forms/customer-request", kind, body)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		check, _ := io.ReadAll(r.Body)
		return seen{severity(card), severity(triage), cut(t, card, "<dt>What to have ready</dt>", "</dd>"),
			severity(string(check)) + " " + yes(strings.Contains(string(check), "Correlation ID</li>"))}
	}
	before := look()
	path := filepath.Join(content, "rules", "sign-in.yaml")
	rules, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile(`(?s)(id: all-working.*?severity: )B(.*?evidence: \[since, )tried`)
	if !rule.Match(rules) {
		t.Fatal("the rule isn't as this test knows it")
	}
	if err := os.WriteFile(path, rule.ReplaceAll(rules, []byte("${1}C${2}correlation-id, tried")), 0o644); err != nil {
		t.Fatal(err)
	}
	after := look()
	if before.card != "B" || after.card != "C" {
		t.Errorf("the card said %q and says %q", before.card, after.card)
	}
	if before.triage != "B" || after.triage != "C" {
		t.Errorf("the triage said %q and says %q", before.triage, after.triage)
	}
	if strings.Contains(before.evidence, "Correlation ID") || !strings.Contains(after.evidence, "Correlation ID") {
		t.Errorf("the evidence was %q and is %q", before.evidence, after.evidence)
	}
	if before.decision != "B no" || after.decision != "C yes" {
		t.Errorf("the relay decided %q and decides %q", before.decision, after.decision)
	}
}

var severityMark = regexp.MustCompile(`data-severity="([ABC])"`)

func severity(html string) string {
	if m := severityMark.FindStringSubmatch(html); m != nil {
		return m[1]
	}
	return ""
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// cut is the text from a mark to the first of the ends behind it.
func cut(t *testing.T, text, from string, ends ...string) string {
	t.Helper()
	i := strings.Index(text, from)
	if i < 0 {
		t.Fatalf("%q is not on the page", from)
	}
	text = text[i:]
	end := len(text)
	for _, e := range ends {
		if j := strings.Index(text, e); j >= 0 {
			end = min(end, j)
		}
	}
	return text[:end]
}
