package index

import "testing"

// TestM2CompoundsApart holds which two words of a query are one compound.
func TestM2CompoundsApart(t *testing.T) {
	word := func(text string) Word { return Word{Text: text} }
	for _, c := range []struct {
		name string
		q    And
		want string
	}{
		{"a compound", And{word("multi"), word("factor")}, "multifactor"},
		{"capitals", And{word("Multi"), word("Factor")}, "multifactor"},
		{"two words", And{word("stolen"), word("cards")}, ""},
		{"the other way round", And{word("factor"), word("multi")}, ""},
		{"exact", And{Word{Text: "multi", Exact: true}, word("factor")}, ""},
		{"the second exact", And{word("multi"), Word{Text: "factor", Exact: true}}, ""},
		{"of two fields", And{Word{Text: "multi", Field: FieldBody}, word("factor")}, ""},
		{"a phrase behind", And{word("multi"), Phrase{Text: "factor"}}, ""},
		{"alone", And{word("multi")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := together(c.q, 0)
			if ok != (c.want != "") || ok && got.Text != c.want {
				t.Errorf("compound %q, %v; want %q", got.Text, ok, c.want)
			}
		})
	}
}
