package enginetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// wire has an article that three people posted, one of them twice, and an
// answer to it in a thread of its own.
func wire() []*archive.Message {
	article := "the retailer lost cards "
	for i := range 120 {
		article += fmt.Sprintf("w%c%c ", 'a'+i%26, 'a'+i%25)
	}
	out := []*archive.Message{
		Message("a1", "2021-03-01", "Retailer loses cards", article),
		Message("a2", "2021-03-02", "Cards lost at retailer", "seen today "+article),
		Message("a3", "2021-03-03", "News", article),
		Message("a4", "2021-03-04", "News", "article of last week "+article+" hospital"),
		Message("b1", "2021-03-05", "Retailer loses cards again", "another retailer lost cards"),
		Message("b2", "2021-03-06", "Re: Retailer loses cards again", "which retailer"),
	}
	for i, m := range out {
		m.FromName, m.BaseSubject = fmt.Sprint("Person ", i), strings.ToLower(m.Subject)
	}
	out[3].FromName = out[2].FromName
	out[5].Thread = "b1"
	return out
}

func groups(r *index.Result) string {
	var out []string
	for _, h := range r.Hits {
		s := string(h.ID)
		for _, id := range h.Folded {
			s += "+" + string(id)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func testGroups(t *testing.T, open Factory) {
	e := filled(t, open, wire()...)
	retailer := index.Word{Text: "retailer"}
	cases := []struct {
		name    string
		request index.Request
		want    string
	}{
		{"none", index.Request{Query: retailer, Sort: index.ByDateDesc}, "b2 b1 a4 a3 a2 a1"},
		{"copies", index.Request{Query: retailer, Sort: index.ByDateDesc, Group: index.GroupCopy}, "b2 b1 a4+a3+a2+a1"},
		{"the first of an order stands before", index.Request{Query: retailer, Sort: index.ByDateAsc, Group: index.GroupCopy}, "a1+a2+a3+a4 b1 b2"},
		{"what does not match stands nowhere", index.Request{Query: index.Word{Field: index.FieldSubject, Text: "retailer"}, Sort: index.ByDateDesc, Group: index.GroupCopy}, "b2 b1 a2+a1"},
		{"one match", index.Request{Query: index.Word{Text: "hospital"}, Group: index.GroupCopy}, "a4"},
		{"threads", index.Request{Query: retailer, Sort: index.ByDateDesc, Group: index.GroupThread}, "b2+b1 a4 a3 a2 a1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := groups(search(t, e, c.request)); got != c.want {
				t.Errorf("hits %s, want %s", got, c.want)
			}
		})
	}
	t.Run("total", func(t *testing.T) {
		if n := search(t, e, index.Request{Query: retailer, Group: index.GroupCopy}).Total; n != 6 {
			t.Errorf("total %d, want 6: it counts messages", n)
		}
	})
	t.Run("like", func(t *testing.T) { testLike(t, e) })
	t.Run("pages", func(t *testing.T) { testGroupedPages(t, open) })
}

// testLike looks for what is like the article: not itself, nor its copies.
func testLike(t *testing.T, e index.Engine) {
	for _, c := range []struct {
		name string
		like index.Query
		want string
	}{
		{"a text", index.Like{Text: "which retailer lost its cards, the retailer?"}, "a1 a2 a3 a4 b1 b2"},
		{"a text, most of it", index.Like{Text: "another retailer lost cards", Part: 0.9}, "b1"},
		{"a message", index.Like{Text: "the retailer lost cards waa wbb", Of: "a1"}, "b1 b2"},
		{"a message, and a word", index.And{index.Like{Text: "the retailer lost cards", Of: "a1"}, index.Word{Text: "another"}}, "b1"},
		{"a subject", index.Like{Field: index.FieldSubject, Text: "retailer loses cards", Part: 0.7, Of: "a1"}, "b1 b2"},
		{"no words", index.Like{Text: "!!!"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sorted(search(t, e, index.Request{Query: c.like})); got != c.want {
				t.Errorf("finds %s, want %s", got, c.want)
			}
		})
	}
	res := search(t, e, index.Request{Query: index.Like{Text: "the retailer lost cards cards", Of: "a1"}})
	if len(res.Likely) == 0 || res.Likely[0] != "cards" {
		t.Errorf("looked for %v, want cards first", res.Likely)
	}
	if _, err := e.Search(t.Context(), &index.Request{Query: index.Like{Field: index.FieldList, Text: "l"}}); err == nil {
		t.Error("a Like of a field without words is no error")
	}
}

// testGroupedPages expects that pages of any size have the same groups in the
// same order, and each message once.
func testGroupedPages(t *testing.T, open Factory) {
	var messages []*archive.Message
	for i := range 60 {
		m := Message(fmt.Sprintf("m%02d", i), fmt.Sprintf("2021-01-%02d", 1+i%28), fmt.Sprint("Subject ", i%7), "common words, sent now and then "+fmt.Sprint("no", i%13))
		m.FromName, m.Thread = fmt.Sprint("Person ", i%2), archive.ID(fmt.Sprint("t", i%9))
		messages = append(messages, m)
	}
	e := filled(t, open, messages...)
	for _, group := range []index.Group{index.GroupCopy, index.GroupThread} {
		for _, order := range []index.Sort{index.ByRelevance, index.ByDateAsc} {
			request := index.Request{Query: index.Word{Text: "common"}, Sort: order, Limit: 100, Group: group}
			want := search(t, e, request)
			seen := map[archive.ID]bool{}
			for _, h := range want.Hits {
				for _, id := range append([]archive.ID{h.ID}, h.Folded...) {
					if seen[id] {
						t.Errorf("%s is there twice", id)
					}
					seen[id] = true
				}
			}
			if len(seen) != len(messages) {
				t.Errorf("%d messages of %d in groups of %s", len(seen), len(messages), group)
			}
			for _, size := range []int{1, 3, 10} {
				request.Limit, request.After = size, nil
				var paged index.Result
				for {
					page := search(t, e, request)
					if len(page.Hits) == 0 {
						break
					}
					paged.Hits = append(paged.Hits, page.Hits...)
					request.After = page.Hits[len(page.Hits)-1].SortKey
				}
				if diff := cmp.Diff(groups(want), groups(&paged)); diff != "" {
					t.Errorf("%s by %s in pages of %d (-at once +paged):\n%s", group, order, size, diff)
				}
			}
		}
	}
}
