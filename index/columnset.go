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
		p, err := fileOf(seg.Segment())
		if err != nil {
			return nil, errors.Join(err, set.close())
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

// columnCursor finds the columns of documents, which mostly are near each
// other. It is used by one search.
type columnCursor struct {
	*columnSet
	at         int // the file of the last document
	start, end uint64
}

// seek returns the file of a document, and its number there.
func (c *columnCursor) seek(doc uint64) (*columnFile, int) {
	if doc < c.start || doc >= c.end {
		c.at = c.find(doc)
		c.start = c.starts[c.at]
		c.end = c.start + uint64(c.files[c.at].docs)
	}
	return c.files[c.at], int(doc - c.start)
}

// when returns a document's date, as whenOf gave it.
func (c *columnCursor) when(doc uint64) uint64 {
	f, n := c.seek(doc)
	return f.when(n)
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
