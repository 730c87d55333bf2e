package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/index"
)

// SynonymsFile is the name of the file in the data directory that replaces
// index.DefaultSynonyms; index.ParseSynonyms tells its format.
const SynonymsFile = "synonyms.txt"

// Meaning tells that words of a query were looked for as their synonyms too.
type Meaning = index.Meaning

// Inside tells that a word, which no message has, was looked for inside of
// others.
type Inside = index.Inside

// Advice says what one part of a query does to a search that finds next to
// nothing.
type Advice struct {
	Text    string   // the part, as Format writes it
	Alone   int      // messages that match it
	Without int      // messages that match the query without it
	Similar []string // words of the archive that may be meant, the likeliest first
}

func adviceOf(found []index.Advice) []Advice {
	var out []Advice
	for _, a := range found {
		out = append(out, Advice{Format(a.Part), int(a.Alone), int(a.Without), a.Similar})
	}
	return out
}

// didYouMean returns the query with its unknown words replaced by the likeliest
// similar ones, if that finds more; else "".
func (s *Searcher) didYouMean(ctx context.Context, r *request, found *index.Result) (string, error) {
	meant, changed := index.And{}, false
	tree, ok := r.engine.Query.(index.And)
	if !ok {
		tree = index.And{r.engine.Query}
	}
	for _, part := range tree {
		if w, ok := part.(index.Word); ok {
			if q, ok := inFrom(w, found); ok {
				part, changed = q, true
			} else if likely := replacement(w, found); likely != "" {
				w.Text, changed = likely, true
				part = w
			}
		}
		meant = append(meant, part)
	}
	if !changed {
		return "", nil
	}
	better, err := s.ask(ctx, &index.Request{Query: meant, Sort: ByDateDesc, Limit: 1})
	if err != nil || better.Total <= found.Total {
		return "", err
	}
	return Format(meant), nil
}

// inFrom returns what finds a part of a sender's name, for who took "author:"
// for it.
func inFrom(w index.Word, found *index.Result) (index.Query, bool) {
	i := adviceOn(w, found)
	if w.Field != index.FieldAuthor || i < 0 || found.Advice[i].Alone > 0 {
		return nil, false
	}
	var words index.And
	for word := range strings.FieldsSeq(w.Text) {
		words = append(words, index.Word{Field: index.FieldFrom, Text: word})
	}
	return and(words), len(words) > 0
}

func adviceOn(w index.Word, found *index.Result) int {
	return slices.IndexFunc(found.Advice, func(a index.Advice) bool { return a.Part == index.Query(w) })
}

// replacement returns what a word that no message has may be a mistake for.
func replacement(w index.Word, found *index.Result) string {
	i := adviceOn(w, found)
	if i < 0 || len(found.Advice[i].Similar) == 0 {
		return ""
	}
	inside := slices.ContainsFunc(found.Inside, func(in Inside) bool { return in.Text == w.Text })
	if found.Advice[i].Alone > 1 && !inside {
		return ""
	}
	return found.Advice[i].Similar[0]
}

// readSynonyms reads the data directory's own file, if there is one.
func readSynonyms(dir string) (*index.Synonyms, error) {
	name := filepath.Join(dir, SynonymsFile)
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return index.DefaultSynonyms(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}
	defer f.Close()
	s, err := index.ParseSynonyms(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}
