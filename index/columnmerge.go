package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"os"
)

// columnWriter writes a file of columns. Its writes fail at Flush.
type columnWriter struct{ *bufio.Writer }

// writeColumns writes a file of columns of so many documents.
func writeColumns(path string, docs int, fill func(w *columnWriter)) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := &columnWriter{bufio.NewWriterSize(f, 64<<10)}
	w.WriteString(columnsMagic)
	w.number(uint64(docs), 8)
	fill(w)
	return errors.Join(w.Flush(), f.Close())
}

// number writes a number of so many bytes, the lowest first.
func (w *columnWriter) number(n uint64, width int) {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], n)
	w.Write(raw[:width])
}

// values writes the values of a column.
func (w *columnWriter) values(table *termTable) {
	w.number(uint64(table.len()), 4)
	for _, end := range table.ends {
		w.number(uint64(end), 4)
	}
	w.Write(table.bytes)
}

// dropped stands for the new number of a document that did not survive a merge.
const dropped = 1<<64 - 1

// columnMerge are the columns of segments that are merged into one: documents
// keep their order, one segment behind the other. Nothing is held of them, so
// that a million take no memory.
type columnMerge struct {
	files   []*columnFile
	numbers [][]uint64 // the documents' new ones, by file
	docs    int
}

// mergeColumns writes the columns of a segment that was merged from others.
func mergeColumns(path string, from []string, numbers [][]uint64) (err error) {
	m := &columnMerge{numbers: numbers}
	defer func() {
		for _, f := range m.files {
			err = errors.Join(err, f.close())
		}
	}()
	for i, name := range from {
		f, err := openColumns(name)
		if err != nil {
			return err
		}
		m.files = append(m.files, f)
		if f.docs != len(numbers[i]) {
			return errColumns
		}
		for _, n := range numbers[i] {
			if n == dropped {
				continue
			}
			if n != uint64(m.docs) {
				return errors.New("a merge changed the order of documents")
			}
			m.docs++
		}
	}
	return writeColumns(path, m.docs, func(w *columnWriter) {
		m.each(func(file, doc int) { w.Write(m.files[file].whens[whenBytes*doc:][:whenBytes]) })
		m.each(func(file, doc int) { w.Write(m.files[file].prints[longPrint*doc:][:longPrint]) })
		for i := range columnOrder {
			m.letGo()
			m.values(w, i)
		}
		m.letGo()
	})
}

func (m *columnMerge) letGo() {
	for _, f := range m.files {
		letGo(f.data)
	}
}

// each visits the documents in their new order.
func (m *columnMerge) each(visit func(file, doc int)) {
	for file, numbers := range m.numbers {
		for doc, n := range numbers {
			if n != dropped {
				visit(file, doc)
			}
		}
	}
}

// values writes a column: each value once that a document still has, and the
// documents' numbers of them.
func (m *columnMerge) values(w *columnWriter, i int) {
	table := newTermTable()
	table.id("")                          // none is number 0
	ids := make([][]uint32, len(m.files)) // + 1, by file and number there
	for file, f := range m.files {
		ids[file] = make([]uint32, f.values[i].count)
	}
	m.each(func(file, doc int) {
		v := &m.files[file].values[i]
		if ord := v.ord(doc); ids[file][ord] == 0 {
			id, _ := table.id(v.value(ord))
			ids[file][ord] = id + 1
		}
	})
	w.values(table)
	width := widthOf(table.len())
	m.each(func(file, doc int) { w.number(uint64(ids[file][m.files[file].values[i].ord(doc)]-1), width) })
}
