package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// outage is what a customer whose whole company can't sign in answers: the rules
// make it severity A and send it upstream.
var outage = map[string]string{
	"what":           "全員がサインインできません。\n朝から続いています。",
	"since":          "2026-11-20T09:30",
	"correlation-id": "相関 ID: 3F2504E0-4F89-41D3-9A0C-0305E82C3301",
	"tried":          "再起動と別の回線を試しました",
	"name":           "山田 太郎",
	"organization":   "例示株式会社",
	"email":          "ｔａｒｏ＠example.com",
	"phone":          "０３－１２３４－５６７８",
}

var outageChoices = map[string]string{
	"topic": "sign-in", "product": "office365-21v", "health": "not-listed", "scope": "all", "blocked": "yes", "forward-ok": "2026-10",
}

// fill answers the form on the page.
func fill(t *testing.T, ctx context.Context, answers, choices map[string]string) {
	t.Helper()
	for name, value := range choices {
		do(t, ctx, chromedp.Click(chromedp.CSS(`input[name="`+name+`"][value="`+value+`"]`)))
	}
	for name, value := range answers {
		control, _ := json.Marshal(`form.form [name="` + name + `"]`)
		text, _ := json.Marshal(value)
		get(t, ctx, chromedp.Evaluate[bool](fmt.Sprintf(
			`(c => { c.focus(); c.value = %s; return c.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(%s))`, text, control)))
	}
}

const (
	checkButton = `button[name="_action"][value="check"]`
	sendButton  = `button[name="_action"][value="send"]`
)

// TestChain opens an article, fills in the form in it, checks the answers, sends
// them and sees the receipt; the receiver gets exactly the fields that the form
// forwards. Once with scripts and once without.
func TestChain(t *testing.T) {
	for name, scripts := range map[string]bool{"scripts": true, "no-scripts": false} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			s := startRelay(t, r)
			ctx := browser(t, scripts)
			do(t, ctx, chromedp.Navigate(s.url+"/ja/getting-support/"), chromedp.WaitVisible(chromedp.CSS("form.form")))
			views(t, ctx, "chain-article-"+name)

			do(t, ctx, chromedp.Click(chromedp.CSS(checkButton)), chromedp.WaitVisible(chromedp.CSS("[data-sum]")))
			title, summary := get(t, ctx, chromedp.Title()), get(t, ctx, chromedp.Text(chromedp.CSS("[data-sum]")))
			if !strings.HasPrefix(title, "エラー") || !strings.Contains(summary, "メールアドレス") {
				t.Errorf("the error page says %q, %q", title, summary)
			}
			views(t, ctx, "chain-errors-"+name)

			fill(t, ctx, outage, outageChoices)
			do(t, ctx, chromedp.Click(chromedp.CSS(checkButton)), chromedp.WaitVisible(chromedp.CSS(sendButton)))
			page := get(t, ctx, chromedp.Text(chromedp.CSS("main")))
			for _, want := range []string{"taro@example.com", "03-1234-5678", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "朝から続いています"} {
				if !strings.Contains(page, want) {
					t.Errorf("the check page doesn't show %q", want)
				}
			}
			views(t, ctx, "chain-check-"+name)

			do(t, ctx, chromedp.Click(chromedp.CSS(sendButton)), chromedp.WaitVisible(chromedp.CSS("[data-receipt]")))
			location := get(t, ctx, chromedp.Location())
			page = get(t, ctx, chromedp.Text(chromedp.CSS("main")))
			if !regexp.MustCompile(`/requests/[A-Za-z0-9_-]{20,}(\?sent)?$`).MatchString(location) {
				t.Errorf("the receipt is at %s", location)
			}
			if !regexp.MustCompile(`RQ-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]`).MatchString(page) {
				t.Errorf("the receipt shows no reference:\n%s", page)
			}
			if strings.Contains(location, "taro") {
				t.Errorf("personal data in the address %s", location)
			}
			views(t, ctx, "chain-receipt-"+name)

			got := r.wait(t, "delivered", 1)
			answers := got[0].answers(t)
			for field, want := range map[string]string{
				"what": outage["what"], "tried": outage["tried"], "organization": outage["organization"],
				"correlation-id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "scope": "all", "since": "2026-11-20T09:30 Asia/Tokyo",
			} {
				if answers[field] != want {
					t.Errorf("%s arrived as %q, want %q", field, answers[field], want)
				}
			}
			// Exactly what the form forwards upstream: no name, no address, no consent.
			forwarded := []string{"blocked", "correlation-id", "health", "organization", "product", "scope", "since", "topic", "tried", "what"}
			if names := slices.Sorted(maps.Keys(answers)); !slices.Equal(names, forwarded) {
				t.Errorf("the fields that arrived are %q, want %q", names, forwarded)
			}
		})
	}
}

// answers are the first values of the fields that arrived.
func (d delivery) answers(t *testing.T) map[string]string {
	t.Helper()
	data, _ := d.Body["data"].(map[string]any)
	fields, ok := data["answers"].(map[string]any)
	if !ok {
		t.Fatalf("the body has no answers: %v", d.Body)
	}
	first := map[string]string{}
	for name, values := range fields {
		if list, ok := values.([]any); ok && len(list) > 0 {
			first[name], _ = list[0].(string)
		}
	}
	return first
}

// TestKillBetweenAcceptAndForward: the relay is killed after it said thanks and
// before anything was forwarded. After the restart the request is delivered,
// once, under the id that the first try had.
func TestKillBetweenAcceptAndForward(t *testing.T) {
	r := newReceiver(t)
	r.close(true)
	s := startRelay(t, r)
	ctx := browser(t, false)
	do(t, ctx, chromedp.Navigate(s.url+"/ja/getting-support/"), chromedp.WaitVisible(chromedp.CSS("form.form")))
	fill(t, ctx, outage, outageChoices)
	do(t, ctx, chromedp.Click(chromedp.CSS(checkButton)), chromedp.WaitVisible(chromedp.CSS(sendButton)),
		chromedp.Click(chromedp.CSS(sendButton)), chromedp.WaitVisible(chromedp.CSS("[data-receipt]")))
	r.wait(t, "refused", 1)
	s.kill(t)
	r.close(false)
	s.start(t)
	got := r.wait(t, "delivered", 1)
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("[data-receipt]")))
	if got := r.wait(t, "delivered", 1); len(got) != 1 {
		t.Errorf("delivered %d times", len(got))
	}
	if got[0].ID == "" {
		t.Error("the delivery has no id")
	}
}
