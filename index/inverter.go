package index

import (
	"strings"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// inverter turns documents into the postings of one field. bleve's own way
// takes a map and some objects for each document, ten times the memory and
// four times the time.
type inverter struct {
	name    Field
	options bleveindex.FieldIndexingOptions

	terms    *termTable
	postings []posting  // in the order of documents
	places   []uint32   // of all postings, one behind the other
	lengths  []uint32   // by document: how many words the field has
	values   []string   // by document: its terms, where the field keeps values
	seen     []lastSeen // by term
	hashes   []uint64   // by term: those that words needed

	// Of the document being read:
	met    []posting // its terms
	tokens []token   // where they stand
	base   int       // where the stretch being read begins
	last   int       // the last place met in it; -1 for none
}

// valueSeparator stands between the values of a document: bleve's
// DocValueTermSeparator.
const valueSeparator = "\xff"

// posting says that a document has a term.
type posting struct {
	term, doc, count uint32
	places           uint32 // where in inverter.places its places begin
}

// lastSeen is where a term was met last.
type lastSeen struct {
	doc  uint32 // + 1
	met  uint32 // in inverter.met
	last uint32 // the place
}

type token struct{ met, place uint32 }

func newInverter(name Field, options bleveindex.FieldIndexingOptions) *inverter {
	return &inverter{name: name, options: options, terms: newTermTable()}
}

// reset drops all documents and keeps the memory.
func (v *inverter) reset() {
	v.terms.reset()
	v.postings, v.places, v.lengths, v.seen = v.postings[:0], v.places[:0], v.lengths[:0], v.seen[:0]
	v.values, v.hashes = v.values[:0], v.hashes[:0]
}

// size is roughly how many bytes of memory the documents take.
func (v *inverter) size() int {
	return v.terms.size() + 16*len(v.postings) + 4*len(v.places) + 4*len(v.lengths) + 12*len(v.seen) + 8*len(v.hashes) + 40*len(v.values)
}

// exact adds the next document with terms that stand for themselves.
func (v *inverter) exact(terms ...string) {
	doc := uint32(len(v.lengths))
	n := uint32(0)
	for _, term := range terms {
		if term == "" {
			continue
		}
		id, _ := v.terms.id(term)
		v.postings = append(v.postings, posting{term: id, doc: doc, count: 1})
		n++
	}
	v.lengths = append(v.lengths, n)
	if v.options.IncludeDocValues() {
		v.values = append(v.values, strings.Join(terms, valueSeparator))
	}
}

// text adds the next document with the words of some stretches of text, and
// returns their number. A field's length is its number of words, whatever else
// is indexed at their places.
func (v *inverter) text(stretches []string) int {
	v.met, v.tokens = v.met[:0], v.tokens[:0]
	v.base = 1 // bleve's places count from 1
	words := 0
	for _, text := range stretches {
		v.last = -1
		scan(text, v.add)
		if v.last >= 0 {
			words += v.last + 1
			v.base += v.last + 1 + stretchGap
		}
	}
	v.finish()
	v.lengths = append(v.lengths, uint32(words))
	return words
}

// add notes a term at a place. A term met twice at one place, as a part of a
// compound may be, counts once. This runs for each word of the archive.
func (v *inverter) add(term string, pos int) {
	v.last = pos
	id, known := v.terms.id(term)
	if !known {
		v.seen = append(v.seen, lastSeen{})
	}
	doc, place := uint32(len(v.lengths)), uint32(v.base+pos)
	seen := &v.seen[id]
	switch {
	case seen.doc != doc+1:
		*seen = lastSeen{doc: doc + 1, met: uint32(len(v.met))}
		v.met = append(v.met, posting{term: id, doc: doc})
	case seen.last == place:
		return
	}
	seen.last = place
	v.met[seen.met].count++
	v.tokens = append(v.tokens, token{seen.met, place})
}

// words appends the hashes of the words of the document added last, as they
// were written, in order.
func (v *inverter) words(to []uint64) []uint64 {
	for id := len(v.hashes); id < v.terms.len(); id++ {
		v.hashes = append(v.hashes, wordHash(v.terms.term(uint32(id))))
	}
	last := uint32(0)
	for _, t := range v.tokens {
		if t.place != last {
			last = t.place
			to = append(to, v.hashes[v.met[t.met].term])
		}
	}
	return to
}

// finish sorts the places of the document by its terms.
func (v *inverter) finish() {
	start := len(v.places)
	v.places = append(v.places, make([]uint32, len(v.tokens))...)
	at := uint32(start)
	for i := range v.met {
		v.met[i].places = at
		at += v.met[i].count
	}
	for _, t := range v.tokens {
		p := &v.met[t.met]
		v.places[p.places] = t.place
		p.places++
	}
	for i := range v.met {
		v.met[i].places -= v.met[i].count
	}
	v.postings = append(v.postings, v.met...)
}

// ordered returns the postings sorted by term, in the order of sorted, each
// term's by document, and calls visit with them.
func (v *inverter) ordered(visit func(term []byte, postings []uint32) error) error {
	sorted := v.terms.sorted()
	ends := make([]uint32, len(sorted)) // by term; its first posting, until it is filled
	for _, p := range v.postings {
		ends[p.term]++
	}
	at := uint32(0)
	for _, id := range sorted {
		at, ends[id] = at+ends[id], at
	}
	order := make([]uint32, len(v.postings))
	for i, p := range v.postings {
		order[ends[p.term]] = uint32(i)
		ends[p.term]++
	}
	from := uint32(0)
	for _, id := range sorted {
		if err := visit(v.terms.term(id), order[from:ends[id]]); err != nil {
			return err
		}
		from = ends[id]
	}
	return nil
}
