package serve

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// namespace begins the names of all figures. The names are a promise.
const namespace = "bxserve"

// figures count what the server does.
type figures struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	cache    *prometheus.CounterVec
	running  prometheus.Gauge
	limited  prometheus.Counter
	overload prometheus.Counter
}

func newFigures(s *Server) *figures {
	f := &figures{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "requests_total", Help: "Requests answered, by what was asked for and the status of the answer."}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "request_duration_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		cache:    prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "cache_lookups_total", Help: "Looks for a kept answer, by result."}, []string{"result"}),
		running:  prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "requests_running", Help: "Requests under way."}),
		limited:  prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "rate_limited_total", Help: "Requests sent away since their client asks too often."}),
		overload: prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "overload_total", Help: "Requests sent away since too many are under way."}),
	}
	kept := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Subsystem: "cache", Name: name, Help: help}, value)
	}
	f.registry.MustRegister(f.requests, f.seconds, f.cache, f.running, f.limited, f.overload, given{s},
		kept("size_bytes", "Size of the answers that are kept.", func() float64 { n, _ := s.cache.size(); return float64(n) }),
		kept("answers", "Answers that are kept.", func() float64 { _, n := s.cache.size(); return float64(n) }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return f
}

// count takes an exchange into the figures.
func (f *figures) count(x *exchange, took time.Duration) {
	route := x.route
	if route == "" {
		route = "other"
	}
	f.requests.WithLabelValues(route, strconv.Itoa(x.status)).Inc()
	f.seconds.WithLabelValues(route).Observe(took.Seconds())
	if x.cache != "" {
		f.cache.WithLabelValues(x.cache).Inc()
	}
}

// given are the figures of Config.Figures.
type given struct{ *Server }

// Describe implements prometheus.Collector: which figures there are depends on
// what is held.
func (given) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (g given) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), DefaultDeadline)
	defer cancel()
	all, err := g.cfg.Figures(ctx)
	if err != nil {
		g.cfg.Log.Warn("there are no figures of the archive", "err", err)
		return
	}
	for _, f := range all {
		var labels, values []string
		if f.List != "" {
			labels, values = []string{"list"}, []string{f.List}
		}
		desc := prometheus.NewDesc(namespace+"_"+f.Name, f.Help, labels, nil)
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, f.Value, values...)
	}
}
