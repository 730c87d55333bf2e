package index

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

// crowdOf makes messages with words of all frequencies: some in each message,
// more than one chunk of documents holds, some in one.
func crowdOf(n int) []*archive.Message {
	rnd := rand.New(rand.NewPCG(1, 2))
	var out []*archive.Message
	for i := range n {
		words := []string{"common", fmt.Sprint("only", i)}
		for range rnd.IntN(30) {
			words = append(words, fmt.Sprint("w", int(rnd.ExpFloat64()*20)), "multi-factor")
		}
		m := &archive.Message{
			ID: archive.ID(fmt.Sprintf("id%05d", i)), List: "L", Thread: archive.ID(fmt.Sprint("t", i/7)),
			Subject: "About " + words[len(words)-1], Body: strings.Join(words, " "), FromName: "Ann",
		}
		if i%5 > 0 {
			m.Date = time.Unix(int64(i)*100_000, 0)
		}
		out = append(out, m)
	}
	return out
}

// contents is all that a segment says: for each field the terms, for each term
// the documents, with counts, lengths and places.
func contents(t *testing.T, s *segment, read reading) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, field := range s.Fields() {
		dict, err := s.Dictionary(field)
		if err != nil {
			t.Fatal(err)
		}
		it := dict.AutomatonIterator(nil, nil, nil)
		for {
			entry, err := it.Next()
			if err != nil {
				t.Fatal(err)
			}
			if entry == nil {
				break
			}
			list, err := dict.PostingsList([]byte(entry.Term), s.dropped, nil)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			postings := list.Iterator(true, true, true, nil)
			for p, err := postings.Next(); p != nil; p, err = postings.Next() {
				if err != nil {
					t.Fatal(err)
				}
				id, err := s.DocID(p.Number())
				if err != nil {
					t.Fatal(err)
				}
				count, places := read(field, p)
				fmt.Fprintf(&b, "%s %d %g %d; ", id, count, p.Norm(), places)
			}
			out[field+" "+entry.Term] = b.String()
		}
	}
	return out
}

// reading takes a word's count and places out of a posting.
type reading func(field string, p segmentapi.Posting) (count int, places []uint64)

// plainly reads what bleve writes.
func plainly(_ string, p segmentapi.Posting) (count int, places []uint64) {
	for _, l := range p.Locations() {
		places = append(places, l.Pos())
	}
	return int(p.Frequency()), places
}

// packed reads what we write.
func packed(field string, p segmentapi.Posting) (count int, places []uint64) {
	if Field(field).exact() || Field(field) == fieldID {
		return plainly(field, p)
	}
	if p.Frequency()&1 == 1 {
		return 1, []uint64{p.Frequency() >> 1}
	}
	for _, l := range p.Locations() {
		at := l.Pos()
		places = append(places, at)
		for _, distance := range l.ArrayPositions() {
			at += distance
			places = append(places, at)
		}
	}
	return unpackCount(p.Frequency()), places
}

func written(t *testing.T, messages []*archive.Message) *segment {
	t.Helper()
	b := newBuilder()
	for _, m := range messages {
		b.add(archive.Change{ID: m.ID, Message: m})
	}
	st := &store{dir: t.TempDir()}
	t.Cleanup(func() { st.close() })
	addSegment(t, st, b)
	return st.segments[0]
}

// TestSegmentsSayWhatBlevesWould compares our segments with those that bleve's
// own writer makes of the same fields.
func TestSegmentsSayWhatBlevesWould(t *testing.T) {
	for _, n := range []int{1, 2, 700, 2500} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			messages := crowdOf(n)
			ours := written(t, messages)
			theirs := bleves(t, messages)
			if diff := cmp.Diff(contents(t, theirs, plainly), contents(t, ours, packed)); diff != "" {
				t.Errorf("differs (-bleve's +ours):\n%.2000s", diff)
			}
			for doc, m := range messages {
				if got, want := value(t, ours, uint64(doc)), string(m.Thread); got != want {
					t.Fatalf("value of document %d: %q, want %q", doc, got, want)
				}
			}
		})
	}
}

// bleves writes messages as bleve does.
func bleves(t *testing.T, messages []*archive.Message) *segment {
	t.Helper()
	var docs []bleveindex.Document
	for _, m := range messages {
		docs = append(docs, asBleves(m))
	}
	seg, _, err := (&zap.ZapPlugin{}).New(docs)
	if err != nil {
		t.Fatal(err)
	}
	return &segment{Segment: seg}
}

func asBleves(m *archive.Message) *document.Document {
	d := document.NewDocument(string(m.ID))
	words, exact := texts(m), exacts(m)
	for _, f := range schema {
		field := &plainField{name: f.name, options: f.options, freqs: bleveindex.TokenFrequencies{}}
		switch {
		case f.name == fieldID:
			field.exact(string(m.ID))
			field.value = []byte(m.ID)
		case f.name == fieldCopy:
			field.exact(printOf(m).keys()...)
		case f.name.exact():
			for _, term := range exact[f.name] {
				field.exact(present(term)...)
			}
		default:
			field.text(words[f.name])
		}
		d.AddField(field)
	}
	return d
}

// plainField is a field of bleve's, filled in the plainest way.
type plainField struct {
	name    Field
	options bleveindex.FieldIndexingOptions
	value   []byte
	length  int
	freqs   bleveindex.TokenFrequencies
}

func (f *plainField) exact(terms ...string) {
	for _, term := range terms {
		tf := &bleveindex.TokenFreq{}
		tf.SetFrequency(1)
		f.freqs[term] = tf
		f.length++
	}
}

