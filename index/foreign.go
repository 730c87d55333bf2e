package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
)

// stemmerOf returns the stemmer of a language other than English, or nil.
func stemmerOf(lang string) func(*snowballstem.Env) bool {
	switch lang {
	case "de":
		return german.Stem
	case "fr":
		return french.Stem
	case "es":
		return spanish.Stem
	case "pt":
		return portuguese.Stem
	case "it":
		return italian.Stem
	case "ru":
		return russian.Stem
	}
	return nil
}

// stemIn returns the stem that a folded word has in a language. Endings get
// back the accents that folding took, which the stemmers go by.
func stemIn(lang, word string) string {
	stem := stemmerOf(lang)
	if stem == nil || utf8.RuneCountInString(word) < 4 || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return word
	}
	for _, ending := range accented(lang) {
		if rest, ok := strings.CutSuffix(word, ending[0]); ok {
			word = rest + ending[1]
			break
		}
	}
	env := snowballstem.NewEnv(word)
	stem(env)
	return foldRun(env.Current())
}

// accented lists endings as folded and as written.
func accented(lang string) [][2]string {
	switch lang {
	case "fr":
		return [][2]string{{"ees", "ées"}, {"ee", "ée"}}
	case "es":
		return [][2]string{{"cion", "ción"}, {"sion", "sión"}}
	case "pt":
		return [][2]string{{"coes", "ções"}, {"cao", "ção"}, {"encia", "ência"}, {"encias", "ências"}}
	case "it":
		return [][2]string{{"ita", "ità"}}
	}
	return nil
}

// foreign adds the other words of a word's stem in languages other than
// English, each for the messages of that language only: the stems of one
// language join words that in another have nothing to do with each other.
func (c *compiler) foreign(w *wordMatcher, q Word) error {
	at := places(q.Text)
	if len(at) != 1 {
		return nil
	}
	tongues, err := c.tongues()
	if err != nil || len(tongues.stemmed) == 0 {
		return err
	}
	known := len(w.leaves)
	for i, lang := range tongues.stemmed {
		for _, spelling := range spellingsIn(lang, q.Text, at[0].whole) {
			if err := c.foreignWords(w, q.Field, spelling, tongue{tongues, i}); err != nil {
				return err
			}
		}
	}
	if len(w.leaves) > known {
		w.idf = c.idf(w)
	}
	return nil
}

func (c *compiler) foreignWords(w *wordMatcher, f Field, word string, in tongue) error {
	lang := in.stemmed[in.number]
	for _, field := range fieldsOf(f) {
		for _, other := range c.wordsIn(lang, field.field, stemIn(lang, word)) {
			if w.alsoIn(field.field, other, in) {
				continue
			}
			n := len(w.leaves)
			if err := c.leaf(w, field, []string{other}); err != nil {
				return err
			}
			if len(w.leaves) > n {
				w.leaves[n].postings = &postingsIn{w.leaves[n].postings, in.tongues, 1 << in.number}
			}
		}
	}
	return nil
}

// alsoIn reports whether a word is looked for already, and has it looked for in
// another language too.
func (m *wordMatcher) alsoIn(f Field, form string, in tongue) bool {
	i := slices.IndexFunc(m.leaves, func(l leaf) bool { return l.field == f && l.form == form })
	if i < 0 {
		return false
	}
	if p, ok := m.leaves[i].postings.(*postingsIn); ok {
		p.langs |= 1 << in.number
	}
	return true
}

// spellingsIn returns the spellings of a word to stem: in German, ä is also
// written ae.
func spellingsIn(lang, text, word string) []string {
	out := []string{word}
	if lang != "de" {
		return out
	}
	long := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue")
	short := strings.NewReplacer("aue", "aue", "eue", "eue", "que", "que", "ae", "a", "oe", "o", "ue", "u")
	for _, other := range []string{foldRun(long.Replace(text)), short.Replace(word)} {
		if !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
}

// Stems returns what tells the words that a Word stands for in messages of a
// language, beside those that Expand has for all: the words of its stem there.
// It is nil where there are none: in English, and of more than one word.
func (q Word) Stems(lang string) func(term string) bool {
	at := places(q.Text)
	if q.Exact || len(at) != 1 || stemmerOf(lang) == nil {
		return nil
	}
	stems := map[string]bool{}
	var begins []string
	for _, spelling := range spellingsIn(lang, q.Text, at[0].whole) {
		stem := stemIn(lang, spelling)
		stems[stem] = true
		begins = append(begins, stemPrefix(stem))
	}
	return func(term string) bool {
		// Most words begin otherwise, and stemming takes its time.
		begin := slices.ContainsFunc(begins, func(p string) bool { return strings.HasPrefix(term, p) })
		return begin && stems[stemIn(lang, term)]
	}
}
