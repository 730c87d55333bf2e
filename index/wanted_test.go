package index

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWantedFindsWhatAnalyzeHas compares with a filter over all tokens.
func TestWantedFindsWhatAnalyzeHas(t *testing.T) {
	text := "The Dying died; a Multi-Factor e-mail of ops@mail.example.com: breaches, BREACHED (C++), O'Brien's windows7. 日本語 CVE-2024-3400 skies"
	all := Analyze(text)
	terms := map[string]bool{"nosuchword": true}
	for _, token := range all {
		terms[token.Term] = true
	}
	check := func(name string, want *Wanted, keep func(Token) bool) {
		t.Helper()
		var wanted []Token
		for _, token := range all {
			if keep(token) {
				wanted = append(wanted, token)
			}
		}
		if diff := cmp.Diff(wanted, want.Find(text)); diff != "" {
			t.Errorf("%s (-filtered +found):\n%s", name, diff)
		}
	}
	for term := range terms {
		check(term, NewWanted([]string{term}), func(t Token) bool { return t.Term == term })
	}
	like := func(term string) bool { return strings.HasPrefix(term, "b") }
	check("like", NewWanted([]string{"the"}, like), func(t Token) bool {
		return t.Term == "the" || t.Kind != Stem && like(t.Term)
	})
}

// TestWantedFindsInAnyText compares with Analyze over texts of random pieces.
func TestWantedFindsInAnyText(t *testing.T) {
	pieces := strings.Split("a|b|ab|don|t|s|re|mail|example|com|net|C|7|42|000|x86|win7|É|ß|日本|++|#|.|.|-|-|'|'|,|&|_|@|/| | | |\n", "|")
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		for range 12 {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		text := b.String()
		all := Analyze(text)
		if len(all) == 0 {
			continue
		}
		term := all[rnd.IntN(len(all))].Term
		var wanted []Token
		for _, token := range all {
			if token.Term == term {
				wanted = append(wanted, token)
			}
		}
		if diff := cmp.Diff(wanted, NewWanted([]string{term}).Find(text)); diff != "" {
			t.Fatalf("%q in %q (-filtered +found):\n%s", term, text, diff)
		}
	}
}
