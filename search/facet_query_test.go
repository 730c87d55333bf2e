package search

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/index"
)

// FuzzFacetQuery holds that the query for any value is read as that value, give
// or take quotation marks and white space, which make no other author.
func FuzzFacetQuery(f *testing.F) {
	for _, name := range []string{"Ann Lee", `"Lee, Ann"`, "AND", "-bob", "bob*", "=bob", "from:x", "“Curly”", "{x}", "(x)", "\u202eevil", "a\x1bb", "\\"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		bare := strings.Trim(quoted(name), `"`)
		if bare == "" || !utf8.ValidString(name) || len(name) > 512 { // the index gives no such values
			return
		}
		text := FacetQuery(FacetAuthor, name)
		q, err := Parse(text, nil)
		if err != nil {
			t.Fatalf("%q: %s: %v", name, text, err)
		}
		if w, ok := q.(index.Word); !ok || w.Field != index.FieldAuthor || w.Text != name && w.Text != bare {
			t.Errorf("%q: %s is read as %#v", name, text, q)
		}
	})
}
