package index

import (
	"context"
	"math"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// matcher walks the documents that match a node of a query. There is nothing to
// close: all that it reads is the snapshot's.
type matcher interface {
	// advance moves to the first match from min on, and returns it; noDoc when
	// there is none. min never decreases.
	advance(min uint64) (uint64, error)
	score() float64 // of the current match
}

// k1 is how soon more occurrences of a word stop to count: BM25's, where 1.2 is
// usual. Since every word of a query has to be there anyway, how often it is
// tells little.
const k1 = 0.6

// otherForm is what a word counts for where it stands in other forms only:
// "breaches" in a query for breach.
const otherForm = 0.8

// wordMatcher matches the documents that hold a word in any of its forms and
// fields. It scores them by BM25F: the occurrences of all fields and forms are
// added up, each with its weight, before they saturate; so a word in subject
// and body is one word found twice, not two words found.
type wordMatcher struct {
	leaves  []leaf
	idf     float64
	doc     uint64
	label   string // the text of the query, for explanations
	written string // the form that was searched for; empty if there is none
	most    uint64 // documents that have it, about
}

// leaf is one form of a word in one field.
type leaf struct {
	postings
	weight
	mean float64 // words of the field, over the documents that have it
	form string
	doc  uint64
}

// idf is how much a word tells that docs of all documents hold.
func idf(docs, all uint64) float64 {
	d := float64(min(docs, all))
	return math.Log(1 + (float64(all)-d+0.5)/(d+0.5))
}

func (m *wordMatcher) advance(min uint64) (uint64, error) {
	m.doc = noDoc
	for i := range m.leaves {
		l := &m.leaves[i]
		doc, err := l.advance(min)
		if err != nil {
			return noDoc, err
		}
		l.doc = doc
		m.doc = minDoc(m.doc, doc)
	}
	return m.doc, nil
}

func minDoc(a, b uint64) uint64 { return min(a, b) }

func (m *wordMatcher) score() float64 {
	found, form := 0.0, otherForm
	if m.written == "" {
		form = 1
	}
	for i := range m.leaves {
		l := &m.leaves[i]
		if l.doc != m.doc {
			continue
		}
		if l.form == m.written {
			form = 1
		}
		norm := 1 - l.b + l.b*l.length()/math.Max(l.mean, 1)
		found += l.boost * float64(l.count()) / norm
	}
	return form * m.idf * found * (k1 + 1) / (k1 + found)
}

// andMatcher matches what all its parts match.
type andMatcher struct{ parts []matcher }

func (m *andMatcher) advance(min uint64) (uint64, error) { return inAll(m.parts, min) }

// inAll moves all parts to the first document from min on that each of them
// has; noDoc when there is none.
func inAll[P interface{ advance(uint64) (uint64, error) }](parts []P, min uint64) (uint64, error) {
	for i := 0; i < len(parts); {
		doc, err := parts[i].advance(min)
		if err != nil || doc == noDoc {
			return noDoc, err
		}
		if doc > min && i > 0 {
			i = 0
		} else {
			i++
		}
		min = doc
	}
	return min, nil
}

func (m *andMatcher) score() (sum float64) {
	for _, p := range m.parts {
		sum += p.score()
	}
	return sum
}

// orMatcher matches what one of its parts matches.
type orMatcher struct {
	parts []matcher
	docs  []uint64
	doc   uint64
}

func (m *orMatcher) advance(min uint64) (uint64, error) {
	if m.docs == nil {
		m.docs = make([]uint64, len(m.parts))
	}
	m.doc = noDoc
	for i, p := range m.parts {
		doc, err := p.advance(min)
		if err != nil {
			return noDoc, err
		}
		m.docs[i] = doc
		m.doc = minDoc(m.doc, doc)
	}
	return m.doc, nil
}

func (m *orMatcher) score() (sum float64) {
	for i, p := range m.parts {
		if m.docs[i] == m.doc {
			sum += p.score()
		}
	}
	return sum
}

// butMatcher matches what of matches and but does not.
type butMatcher struct{ of, but matcher }

func (m *butMatcher) advance(min uint64) (uint64, error) {
	for {
		doc, err := m.of.advance(min)
		if err != nil || doc == noDoc {
			return noDoc, err
		}
		not, err := m.but.advance(doc)
		if err != nil {
			return noDoc, err
		}
		if not != doc {
			return doc, nil
		}
		min = doc + 1
	}
}

func (m *butMatcher) score() float64 { return m.of.score() }

// allMatcher matches every document.
type allMatcher struct {
	reader  bleveindex.DocIDReader
	seek    bleveindex.IndexInternalID
	doc     uint64
	started bool
}

func (s *snapshot) openAll(context.Context) (matcher, error) {
	r, err := s.reader.DocIDReaderAll()
	if err != nil {
		return nil, err
	}
	return &allMatcher{reader: r}, nil
}

func (m *allMatcher) advance(min uint64) (uint64, error) {
	if m.started && m.doc >= min {
		return m.doc, nil
	}
	var id bleveindex.IndexInternalID
	var err error
	if min == 0 || m.started && min == m.doc+1 {
		id, err = m.reader.Next()
	} else {
		m.seek = bleveindex.NewIndexInternalID(m.seek, min)
		id, err = m.reader.Advance(m.seek)
	}
	m.started = true
	m.doc = noDoc
	if id != nil && err == nil {
		m.doc = id.Value()
	}
	return m.doc, err
}

func (m *allMatcher) score() float64 { return 0 }

// noneMatcher matches nothing.
type noneMatcher struct{}

func (noneMatcher) advance(uint64) (uint64, error) { return noDoc, nil }
func (noneMatcher) score() float64                 { return 0 }

// filterMatcher matches what of matches and keep accepts. It does not score.
type filterMatcher struct {
	of   matcher
	keep func(doc uint64) (bool, error)
}

func (m *filterMatcher) advance(min uint64) (uint64, error) {
	for {
		doc, err := m.of.advance(min)
		if err != nil || doc == noDoc {
			return noDoc, err
		}
		ok, err := m.keep(doc)
		if err != nil {
			return noDoc, err
		}
		if ok {
			return doc, nil
		}
		min = doc + 1
	}
}

func (m *filterMatcher) score() float64 { return 0 }
