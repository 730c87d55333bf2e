package index

import (
	"encoding/binary"
	"errors"
	"os"
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
	out := binary.LittleEndian.AppendUint64([]byte(columnsMagic), uint64(len(c.whens)))
	for _, when := range c.whens {
		out = append(binary.LittleEndian.AppendUint32(out, uint32(when)), byte(when>>32))
	}
	for _, print := range c.prints {
		var raw [longPrint]byte
		copy(raw[:], print)
		out = append(out, raw[:]...)
	}
	for _, v := range c.values {
		out = v.append(out)
	}
	return os.WriteFile(path, out, 0o600)
}

func (v *column) append(out []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(v.table.len()))
	for _, end := range v.table.ends {
		out = binary.LittleEndian.AppendUint32(out, end)
	}
	out = append(out, v.table.bytes...)
	width := widthOf(v.table.len())
	for _, ord := range v.ords {
		var raw [4]byte
		binary.LittleEndian.PutUint32(raw[:], ord)
		out = append(out, raw[:width]...)
	}
	return out
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

// dropped stands for the new number of a document that did not survive a merge:
// bleve's docDropped.
const dropped = 1<<64 - 1

// mergeColumns writes the columns of a segment that was merged from others.
// numbers are the documents' new ones, for each of the segments.
func mergeColumns(path string, from []string, numbers [][]uint64) (err error) {
	docs := 0
	for _, of := range numbers {
		for _, n := range of {
			if n != dropped {
				docs++
			}
		}
	}
	out := newColumns()
	out.whens, out.prints = make([]uint64, docs), make([]copyPrint, docs)
	for _, v := range out.values {
		v.ords = make([]uint32, docs)
	}
	for i, name := range from {
		f, err := openColumns(name)
		if err != nil {
			return err
		}
		err = out.take(f, numbers[i])
		if err := errors.Join(err, f.close()); err != nil {
			return err
		}
	}
	return out.write(path)
}

// take takes over the documents of a file that have a new number.
func (c *columns) take(f *columnFile, numbers []uint64) error {
	if f.docs != len(numbers) {
		return errColumns
	}
	for doc, n := range numbers {
		if n != dropped {
			c.whens[n], c.prints[n] = f.when(doc), f.print(doc)
		}
	}
	for i := range c.values {
		c.values[i].take(&f.values[i], numbers)
	}
	return nil
}

func (v *column) take(from *columnValues, numbers []uint64) {
	ids := make([]uint32, from.count) // + 1
	for doc, n := range numbers {
		if n == dropped {
			continue
		}
		ord := from.ord(doc)
		if ids[ord] == 0 {
			id, _ := v.table.id(from.value(ord))
			ids[ord] = id + 1
		}
		v.ords[n] = ids[ord] - 1
	}
}