func (f *plainField) text(stretches []string) {
	base := 1
	for _, text := range stretches {
		tokens := analyze(text, nil)
		if len(tokens) == 0 {
			continue
		}
		for _, token := range tokens {
			f.put(token.Term, base+token.Pos)
		}
		words := tokens[len(tokens)-1].Pos + 1
		f.length += words
		base += words + stretchGap
	}
}

func (f *plainField) put(term string, place int) {
	tf := f.freqs[term]
	if tf == nil {
		tf = &bleveindex.TokenFreq{}
		f.freqs[term] = tf
	}
	if n := len(tf.Locations); n == 0 || tf.Locations[n-1].Position != place {
		tf.Locations = append(tf.Locations, &bleveindex.TokenLocation{Position: place})
		tf.SetFrequency(n + 1)
	}
}

func (f *plainField) Name() string                                          { return string(f.name) }
func (f *plainField) Value() []byte                                         { return f.value }
func (f *plainField) ArrayPositions() []uint64                              { return nil }
func (f *plainField) EncodedFieldType() byte                                { return 't' }
func (f *plainField) Options() bleveindex.FieldIndexingOptions              { return f.options }
func (f *plainField) AnalyzedLength() int                                   { return f.length }
func (f *plainField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies { return f.freqs }
func (f *plainField) NumPlainTextBytes() uint64                             { return 0 }
func (f *plainField) Size() int                                             { return 0 }
func (f *plainField) Analyze()                                              {}

// value returns what a document's field of values holds.
func value(t *testing.T, s *segment, doc uint64) (value string) {
	t.Helper()
	_, err := s.Segment.(*zap.Segment).VisitDocValues(doc, []string{string(FieldThread)}, func(_ string, term []byte) { value += string(term) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestMergedSegments merges segments, and expects one that was written at once.
func TestMergedSegments(t *testing.T) {
	for _, tt := range []struct {
		name     string
		replaced bool // documents by themselves, within a builder or in an older segment
		halfway  bool // some segments are merged before
	}{{"as they are", false, false}, {"replaced", true, false}, {"merged before", false, true}, {"replaced, merged before", true, true}} {
		t.Run(tt.name, func(t *testing.T) { testMerged(t, tt.replaced, tt.halfway) })
	}
}

func testMerged(t *testing.T, replaced, halfway bool) {
	messages := crowdOf(3000)
	st := &store{dir: t.TempDir()}
	t.Cleanup(func() { st.close() })
	b := newBuilder()
	for i, m := range messages {
		b.add(archive.Change{ID: m.ID, Message: m})
		if old := messages[i/2]; replaced {
			b.add(archive.Change{ID: old.ID, Message: old})
		}
		if i%250 == 249 {
			addSegment(t, st, b)
		}
		if i == 1249 && halfway {
			mergeAll(t, st)
		}
	}
	mergeAll(t, st)
	got, want := inAnyOrder(contents(t, st.segments[0], packed)), inAnyOrder(contents(t, written(t, messages), packed))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differs (-at once +merged):\n%.2000s", diff)
	}
	for doc := range uint64(len(messages)) {
		id, err := st.segments[0].DocID(doc)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.Atoi(strings.TrimPrefix(string(id), "id"))
		if got, want := value(t, st.segments[0], doc), string(messages[n].Thread); got != want {
			t.Fatalf("value of %s: %q, want %q", id, got, want)
		}
	}
}

func addSegment(t *testing.T, st *store, b *builder) {
	t.Helper()
	name := st.next()
	if err := writeSegment(filepath.Join(st.dir, name), b); err != nil {
		t.Fatal(err)
	}
	if err := st.add(name, b); err != nil {
		t.Fatal(err)
	}
	b.reset()
}

func mergeAll(t *testing.T, st *store) {
	t.Helper()
	if err := st.mergeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// inAnyOrder sorts the documents of each term.
func inAnyOrder(contents map[string]string) map[string]string {
	for term, docs := range contents {
		list := strings.Split(docs, "; ")
		slices.Sort(list)
		contents[term] = strings.Join(list, "; ")
	}
	return contents
}

// listed reads a bitmap.
func listed(t *testing.T, bitmap []byte) []uint32 {
	t.Helper()
	var l docList
	if err := l.read(bitmap); err != nil {
		t.Fatal(err)
	}
	return l.appendTo(nil)
}

// TestBitmaps compares the bitmaps of our own with roaring's.
func TestBitmaps(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, tt := range []struct{ docs, among int }{{1, 1}, {2, 200_000}, {4096, 4096}, {4097, 4097}, {9000, 3_000_000}, {100_000, 300_000}} {
		want := roaring.New()
		for want.GetCardinality() < uint64(tt.docs) {
			want.Add(uint32(rnd.IntN(tt.among)))
		}
		var out bytes.Buffer
		w := &segmentWriter{w: bufio.NewWriter(&out), bitmap: roaring.New(), nums: want.ToArray()}
		w.documents()
		w.w.Flush()
		size, n := binary.Uvarint(out.Bytes())
		got, _ := want.ToBytes()
		if int(size) != len(got) || w.at != uint64(out.Len()) || !bytes.Equal(out.Bytes()[n:], got) {
			t.Errorf("%d of %d documents differ", tt.docs, tt.among)
		}
		if docs := listed(t, got); !slices.Equal(docs, want.ToArray()) {
			t.Errorf("%d of %d documents are read as %d", tt.docs, tt.among, len(docs))
		}
	}
}
