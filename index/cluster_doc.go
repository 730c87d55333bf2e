package index

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterWriter makes OpenSearch's documents of messages, one after the other.
type clusterWriter struct {
	copies copyPrinter
	words  *clusterWords
}

func newClusterWriter() *clusterWriter { return &clusterWriter{words: newClusterWords()} }

// clusterDocument makes the document of one message; seq is that of its latest
// change in the archive.
func clusterDocument(m *archive.Message, seq uint64) ([]byte, error) {
	return newClusterWriter().append(nil, m, seq)
}

// append appends the document of a message, one line of JSON.
func (w *clusterWriter) append(to []byte, m *archive.Message, seq uint64) ([]byte, error) {
	exact, print := exacts(m), copyPrint("")
	to = append(to, '{')
	to, print = w.texts(to, m, exact[FieldLang][0])
	exact[fieldCopy] = nil
	for _, key := range print.keys() {
		exact[fieldCopy] = append(exact[fieldCopy], copyText(key))
	}
	for _, f := range clusterExacts {
		to = appendValues(to, string(f), exact[f])
	}
	for i, values := range [...][]string{{shown(m.List)}, {author(m)}, kinds(m)} {
		to = appendValues(to, clusterShown(clusterShowns[i]), values)
	}
	to = appendValues(to, clusterID, []string{string(m.ID)})
	to = appendValues(to, clusterPage, pages(m))
	to = appendValues(to, clusterParent, []string{string(m.Parent)})
	to = appendDates(to, m)
	to = appendValues(to, clusterPrint, []string{base64.StdEncoding.EncodeToString([]byte(print))})
	to = fmt.Appendf(to, `%q:%d,%q:`, clusterSeq, seq, clusterMessage)
	to, err := appendJSON(to, storedOf(m))
	if err != nil {
		return to, fmt.Errorf("index: message %s: %w", m.ID, err)
	}
	return append(to, '}'), nil
}

// texts appends the words of a message, and what they weigh together.
func (w *clusterWriter) texts(to []byte, m *archive.Message, lang string) ([]byte, copyPrint) {
	w.copies.words = w.copies.words[:0]
	w.words.begin(lang)
	said := texts(m)
	for _, f := range clusterTexts {
		w.words.hashes = nil
		if f == FieldBody || f == FieldAttachment && hasText(m) {
			w.words.hashes = &w.copies.words
		}
		to = w.words.field(to, f, said[f])
	}
	to = w.words.weights(to)
	return to, w.copies.print(m)
}

// pages returns the URLs under which a message is known.
func pages(m *archive.Message) []string {
	out := append([]string{m.URL}, m.URLs...)
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(url string) bool { return len(url) > maxPage })
}

// maxPage bounds what is looked up by URL: OpenSearch refuses terms of 32 KB.
const maxPage = 4 << 10

// appendDates appends what is sorted by. The years are those that OpenSearch
// counts months in.
func appendDates(to []byte, m *archive.Message) []byte {
	if when := whenOf(m.Date); when > 0 {
		to = fmt.Appendf(to, `%q:%d,`, clusterWhen, when)
		if year := m.Date.UTC().Year(); year >= 1000 && year <= 9999 {
			to = fmt.Appendf(to, `%q:%d,`, clusterDate, m.Date.Unix())
		}
	}
	if standing(m) == IsStarter {
		to = fmt.Appendf(to, `%q:1,`, clusterFirst)
	}
	return to
}

// appendValues appends a field of values; of none, nothing.
func appendValues(to []byte, name string, values []string) []byte {
	before := len(to)
	to = append(appendName(to, name), '[')
	empty := len(to)
	for _, v := range values {
		if v == "" {
			continue
		}
		if len(to) > empty {
			to = append(to, ',')
		}
		to, _ = appendJSON(to, v) // of a string: cannot fail
	}
	if len(to) == empty {
		return to[:before]
	}
	return append(to, ']', ',')
}

func appendName(to []byte, name string) []byte {
	return append(strconv.AppendQuote(to, name), ':')
}

// appendJSON appends a value without a line end, and with "<" as it is.
func appendJSON(to []byte, v any) ([]byte, error) {
	b := bytes.NewBuffer(to)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}
