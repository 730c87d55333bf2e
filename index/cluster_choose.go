package index

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// look finds out what there is: the archive's own indexes, and the lists that
// other archives have.
func (s *clusterSession) look(ctx context.Context) error {
	at, err := s.src.Position(ctx)
	if err != nil {
		return err
	}
	all, err := s.engine.indexes(ctx)
	if err != nil {
		return err
	}
	own, err := s.own(all, at.Archive)
	if err != nil {
		return err
	}
	if err := s.choose(ctx, own, at); err != nil {
		return err
	}
	if err := s.learn(ctx); err != nil {
		return err
	}
	s.others(all, at.Archive)
	for _, l := range s.lists {
		if err := s.allowed(l.Name, at.Archive); err != nil {
			return err
		}
	}
	return nil
}

// own returns the indexes of an archive, by number.
func (s *clusterSession) own(all []*clusterIndex, uuid string) ([]*clusterIndex, error) {
	var own []*clusterIndex
	for _, ix := range all {
		if !strings.HasPrefix(ix.Name, s.engine.indexesOf(uuid)) {
			continue
		}
		switch {
		case ix.Meta == nil || ix.Meta.Archive != uuid:
			return nil, fmt.Errorf("index: %s in OpenSearch is not what archive %s left there: it is left alone; delete it if nobody needs it, or choose another prefix", ix.Name, uuid)
		case ix.Meta.Format > ClusterFormat:
			return nil, ErrNewerFormat
		}
		own = append(own, ix)
	}
	slices.SortFunc(own, func(a, b *clusterIndex) int { return a.number() - b.number() })
	return own, nil
}

// others notes whose the lists of other archives are.
func (s *clusterSession) others(all []*clusterIndex, uuid string) {
	s.taken = map[string]*clusterIndex{}
	for _, ix := range all {
		switch {
		case ix.Meta == nil || ix.Meta.Archive == uuid:
		case ix.Meta.Archive == s.engine.cfg.Replaces:
			if !slices.Contains(s.old, ix.Name) {
				s.old = append(s.old, ix.Name)
			}
		default:
			for _, l := range ix.Meta.Lists {
				s.taken[exactTerm(FieldList, l.Name)] = ix
			}
		}
	}
}

// allowed refuses a list that another archive has fed: what is found in it would
// be found twice, and nobody could tell which of the two is right.
func (s *clusterSession) allowed(list, uuid string) error {
	ix := s.taken[exactTerm(FieldList, list)]
	if ix == nil {
		return nil
	}
	return fmt.Errorf("index: list %q is in OpenSearch already, from archive %s (index %s), and cannot be fed from archive %s too: "+
		"use another prefix; or, if that archive is gone, `bxcrawl reindex --replaces %s`", list, ix.Meta.Archive, ix.Name, uuid, ix.Meta.Archive)
}

// compete looks once more whether another archive has one of the lists: it may
// have come while this one was fed.
func (s *clusterSession) compete(ctx context.Context) error {
	all, err := s.engine.indexes(ctx)
	if err != nil {
		return err
	}
	s.others(all, s.into.Meta.Archive)
	for _, l := range s.lists {
		if ix := s.taken[exactTerm(FieldList, l.Name)]; ix != nil && ix.Live {
			return s.allowed(l.Name, s.into.Meta.Archive)
		}
	}
	return nil
}

// choose decides which index to feed: the live one; or one that an earlier session
// has begun and not finished; or the next.
func (s *clusterSession) choose(ctx context.Context, own []*clusterIndex, at archive.Position) error {
	last := 0
	var left *clusterIndex
	for _, ix := range own {
		last = max(last, ix.number())
		switch {
		case ix.Live && !s.anew && ix.holds(at):
			s.into = ix
		case ix.Live:
			s.old = append(s.old, ix.Name)
		default:
			left = ix
		}
	}
	s.next = fmt.Sprintf("%s%06d", s.engine.indexesOf(at.Archive), last+1)
	if s.into == nil && left != nil && left.holds(at) {
		s.into, s.stats.Resumed = left, true
		s.engine.log.Info("going on with an index that was begun before", "index", left.Name, "seen", left.Meta.Seq, "of", at.Seq)
	}
	if s.into == nil {
		return s.sweep(ctx, own, nil)
	}
	s.seq, s.lists = s.into.Meta.Seq, s.into.Meta.Lists
	if err := s.sweep(ctx, own, left); err != nil {
		return err
	}
	return s.engine.setUp(ctx, s.into)
}

// sweep removes what earlier sessions began and nobody can go on with.
func (s *clusterSession) sweep(ctx context.Context, own []*clusterIndex, keep *clusterIndex) error {
	for _, ix := range own {
		if ix.Live || ix == keep {
			continue
		}
		if err := s.engine.calls.Do(ctx, http.MethodDelete, "/"+ix.Name, map[string][]string{"ignore_unavailable": {"true"}}, nil, nil); err != nil {
			return fmt.Errorf("index: remove %s, which was begun and not finished: %w", ix.Name, err)
		}
	}
	return nil
}

// learn asks the source for its lists, where it can tell. Of others the names of
// those that messages are from have to do.
func (s *clusterSession) learn(ctx context.Context) error {
	src, ok := s.src.(interface {
		Lists(context.Context) ([]archive.ListInfo, error)
	})
	if !ok {
		return nil
	}
	var err error
	s.lists, err = src.Lists(ctx)
	return err
}

// note learns of a message's list, which may be another archive's.
func (s *clusterSession) note(list string) error {
	if slices.ContainsFunc(s.lists, func(l archive.ListInfo) bool { return strings.EqualFold(l.Name, list) }) {
		return nil
	}
	if err := s.allowed(list, s.into.Meta.Archive); err != nil {
		return err
	}
	s.lists = append(slices.Clone(s.lists), archive.ListInfo{Name: list})
	return nil
}
