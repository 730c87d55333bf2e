package searchcli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

func TestAdviceLines(t *testing.T) {
	tests := []struct {
		name string
		res  search.Results
		want []string
	}{
		{"nothing to say", search.Results{Total: 20}, nil},
		{"which word finds nothing", search.Results{Advice: []search.Advice{
			{Text: "hospital", Alone: 40},
			{Text: "nosuch\x1b[31mword", Without: 40},
		}}, []string{"No message has nosuch␛[31mword; without it: 40 messages."}},
		{"words that never meet", search.Results{Advice: []search.Advice{
			{Text: "hospital", Alone: 40, Without: 2},
			{Text: "from:ann", Alone: 2, Without: 40},
		}}, []string{"Without hospital: 2 messages.", "Without from:ann: 40 messages."}},
		{"a mistake", search.Results{DidYouMean: "hospital data", Advice: []search.Advice{
			{Text: "hosptal", Without: 7, Similar: []string{"hospital"}},
		}}, []string{"No message has hosptal; without it: 7 messages.", "Did you mean: hospital data"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, adviceLines(&test.res)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
