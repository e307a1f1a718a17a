package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"annai/relay"
)

// tabs are the views of the queue: which deliveries they show.
var tabs = []struct {
	Name   string
	States []relay.State
}{
	{"open", []relay.State{relay.Waiting, relay.Queued, relay.Held, relay.Dead}},
	{"mine", []relay.State{relay.Waiting}},
	{"doubted", []relay.State{relay.Quarantined}},
	{"held", []relay.State{relay.Held}},
	{"dead", []relay.State{relay.Dead}},
	{"done", []relay.State{relay.Delivered, relay.Withdrawn}},
}

const perPage = 50

// A row is one request in the queue.
type row struct {
	relay.Submission
	Status relay.Status
	Number string
	Due    time.Time // zero when no clock runs
	Late   bool
	Soon   bool // less than a quarter of the time is left
}

type queuePage struct {
	frame
	Tabs     []tabLink
	Tab      string
	Search   string
	Severity string
	Rows     []row
	Page     int
	More     bool
	Oldest   []relay.Count
}

type tabLink struct {
	Name   string
	Number int
}

func (d *Desk) queue(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p := queuePage{frame: d.frame(r, "queue"), Tab: query.Get("tab"), Search: strings.TrimSpace(query.Get("q")), Severity: query.Get("severity"), Page: max(atoi(query.Get("page")), 0)}
	stats, err := d.Store.Stats(r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for _, s := range stats.Destinations {
		if s.Paused {
			p.Paused = append(p.Paused, s)
		}
	}
	q := relay.Query{Severity: p.Severity, Limit: perPage + 1, Offset: p.Page * perPage}
	for _, tab := range tabs {
		p.Tabs = append(p.Tabs, tabLink{tab.Name, count(stats, tab.States)})
		if tab.Name == p.Tab {
			q.States = tab.States
		}
	}
	if q.States == nil {
		p.Tab, q.States = tabs[0].Name, tabs[0].States
	}
	q.Newest = p.Tab == "done" || p.Tab == "doubted"
	list, err := d.find(r, p.Search, q)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if p.More = len(list) > perPage; p.More {
		list = list[:perPage]
	}
	for _, s := range list {
		p.Rows = append(p.Rows, d.newRow(s, p.Now))
	}
	d.draw(w, "queue.html", p.Locale, p)
}

func count(stats relay.Stats, states []relay.State) int {
	n := 0
	for _, c := range stats.Counts {
		if slices.Contains(states, c.State) {
			n += c.Number
		}
	}
	return n
}

func (d *Desk) newRow(s relay.Submission, now time.Time) row {
	status, number := d.Server.Routes.StatusOf(s)
	row := row{Submission: s, Status: status, Number: number}
	open := slices.ContainsFunc(s.Deliveries, func(x relay.Delivery) bool { return !x.State.Finished() })
	if open && !s.Response.IsZero() {
		row.Due = s.Response
		row.Late = now.After(s.Response)
		row.Soon = !row.Late && s.Response.Sub(now) < s.Response.Sub(s.Received)/4
	}
	return row
}

// searched is how many of the latest requests a search for words reads.
const searched = 1000

// find looks a text up: as a reference, id, number, address, or else in the words
// of the latest requests.
func (d *Desk) find(r *http.Request, search string, q relay.Query) ([]relay.Submission, error) {
	if search == "" {
		return d.Store.Find(r.Context(), q)
	}
	prefix := cmp.Or(d.Server.Prefix, relay.DefaultPrefix)
	exact := []relay.Query{{ID: strings.ToUpper(search)}, {Found: search}, {Found: strings.ToLower(search)}}
	if reference := relay.ParseReference(prefix, search); reference != "" {
		exact = append([]relay.Query{{Reference: reference}}, exact...)
	}
	for _, e := range exact {
		e.Limit = q.Limit
		if found, err := d.Store.Find(r.Context(), e); err != nil || len(found) > 0 {
			return found, err
		}
	}
	latest, err := d.Store.Find(r.Context(), relay.Query{Newest: true, Limit: searched})
	if err != nil {
		return nil, err
	}
	latest = slices.DeleteFunc(latest, func(s relay.Submission) bool { return !says(s, search) })
	return latest[:min(len(latest), q.Limit)], nil
}

// says tells whether a request has the words in what was written.
func says(s relay.Submission, words string) bool {
	var b strings.Builder
	b.WriteString(s.Subject + "\n" + s.Contact.Name + "\n" + s.Contact.Organization)
	for _, l := range s.Lines {
		b.WriteString("\n" + l.Text)
	}
	return strings.Contains(strings.ToLower(b.String()), strings.ToLower(words))
}

func (d *Desk) export(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	q := relay.Query{Severity: query.Get("severity"), Limit: 10_000, Newest: true}
	for _, tab := range tabs {
		if tab.Name == query.Get("tab") {
			q.States = tab.States
		}
	}
	list, err := d.find(r, strings.TrimSpace(query.Get("q")), q)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="requests.csv"`)
	w.Write([]byte("\uFEFF")) // spreadsheets then read it as UTF-8
	if err := WriteCSV(w, list, d.Server.Routes); err != nil {
		d.log().Error("export", "error", err)
	}
}

type countsPage struct {
	frame
	Feedback, Searches []relay.Tally
}

// counts shows what readers found helpful, and what searches found nothing.
func (d *Desk) counts(w http.ResponseWriter, r *http.Request) {
	p := countsPage{frame: d.frame(r, "counts")}
	since := p.Now.AddDate(0, 0, -90)
	var err error
	if p.Feedback, err = d.sum(r, "feedback", since); err == nil {
		p.Searches, err = d.sum(r, "no-result", since)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.draw(w, "counts.html", p.Locale, p)
}

// sum adds the days up, the most frequent first.
func (d *Desk) sum(r *http.Request, kind string, since time.Time) ([]relay.Tally, error) {
	list, err := d.Store.Counts(r.Context(), kind, since)
	if err != nil {
		return nil, err
	}
	total := map[string]int{}
	for _, t := range list {
		total[t.Key] += t.Number
	}
	var sums []relay.Tally
	for key, n := range total {
		sums = append(sums, relay.Tally{Key: key, Number: n})
	}
	slices.SortFunc(sums, func(a, b relay.Tally) int {
		if a.Number != b.Number {
			return b.Number - a.Number
		}
		return strings.Compare(a.Key, b.Key)
	})
	return sums[:min(len(sums), 200)], nil
}

func (d *Desk) pause(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !slices.Contains(d.Destinations, name) {
		d.fail(w, r, relay.ErrNotFound)
		return
	}
	if err := d.Store.Pause(r.Context(), name, person(r), r.PostFormValue("paused") == "true"); err != nil {
		d.fail(w, r, err)
		return
	}
	http.Redirect(w, r, d.Base+"/", http.StatusSeeOther)
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1_000_000 {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}
