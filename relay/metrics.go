package relay

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what an operator watches. The headline is
// relay_oldest_undelivered_seconds: as long as it is small, nothing is lost.
// Labels come from the configuration and the site, never from a reader.
type Metrics struct {
	registry  *prometheus.Registry
	accepts   *prometheus.CounterVec
	seconds   prometheus.Histogram
	attempts  *prometheus.CounterVec
	lost      prometheus.Counter
	virus     prometheus.Counter
	panics    prometheus.Counter
	reloads   *prometheus.CounterVec
	canaryAge prometheus.GaugeFunc

	mu     sync.Mutex
	landed time.Time // when the last canary was delivered
}

// NewMetrics makes an empty set with its own registry.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		accepts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_accept_total", Help: "Answers to a sent form, by what came of it."}, []string{"form", "result"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "relay_accept_seconds", Help: "Time from a sent form to its answer, the commit included.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_deliveries_total", Help: "Attempts to deliver, by destination and class of outcome."}, []string{"destination", "class"}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "relay_invariant_violations", Help: "Deliveries that had lost their job and got a new one."}),
		virus: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "relay_attachments_infected_total", Help: "Attachments in which the scanner found something."}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "relay_faults_total", Help: "Faults in handlers that were caught."}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_reloads_total", Help: "Reloads of the site's manifest, by result."}, []string{"result"}),
	}
	m.canaryAge = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "relay_canary_age_seconds", Help: "Time since the last canary was delivered; 0 when none was sent."}, m.sinceCanary)
	m.registry.MustRegister(m.accepts, m.seconds, m.attempts, m.lost, m.virus, m.panics, m.reloads, m.canaryAge,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) accepted(form, result string, took time.Duration) {
	m.accepts.WithLabelValues(form, result).Inc()
	m.seconds.Observe(took.Seconds())
}

// Attempted counts an attempt; it fits Workers.Attempted.
func (m *Metrics) Attempted(d Delivery, a Attempt) {
	m.attempts.WithLabelValues(d.Destination, string(a.Class)).Inc()
}

// Lost counts deliveries without a job; it fits Workers.Lost.
func (m *Metrics) Lost(deliveries []string) { m.lost.Add(float64(len(deliveries))) }

// Reloaded counts a reload of the manifest.
func (m *Metrics) Reloaded(err error) {
	result := "good"
	if err != nil {
		result = "refused"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// Canary notes that a canary was delivered.
func (m *Metrics) Canary(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.landed = at
}

func (m *Metrics) sinceCanary() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.landed.IsZero() {
		return 0
	}
	return time.Since(m.landed).Seconds()
}

// Handler answers GET /metrics. It belongs on the operator's listener.
func (m *Metrics) Handler(store Store) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(queueCollector{store})
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, r}, promhttp.HandlerOpts{})
}

// A queueCollector reads the queue's state when it is asked.
type queueCollector struct{ store Store }

var (
	oldestDesc = prometheus.NewDesc("relay_oldest_undelivered_seconds", "Age of the oldest request that is neither delivered nor withdrawn.", []string{"destination", "severity"}, nil)
	queueDesc  = prometheus.NewDesc("relay_deliveries", "Deliveries by state.", []string{"destination", "severity", "state"}, nil)
	deadDesc   = prometheus.NewDesc("relay_dead_letters", "Deliveries that were given up and wait for a person.", []string{"destination"}, nil)
	doubtDesc  = prometheus.NewDesc("relay_quarantined", "Doubted requests that wait for a person.", []string{"destination"}, nil)
	pausedDesc = prometheus.NewDesc("relay_destination_paused", "1 while a destination is not tried.", []string{"destination"}, nil)
	bytesDesc  = prometheus.NewDesc("relay_store_bytes", "Size of the database with its log.", nil, nil)
	freeDesc   = prometheus.NewDesc("relay_disk_free_bytes", "Space left on the database's disk.", nil, nil)
	upDesc     = prometheus.NewDesc("relay_store_up", "1 when the store answered.", nil, nil)
)

func (queueCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{oldestDesc, queueDesc, deadDesc, doubtDesc, pausedDesc, bytesDesc, freeDesc, upDesc} {
		ch <- d
	}
}

func (c queueCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	stats, err := c.store.Stats(ctx)
	if err != nil {
		gauge(upDesc, 0)
		return
	}
	gauge(upDesc, 1)
	gauge(bytesDesc, float64(stats.Bytes))
	if stats.Free >= 0 {
		gauge(freeDesc, float64(stats.Free))
	}
	dead, doubted := map[string]int{}, map[string]int{}
	oldest := map[[2]string]time.Time{}
	for _, n := range stats.Counts {
		gauge(queueDesc, float64(n.Number), n.Destination, n.Severity, string(n.State))
		dead[n.Destination] += 0
		switch n.State {
		case Dead:
			dead[n.Destination] += n.Number
		case Quarantined:
			doubted[n.Destination] += n.Number
		}
		// What is doubted has its own figure; spam must not raise the alarm of
		// late requests.
		at := [2]string{n.Destination, n.Severity}
		if open := !n.State.Finished() && n.State != Quarantined; open && n.Number > 0 && (oldest[at].IsZero() || n.Oldest.Before(oldest[at])) {
			oldest[at] = n.Oldest
		} else if _, ok := oldest[at]; !ok {
			oldest[at] = time.Time{}
		}
	}
	for at, t := range oldest {
		age := 0.0
		if !t.IsZero() {
			age = time.Since(t).Seconds()
		}
		gauge(oldestDesc, age, at[0], at[1])
	}
	for name, n := range dead {
		gauge(deadDesc, float64(n), name)
		gauge(doubtDesc, float64(doubted[name]), name)
	}
	for _, d := range stats.Destinations {
		paused := 0.0
		if d.Paused {
			paused = 1
		}
		gauge(pausedDesc, paused, d.Name)
	}
}
