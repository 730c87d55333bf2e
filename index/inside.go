package index

import (
	"bytes"
	"maps"
	"slices"
	"sync"
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
	for _, field := range fieldsOf(q.Field) {
		for _, word := range c.containing(field.field, at[0].whole) {
			found[word] = true
			if err := c.leaf(w, field, []string{word}); err != nil {
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
func (s *snapshot) containing(f Field, text string) []string {
	lists := s.wordLists(f)
	found := make([][]string, len(lists))
	for i, all := range lists {
		found[i] = holding(all, text, insideWords)
	}
	return firstOf(found, insideWords)
}

// holding lists the first lines that contain a text.
func holding(all []byte, text string, most int) (words []string) {
	for len(words) < most {
		at := bytes.Index(all, []byte(text))
		if at < 0 {
			break
		}
		from := bytes.LastIndexByte(all[:at], '\n') + 1
		word, rest, _ := bytes.Cut(all[from:], []byte("\n"))
		words, all = append(words, string(word)), rest
	}
	return words
}

// wordCache keeps lists of all words, each on a line of its own, of one
// generation: for as many messages as words are looked inside of, some megabytes.
type wordCache struct {
	mu    sync.Mutex
	lists map[Field][][]byte
}

// wordLists returns the words of a field, a list for each segment.
func (s *snapshot) wordLists(f Field) [][]byte {
	s.words.mu.Lock()
	defer s.words.mu.Unlock()
	if lists, ok := s.words.lists[f]; ok {
		return lists
	}
	dicts := s.dictionaries(f)
	lists := make([][]byte, len(dicts))
	for i, d := range dicts {
		lists[i] = d.appendAll(make([]byte, 0, 5*len(d)/4))
	}
	if s.words.lists == nil {
		s.words.lists = map[Field][][]byte{}
	}
	s.words.lists[f] = lists
	return lists
}
