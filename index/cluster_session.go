package index

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterSession is a Session of OpenSearch's engine. What is fed goes to the live
// index, where searches see it when that is refreshed; or to one that is being
// built, where they see it when the alias is moved. Nothing of that is undone when
// a session ends early: the next one sends it again, which changes nothing.
type clusterSession struct {
	engine *clusterEngine
	src    Source
	anew   bool                     // do not go on from the live index
	taken  map[string]*clusterIndex // by list: those of other archives
	lists  []archive.ListInfo       // of this one, by name

	next  string        // the name of an index that is to be made
	into  *clusterIndex // nil until there is something to feed
	seq   uint64        // all changes up to here are written
	dirty bool          // there is something to publish
	old   []string      // the indexes that go when into is published
	stats Stats
}

// Begin starts a session on the live index of the source.
func (e *clusterEngine) Begin(ctx context.Context, src Source) (Session, error) {
	s, err := e.begin(ctx, src, false)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Update writes what changed to the live index.
func (e *clusterEngine) Update(ctx context.Context, src Source) (Stats, error) {
	return e.once(ctx, src, false)
}

// Rebuild writes a new index, or goes on with one that an earlier Rebuild began,
// and puts it in the place of the live one.
func (e *clusterEngine) Rebuild(ctx context.Context, src Source) (Stats, error) {
	return e.once(ctx, src, true)
}

func (e *clusterEngine) once(ctx context.Context, src Source, anew bool) (Stats, error) {
	s, err := e.begin(ctx, src, anew)
	if err != nil {
		return Stats{}, err
	}
	return feedOnce(ctx, s)
}

func (e *clusterEngine) begin(ctx context.Context, src Source, anew bool) (*clusterSession, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !e.writing.TryLock() {
		return nil, ErrLocked
	}
	s := &clusterSession{engine: e, src: src, anew: anew}
	err := e.template(ctx)
	if err == nil {
		err = s.look(ctx)
	}
	if err != nil {
		e.writing.Unlock()
		return nil, err
	}
	return s, nil
}

// Feed writes what changed.
func (s *clusterSession) Feed(ctx context.Context) error {
	target, err := s.src.Position(ctx)
	if err != nil {
		return err
	}
	if s.into == nil {
		meta := &clusterMeta{Format: ClusterFormat, Archive: target.Archive, Lists: s.lists}
		if s.into, err = s.engine.create(ctx, s.next, meta); err != nil {
			return err
		}
	}
	if s.into.Meta.Archive != target.Archive {
		return fmt.Errorf("index: the archive became another one, %s, while it was indexed: run the same command again", target.Archive)
	}
	if !s.into.Live || len(s.old) > 0 {
		s.dirty = true
	}
	if s.seq == target.Seq {
		return nil
	}
	if err := s.feed(ctx, target.Seq); err != nil {
		return fmt.Errorf("index: feed %s: %w", s.into.Name, err)
	}
	s.dirty = true
	return nil
}

// Publish lets searches see what was written: first all of it, and then how far
// it goes.
func (s *clusterSession) Publish(ctx context.Context) (Stats, error) {
	if s.into == nil {
		return Stats{}, nil
	}
	if err := s.learn(ctx); err != nil {
		return Stats{}, err
	}
	if !s.dirty {
		return Stats{Generation: s.generation()}, s.tell(ctx)
	}
	if err := s.compete(ctx); err != nil {
		return Stats{}, err
	}
	if err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.into.Name+"/_refresh", nil, nil, nil); err != nil {
		return Stats{}, fmt.Errorf("index: publish %s: %w", s.into.Name, err)
	}
	if err := s.save(ctx); err != nil {
		return Stats{}, err
	}
	if !s.into.Live || len(s.old) > 0 {
		if err := s.engine.swap(ctx, s.into, s.old); err != nil {
			return Stats{}, err
		}
		s.old = nil
	}
	stats := s.stats
	stats.Generation = s.generation()
	s.stats, s.dirty = Stats{}, false
	return stats, nil
}

// tell notes what has become of the lists alone, such as when they were crawled.
func (s *clusterSession) tell(ctx context.Context) error {
	if s.seq != s.into.Meta.Seq || slices.Equal(s.lists, s.into.Meta.Lists) {
		return nil
	}
	return s.save(ctx)
}

// generation names the state of the live index.
func (s *clusterSession) generation() string { return s.into.generation() }

// save notes in the index how far it goes.
func (s *clusterSession) save(ctx context.Context) error {
	return s.engine.save(ctx, s.into, &clusterMeta{
		Format: ClusterFormat, Archive: s.into.Meta.Archive, Seq: s.seq, Lists: s.lists,
	})
}

// Close lets others write.
func (s *clusterSession) Close() error {
	s.engine.writing.Unlock()
	return nil
}
