package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// clusterMeta is what an index says of itself, in its mapping.
type clusterMeta struct {
	Format  int                `json:"format"`
	Archive string             `json:"archive"`
	Seq     uint64             `json:"seq"`
	Lists   []archive.ListInfo `json:"lists"`
}

// clusterIndex is one index of messages.
type clusterIndex struct {
	Name string
	UUID string // OpenSearch's own: another one of the same name has another
	Live bool   // searches read it
	// Still tells that searches see what was published and nothing that is on its way.
	Still bool
	Meta  *clusterMeta // nil of an index that is not ours
}

// usable tells whether an index is of a format that this program knows.
func (ix *clusterIndex) usable() error {
	switch {
	case ix.Meta.Format > ClusterFormat:
		return ErrNewerFormat
	case ix.Meta.Format < ClusterFormat:
		return &DamagedError{Dir: ix.Name, Err: errOlder}
	}
	return nil
}

// holds tells whether an index can be brought to an archive's state. If the
// archive went back to an older copy of itself, it cannot.
func (ix *clusterIndex) holds(p archive.Position) bool {
	return ix.Meta.Archive == p.Archive && ix.Meta.Seq <= p.Seq && ix.Meta.Format == ClusterFormat
}

// number is the last part of an index's name.
func (ix *clusterIndex) number() int {
	n, _ := strconv.Atoi(ix.Name[strings.LastIndexByte(ix.Name, '-')+1:])
	return n
}

// generation names a state of an index.
func (ix *clusterIndex) generation() string { return fmt.Sprintf("%s@%d", ix.Name, ix.Meta.Seq) }

// messageIndexes begins the names of all indexes of messages.
func (e *clusterEngine) messageIndexes() string { return e.cfg.Prefix + "-messages-" }

// indexesOf begins the names of an archive's indexes.
func (e *clusterEngine) indexesOf(uuid string) string {
	short := plainName(uuid)
	return e.messageIndexes() + short[:min(len(short), 8)] + "-"
}

// plainName is a UUID as part of an index's name.
func plainName(uuid string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(uuid))
}

