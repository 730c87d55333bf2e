package index

import (
	"errors"
	"slices"
)

// columnSet is the columns of all segments of a snapshot.
type columnSet struct {
	files  []*columnFile
	starts []uint64 // the number of each segment's first document
	tables [len(columnOrder)]facetTableCache
}

// openColumnSet opens the columns of a snapshot's segments.
func (s *snapshot) openColumnSet() (*columnSet, error) {
	set := &columnSet{}
	start := uint64(0)
	for _, seg := range s.segments() {
		p, ok := seg.Segment().(interface{ Path() string })
		if !ok {
			return nil, errors.Join(errors.New("a segment without a file"), set.close())
		}
		f, err := openColumns(columnsPath(p.Path()))
		if err == nil && uint64(f.docs) != seg.Segment().Count() {
			err = errors.Join(errColumns, f.close())
		}
		if err != nil {
			return nil, errors.Join(err, set.close())
		}
		set.files, set.starts = append(set.files, f), append(set.starts, start)
		start += uint64(f.docs)
	}
	return set, nil
}

func (c *columnSet) close() error {
	var err error
	for _, f := range c.files {
		err = errors.Join(err, f.close())
	}
	return err
}

// whenReader reads the dates of documents, as whenOf gave them. It is used by
// one search.
type whenReader struct {
	*columnSet
	at         int // the file of the last document
	start, end uint64
}

func (w *whenReader) read(doc uint64) uint64 {
	if doc < w.start || doc >= w.end {
		w.at = w.find(doc)
		w.start = w.starts[w.at]
		w.end = w.start + uint64(w.files[w.at].docs)
	}
	return w.files[w.at].when(int(doc - w.start))
}

// find returns the number of the file that has a document.
func (c *columnSet) find(doc uint64) int {
	at, found := slices.BinarySearch(c.starts, doc)
	if !found {
		at--
	}
	return at
}

// print returns a document's copyPrint.
func (c *columnSet) print(doc uint64) copyPrint {
	at := c.find(doc)
	return c.files[at].print(int(doc - c.starts[at]))
}
