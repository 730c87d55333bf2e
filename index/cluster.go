package index

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// Cluster says where an index in OpenSearch is, and how it is kept. The zero
// value is that of a cluster on this machine, without passwords.
type Cluster struct {
	// Addresses are those of one or more nodes: "https://host:9200", "host:9200".
	// None means http://127.0.0.1:9200.
	Addresses []string
	// User and Password are sent to each address, if there is a User.
	User, Password string
	// CAFile has the certificates that sign the cluster's; empty means that the
	// system knows them. CertFile and KeyFile are our own.
	CAFile, CertFile, KeyFile string

	// Prefix begins the names of all that is ours in the cluster, and is the name
	// of the alias that searches read; empty means "bxsearch". Archives that
	// are searched together have one prefix.
	Prefix string
	// Archive is the UUID of the archive that Position and Verify are about;
	// empty means all that there are.
	Archive string
	// Replaces is the UUID of an archive that the one that is fed comes in place
	// of: its index goes when the new one is published.
	Replaces string

	Shards int // of a new index; 0 means 1
	// Replicas are the copies of each shard; 0 means one where the cluster has
	// more nodes than one, less than 0 means none.
	Replicas int
	// Refresh is how often searches see what is fed before it is published; 0
	// means never.
	Refresh time.Duration
}

// defaultPrefix is that of a Cluster without one.
const defaultPrefix = "bxsearch"

// prefixes are those that OpenSearch takes.
var prefixes = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,99}$`)

// clusterEngine keeps an index in OpenSearch: see docs/format.md.
type clusterEngine struct {
	calls *opensearch.Client
	cfg   Cluster
	alias string // of the live indexes of all archives
	log   *slog.Logger
	words *Synonyms

	part    int        // changes after which a killed build goes on
	writing sync.Mutex // held by a session

	learning sync.Mutex
	facts    *clusterFacts // of the generation searched last
}

// OpenCluster opens the index in an OpenSearch cluster. That the cluster answers,
// and is one that it can work with, is found out now; that there is an index,
// with the first search.
//
// Searches read the indexes of all archives that were fed under one prefix. A
// session feeds one archive. That there is one session for an archive at a
// time is what the archive's own lock is for: who feeds it has to hold that.
func OpenCluster(ctx context.Context, c Cluster, opts *Options) (Engine, error) {
	if opts == nil {
		opts = &Options{}
	}
	c.Prefix = cmp.Or(c.Prefix, defaultPrefix)
	if !prefixes.MatchString(c.Prefix) {
		return nil, fmt.Errorf("index: OpenSearch takes no index named %q: a prefix has small letters, digits, \"-\", \"_\" and \".\"", c.Prefix)
	}
	e := &clusterEngine{cfg: c, alias: c.Prefix, log: opts.Logger, words: opts.Synonyms, part: partChanges}
	if e.words == nil {
		e.words = DefaultSynonyms()
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	calls, err := opensearch.Open(ctx, opensearch.Config{
		Addresses: c.Addresses, User: c.User, Password: c.Password,
		CAFile: c.CAFile, CertFile: c.CertFile, KeyFile: c.KeyFile, Log: e.log,
	})
	if err != nil {
		return nil, err
	}
	e.calls = calls
	return e, nil
}

// Close ends the connections.
func (e *clusterEngine) Close() error { return e.calls.Close() }

// Position returns what the index has seen of its archive. Where there are several
// and none is named in Cluster, it is that of them together: their UUIDs, joined by
// "+", and the sum of their numbers.
func (e *clusterEngine) Position(ctx context.Context) (archive.Position, error) {
	live, err := e.live(ctx, e.cfg.Archive)
	if err != nil {
		return archive.Position{}, err
	}
	var at archive.Position
	var uuids []string
	for _, ix := range live {
		uuids = append(uuids, ix.Meta.Archive)
		at.Seq += ix.Meta.Seq
	}
	at.Archive = strings.Join(uuids, "+")
	return at, nil
}

// live returns the live indexes of one archive, or of all, by archive.
func (e *clusterEngine) live(ctx context.Context, uuid string) ([]*clusterIndex, error) {
	all, err := e.indexes(ctx)
	if err != nil {
		return nil, err
	}
	var live []*clusterIndex
	for _, ix := range all {
		if !ix.Live || ix.Meta == nil || uuid != "" && ix.Meta.Archive != uuid {
			continue
		}
		if err := ix.usable(); err != nil {
			return nil, err
		}
		live = append(live, ix)
	}
	if len(live) == 0 {
		return nil, ErrNotFound
	}
	slices.SortFunc(live, func(a, b *clusterIndex) int { return strings.Compare(a.Meta.Archive, b.Meta.Archive) })
	return live, nil
}

// generation names the state that searches see, of all archives, and tells whether
// it stays what it is while it has that name.
func (e *clusterEngine) generation(ctx context.Context) (name string, still bool, err error) {
	live, err := e.live(ctx, "")
	if err != nil {
		return "", false, err
	}
	var names []string
	still = true
	for _, ix := range live {
		names = append(names, ix.generation())
		still = still && ix.Still
	}
	return strings.Join(names, "+"), still, nil
}
