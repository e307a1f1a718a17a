package relay_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"annai/policy"
	"annai/relay"
)

// Alert rules and dashboard ask only for figures that the relay gives, and the
// headline tells the age of what isn't delivered.
func TestMetrics(t *testing.T) {
	w := start(t, func(s *relay.Server) {
		s.Routes = relay.Routes{Known: []string{"hook"}, Handlers: map[policy.Handler][]string{policy.Partner: {"hook"}}}
	})
	w.send(good())
	w.post("/forms/support", good("email", "x")).must(t, 422)
	w.server.Metrics.Attempted(w.one().Deliveries[0], relay.Attempt{Class: relay.ClassTemporary})
	w.server.Metrics.Reloaded(nil)
	answer := httptest.NewRecorder()
	w.server.Metrics.Handler(w.store).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	text := answer.Body.String()
	for _, want := range []string{
		`relay_oldest_undelivered_seconds{destination="hook",severity="C"}`, `relay_accept_total{form="support",result="accepted"} 1`,
		`relay_accept_total{form="support",result="invalid"} 1`, `relay_deliveries{destination="hook",severity="C",state="queued"} 1`,
		`relay_deliveries_total{class="temporary",destination="hook"} 1`, "relay_store_up 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	names := regexp.MustCompile(`\brelay_[a-z_]+`)
	for _, file := range []string{"../deploy/alerts.yaml", "../deploy/dashboard.json"} {
		asked, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names.FindAllString(string(asked), -1) {
			if name = strings.TrimSuffix(name, "_bucket"); name != "relay_destination_paused" && !strings.Contains(text, "# TYPE "+name+" ") {
				t.Errorf("%s asks for %s, which isn't given", file, name)
			}
		}
	}
	if strings.Contains(text, "hanako") || strings.Contains(text, "サインイン") {
		t.Error("a metric holds what somebody sent")
	}
}
