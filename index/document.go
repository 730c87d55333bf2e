package index

import (
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/archive"
)

// stretchGap is the distance in places between two stretches of one field.
const stretchGap = 8

const (
	optText  = bleveindex.IndexField | bleveindex.IncludeTermVectors
	optExact = bleveindex.IndexField | bleveindex.SkipFreqNorm
	optWhen  = optExact | bleveindex.DocValues
)

// newDocument makes the index's document of a message. Nothing is stored but
// the ID: hits are looked up in the archive.
//
// Each document has all fields, blank ones too: bleve merges segments three
// times as fast where their lists of fields are the same.
func newDocument(m *archive.Message, places *placeTable) *document.Document {
	d := document.NewDocument(string(m.ID))
	for f, stretches := range texts(m) {
		d.AddField(&textField{name: f, stretches: stretches, places: places})
	}
	for f, value := range exacts(m) {
		d.AddField(&termField{name: f, terms: present(exactTerm(f, value)), options: optExact})
	}
	d.AddField(&termField{name: fieldDay, terms: dayTerms(m.Date), options: optExact})
	d.AddField(&termField{name: fieldWhen, terms: []string{whenTerm(m.Date)}, options: optWhen})
	return d
}

func present(term string) []string {
	if term == "" {
		return nil
	}
	return []string{term}
}

// textField is an analysed field. It stands in for bleve's own so that a
// field's length is its number of words, whatever else is indexed at their
// places, and so that the places are all that is kept of where a word stood.
type textField struct {
	name      Field
	stretches []string
	places    *placeTable
	words     int
	freqs     bleveindex.TokenFrequencies

	base  int                    // where the stretch that is read begins
	last  int                    // the last place met in it, -1 for none
	terms []bleveindex.TokenFreq // room for the next distinct terms
}

func (f *textField) Name() string                                          { return string(f.name) }
func (f *textField) Value() []byte                                         { return nil }
func (f *textField) ArrayPositions() []uint64                              { return nil }
func (f *textField) EncodedFieldType() byte                                { return 't' }
func (f *textField) Options() bleveindex.FieldIndexingOptions              { return optText }
func (f *textField) AnalyzedLength() int                                   { return f.words }
func (f *textField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies { return f.freqs }
func (f *textField) NumPlainTextBytes() uint64                             { return uint64(f.Size()) }
func (f *textField) Size() int {
	n := 0
	for _, s := range f.stretches {
		n += len(s)
	}
	return n
}

// Analyze runs in bleve's analysis workers, once for each document.
func (f *textField) Analyze() {
	f.freqs = make(bleveindex.TokenFrequencies, f.Size()/distinctBytes)
	f.base = 1 // bleve's places count from 1
	for _, text := range f.stretches {
		f.last = -1
		scan(text, f.add)
		if f.last >= 0 {
			words := f.last + 1
			f.words += words
			f.base += words + stretchGap
		}
	}
	f.stretches, f.terms = nil, nil
}

// distinctBytes is how many bytes of text have one distinct word more, roughly.
const distinctBytes = 12

// add counts a term at a place. A term met twice at one place, as a part of a
// compound may be, counts once. This runs for each word of the archive: most
// words stand in a text once, and for them nothing is allocated but the term.
func (f *textField) add(term string, pos int) {
	f.last = pos
	pos += f.base
	tf := f.freqs[term]
	if tf == nil {
		if len(f.terms) == 0 {
			f.terms = make([]bleveindex.TokenFreq, 16)
		}
		tf, f.terms = &f.terms[0], f.terms[1:]
		tf.Locations = f.places.at(pos)
		tf.SetFrequency(1)
		f.freqs[term] = tf
		return
	}
	if tf.Locations[len(tf.Locations)-1].Position != pos {
		tf.Locations = append(tf.Locations, f.places.at(pos)[0])
		tf.SetFrequency(len(tf.Locations))
	}
}

// placeTable holds bleve's form of the first places of a text, which all texts
// share: it says nothing but the number.
type placeTable struct {
	refs []*bleveindex.TokenLocation
}

// sharedPlaces is how many words most texts have at most.
const sharedPlaces = 8 << 10

func newPlaceTable() *placeTable {
	all := make([]bleveindex.TokenLocation, sharedPlaces)
	t := &placeTable{refs: make([]*bleveindex.TokenLocation, sharedPlaces)}
	for i := range all {
		all[i].Position = i
		t.refs[i] = &all[i]
	}
	return t
}

// at returns a list of one place, which append copies.
func (t *placeTable) at(pos int) []*bleveindex.TokenLocation {
	if pos < len(t.refs) {
		return t.refs[pos : pos+1 : pos+1]
	}
	return []*bleveindex.TokenLocation{{Position: pos}}
}

// termField is a field of terms as they stand.
type termField struct {
	name    Field
	terms   []string
	options bleveindex.FieldIndexingOptions
	freqs   bleveindex.TokenFrequencies
}

func (f *termField) Name() string                             { return string(f.name) }
func (f *termField) Value() []byte                            { return nil }
func (f *termField) ArrayPositions() []uint64                 { return nil }
func (f *termField) EncodedFieldType() byte                   { return 't' }
func (f *termField) Options() bleveindex.FieldIndexingOptions { return f.options }
func (f *termField) AnalyzedLength() int                      { return len(f.terms) }
func (f *termField) NumPlainTextBytes() uint64                { return 0 }
func (f *termField) Size() int                                { return 16 * len(f.terms) }
func (f *termField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies {
	return f.freqs
}

func (f *termField) Analyze() {
	f.freqs = make(bleveindex.TokenFrequencies, len(f.terms))
	for _, t := range f.terms {
		tf := &bleveindex.TokenFreq{}
		tf.SetFrequency(1)
		f.freqs[t] = tf
	}
}
