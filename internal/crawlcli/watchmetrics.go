package crawlcli

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

// maxWatchFigures is of how many watches there are figures each. With more, such
// as those of a list of a thousand vendors, there are those of all alone:
// Prometheus keeps each name for months.
const maxWatchFigures = 100

// watchFigures adds what there is to know of watches. The names are a promise.
func watchFigures(reg *prometheus.Registry, s *watchStatus) {
	gauge := func(name, help string, value float64) {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "bxcrawl", Name: name, Help: help})
		g.Set(value)
		reg.MustRegister(g)
	}
	failing, muted := 0, 0
	for _, w := range s.watches {
		failing += int(truth(w.Trouble != ""))
		muted += int(truth(!w.Muted.IsZero()))
	}
	gauge("watches", "Watches.", float64(len(s.watches)))
	gauge("watches_failing", "Watches that could not be asked the last time.", float64(failing))
	gauge("watches_muted", "Watches whose receivers are told nothing.", float64(muted))
	if !s.figures.Oldest.IsZero() {
		gauge("alerts_oldest_waiting_timestamp_seconds", "When the oldest alert was found that waits to be delivered; absent while none does.", unix(s.figures.Oldest))
	}
	s.counters(reg)
	s.byReceiver(reg)
}

// counters are what only grows, as long as there are the same watches.
func (s *watchStatus) counters(reg *prometheus.Registry) {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "bxcrawl", Name: name, Help: help}, labels)
		reg.MustRegister(c)
		return c
	}
	vec("alerts_found_total", "Alerts that watches found.").WithLabelValues().Add(float64(s.figures.Found))
	deliveries := vec("alert_deliveries_total", "Deliveries by kind of receiver and outcome: taken, failed, refused, gone.", "kind", "outcome")
	for _, d := range s.figures.Deliveries {
		deliveries.WithLabelValues(d.Kind, d.Outcome).Add(float64(d.N))
	}
	dropped := vec("alerts_dropped_total", "Alerts that were never delivered, by kind of receiver.", "kind")
	for kind, n := range s.figures.Dropped {
		dropped.WithLabelValues(kind).Add(float64(n))
	}
	if len(s.watches) > maxWatchFigures {
		return
	}
	found := vec("watch_found_total", "Messages that a watch found.", "watch")
	for _, w := range s.watches {
		found.WithLabelValues(neutral.Text(w.Name)).Add(float64(w.Found))
	}
}

// byReceiver has no address, since one may be a secret.
func (s *watchStatus) byReceiver(reg *prometheus.Registry) {
	vec := func(name, help, label string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "bxcrawl", Name: name, Help: help}, []string{label})
		reg.MustRegister(g)
		return g
	}
	waiting := vec("alerts_waiting", "Alerts that wait to be delivered, by kind of receiver.", "kind")
	refused := vec("alerts_refused", "Alerts that were refused and are set aside, by kind of receiver.", "kind")
	receivers := vec("alert_receivers", "Receivers by state: on, failing, off for those that want nothing more.", "state")
	for kind := range s.figures.Dropped {
		waiting.WithLabelValues(kind)
		refused.WithLabelValues(kind)
	}
	for _, state := range []string{"on", "failing", "off"} {
		receivers.WithLabelValues(state)
	}
	for _, r := range s.receivers {
		waiting.WithLabelValues(r.Kind).Add(float64(r.Waiting))
		refused.WithLabelValues(r.Kind).Add(float64(r.Refused))
		state := "on"
		switch {
		case r.Gone != "":
			state = "off"
		case r.Trouble != "":
			state = "failing"
		}
		receivers.WithLabelValues(state).Inc()
	}
}
