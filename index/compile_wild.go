package index

import (
	"fmt"
	"slices"
	"strings"

	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// Bounds on what a Prefix or a Fuzzy may cost (B6). Beyond them the most
// frequent words are taken, and the query's text is named in Result.Cut.
const (
	maxListed   = 50_000    // words of one field that are looked at
	maxGathered = 2_000     // words of one field that are looked for
	maxPostings = 4_000_000 // of all such words of a query
	maxPlaced   = 24        // words of one field whose places are looked at
	similarCost = 10_000    // of listing the words like one, in postings read
)

// spelling is a word of the index that a Prefix or a Fuzzy stands for.
type spelling struct {
	term   string
	count  uint64
	weight float64 // 1, less for words that differ
}

// spellings returns the words of a field that a text stands for, the most
// frequent ones if there are more than most.
type spellings func(f Field, most int) ([]spelling, error)

func (c *compiler) prefix(q Prefix) (matcher, error) {
	return c.wildcard(q.Field, q.Text, func(last string) spellings { return c.beginnings(q.Text, last) })
}

func (c *compiler) fuzzy(q Fuzzy) (matcher, error) {
	return c.wildcard(q.Field, q.Text, func(last string) spellings { return c.similar(q, last) })
}

// wildcard matches a text of which the last word stands for several.
func (c *compiler) wildcard(f Field, text string, list func(last string) spellings) (matcher, error) {
	if c.wild++; c.wild > maxWild {
		return nil, ErrTooComplex
	}
	if !f.known() {
		return nil, fmt.Errorf("index: there is no field %q", f)
	}
	if f.exact() {
		return c.wildValue(f, text, list(exactTerm(f, text)))
	}
	at := places(text)
	if len(at) == 0 {
		c.ignored = append(c.ignored, text)
		return allMatcher{}, nil
	}
	words := wholes(at)
	last := len(words) - 1
	if last == 0 {
		return c.gather(f, text, list(words[0]))
	}
	w := &wordMatcher{}
	for _, field := range fieldsOf(f) {
		if err := c.wildPhrase(w, field, words[:last], list(words[last])); err != nil {
			return nil, err
		}
	}
	w.idf = c.idf(w)
	return w, nil
}

// wildPhrase adds a field's phrases that begin with words and end with any of
// the spellings; only the words' places tell, so they cannot be gathered.
func (c *compiler) wildPhrase(w *wordMatcher, field weight, words []string, list spellings) error {
	ends, err := list(field.field, maxPlaced)
	if err != nil {
		return err
	}
	for _, end := range ends {
		if err := c.leaf(w, field, append(slices.Clone(words), end.term)); err != nil {
			return err
		}
	}
	return nil
}

// wildValue matches the values of an exact field.
func (c *compiler) wildValue(f Field, text string, list spellings) (matcher, error) {
	ends, err := list(f, maxGathered)
	if err != nil {
		return nil, err
	}
	g := &gatherer{compiler: c, text: text}
	for _, s := range ends {
		if err := g.add(weight{field: f}, s); err != nil {
			return nil, err
		}
	}
	return g.matcher(0), nil
}

// beginnings lists the words that begin with a word. text names the query's in
// Result.Cut.
func (c *compiler) beginnings(text, word string) spellings {
	word = beginning(text, word)
	return func(f Field, most int) ([]spelling, error) {
		dict, err := c.reader.FieldDictPrefix(string(f), []byte(word))
		if err != nil {
			return nil, err
		}
		return c.list(text, dict, most, func(string) float64 { return 1 })
	}
}

// beginning is what words begin with, given the last word of a text: of "10.1."
// the dot is part of it, so that it does not find 10.15.
func beginning(text, word string) string {
	if strings.HasSuffix(text, ".") && !strings.HasSuffix(word, ".") {
		return word + "."
	}
	return word
}

// similar lists the words that differ little from a word; the more they differ,
// the less they count.
func (c *compiler) similar(q Fuzzy, word string) spellings {
	edits := min(max(q.Edits, 1), 2)
	return func(f Field, most int) ([]spelling, error) {
		reader, ok := c.reader.(bleveindex.IndexReaderFuzzy)
		if !ok {
			return nil, fmt.Errorf("index: %T knows no similar words", c.reader)
		}
		if err := pace.Spend(c.ctx, similarCost); err != nil {
			return nil, err
		}
		dict, err := reader.FieldDictFuzzy(string(f), word, edits, "")
		if err != nil {
			return nil, err
		}
		return c.list(q.Text, dict, most, func(term string) float64 {
			return 1 / float64(int(1)<<editDistance(word, term, edits))
		})
	}
}

// list reads a list of words, and keeps the most frequent ones.
func (c *compiler) list(text string, dict bleveindex.FieldDict, most int, weigh func(string) float64) ([]spelling, error) {
	defer dict.Close()
	var out []spelling
	for len(out) < maxListed {
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if out = append(out, spelling{term: entry.Term, count: entry.Count}); len(out)%checkEvery == 0 {
			if err := pace.Spend(c.ctx, checkEvery); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b spelling) int { return int(b.count) - int(a.count) })
	cut := len(out) > most
	out = out[:min(len(out), most)]
	for i := range out {
		out[i].weight = weigh(out[i].term)
	}
	if cut {
		c.cutShort(text)
	}
	return out, nil
}

func (c *compiler) cutShort(text string) {
	if !slices.Contains(c.cut, text) {
		c.cut = append(c.cut, text)
	}
}
