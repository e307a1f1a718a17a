package e2e

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var voteForm = regexp.MustCompile(`(?s)<form class="vote" method="post" action="([^"]*)">.*?</form>`)

// TestVote: "was this helpful" of a built page is taken by the relay, which asks
// why it wasn't and leads back to the page and to the request form.
func TestVote(t *testing.T) {
	s := startRelay(t, newReceiver(t))
	text, err := os.ReadFile(filepath.Join(public, "en/account-setup/reset-password/index.html"))
	if err != nil {
		t.Fatal(err)
	}
	vote := voteForm.FindSubmatch(text)
	if vote == nil {
		t.Fatal("the page doesn't ask whether it was helpful")
	}
	fields := url.Values{"helpful": {"no"}}
	for _, m := range hidden.FindAllSubmatch(vote[0], -1) {
		fields.Add(unescape(string(m[1])), unescape(string(m[2])))
	}
	r, err := http.PostForm(s.url+string(vote[1]), fields)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, _ := io.ReadAll(r.Body)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("answered by %s\n%.2000s", r.Status, page)
	}
	for _, want := range []string{`name="reason" value="translation"`, "Reset a password", "/en/forms/customer-request/?page=%2Fen%2Faccount-setup%2Freset-password%2F"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
}
