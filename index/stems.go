package index

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// maxWords bounds the words of one stem: those of "general" are a dozen.
const maxWords = 32

// maxEnding is the length of the longest ending that a stem loses: that of
// "institutionalizations" has eleven letters. Cyrillic ones take two bytes each.
const maxEnding = 12

// stemCache remembers the words of stems, of one generation.
type stemCache struct {
	mu    sync.Mutex
	words map[stemKey][]string
}

type stemKey struct {
	field Field
	lang  string
	stem  string
}

// maxCached bounds the cache: a few megabytes.
const maxCached = 10_000

// inEnglish is the language whose stems go for all messages.
const inEnglish = "en"

// words returns the words of a field's text that have an English stem, other
// than the stem itself.
func (c *compiler) words(f Field, stem string) []string {
	return c.wordsIn(inEnglish, f, stem)
}

// wordsIn does the same for another language.
func (c *compiler) wordsIn(lang string, f Field, stem string) []string {
	cache, key := &c.stems, stemKey{f, lang, stem}
	cache.mu.Lock()
	words, ok := cache.words[key]
	cache.mu.Unlock()
	if ok {
		return words
	}
	words = c.findWords(lang, f, stem)
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if cache.words == nil || len(cache.words) >= maxCached {
		cache.words = map[stemKey][]string{}
	}
	cache.words[key] = words
	return words
}

// findWords reads the index's list of words, where those of a stem are
// neighbours.
func (c *compiler) findWords(lang string, f Field, stem string) []string {
	return c.chosen(f, stemPrefix(stem), maxWords, anyEnding{}, func(word string) bool {
		return ends(word, stem) && c.stemOf(lang, word) == stem
	})
}

// ends tells whether a word may be found by its stem: one that is its own stem
// is found as such, and one that is quite different from it is not.
func ends(word, stem string) bool {
	return word != stem && len(word) <= len(stem)+2*maxEnding && strings.HasPrefix(word, stemPrefix(stem))
}

// stemPrefix is what all words of a stem begin with. Stems keep the beginning of
// a word, but for a last letter of their own: "happi" of "happy", "hope" of
// "hoping", "possibl" of "possibility".
func stemPrefix(stem string) string {
	if len(stem) > 3 || len(stem) == 3 && strings.ContainsAny(stem[2:], "ei") {
		_, last := utf8.DecodeLastRuneInString(stem)
		return stem[:len(stem)-last]
	}
	return stem
}

func (c *compiler) stemOf(lang, word string) string {
	if lang == inEnglish {
		return c.stemmer.stem(word)
	}
	return stemIn(lang, word)
}
