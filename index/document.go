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
func newDocument(m *archive.Message) *document.Document {
	d := document.NewDocument(string(m.ID))
	for f, stretches := range texts(m) {
		d.AddField(&textField{name: f, stretches: stretches})
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
	words     int
	freqs     bleveindex.TokenFrequencies
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
	f.freqs = bleveindex.TokenFrequencies{}
	var tokens []Token
	base := 1 // bleve's places count from 1
	for _, text := range f.stretches {
		found := analyze(text, nil)
		if len(found) == 0 {
			continue
		}
		words := found[len(found)-1].Pos + 1
		for i := range found {
			found[i].Pos += base
		}
		f.words += words
		base += words + stretchGap
		tokens = append(tokens, found...)
	}
	f.count(tokens)
	f.place(tokens)
	f.stretches = nil
}

// count finds the distinct terms. They are made by the dozen: this runs for
// each word of the archive.
func (f *textField) count(tokens []Token) {
	var terms []bleveindex.TokenFreq
	for _, t := range tokens {
		tf := f.freqs[t.Term]
		if tf == nil {
			if len(terms) == cap(terms) {
				terms = make([]bleveindex.TokenFreq, 0, 12)
			}
			terms = append(terms, bleveindex.TokenFreq{Term: []byte(t.Term)})
			tf = &terms[len(terms)-1]
			f.freqs[t.Term] = tf
		}
		tf.SetFrequency(tf.Frequency() + 1)
	}
}

// place notes the places of each term. A term met twice at one place, as a part
// of a compound may be, counts once.
func (f *textField) place(tokens []Token) {
	places := make([]bleveindex.TokenLocation, len(tokens))
	room := make([]*bleveindex.TokenLocation, len(tokens))
	for i, t := range tokens {
		tf := f.freqs[t.Term]
		if tf.Locations == nil {
			n := tf.Frequency()
			tf.Locations, room = room[:0:n], room[n:]
		} else if last := tf.Locations[len(tf.Locations)-1]; last.Position == t.Pos {
			continue
		}
		places[i].Position = t.Pos
		tf.Locations = append(tf.Locations, &places[i])
		tf.SetFrequency(len(tf.Locations))
	}
}

// termField is a field of terms as they stand.
type termField struct {
	name    Field
	terms   []string
	options bleveindex.FieldIndexingOptions
}

func (f *termField) Name() string                             { return string(f.name) }
func (f *termField) Value() []byte                            { return nil }
func (f *termField) ArrayPositions() []uint64                 { return nil }
func (f *termField) EncodedFieldType() byte                   { return 't' }
func (f *termField) Options() bleveindex.FieldIndexingOptions { return f.options }
func (f *termField) AnalyzedLength() int                      { return len(f.terms) }
func (f *termField) NumPlainTextBytes() uint64                { return 0 }
func (f *termField) Size() int                                { return 16 * len(f.terms) }
func (f *termField) Analyze()                                 {}

func (f *termField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies {
	out := make(bleveindex.TokenFrequencies, len(f.terms))
	for _, t := range f.terms {
		tf := &bleveindex.TokenFreq{Term: []byte(t)}
		tf.SetFrequency(1)
		out[t] = tf
	}
	return out
}
