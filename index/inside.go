package index

import (
	"maps"
	"regexp"
	"slices"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// Bounds of looking inside words.
const (
	insideQueries = 2       // words of one query
	insideLeast   = 4       // letters of a word that is looked for inside of others
	insideDocs    = 100_000 // messages of an index; a larger one has too many words to look through
	insideWords   = 16      // words of one field that are taken
)

// Inside tells that a word of the query, which no message has, was looked for
// inside of others.
type Inside struct {
	Text  string
	Words []string // that contain it
}

// inside makes the words that contain a word stand for one that no message
// has: the "fuhrer" of "geschaftsfuhrer", the second half of a hash. A query
// with a word that is nowhere would find nothing, so nobody loses by it, and
// Result.Inside tells.
func (c *compiler) inside(w *wordMatcher, q Word) error {
	at := places(q.Text)
	if len(w.leaves) > 0 || c.wholly || c.docs > insideDocs || c.depth != 1 || len(c.insides) == insideQueries || len(at) != 1 || len([]rune(at[0].whole)) < insideLeast {
		return nil
	}
	found := map[string]bool{}
	for _, field := range c.fields(q.Field) {
		words, err := c.containing(field.field, at[0].whole)
		if err != nil {
			return err
		}
		for _, word := range words {
			found[word] = true
			if err := c.leaf(w, field, []string{word}, false); err != nil {
				return err
			}
		}
	}
	if len(found) > 0 {
		w.idf = c.idf(w)
		c.insides = append(c.insides, Inside{Text: q.Text, Words: slices.Sorted(maps.Keys(found))})
	}
	return nil
}

// containing lists words of a field that contain a text.
func (c *compiler) containing(f Field, text string) ([]string, error) {
	reader, ok := c.reader.(bleveindex.IndexReaderRegexp)
	if !ok {
		return nil, nil
	}
	dict, err := reader.FieldDictRegexp(string(f), ".*"+regexp.QuoteMeta(text)+".*")
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	var out []string
	for len(out) < insideWords {
		entry, err := dict.Next()
		if err != nil || entry == nil {
			return out, err
		}
		out = append(out, entry.Term)
	}
	return out, nil
}
