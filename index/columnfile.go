package index

import (
	"encoding/binary"
	"errors"
	"os"

	mmap "github.com/blevesearch/mmap-go"
)

// errColumns says that a file of columns is not what it should be.
var errColumns = errors.New("the columns of a segment are damaged")

// columnFile is a file of columns, mapped into memory. It may be read by many
// at the same time.
type columnFile struct {
	data   mmap.MMap
	docs   int
	whens  []byte
	prints []byte
	values [len(columnOrder)]columnValues
}

// columnValues is one column of values.
type columnValues struct {
	count int    // of values
	ends  []byte // of the values
	bytes []byte // of the values
	ords  []byte // by document
	width int    // bytes of one of the ords
}

func openColumns(path string) (*columnFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := mmap.Map(file, mmap.RDONLY, 0)
	if err != nil {
		return nil, err
	}
	f := &columnFile{data: data}
	if err := f.read(data); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *columnFile) close() error { return f.data.Unmap() }

// read finds the columns in the bytes of a file.
func (f *columnFile) read(data []byte) error {
	r := columnReader{rest: data}
	if string(r.take(len(columnsMagic))) != columnsMagic {
		return errColumns
	}
	docs := r.take(8)
	if r.failed {
		return errColumns
	}
	n := binary.LittleEndian.Uint64(docs)
	if n > uint64(len(data)) {
		return errColumns
	}
	f.docs = int(n)
	f.whens = r.take(whenBytes * f.docs)
	f.prints = r.take(longPrint * f.docs)
	for i := range f.values {
		f.values[i] = r.values(f.docs)
	}
	if r.failed || len(r.rest) > 0 {
		return errColumns
	}
	return nil
}

// columnReader takes a file apart. Once something was missing all is empty.
type columnReader struct {
	rest   []byte
	failed bool
}

func (r *columnReader) take(n int) []byte {
	if r.failed || n > len(r.rest) {
		r.failed = true
		return nil
	}
	head := r.rest[:n:n]
	r.rest = r.rest[n:]
	return head
}

func (r *columnReader) values(docs int) (v columnValues) {
	head := r.take(4)
	if r.failed {
		return v
	}
	v.count = int(binary.LittleEndian.Uint32(head))
	v.ends = r.take(4 * v.count)
	if r.failed || v.count == 0 {
		r.failed = true
		return v
	}
	v.bytes = r.take(int(binary.LittleEndian.Uint32(v.ends[4*(v.count-1):])))
	v.width = widthOf(v.count)
	v.ords = r.take(v.width * docs)
	return v
}

// when is a document's date, as whenOf gave it.
func (f *columnFile) when(doc int) uint64 {
	raw := f.whens[whenBytes*doc:][:whenBytes]
	return uint64(binary.LittleEndian.Uint32(raw)) | uint64(raw[4])<<32
}

// print is a document's copyPrint.
func (f *columnFile) print(doc int) copyPrint {
	raw := f.prints[longPrint*doc:][:longPrint]
	switch raw[0] {
	case 0:
		return ""
	case shortMark:
		return copyPrint(raw[:shortPrint])
	}
	return copyPrint(raw)
}

// ord is the number of a document's value; 0 is none. In a damaged file it may
// be any below count.
func (v *columnValues) ord(doc int) int {
	var n int
	switch v.width {
	case 1:
		n = int(v.ords[doc])
	case 2:
		n = int(binary.LittleEndian.Uint16(v.ords[2*doc:]))
	default:
		n = int(binary.LittleEndian.Uint32(v.ords[4*doc:]))
	}
	if n >= v.count {
		return 0
	}
	return n
}

// value returns a value by its number.
func (v *columnValues) value(ord int) string {
	start := uint32(0)
	if ord > 0 {
		start = v.end(ord - 1)
	}
	end := v.end(ord)
	if start > end || int(end) > len(v.bytes) {
		return ""
	}
	return string(v.bytes[start:end])
}

func (v *columnValues) end(ord int) uint32 { return binary.LittleEndian.Uint32(v.ends[4*ord:]) }
