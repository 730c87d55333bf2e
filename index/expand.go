package index

import "strings"

// place is what Analyze says of one place of a text.
type place struct {
	whole string
	parts []string // of a compound that is its parts run together; else nil
}

// places groups the tokens of a text by place.
func places(text string) []place {
	var out []place
	tokens := Analyze(text)
	for i := 0; i < len(tokens); {
		p := place{whole: tokens[i].Term}
		next := i + 1
		for ; next < len(tokens) && tokens[next].Pos == tokens[i].Pos; next++ {
			if tokens[next].Kind == Part {
				p.parts = append(p.parts, tokens[next].Term)
			}
		}
		if len(p.parts) < 2 || strings.Join(p.parts, "") != p.whole {
			p.parts = nil
		}
		out = append(out, p)
		i = next
	}
	return out
}

// Expand returns the forms in which a text may bear a word, each as the terms
// at its successive places: the words of its stem, and what it is when written
// apart. "multi-factor" and "multifactor" are both "multifactor" and "multi",
// "factor" (M2). It is what a Word matches, so highlighting uses it too.
//
// An address or a path has several places; it is looked for as written.
func Expand(word string) [][]string {
	at := places(word)
	if len(at) == 0 {
		return nil
	}
	if len(at) > 1 {
		return [][]string{wholes(at)}
	}
	forms := [][]string{}
	for _, term := range sameStem(at[0].whole) {
		forms = append(forms, []string{term})
	}
	if apart := at[0].apart(); apart != nil {
		last := len(apart) - 1
		for _, term := range sameStem(apart[last]) {
			forms = append(forms, splice(apart, last, last+1, term))
		}
	}
	return forms
}

// ExpandExact returns the one form of a text, word or phrase, as written.
func ExpandExact(text string) [][]string {
	at := places(text)
	if len(at) == 0 {
		return nil
	}
	return [][]string{wholes(at)}
}

func (q Word) expand() func(string) [][]string {
	if q.Exact {
		return ExpandExact
	}
	return Expand
}

func (q Phrase) expand() func(string) [][]string {
	if q.Exact {
		return ExpandExact
	}
	return ExpandPhrase
}

// sameStem returns the terms of all words with a word's stem: the one that is
// its own stem, and the mark of the others.
func sameStem(word string) []string {
	var s stemmer
	stem := s.stem(word)
	if !plainLetters(word) {
		return []string{word}
	}
	return []string{stem, StemMark + stem}
}

// ExpandPhrase returns the sequences of terms that a Phrase matches: its words
// as written, and with its compounds written apart or as one word.
func ExpandPhrase(text string) [][]string {
	at := places(text)
	if len(at) == 0 {
		return nil
	}
	words := wholes(at)
	forms := [][]string{words}
	for i, p := range at {
		if len(forms) == maxForms { // each form is as long as the phrase
			return forms
		}
		if apart := p.apart(); apart != nil {
			forms = append(forms, splice(words, i, i+1, apart...))
		}
	}
	for i := range len(at) - 1 {
		if len(forms) == maxForms {
			return forms
		}
		if both := joined(at[i], at[i+1]); both != "" {
			forms = append(forms, splice(words, i, i+2, both))
		}
	}
	return forms
}

// maxForms bounds the forms of one phrase.
const maxForms = 12

// splice returns s with s[i:j] replaced.
func splice(s []string, i, j int, by ...string) []string {
	out := append([]string{}, s[:i]...)
	return append(append(out, by...), s[j:]...)
}

func wholes(at []place) []string {
	out := make([]string, len(at))
	for i, p := range at {
		out[i] = p.whole
	}
	return out
}

// apart returns a compound in two or more words, or nil: a hyphenated one at
// its hyphens, one run together behind the first words of many compounds.
func (p place) apart() []string {
	if p.parts != nil || !plainLetters(p.whole) {
		return p.parts
	}
	for _, first := range firstWords() {
		rest, ok := strings.CutPrefix(p.whole, first)
		if ok && len(rest) >= 3 {
			return []string{first, rest}
		}
	}
	return nil
}

// joined returns two neighbouring words of a query as one, or "" where that
// makes no word: "multi", "factor" → "multifactor".
func joined(a, b place) string {
	if len(a.whole) < 2 && a.whole != "e" || len(b.whole) < 2 {
		return ""
	}
	if !plainLetters(a.whole) || !plainLetters(b.whole) {
		return ""
	}
	return cut(a.whole + b.whole)
}

// firstWords are the words that begin compounds of which both spellings are
// common in mail about computers and their security. A query's "multifactor"
// is looked for as "multi factor" too. A list and not all splits: most words
// happen to begin with another one.
func firstWords() []string {
	return []string{
		"anti", "auto", "back", "bot", "cross", "cyber", "data", "end", "file", "fire", "hard",
		"home", "host", "inter", "key", "log", "mal", "mega", "micro", "multi", "non", "off", "on",
		"over", "pass", "phish", "pre", "post", "ransom", "semi", "sign", "soft", "spy", "sub",
		"super", "two", "ultra", "under", "user", "web", "white", "work",
	}
}
