// Package opensearch talks to an OpenSearch cluster: JSON in, JSON out, over
// all the addresses that it has, and bulk writing that loses nothing. What the
// indexes and queries are is the caller's; this package knows what can go wrong.
//
//	c, err := opensearch.Open(ctx, opensearch.Config{Addresses: []string{"https://a:9200", "https://b:9200"}})
//	defer c.Close()
//	err = c.Do(ctx, "POST", "/mails/_search", nil, query, &answer)
//	b := c.Bulk(ctx, opensearch.BulkConfig{Index: "mails-000001"})
//
// What holds for every call:
//   - A node that is gone, busy or starting is no error: the call is made again,
//     by another address where there is one, until Config.Patience is over. So
//     every call has to be one that may be made twice.
//   - An answer is whole or an error. OpenSearch reports success where a shard
//     failed or the time was up, and so do its clients: here that is ErrPartial.
//     QUIRK: O2.
//   - An answer is bounded, and what is not JSON is an error that says so.
//   - An error tells which of the kinds in this package it is, by errors.Is, and
//     what OpenSearch said, by errors.As to *Error.
package opensearch

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/opensearch-project/opensearch-go/v4/opensearchtransport"
)

// Config says where the cluster is and how to speak to it. The zero value is
// that of a cluster on this machine, without passwords.
type Config struct {
	// Addresses are those of one or more nodes, as https://host:9200 or host:9200.
	// One without a scheme is https if User, CAFile or CertFile is given, else
	// http. Without any, it is http://127.0.0.1:9200.
	Addresses []string

	User, Password string // sent to each address, if User is not empty

	CAFile            string // PEM: who signs the cluster's certificates, if not one whom the system trusts
	CertFile, KeyFile string // PEM: this client's own certificate, for clusters that ask for it

	// Timeout is for one answer of one node; 0 means 30 seconds. BulkTimeout is
	// that for a bulk request, or any other that changes something; 0 means 2
	// minutes.
	Timeout, BulkTimeout time.Duration
	// Patience is for how long a call is made again while nodes are gone or
	// busy; 0 means 15 seconds, less than 0 not at all. BulkPatience is that for
	// calls that change something, which can wait for a node to come back; 0
	// means 5 minutes.
	Patience, BulkPatience time.Duration
	// MaxAnswer is how many bytes an answer may have; 0 means 256 MiB.
	MaxAnswer int64

	Transport http.RoundTripper // in place of one made of the files above; for tests
	Log       *slog.Logger      // told of calls that are made again; nil means nobody
}

// The defaults of Config.
const (
	DefaultTimeout      = 30 * time.Second
	DefaultBulkTimeout  = 2 * time.Minute
	DefaultPatience     = 15 * time.Second
	DefaultBulkPatience = 5 * time.Minute
	DefaultMaxAnswer    = 256 << 20
)

// Client speaks to one cluster. It is safe for concurrent use.
type Client struct {
	cfg       Config
	addresses []*url.URL
	nodes     *opensearchtransport.Client
	wire      http.RoundTripper
	info      Info
}

// Info is what a cluster says of itself.
type Info struct {
	Cluster string // name
	UUID    string // of the cluster
	Version string // such as 3.8.0
}

// Open connects to a cluster. It asks every address once, at the same time: one
// good answer is enough, but each that answers has to be OpenSearch, new enough,
// and of the same cluster.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	if c.info, err = c.meet(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Info is what the cluster said of itself when it was opened.
func (c *Client) Info() Info { return c.info }

// Close ends the connections.
func (c *Client) Close() error {
	err := c.nodes.Close()
	if idle, ok := c.wire.(*http.Transport); ok {
		idle.CloseIdleConnections()
	}
	return err
}

func newClient(cfg Config) (*Client, error) {
	setDefaults(&cfg)
	addresses, err := parseAddresses(&cfg)
	if err != nil {
		return nil, err
	}
	wire := cfg.Transport
	if wire == nil {
		if wire, err = newTransport(&cfg); err != nil {
			return nil, err
		}
	}
	c := &Client{cfg: cfg, addresses: addresses, wire: wire}
	// The library chooses among the addresses and looks after those that are
	// dead. Trying again is done here, because only here it is known what an
	// answer means, and because the library cannot when an answer is cut short.
	c.nodes, err = opensearchtransport.New(opensearchtransport.Config{
		URLs:     addresses,
		Username: cfg.User, Password: cfg.Password,
		Transport:               observer{wire},
		DisableRetry:            true,
		NodeStatsInterval:       -1, // asks of its own accord, which may not be allowed
		MaxRetryClusterHealth:   -1,
		MinimumResurrectTimeout: 250 * time.Millisecond,
		ResurrectTimeoutInitial: time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("opensearch: %w", err)
	}
	return c, nil
}

func setDefaults(cfg *Config) {
	if len(cfg.Addresses) == 0 {
		cfg.Addresses = []string{"http://127.0.0.1:9200"}
	}
	for d, def := range map[*time.Duration]time.Duration{
		&cfg.Timeout: DefaultTimeout, &cfg.BulkTimeout: DefaultBulkTimeout,
		&cfg.Patience: DefaultPatience, &cfg.BulkPatience: DefaultBulkPatience,
	} {
		if *d == 0 {
			*d = def
		}
	}
	if cfg.MaxAnswer == 0 {
		cfg.MaxAnswer = DefaultMaxAnswer
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
}
