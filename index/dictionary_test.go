package index

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/blevesearch/vellum"
	"github.com/google/go-cmp/cmp"
)

// dictionaryOf makes the dictionary of words, which it sorts.
func dictionaryOf(t testing.TB, words []string) dictionary {
	t.Helper()
	slices.Sort(words)
	var b bytes.Buffer
	fst, err := vellum.New(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range words {
		if err := fst.Insert([]byte(w), uint64(i*i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := fst.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// manyWords are words alike and unlike, in three scripts, some of one letter,
// some of a hundred, and more first letters than fit into a byte's six bits.
func manyWords() []string {
	rnd := rand.New(rand.NewPCG(3, 4))
	var words []string
	for _, letters := range []string{"abc", "abcdefghijklmnopqrstuvwxyz0123456789.-_@/", "бвгдежз", "日本語"} {
		for range 3000 {
			var b strings.Builder
			for range 1 + rnd.IntN(4+rnd.IntN(8)) {
				r := []rune(letters)
				b.WriteRune(r[rnd.IntN(len(r))])
			}
			words = append(words, b.String())
		}
	}
	for r := rune(0x21); r < 0x200; r++ {
		words = append(words, string(r))
	}
	words = append(words, strings.Repeat("long", 25), "breach", "breaches", "breached", "braech")
	slices.Sort(words)
	return slices.Compact(words)
}

func TestDictionaryHasAllWords(t *testing.T) {
	words := manyWords()
	d := dictionaryOf(t, words)
	want := "\n" + strings.Join(words, "\n") + "\n"
	if diff := cmp.Diff(want, string(d.appendAll(nil))); diff != "" {
		t.Errorf("all words: -want +got\n%s", diff)
	}
	var walked []string
	d.walk("", anyEnding{}, func(term []byte) bool { walked = append(walked, string(term)); return true })
	if diff := cmp.Diff(words, walked); diff != "" {
		t.Errorf("walked: -want +got\n%s", diff)
	}
	for i, word := range words {
		if got, ok := d.lookup(word); !ok || got != uint64(i*i) {
			t.Fatalf("%q leads to %d, %v, want %d", word, got, ok, i*i)
		}
		if _, ok := d.lookup(word + "\x00"); ok {
			t.Fatalf("%q is there", word+"\x00")
		}
	}
}

func TestDictionaryChoosesAsAFilterWould(t *testing.T) {
	words := manyWords()
	d := dictionaryOf(t, words)
	filter := func(keep func(string) bool) (out []string) {
		for _, w := range words {
			if keep(w) {
				out = append(out, w)
			}
		}
		return out
	}
	chosen := func(begin string, p pattern) (out []string) {
		d.walk(begin, p, func(term []byte) bool { out = append(out, string(term)); return true })
		return out
	}
	for _, word := range []string{"breach", "braech", "abcabc", "ab", "a", "бвг", "日本", "9.9", "nosuchword", "longlong"} {
		t.Run(word, func(t *testing.T) {
			for edits := 1; edits <= 2; edits++ {
				want := filter(func(w string) bool { return editDistance(word, w, edits) <= edits })
				if diff := cmp.Diff(want, chosen("", newResembling(word, edits))); diff != "" {
					t.Errorf("within %d edits: -want +got\n%s", edits, diff)
				}
			}
			want := filter(func(w string) bool { return strings.HasPrefix(w, word) })
			if diff := cmp.Diff(want, chosen(word, anyEnding{})); diff != "" {
				t.Errorf("beginning with it: -want +got\n%s", diff)
			}
			want = filter(func(w string) bool { return strings.Contains(w, word) })
			if diff := cmp.Diff(want, holding(d.appendAll(nil), word, len(words))); diff != "" {
				t.Errorf("containing it: -want +got\n%s", diff)
			}
		})
	}
}

func FuzzDictionary(f *testing.F) {
	f.Add("one two three")
	f.Add("a ab abc b \x00 \xff ü")
	f.Add(fmt.Sprint("x ", strings.Repeat("y", 300)))
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Fields(text)
		slices.Sort(words)
		words = slices.Compact(words)
		if len(words) == 0 {
			return
		}
		want := "\n" + strings.Join(words, "\n") + "\n"
		if got := string(dictionaryOf(t, words).appendAll(nil)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
