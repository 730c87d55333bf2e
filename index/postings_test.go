package index

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
)

// TestPostingsAreReadAsBleveReadsThem compares what we read of a segment's terms
// with what bleve's iterators say, in order and out of it.
func TestPostingsAreReadAsBleveReadsThem(t *testing.T) {
	s := written(t, crowdOf(2*windowDocs+100))
	view := viewOf(t, s)
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, f := range schema {
		dict, err := s.Dictionary(string(f.name))
		if err != nil {
			t.Fatal(err)
		}
		it := dict.AutomatonIterator(nil, nil, nil)
		for entry, err := it.Next(); entry != nil; entry, err = it.Next() {
			if err != nil {
				t.Fatal(err)
			}
			want := map[uint32]string{}
			list, err := dict.PostingsList([]byte(entry.Term), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			postings := list.Iterator(true, true, true, nil)
			for p, _ := postings.Next(); p != nil; p, _ = postings.Next() {
				count, places := packed(string(f.name), p)
				want[uint32(p.Number())] = said(f.name, count, places)
			}
			term, err := view.term(f.name, entry.Term)
			if err != nil || term == nil {
				t.Fatalf("%s %q: %v, %v", f.name, entry.Term, term, err)
			}
			inOrder, atRandom := map[uint32]string{}, map[uint32]string{}
			r, other := term.occurrences(true), term.occurrences(true)
			for doc := range r.all() {
				inOrder[doc] = said(f.name, r.count(), r.appendPlaces(nil))
			}
			for range 50 {
				if doc := uint32(rnd.IntN(int(view.docs))); other.find(doc) {
					atRandom[doc] = said(f.name, other.count(), other.appendPlaces(nil))
				}
			}
			if diff := cmp.Diff(want, inOrder); diff != "" {
				t.Fatalf("%s %q differs (-bleve +ours):\n%.1000s", f.name, entry.Term, diff)
			}
			for doc, got := range atRandom {
				if got != want[doc] {
					t.Fatalf("%s %q in %d: %s, want %s", f.name, entry.Term, doc, got, want[doc])
				}
			}
		}
	}
}

// said is what the index is asked of a term in a document: of exact fields, that
// it is there.
func said(f Field, count int, places []uint64) string {
	if f.exact() || f == fieldID {
		return "there"
	}
	return fmt.Sprint(count, places)
}

func viewOf(t *testing.T, s *segment) *segmentView {
	t.Helper()
	file := s.Segment.(segmentFile)
	v := &segmentView{data: file.Data(), docs: uint32(s.Count()), fields: map[Field]dictionary{}}
	if err := v.readFields(file); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestDocListsAreReadAsRoaringReadsThem compares lists of all kinds of
// containers with the library.
func TestDocListsAreReadAsRoaringReadsThem(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	sparse, dense, whole, runs := roaring.New(), roaring.New(), roaring.New(), roaring.New()
	for range 900 {
		sparse.Add(uint32(rnd.IntN(5 << 16)))
	}
	for range 90_000 {
		dense.Add(uint32(rnd.IntN(3 << 16)))
	}
	for doc := range uint32(1<<16 + 5000) {
		whole.Add(doc) // the library makes runs of full containers
	}
	for _, at := range []uint64{3, 700, 70_000, 1 << 17, 5 << 16} {
		runs.AddRange(at, at+300)
	}
	runs.RunOptimize()
	for name, want := range map[string]*roaring.Bitmap{"none": roaring.New(), "sparse": sparse, "dense": dense, "whole": whole, "runs": runs} {
		t.Run(name, func(t *testing.T) {
			var raw bytes.Buffer
			if _, err := want.WriteTo(&raw); err != nil {
				t.Fatal(err)
			}
			var got docList
			if err := got.read(raw.Bytes()); err != nil {
				t.Fatal(err)
			}
			checkList(t, &got, want, rnd)
		})
	}
}

func checkList(t *testing.T, got *docList, want *roaring.Bitmap, rnd *rand.Rand) {
	t.Helper()
	var all []uint32
	for i := range got.containers {
		all = slices.AppendSeq(all, got.containers[i].all())
	}
	if !slices.Equal(all, want.ToArray()) || got.docs != len(all) {
		t.Fatalf("%d documents, %d of them to be had, want %d", got.docs, len(all), want.GetCardinality())
	}
	for start := uint32(0); start < 6<<16; start += windowDocs {
		var set docSet
		got.window(start, &set)
		for i := range uint32(windowDocs) {
			if set.has(int(i)) != want.Contains(start+i) {
				t.Fatalf("window of %d: %d is %v", start, start+i, set.has(int(i)))
			}
		}
	}
	c := docCursor{docList: got}
	for i := range 4000 {
		doc := uint32(80 * i)
		if i > 2000 {
			doc = uint32(rnd.IntN(6 << 16))
		}
		before, has := c.seek(doc)
		rank := want.Rank(doc)
		if want.Contains(doc) {
			rank--
		}
		if before != int(rank) || has != want.Contains(doc) {
			t.Fatalf("%d: %d before it and %v, want %d and %v", doc, before, has, rank, want.Contains(doc))
		}
	}
}

// FuzzDocList reads any bytes as a list. Damage may show as an error or a panic,
// which a search turns into one; it must come to an end.
func FuzzDocList(f *testing.F) {
	for _, docs := range [][]uint32{{}, {1}, {1, 1 << 16, 1 << 17}} {
		raw, err := roaring.BitmapOf(docs...).ToBytes()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		defer func() { _ = recover() }()
		var l docList
		if l.read(raw) != nil {
			return
		}
		c := docCursor{docList: &l}
		for doc := uint32(0); doc < 1<<18; doc += 1000 {
			c.seek(doc)
		}
		var set docSet
		l.window(1<<16, &set)
	})
}