// indexes returns all indexes of messages, of all archives, by name.
func (e *clusterEngine) indexes(ctx context.Context) ([]*clusterIndex, error) {
	var answer map[string]struct {
		Aliases  map[string]json.RawMessage `json:"aliases"`
		Mappings struct {
			Meta json.RawMessage `json:"_meta"`
		} `json:"mappings"`
		Settings struct {
			Index struct {
				UUID    string `json:"uuid"`
				Refresh string `json:"refresh_interval"`
			} `json:"index"`
		} `json:"settings"`
	}
	query := map[string][]string{"filter_path": {"*.aliases,*.mappings._meta,*.settings.index.uuid,*.settings.index.refresh_interval"}, "ignore_unavailable": {"true"}}
	if err := e.calls.Do(ctx, http.MethodGet, "/"+e.messageIndexes()+"*", query, nil, &answer); err != nil {
		if errors.Is(err, opensearch.ErrNoIndex) {
			return nil, nil
		}
		return nil, fmt.Errorf("index: %w", err)
	}
	var out []*clusterIndex
	for name, a := range answer {
		ix := &clusterIndex{Name: name, UUID: a.Settings.Index.UUID, Still: a.Settings.Index.Refresh == refreshOf(0)}
		_, ix.Live = a.Aliases[e.alias]
		var m clusterMeta
		if json.Unmarshal(a.Mappings.Meta, &m) == nil && m.Archive != "" {
			ix.Meta = &m
		}
		out = append(out, ix)
	}
	slices.SortFunc(out, func(a, b *clusterIndex) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// template lets OpenSearch know how our indexes are made, so that one which comes
// about by itself, because it was deleted while it was written to, does not
// guess at fields.
func (e *clusterEngine) template(ctx context.Context) error {
	path := "/_index_template/" + e.cfg.Prefix + "-messages"
	var answer struct {
		Templates []struct {
			Template struct {
				Version int `json:"version"`
			} `json:"index_template"`
		} `json:"index_templates"`
	}
	query := map[string][]string{"filter_path": {"index_templates.index_template.version"}}
	err := e.calls.Do(ctx, http.MethodGet, path, query, nil, &answer)
	var refused *opensearch.Error
	if err != nil && !(errors.As(err, &refused) && refused.Status == http.StatusNotFound) {
		return fmt.Errorf("index: %w", err)
	}
	for _, t := range answer.Templates {
		switch {
		case t.Template.Version > ClusterFormat:
			return ErrNewerFormat
		case t.Template.Version == ClusterFormat:
			return nil
		}
	}
	body := map[string]any{
		"index_patterns": []string{e.messageIndexes() + "*"}, "version": ClusterFormat, "priority": 500,
		"template": clusterIndexBody(clusterSettings{}),
	}
	if err := e.calls.Do(ctx, http.MethodPut, path, nil, body, nil); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return nil
}

// create makes an index.
func (e *clusterEngine) create(ctx context.Context, name string, meta *clusterMeta) (*clusterIndex, error) {
	replicas, err := e.replicas(ctx)
	if err != nil {
		return nil, err
	}
	body := clusterIndexBody(clusterSettings{shards: e.cfg.Shards, replicas: replicas, refresh: e.cfg.Refresh, meta: meta})
	failed := e.calls.Do(ctx, http.MethodPut, "/"+name, nil, body, nil)
	ix, err := e.find(ctx, name)
	if err == nil && ix != nil && ix.Meta != nil && ix.Meta.Archive == meta.Archive {
		return ix, nil // also where the answer got lost, and the second try met what the first had made
	}
	return nil, fmt.Errorf("index: create %s: %w", name, cmp.Or(failed, err, errVanished))
}

var errVanished = errors.New("it is gone again")

// find looks for an index by its name; it is nil if there is none.
func (e *clusterEngine) find(ctx context.Context, name string) (*clusterIndex, error) {
	all, err := e.indexes(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(ix *clusterIndex) bool { return ix.Name == name }); i >= 0 {
		return all[i], nil
	}
	return nil, nil
}

// replicas is how many copies of each shard there are to be.
func (e *clusterEngine) replicas(ctx context.Context) (int, error) {
	if e.cfg.Replicas != 0 {
		return max(e.cfg.Replicas, 0), nil
	}
	var health struct {
		Nodes int `json:"number_of_data_nodes"`
	}
	if err := e.calls.Do(ctx, http.MethodGet, "/_cluster/health", nil, nil, &health); err != nil {
		return 0, fmt.Errorf("index: %w", err)
	}
	return min(max(health.Nodes-1, 0), 1), nil
}

// setUp gives an index the settings that may change while it is used, where they
// are set.
func (e *clusterEngine) setUp(ctx context.Context, ix *clusterIndex) error {
	set := map[string]any{}
	if e.cfg.Replicas != 0 {
		set["number_of_replicas"] = max(e.cfg.Replicas, 0)
	}
	if e.cfg.Refresh != 0 {
		set["refresh_interval"] = refreshOf(e.cfg.Refresh)
	}
	if len(set) == 0 {
		return nil
	}
	if err := e.calls.Do(ctx, http.MethodPut, "/"+ix.Name+"/_settings", nil, map[string]any{"index": set}, nil); err != nil {
		return fmt.Errorf("index: settings of %s: %w", ix.Name, err)
	}
	return nil
}

// save writes what an index says of itself. It is called when what it says holds.
func (e *clusterEngine) save(ctx context.Context, ix *clusterIndex, meta *clusterMeta) error {
	now, err := e.find(ctx, ix.Name)
	if err != nil {
		return err
	}
	if now == nil || now.UUID != ix.UUID || now.Meta == nil || now.Meta.Seq != ix.Meta.Seq {
		return fmt.Errorf("index: %s was deleted or changed by somebody else while it was fed: run the same command again", ix.Name)
	}
	if err := e.calls.Do(ctx, http.MethodPut, "/"+ix.Name+"/_mapping", nil, map[string]any{"_meta": meta}, nil); err != nil {
		return fmt.Errorf("index: %s: %w", ix.Name, err)
	}
	ix.Meta = meta
	return nil
}

// swap lets searches read an index, in place of others, which go, in one step.
func (e *clusterEngine) swap(ctx context.Context, to *clusterIndex, from []string) error {
	actions := []any{map[string]any{"add": map[string]any{"index": to.Name, "alias": e.alias}}}
	for _, name := range from {
		actions = append(actions, map[string]any{"remove_index": map[string]any{"index": name}})
	}
	failed := e.calls.Do(ctx, http.MethodPost, "/_aliases", nil, map[string]any{"actions": actions}, nil)
	now, err := e.find(ctx, to.Name)
	if err == nil && now != nil && now.UUID == to.UUID && now.Live {
		to.Live = true // also where the answer got lost, and the second try found nothing left to do
		return nil
	}
	return fmt.Errorf("index: let searches read %s: %w", to.Name, cmp.Or(failed, err, errVanished))
}
