package index_test

import (
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/index"
)

// FuzzParseSynonyms holds that no file of synonyms can do harm: it is refused by
// an error that names the line, or what it means is bounded and asks for words.
func FuzzParseSynonyms(f *testing.F) {
	for _, file := range []string{
		"", "# nothing\n\n", "mfa, 2fa, multi-factor authentication\n", "pii => personal data, personal information\r\n",
		"a => ", " => b", "a, , b", "a, a", "alone", "x => y => z", "Größe, taille, размер", "情報, data", "!!!, ???",
		"\xff\xfe, a", "\x00, b", strings.Repeat("a ", 9) + ", b", strings.Repeat("a,", 17) + "b", "a, b # remark", "\ufeffa, b",
	} {
		f.Add(file, "mfa a b")
	}
	f.Fuzz(func(t *testing.T, file, query string) {
		s, err := index.ParseSynonyms(strings.NewReader(file))
		if err != nil {
			if s != nil || !strings.HasPrefix(err.Error(), "synonyms: ") {
				t.Fatalf("synonyms %v with error %v", s, err)
			}
			return
		}
		var q index.And
		for word := range strings.FieldsSeq(query) {
			q = append(q, index.Word{Text: word})
		}
		for i := range q {
			n, also := s.At(q, i)
			if n > len(q)-i || (n > 0) != (len(also) > 0) || len(also) > 16 {
				t.Fatalf("of %q from %d on, %d words mean %q", query, i, n, also)
			}
			for _, text := range also {
				if len(index.ExpandSynonym(text)) == 0 {
					t.Fatalf("%q means %q, which has no words", query, text)
				}
			}
		}
	})
}
