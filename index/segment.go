package index

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"iter"
	"os"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v17"
)

// writeSegment writes the documents of a builder as one of bleve's segments
// and its columns. The segment is in the format "zap", version 17:
//
//	documents: for each the length of its header, the length of its body, the
//	    header (the length of the ID), the body (the ID, an empty snappy block);
//	    the offset of each; the number of parts of documents, 0
//	for each field: for each term its counts and field lengths, its places,
//	    their two offsets and the bitmap of its documents; the dictionary, a
//	    vellum FST of the terms with the offsets of those; the values by document,
//	    where the field has them; the offsets of the two
//	the names, options and offsets of the fields; the offsets of these
//	footer
//
// Numbers are varints, but offsets in lists and the footer, which have 8 or 4
// bytes, big-endian.
func writeSegment(path string, b *builder) error {
	if err := createSegment(path, len(b.ids), func(w *segmentWriter) error { return w.segment(b) }); err != nil {
		return err
	}
	return b.columns.write(columnsPath(path))
}

// createSegment makes the file of a segment of so many documents, which fill
// writes.
func createSegment(path string, docs int, fill func(w *segmentWriter) error) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := &sumWriter{w: f}
	w := &segmentWriter{w: bufio.NewWriterSize(sum, 256<<10), sum: sum, docs: docs, bitmap: roaring.New()}
	if w.fst, err = vellum.New(&w.dict, &vellum.BuilderOpts{Encoder: 1, RegistryMRUSize: 1}); err != nil {
		return err
	}
	return fill(w)
}

// sumWriter adds up the checksum that stands at a segment's end.
type sumWriter struct {
	w   io.Writer
	sum uint32
}

func (s *sumWriter) Write(p []byte) (int, error) {
	s.sum = crc32.Update(s.sum, crc32.IEEETable, p)
	return s.w.Write(p)
}

// segmentWriter writes one segment. Its writes fail at Flush.
type segmentWriter struct {
	w    *bufio.Writer
	sum  *sumWriter // of what w has flushed
	at   uint64     // bytes written
	docs int

	fst    *vellum.Builder
	dict   bytes.Buffer
	counts chunks
	places chunks
	bitmap *roaring.Bitmap
	nums   []uint32
	heads  []bitmapHead
	buf    []byte
}

func (w *segmentWriter) write(p []byte) {
	n, _ := w.w.Write(p)
	w.at += uint64(n)
}

func (w *segmentWriter) varints(values ...uint64) {
	w.buf = w.buf[:0]
	for _, v := range values {
		w.buf = binary.AppendUvarint(w.buf, v)
	}
	w.write(w.buf)
}

func (w *segmentWriter) fixed64(v uint64) {
	w.buf = binary.BigEndian.AppendUint64(w.buf[:0], v)
	w.write(w.buf)
}

func (w *segmentWriter) fixed32(v uint32) {
	w.buf = binary.BigEndian.AppendUint32(w.buf[:0], v)
	w.write(w.buf)
}

func (w *segmentWriter) segment(b *builder) error {
	stored := w.stored(func(yield func(id []byte) bool) {
		for _, id := range b.ids {
			if !yield([]byte(id)) {
				return
			}
		}
	})
	starts := make([]uint64, len(b.fields))
	heads := make([]fieldHead, len(b.fields))
	for i, v := range b.fields {
		var err error
		heads[i] = fieldHead{string(v.name), v.options}
		if starts[i], err = w.field(uint64(i), v); err != nil {
			return err
		}
	}
	return w.footer(stored, w.fieldIndex(heads, starts))
}

// stored writes the documents' IDs, and returns where their offsets are.
func (w *segmentWriter) stored(ids iter.Seq[[]byte]) uint64 {
	offsets := make([]uint64, 0, w.docs)
	var header []byte
	for id := range ids {
		offsets = append(offsets, w.at)
		header = binary.AppendUvarint(header[:0], uint64(len(id)))
		w.varints(uint64(len(header)), uint64(len(id)+1))
		w.write(header)
		w.write(id)
		w.write([]byte{0})
	}
	at := w.at
	for _, o := range offsets {
		w.fixed64(o)
	}
	w.varints(0)
	return at
}

// field writes a field, and returns where its offsets are.
func (w *segmentWriter) field(id uint64, v *inverter) (uint64, error) {
	w.dict.Reset()
	if err := w.fst.Reset(&w.dict); err != nil {
		return 0, err
	}
	err := v.ordered(func(term []byte, postings []uint32) error {
		return w.fst.Insert(term, w.term(id, v, postings))
	})
	if err == nil {
		err = w.fst.Close()
	}
	if err != nil {
		return 0, err
	}
	return w.closeField(v.options, func(c *valueChunks) error {
		for doc, value := range v.values {
			c.add(doc, value)
		}
		return nil
	})
}

// closeField writes what stands behind the postings of a field, and returns
// where the offsets are.
func (w *segmentWriter) closeField(o bleveindex.FieldIndexingOptions, values func(c *valueChunks) error) (uint64, error) {
	dict := w.at
	w.varints(uint64(w.dict.Len()))
	w.write(w.dict.Bytes())
	from, to := uint64(noValues), uint64(noValues)
	if o.IncludeDocValues() {
		from = w.at
		c := &valueChunks{w: w, start: w.at}
		if err := values(c); err != nil {
			return 0, err
		}
		c.close()
		to = w.at
	}
	at := w.at
	w.varints(from, to, dict)
	return at, nil
}

// noValues stands for the offset of the values of a field without.
const noValues = 1<<64 - 1

// fieldHead is how a field is called and kept.
type fieldHead struct {
	name    string
	options bleveindex.FieldIndexingOptions
}

// fieldIndex writes what leads to the fields.
func (w *segmentWriter) fieldIndex(fields []fieldHead, starts []uint64) uint64 {
	offsets := make([]uint64, len(fields))
	for i, v := range fields {
		offsets[i] = w.at
		w.varints(uint64(len(v.name)))
		w.write([]byte(v.name))
		w.varints(uint64(v.options), 1) // one section: words
		w.write([]byte{0, zap.SectionInvertedTextIndex})
		w.fixed64(starts[i])
	}
	at := w.at
	w.varints(uint64(len(fields)))
	for _, o := range offsets {
		w.fixed64(o)
	}
	return at
}

func (w *segmentWriter) footer(stored, index uint64) error {
	w.fixed32(0) // length of the name of an encryption
	w.fixed64(uint64(w.docs))
	w.fixed64(stored)
	w.fixed64(index)
	w.fixed32(zap.DefaultChunkMode)
	w.fixed32(zap.Version)
	if err := w.w.Flush(); err != nil {
		return err
	}
	w.fixed32(w.sum.sum)
	return w.w.Flush()
}
