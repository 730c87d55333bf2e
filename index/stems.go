package index

import (
	"strings"
	"sync"
)

// maxWords bounds the words of one stem: those of "general" are a dozen.
const maxWords = 32

// maxEnding is the length of the longest ending that a stem loses: that of
// "institutionalizations" has eleven letters.
const maxEnding = 12

// stemCache remembers the words of stems, of one generation.
type stemCache struct {
	mu    sync.Mutex
	words map[stemKey][]string
}

type stemKey struct {
	field Field
	stem  string
}

// maxCached bounds the cache: a few megabytes.
const maxCached = 10_000

// words returns the words of a field's text that have a stem, other than the
// stem itself.
func (c *compiler) words(f Field, stem string) ([]string, error) {
	cache, key := &c.stems, stemKey{f, stem}
	cache.mu.Lock()
	words, ok := cache.words[key]
	cache.mu.Unlock()
	if ok {
		return words, nil
	}
	words, err := c.findWords(f, stem)
	if err != nil {
		return nil, err
	}
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if cache.words == nil || len(cache.words) >= maxCached {
		cache.words = map[stemKey][]string{}
	}
	cache.words[key] = words
	return words, nil
}

// findWords reads the index's list of words. English stems keep the beginning
// of a word, but for a last letter of their own ("happi" of "happy", "hope" of
// "hoping", "possibl" of "possibility"), so the words are neighbours there.
func (c *compiler) findWords(f Field, stem string) ([]string, error) {
	prefix := stem
	if len(stem) > 3 || len(stem) == 3 && strings.ContainsAny(stem[2:], "ei") {
		prefix = stem[:len(stem)-1]
	}
	dict, err := c.reader.FieldDictPrefix(string(f), []byte(prefix))
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	var out []string
	for len(out) < maxWords {
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if entry.Term != stem && len(entry.Term) <= len(stem)+maxEnding && c.stemmer.stem(entry.Term) == stem {
			out = append(out, entry.Term)
		}
	}
	return out, nil
}
