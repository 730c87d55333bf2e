package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/bxsearch/bxsearch/archive"
)

// figures is a status report as Prometheus takes it. The names are a promise.
func figures(r *statusReport) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	one := func(name, help string, value float64) {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "bxcrawl", Name: name, Help: help})
		g.Set(value)
		reg.MustRegister(g)
	}
	each := func(name, help string, value func(l listStatus) float64) {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "bxcrawl", Subsystem: "list", Name: name, Help: help}, []string{"list"})
		for _, l := range r.Lists {
			label := l.Name
			if label == "" {
				label = l.URL
			}
			g.WithLabelValues(neutral.Text(label)).Set(value(l))
		}
		reg.MustRegister(g)
	}
	each("last_success_timestamp_seconds", "End of the last crawl that came to its end, 0 if none did.", func(l listStatus) float64 { return unix(l.Checked) })
	each("last_attempt_timestamp_seconds", "End of the last crawl, whatever came of it, 0 if there was none.", tried(func(a *attempt) float64 { return unix(a.Ended) }))
	each("last_attempt_success", "Whether the last crawl came to its end.", tried(func(a *attempt) float64 { return truth(a.Error == "") }))
	each("last_attempt_duration_seconds", "How long the last crawl took.", tried(func(a *attempt) float64 { return a.Ended.Sub(a.Begun).Seconds() }))
	each("last_attempt_requests", "Requests of the last crawl.", tried(func(a *attempt) float64 { return float64(a.Requests) }))
	each("last_attempt_received_bytes", "Bytes that the last crawl received, unpacked.", tried(func(a *attempt) float64 { return float64(a.Bytes) }))
	each("messages", "Messages held.", func(l listStatus) float64 { return float64(l.Messages) })
	each("pages_failed", "Pages whose last answer was no success, those gone from the server apart.", func(l listStatus) float64 { return float64(l.Failed - l.Gone) })
	each("pages_gone", "Listed pages that the server does not have, or does not give.", func(l listStatus) float64 { return float64(l.Gone) })
	each("attachments_due", "Attachments that are wanted and could not be had, those gone from the server, refused or too big apart.", func(l listStatus) float64 { return float64(l.Attachments.Due) })
	each("complete", "Whether nothing is missing that can be had.", func(l listStatus) float64 { return truth(l.Complete) })
	one("index_lag_changes", "Changes of messages that the index has not seen.", float64(r.IndexLag))
	one("archive_size_bytes", "Size of the archive's file.", float64(r.ArchiveBytes))
	one("index_size_bytes", "Size of the index.", float64(r.IndexBytes))
	if r.Run != nil {
		one("last_run_timestamp_seconds", "End of the last run over all lists.", unix(r.Run.Ended))
		one("last_run_duration_seconds", "How long the last run over all lists took.", r.Run.Ended.Sub(r.Run.Begun).Seconds())
	}
	if r.Schedule != nil {
		one("next_run_timestamp_seconds", "When the daemon crawls next.", unix(r.Schedule.Next))
	}
	if r.Watches != nil {
		watchFigures(reg, r.Watches)
	}
	return reg
}

// tried is a figure of the last attempt, 0 without one.
func tried(value func(a *attempt) float64) func(listStatus) float64 {
	return func(l listStatus) float64 {
		if l.Attempt == nil {
			return 0
		}
		return value(l.Attempt)
	}
}

func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// measure takes the figures of an archive as it is now.
func (o *crawlOptions) measure(ctx context.Context, e *env) (*prometheus.Registry, error) {
	var reg *prometheus.Registry
	err := withArchive(*o.data, archive.Options{}, func(a *archive.Archive) error {
		report, err := newStatus(ctx, a, o, judge{now: e.Now()})
		if err == nil {
			reg = figures(report)
		}
		return err
	})
	return reg, err
}

// writeMetrics writes the metrics file, if one is wanted, in one move.
func (o *crawlOptions) writeMetrics(ctx context.Context, e *env) error {
	if o.metricsFile == "" {
		return nil
	}
	reg, err := o.measure(ctx, e)
	if err == nil {
		err = prometheus.WriteToTextfile(o.metricsFile, reg)
	}
	if err != nil {
		return fmt.Errorf("write the metrics file: %w", err)
	}
	return nil
}

// scrape gives figures as they are when somebody asks: another process may
// have crawled since the daemon's last run. They are at most scrapeAge old,
// since counting a large archive takes a second.
type scrape struct {
	measure func(context.Context) (*prometheus.Registry, error)
	now     func() time.Time

	mu    sync.Mutex // held while measuring, so that it happens once
	taken time.Time
	last  *prometheus.Registry
}

const scrapeAge = 5 * time.Second

func (s *scrape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reg, err := s.figures(r.Context())
	switch {
	case errors.Is(err, archive.ErrNoArchive):
		http.Error(w, "there are no figures before the first run", http.StatusServiceUnavailable)
	case err != nil:
		http.Error(w, "the figures cannot be taken: "+err.Error(), http.StatusInternalServerError)
	default:
		promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	}
}

func (s *scrape) figures(ctx context.Context) (*prometheus.Registry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := s.now().Sub(s.taken); s.last != nil && age >= 0 && age < scrapeAge {
		return s.last, nil
	}
	reg, err := s.measure(ctx)
	if err == nil {
		s.last, s.taken = reg, s.now()
	}
	return reg, err
}

// serveMetrics answers /metrics at address until stop is called.
func serveMetrics(address string, figures *scrape, log *slog.Logger) (at string, stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("serve metrics at %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", figures)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are not served any more", "err", err)
		}
	}()
	return listener.Addr().String(), func() { server.Close() }, nil
}
