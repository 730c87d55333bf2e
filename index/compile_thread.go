package index

import (
	"hash/maphash"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// fewThreads is how many threads are looked up one by one.
const fewThreads = 32

// inThread reads what the inner query matches, then matches its threads.
func (c *compiler) inThread(q InThread) (matcher, error) {
	if c.threads++; c.threads > maxInside {
		return nil, ErrTooComplex
	}
	of, err := c.compile(q.Of)
	if err != nil {
		return nil, err
	}
	values, err := c.openThreads()
	if err != nil {
		return nil, err
	}
	few, all := []string{}, map[uint64]struct{}{}
	err = c.walk(c.ctx, of, func(w *window, set *docSet) error {
		for i := range set.all() {
			thread, hash, err := values.read(w.first + uint64(i))
			if err == nil {
				err = w.spend(1)
			}
			if err != nil {
				return err
			}
			if _, ok := all[hash]; !ok && len(few) <= fewThreads {
				few = append(few, thread)
			}
			all[hash] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(few) <= fewThreads {
		return c.terms(FieldThread, few)
	}
	return newFilter(allMatcher{}, func() keeper {
		own, err := c.openThreads()
		if err != nil {
			return func(uint64) (bool, error) { return false, err }
		}
		own.seed = values.seed
		return func(doc uint64) (bool, error) {
			_, hash, err := own.read(doc)
			_, ok := all[hash]
			return ok, err
		}
	}), nil
}

// threadReader reads the threads of documents. They are compared by 64 bits of
// a hash: a set of a million IDs would take too much memory.
type threadReader struct {
	values bleveindex.DocValueReader
	seed   maphash.Seed
	id     bleveindex.IndexInternalID
}

func (s *snapshot) openThreads() (*threadReader, error) {
	values, err := s.reader.DocValueReader([]string{string(FieldThread)})
	return &threadReader{values: values, seed: maphash.MakeSeed()}, err
}

func (r *threadReader) read(doc uint64) (thread string, hash uint64, err error) {
	r.id = bleveindex.NewIndexInternalID(r.id, doc)
	err = r.values.VisitDocValues(r.id, func(_ string, term []byte) {
		thread, hash = string(term), maphash.Bytes(r.seed, term)
	})
	return thread, hash, err
}
