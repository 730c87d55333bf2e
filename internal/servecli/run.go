package servecli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/serve"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

// run serves until ctx ends, which is no failure.
func (o *options) run(ctx context.Context, e *env) error {
	log := o.logger(e)
	opts := &search.Options{Location: time.UTC, Now: e.Now, Timeout: o.timeout, Logger: log}
	at, err := o.engine.Place(e.Env, *o.data, o.file)
	if err != nil {
		return err
	}
	s, err := at.Open(ctx, opts)
	if err != nil {
		return err
	}
	// Readers share memory with the writer there; without it they read the file
	// as one that nobody changes.
	if _, err := os.Stat(filepath.Join(*o.data, "archive.db-shm")); at.Cluster == nil && errors.Is(err, fs.ErrNotExist) {
		log.Warn("the data folder cannot be written here: what a crawl brings shows after a restart only", "data", *o.data)
	}
	err = o.serve(ctx, e, s, opts, log)
	if ctx.Err() != nil && err == nil {
		log.Info("stopped")
	}
	return errors.Join(err, s.Close())
}

func (o *options) serve(ctx context.Context, e *env, s *search.Searcher, opts *search.Options, log *slog.Logger) error {
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server, err := o.server(s, opts, l.Addr(), log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	at := o.address(l.Addr())
	if o.log == "json" {
		log.Info("serving", "url", at, "data", *o.data)
	} else {
		e.Say("bxserve: %s", neutral.Text(at))
	}
	tell(log, daemon.SdNotifyReady+"\nSTATUS=serving "+at)
	if e.listening != nil {
		e.listening(at)
	}
	defer tell(log, daemon.SdNotifyStopping)
	return server.Serve(ctx, l)
}

// server puts the handlers over the archive into a server.
func (o *options) server(s *search.Searcher, opts *search.Options, at net.Addr, log *slog.Logger) (*serve.Server, error) {
	k := status.New(status.Config{Searcher: s, Version: cli.Version()})
	routes, err := o.routes(s, opts, k, log)
	if err != nil {
		return nil, err
	}
	cfg := serve.Config{
		Routes: routes, Prefix: o.links.Prefix(), Hosts: o.hosts(at), Proxies: o.trust, Origins: o.origins,
		Users: o.users, Tokens: o.tokens, CertFile: o.cert, KeyFile: o.key,
		Rate: o.rate, Places: o.places, CacheBytes: int64(o.cacheMB) << 20,
		State: k.State, Log: log,
		Ready:   func(ctx context.Context) (string, error) { return ready(ctx, k) },
		Figures: func(ctx context.Context) ([]serve.Figure, error) { return figures(ctx, k) },
	}
	// Of these, nothing means the default, which is not what was asked for.
	if o.rate == 0 {
		cfg.Rate = -1
	}
	if o.cacheMB == 0 {
		cfg.CacheBytes = -1
	}
	return serve.New(cfg)
}

// address is where a person finds the site.
func (o *options) address(at net.Addr) string {
	if o.links.Origin() != "" {
		return o.links.Absolute(o.links.Home())
	}
	scheme := "http"
	if o.cert != "" {
		scheme = "https"
	}
	return scheme + "://" + at.String() + o.links.Home()
}

// logger writes each request and what happens behind the scenes to stderr.
func (o *options) logger(e *env) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelInfo}
	switch {
	case o.verbose:
		opts.Level = slog.LevelDebug
	case o.quiet:
		opts.Level = slog.LevelWarn
	}
	if o.log == "json" {
		return slog.New(slog.NewJSONHandler(e.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(neutral.Writer{W: e.Stderr}, opts))
}

// tell tells systemd, if it is there.
func tell(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Debug("systemd cannot be told", "err", err)
	}
}
