package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/archive"
)

// stretchGap is the distance in places between two stretches of one field.
const stretchGap = 8

const (
	optText  = bleveindex.IndexField | bleveindex.IncludeTermVectors
	optExact = bleveindex.IndexField | bleveindex.SkipFreqNorm
	optValue = optExact | bleveindex.DocValues // SkipDVCompression loses values when segments are merged
	optID    = bleveindex.IndexField | bleveindex.StoreField
)

// fieldID is bleve's field for the key of a document.
const fieldID Field = "_id"

// schema lists all fields of the index, in bleve's order. Every segment has
// all of them: bleve merges segments three times as fast where their lists of
// fields are the same.
var schema = [...]struct {
	name    Field
	options bleveindex.FieldIndexingOptions
}{
	{fieldID, optID},
	{FieldAttachment, optText},
	{FieldAuthor, optExact},
	{FieldBody, optText},
	{fieldCopy, optExact},
	{fieldDay, optExact},
	{FieldFrom, optText},
	{FieldHas, optExact},
	{FieldHost, optExact},
	{FieldIs, optExact},
	{FieldLang, optExact},
	{FieldList, optExact},
	{FieldMessageID, optExact},
	{FieldOutlet, optExact},
	{FieldQuoted, optText},
	{FieldSubject, optText},
	{FieldThread, optValue},
	{FieldURL, optText},
}

// builder collects messages in memory, until they are written as a segment.
type builder struct {
	fields  []*inverter // as in schema
	columns *columns
	ids     []string // by document
	latest  map[string]uint32
	dropped *roaring.Bitmap     // documents that a later one replaced
	gone    map[string]struct{} // messages deleted since the builder was empty
	lengths map[Field]lengthOf
	copies  copyPrinter
}

func newBuilder() *builder {
	b := &builder{columns: newColumns()}
	for _, f := range schema {
		b.fields = append(b.fields, newInverter(f.name, f.options))
	}
	b.reset()
	return b
}

// reset drops all messages and keeps the memory.
func (b *builder) reset() {
	for _, v := range b.fields {
		v.reset()
	}
	b.columns.reset()
	b.ids = b.ids[:0]
	b.latest, b.gone = map[string]uint32{}, map[string]struct{}{}
	b.dropped, b.lengths = roaring.New(), map[Field]lengthOf{}
}

func (b *builder) empty() bool { return len(b.ids) == 0 && len(b.gone) == 0 }

// size is roughly how many bytes of memory the messages take.
func (b *builder) size() int {
	n := 100*len(b.ids) + b.columns.size()
	for _, v := range b.fields {
		n += v.size()
	}
	return n
}

// add takes one change. A later change of a message replaces an earlier one.
func (b *builder) add(c archive.Change) {
	id := string(c.ID)
	if doc, ok := b.latest[id]; ok {
		b.dropped.Add(doc)
		delete(b.latest, id)
	}
	if c.Deleted || c.Message == nil {
		b.gone[id] = struct{}{}
		return
	}
	b.latest[id] = uint32(len(b.ids))
	b.ids = append(b.ids, id)
	b.addMessage(c.Message)
}

// addMessage makes the index's document of a message. Nothing is stored but
// the ID: hits are looked up in the archive.
func (b *builder) addMessage(m *archive.Message) {
	words, exact := texts(m), exacts(m)
	b.copies.words = b.copies.words[:0]
	for _, v := range b.fields {
		switch {
		case v.name == fieldCopy:
			print := b.copies.print(m)
			v.exact(print.keys()...)
			b.columns.add(m, exact, print)
		case v.name == fieldID:
			v.exact(string(m.ID))
		case v.name.exact():
			v.exact(exact[v.name]...)
		default:
			b.count(v.name, v.text(words[v.name]))
			if v.name == FieldBody || v.name == FieldAttachment && hasText(m) {
				b.copies.words = v.words(b.copies.words)
			}
		}
	}
}

// hasText tells whether there is more of the attachments than their names.
func hasText(m *archive.Message) bool {
	return slices.ContainsFunc(m.Attachments, func(a archive.Attachment) bool { return a.Text != "" })
}

// count adds to the sum of a field's lengths.
func (b *builder) count(f Field, words int) {
	if words > 0 {
		l := b.lengths[f]
		b.lengths[f] = lengthOf{Words: l.Words + uint64(words), Docs: l.Docs + 1}
	}
}

// replaced names the messages whose documents in older segments are void.
func (b *builder) replaced() []string {
	ids := append([]string(nil), b.ids...)
	for id := range b.gone {
		ids = append(ids, id)
	}
	return ids
}
