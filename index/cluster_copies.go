package index

import (
	"fmt"
	"slices"
)

// clusterCopies finds the copies of messages, as copyFinder does, of many at
// once: a round asks for all that share a key with those that were found in the
// one before.
type clusterCopies struct {
	*clusterGroups
	of     map[uint64][]uint64 // the copies of messages, without themselves, in order
	having map[string][]uint64 // messages, by the keys that were asked for
	prints map[uint64]copyPrint
}

// maxCopyRounds bounds the rounds: copies of copies of copies.
const maxCopyRounds = 16

func newClusterCopies(g *clusterGroups) *clusterCopies {
	return &clusterCopies{
		clusterGroups: g, of: map[uint64][]uint64{},
		having: map[string][]uint64{}, prints: map[uint64]copyPrint{},
	}
}

// groups returns for each message its copies, the copies of those, and so on.
func (c *clusterCopies) groups(docs []uint64) ([][]uint64, error) {
	next := docs
	for range maxCopyRounds {
		var err error
		if next, err = c.round(next); err != nil {
			return nil, err
		}
		if len(next) == 0 {
			break
		}
	}
	out := make([][]uint64, len(docs))
	for i, doc := range docs {
		out[i] = c.all(doc)
	}
	return out, nil
}

// round finds the copies of messages, and returns those that are new.
func (c *clusterCopies) round(docs []uint64) (next []uint64, err error) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(doc uint64) bool { _, done := c.of[doc]; return done })
	if err := c.readSharing(docs); err != nil {
		return nil, err
	}
	for _, doc := range docs {
		if err := c.ctx.Err(); err != nil {
			return nil, fmt.Errorf("index: the search stopped among copies: %w", err)
		}
		c.of[doc] = c.sharing(doc)
		next = append(next, c.of[doc]...)
	}
	slices.Sort(next)
	return slices.DeleteFunc(slices.Compact(next), func(doc uint64) bool { _, done := c.of[doc]; return done }), nil
}

// sharing lists the copies of a message, of those that share a key, in order.
func (c *clusterCopies) sharing(doc uint64) (copies []uint64) {
	for _, key := range c.keysOf(doc) {
		for _, other := range c.having[key] {
			if other != doc && c.prints[doc].same(c.prints[other]) {
				copies = append(copies, other)
			}
		}
	}
	slices.Sort(copies)
	return slices.Compact(copies)
}

// keysOf are the terms that a message shares with its copies.
func (c *clusterCopies) keysOf(doc uint64) (keys []string) {
	for _, key := range c.prints[doc].keys() {
		keys = append(keys, copyText(key))
	}
	return keys
}

// readSharing reads who shares the keys of messages.
func (c *clusterCopies) readSharing(docs []uint64) error {
	var keys []string
	for _, doc := range docs {
		for _, key := range c.keysOf(doc) {
			if _, known := c.having[key]; !known {
				c.having[key] = nil
				keys = append(keys, key)
			}
		}
	}
	for some := range slices.Chunk(keys, clusterWindow) {
		if err := c.readHaving(some); err != nil {
			return err
		}
	}
	return nil
}

// readHaving reads the messages that have keys, of each the first ones.
func (c *clusterCopies) readHaving(keys []string) error {
	hits, err := c.read(c.ctx, clause{"terms": clause{string(fieldCopy): keys}}, clusterWindow, clusterPrint)
	if err != nil {
		return err
	}
	if len(hits) == clusterWindow && len(keys) > 1 { // at most once: then it is one
		for _, key := range keys {
			if err := c.readHaving([]string{key}); err != nil {
				return err
			}
		}
		return nil
	}
	for _, h := range hits {
		doc := c.number(h.first(clusterID))
		if c.prints[doc], err = h.print(); err != nil {
			return err
		}
		for _, key := range c.keysOf(doc) {
			if slices.Contains(keys, key) {
				c.having[key] = append(c.having[key], doc)
			}
		}
	}
	return nil
}

// all returns a message, its copies, the copies of those, and so on.
func (c *clusterCopies) all(doc uint64) []uint64 {
	out, seen := []uint64{doc}, map[uint64]bool{doc: true}
	for i := 0; i < len(out) && len(out) < maxCopies; i++ {
		for _, other := range c.of[out[i]] {
			if !seen[other] {
				seen[other] = true
				out = append(out, other)
			}
		}
	}
	return out
}
