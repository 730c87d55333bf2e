package index

import "github.com/bxsearch/bxsearch/archive"

// standingTexts are the fields with the words of a message that standing queries
// are compared with: each word once, with its stems. Most words are in the body,
// so what asks for some of that, or of what is quoted or attached, is compared
// with all of them: the fewer there are, the less OpenSearch has to look at again.
var standingTexts = [...]string{clusterAny, string(FieldSubject), string(FieldFrom), string(FieldURL)}

// standingExacts are the fields of one term a value.
var standingExacts = [...]Field{
	FieldList, FieldThread, FieldMessageID, FieldHost, FieldHas, FieldIs, FieldLang, FieldAuthor, FieldOutlet,
}

// standingField is where the terms of a field are to be found.
func standingField(f Field) string {
	switch f {
	case FieldAny, FieldBody, FieldQuoted, FieldAttachment:
		return clusterAny
	}
	return string(f)
}

// standingWriter makes the documents that standing queries are compared with.
type standingWriter struct {
	words   *clusterWords
	scratch []byte
}

func newStandingWriter() *standingWriter { return &standingWriter{words: newClusterWords()} }

// append appends the document of a message.
func (w *standingWriter) append(to []byte, m *archive.Message) []byte {
	exact, said := exacts(m), texts(m)
	w.words.begin(exact[FieldLang][0])
	to = append(to, '{')
	for _, f := range clusterTexts {
		w.scratch = w.words.field(w.scratch[:0], f, said[f])
		if standingField(f) == clusterAny {
			continue
		}
		to = appendName(to, string(f))
		to = append(to, '"')
		for _, n := range w.words.met {
			to = append(append(to, w.words.terms[n].text...), placeSign)
		}
		to = append(to, '"', ',')
	}
	for _, f := range standingExacts {
		to = appendValues(to, string(f), exact[f])
	}
	to = append(appendName(to, clusterAny), '"')
	for _, t := range w.words.terms {
		if t.weight > 0 {
			to = append(append(to, t.text...), placeSign)
		}
	}
	return append(to, '"', '}')
}
