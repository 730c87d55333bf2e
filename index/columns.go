package index

import (
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// Columns hold, for each document of a segment by its number, what hits are
// sorted and counted by. bleve's values by document are packed in chunks and
// come with a search for each document; a count over half the archive wants an
// array. docs/format.md has the layout.

const (
	columnsEnd   = ".col" // of the file's name, in place of the segment's
	columnsMagic = "bxcol\x00\x00\x01"
	whenBytes    = 5
)

// columnOrder are the facets that have a column of values.
var columnOrder = [...]Facet{FacetList, FacetAuthor, FacetOutlet, FacetAttachment, FacetLanguage}

// columnsPath names the columns of a segment.
func columnsPath(segment string) string {
	return strings.TrimSuffix(segment, filepath.Ext(segment)) + columnsEnd
}

// columns collects the columns of a segment.
type columns struct {
	whens  []uint64
	prints []copyPrint
	values [len(columnOrder)]*column
}

// column has a number for each distinct value, and the number of each document's.
type column struct {
	table *termTable
	ords  []uint32
}

func newColumns() *columns {
	c := &columns{}
	for i := range c.values {
		c.values[i] = &column{table: newTermTable()}
	}
	c.reset()
	return c
}

// reset drops all documents and keeps the memory.
func (c *columns) reset() {
	c.whens, c.prints = c.whens[:0], c.prints[:0]
	for _, v := range c.values {
		v.table.reset()
		v.table.id("") // none is number 0
		v.ords = v.ords[:0]
	}
}

// size is roughly how many bytes of memory the documents take.
func (c *columns) size() int {
	n := (8 + 2*longPrint) * len(c.whens)
	for _, v := range c.values {
		n += v.table.size() + 4*len(v.ords)
	}
	return n
}

// add adds the next document.
func (c *columns) add(m *archive.Message, exact map[Field][]string, print copyPrint) {
	c.whens, c.prints = append(c.whens, whenOf(m.Date)), append(c.prints, print)
	for i, value := range [...]string{shown(m.List), author(m), exact[FieldOutlet][0], strings.Join(kinds(m), valueSeparator), exact[FieldLang][0]} {
		v := c.values[i]
		id, _ := v.table.id(value)
		v.ords = append(v.ords, id)
	}
}

// write writes the columns as a file.
func (c *columns) write(path string) error {
	return writeColumns(path, len(c.whens), func(w *columnWriter) {
		for _, when := range c.whens {
			w.number(when, whenBytes)
		}
		for _, print := range c.prints {
			var raw [longPrint]byte
			copy(raw[:], print)
			w.Write(raw[:])
		}
		for _, v := range c.values {
			w.values(v.table)
			width := widthOf(v.table.len())
			for _, ord := range v.ords {
				w.number(uint64(ord), width)
			}
		}
	})
}

// widthOf is how many bytes the numbers of so many values take.
func widthOf(values int) int {
	switch {
	case values <= 1<<8:
		return 1
	case values <= 1<<16:
		return 2
	}
	return 4
}
