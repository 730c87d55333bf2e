package index

import (
	"context"
	"slices"
)

// clusterGroups are the groups of the matches of one search over OpenSearch.
// Messages are numbered as they are met.
type clusterGroups struct {
	*clusterSearch
	ctx     context.Context
	numbers map[string]uint64
	ids     []string // by number
	copies  *clusterCopies
	thread  map[uint64]string     // of messages
	threads map[string][]uint64   // that match
	judged  map[uint64]*candidate // of threads
}

// clusterWindow is how many hits OpenSearch gives at once, by its setting of old.
const clusterWindow = 10_000

// group makes hits of the matches found, which are limit at most.
func (s *clusterSearch) group(ctx context.Context, limit int, answer *clusterAnswer) ([]Hit, error) {
	found, err := s.candidates(answer)
	if err != nil {
		return nil, err
	}
	if s.request.Group == GroupNone {
		return hitsOf(found), nil
	}
	g := &clusterGroups{clusterSearch: s, ctx: ctx, numbers: map[string]uint64{}, thread: map[uint64]string{}, threads: map[string][]uint64{}, judged: map[uint64]*candidate{}}
	if s.request.Group != GroupThread {
		g.copies = newClusterCopies(g)
	}
	if found, err = g.found(answer, found); err != nil {
		return nil, err
	}
	return newGrouper(s.request, g).hits(limit, found)
}

// common is the field that tells what matches have in common, if that is asked.
func (s *clusterSearch) common() string {
	switch s.request.Group {
	case GroupNone:
		return ""
	case GroupThread:
		return string(FieldThread)
	}
	return clusterPrint
}

// found numbers the matches of a page, and notes what they have in common.
func (g *clusterGroups) found(answer *clusterAnswer, found []candidate) ([]candidate, error) {
	for i, x := range g.numbered(found) {
		h := &answer.Hits.Hits[i]
		if g.copies == nil {
			g.thread[x.doc] = h.first(string(FieldThread))
			continue
		}
		var err error
		if g.copies.prints[x.doc], err = h.print(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// limit is how many matches to ask for.
func (s *clusterSearch) limit() int {
	if s.request.Group == GroupNone {
		return s.request.Limit
	}
	return min(firstOfGroups(s.request.Limit), clusterWindow)
}

// number is that of a message.
func (g *clusterGroups) number(id string) uint64 {
	n, ok := g.numbers[id]
	if !ok {
		n = uint64(len(g.ids))
		g.numbers[id] = n
		g.ids = append(g.ids, id)
	}
	return n
}

func (g *clusterGroups) numbered(found []candidate) []candidate {
	for i := range found {
		found[i].doc = g.number(found[i].id)
	}
	return found
}

func (g *clusterGroups) named(docs []uint64) []string {
	ids := make([]string, len(docs))
	for i, doc := range docs {
		ids[i] = g.ids[doc]
	}
	return ids
}

func (g *clusterGroups) groups(found []candidate) ([][]uint64, error) {
	docs := make([]uint64, len(found))
	for i, x := range found {
		docs[i] = x.doc
	}
	if g.copies != nil {
		return g.copies.groups(docs)
	}
	return g.threaded(docs)
}

// threaded returns for each match those of its thread.
func (g *clusterGroups) threaded(docs []uint64) ([][]uint64, error) {
	var unknown []string
	for _, doc := range docs {
		t := g.thread[doc]
		if _, known := g.threads[t]; !known && t != "" {
			unknown = append(unknown, t)
			g.threads[t] = nil
		}
	}
	if err := g.readThreads(unknown); err != nil {
		return nil, err
	}
	out := make([][]uint64, len(docs))
	for i, doc := range docs {
		if out[i] = g.threads[g.thread[doc]]; len(out[i]) == 0 {
			out[i] = []uint64{doc}
		}
	}
	return out, nil
}

// readThreads reads the matches of threads, of each the best ones.
func (g *clusterGroups) readThreads(threads []string) error {
	if len(threads) == 0 {
		return nil
	}
	found, hits, total, err := g.among(clause{"terms": clause{string(FieldThread): threads}}, clusterWindow, string(FieldThread))
	if err != nil {
		return err
	}
	if total > uint64(len(found)) && len(threads) > 1 { // at most once: then it is one
		for _, thread := range threads {
			if err := g.readThreads([]string{thread}); err != nil {
				return err
			}
		}
		return nil
	}
	for i, x := range found {
		t := hits[i].first(string(FieldThread))
		g.threads[t] = append(g.threads[t], x.doc)
		g.judged[x.doc] = &x
	}
	return nil
}

func (g *clusterGroups) together(a, b uint64) (bool, error) {
	if g.copies == nil {
		return true, nil
	}
	_, ok := slices.BinarySearch(g.copies.of[a], b)
	return ok, nil
}

// judge searches among some messages only.
func (g *clusterGroups) judge(docs []uint64) (matches []candidate, err error) {
	if g.copies == nil {
		for _, doc := range docs {
			if x := g.judged[doc]; x != nil {
				matches = append(matches, *x)
			}
		}
		return matches, nil
	}
	for ids := range slices.Chunk(g.named(docs), clusterWindow) {
		found, _, _, err := g.among(clause{"terms": clause{clusterID: ids}}, len(ids))
		if err != nil {
			return nil, err
		}
		matches = append(matches, found...)
	}
	return matches, nil
}

// next leaves nothing out: another query might have other scores, in their last
// digit, than those that the order is of.
func (g *clusterGroups) next(limit int, after *candidate, _ map[uint64]struct{}) ([]candidate, error) {
	answer, err := g.search(g.ctx, g.page(limit, after))
	if err != nil {
		return nil, err
	}
	found, err := g.candidates(answer)
	if err != nil {
		return nil, err
	}
	return g.found(answer, found)
}

// among returns the best of the matches that are among some messages too, with
// some of their fields.
func (g *clusterGroups) among(some clause, most int, fields ...string) (found []candidate, hits []clusterHit, total uint64, err error) {
	body := g.page(most, nil)
	body["query"] = clause{"bool": clause{"must": []clause{g.query.clause}, "filter": []clause{some}}}
	body["track_total_hits"] = true
	if len(fields) > 0 {
		body["docvalue_fields"] = fields
	}
	answer, err := g.search(g.ctx, body)
	if err != nil {
		return nil, nil, 0, err
	}
	found, err = g.candidates(answer)
	return g.numbered(found), answer.Hits.Hits, answer.Hits.Total.Value, err
}
