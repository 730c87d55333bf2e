package enginetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// village is what the tests of single nodes search.
func village() []*archive.Message {
	links := Message("links", "2020-01-01", "Links", "See https://www.example.org/a and hxxps://evil[.]example/b.\n> http://quoted.example.net/")
	links.SourceURL = "http://news.example.com/2020"
	reply := Message("reply", "2020-01-02", "Re: Links", "Thanks for CVE-2021-3156!")
	reply.Thread, reply.InReplyTo = "links", "links@example.org"
	lost := Message("lost", "2020-01-03", "Lost", "The parent was never seen.")
	lost.Thread = "nowhere"
	attached := Message("attached", "2020-01-04", "File", "Here.")
	attached.Attachments = []archive.Attachment{{Kind: "binary", Name: "tool.exe"}}
	german := Message("german", "2020-02-07", "Frage", "Ich habe eine Frage an euch: wie kann man das mit dem neuen Server machen, wenn er nicht läuft und die Daten noch auf dem alten sind?")
	return []*archive.Message{
		german, links, reply, lost, attached,
		Message("breach", "2020-02-01", "Data breach", "The breach of the hospital exposed records; the insurer paid."),
		Message("breached", "2020-02-02", "Breached", "An insurer breached a contract about hospital data and other things."),
		Message("twice", "2020-02-03", "Twice", "hospital\n> hospital of an insurer"),
		Message("hyphen", "2020-02-04", "Hyphen", "multi-factor logins on 10.1.2.3, by ann@mail.example.org"),
		Message("apart", "2020-02-05", "Apart", "multi factor logins on 10.15.2.3"),
		Message("typo", "2020-02-06", "Typo", "The hopsital and the hospitals, ransomwares."),
	}
}

func testNodes(t *testing.T, open Factory) {
	e := filled(t, open, village()...)
	word := func(s string) index.Query { return index.Word{Text: s} }
	exact := func(s string) index.Query { return index.Word{Text: s, Exact: true} }
	prefix := func(s string) index.Query { return index.Prefix{Text: s} }
	fuzzy := func(s string, n int) index.Query { return index.Fuzzy{Text: s, Edits: n} }
	in := func(f index.Field, s string) index.Query { return index.Word{Field: f, Text: s} }
	near := func(n int, parts ...index.Query) index.Query { return index.Near{Parts: parts, Distance: n} }
	ordered := func(n int, parts ...index.Query) index.Query {
		return index.Near{Parts: parts, Distance: n, Ordered: true}
	}
	tests := []struct {
		name string
		q    index.Query
		want string
	}{
		{"word in all its forms", word("breach"), "breach breached"},
		{"exact word", exact("breach"), "breach"},
		{"exact word, the other form", exact("breached"), "breached"},
		{"exact word in capitals", exact("BREACH"), "breach"},
		{"exact words are not joined", index.And{exact("multi"), exact("factor")}, "apart hyphen"},
		{"exact compound", exact("multi-factor"), "hyphen"},
		{"exact phrase", index.Phrase{Text: "multi factor", Exact: true}, "apart"},
		{"exact word of a field", index.Word{Field: index.FieldSubject, Text: "breach", Exact: true}, "breach"},

		{"prefix", prefix("hospi"), "breach breached twice typo"},
		{"prefix is the whole word too", prefix("hospital"), "breach breached twice typo"},
		{"prefix in capitals", prefix("HOSPI"), "breach breached twice typo"},
		{"prefix of no word", prefix("ospital"), ""},
		{"prefix of a compound", prefix("multi-fac"), "hyphen"},
		{"prefix of an identifier", prefix("CVE-2021-"), "reply"},
		{"prefix up to a dot", prefix("10.1."), "hyphen"},
		{"prefix of a number", prefix("10.1"), "apart hyphen"},
		{"prefix of an address", prefix("ann@mail.ex"), "hyphen"},
		{"prefix of another address", prefix("bob@mail.ex"), ""},
		{"prefix in a field", index.Prefix{Field: index.FieldSubject, Text: "brea"}, "breach breached"},
		{"prefix of a whole value", index.Prefix{Field: index.FieldMessageID, Text: "li"}, "links"},
		{"prefix excluded", index.And{word("hospital"), index.Not{Of: prefix("insur")}}, "typo"},

		{"fuzzy", fuzzy("hospital", 1), "breach breached twice typo"},
		{"fuzzy finds swapped letters", fuzzy("hopsital", 1), "breach breached twice typo"},
		{"fuzzy of one letter is not two", fuzzy("hosptals", 1), "typo"},
		{"fuzzy of two letters", fuzzy("hopsitl", 2), "breach breached twice typo"},
		{"fuzzy of no word", fuzzy("zzzzzz", 2), ""},
		{"fuzzy in a field", index.Fuzzy{Field: index.FieldSubject, Text: "dta", Edits: 1}, "breach"},

		{"near", near(3, word("insurer"), word("hospital")), "twice"},
		{"near, in the other order", near(3, word("hospital"), word("insurer")), "twice"},
		{"near, just", near(2, word("hospital"), word("exposed")), "breach"},
		{"near, just not", near(2, word("hospital"), word("the")), "breach typo"},
		{"near, further", near(5, word("insurer"), word("hospital")), "breach breached twice"},
		{"near by stems", near(1, word("insurer"), word("breach")), "breached"},
		{"near not over fields", near(9, word("twice"), word("hospital")), ""},
		{"near not over own and quoted words", near(1, exact("hospital"), exact("hospital")), ""},
		{"near itself", near(100, exact("hospital"), exact("hospital")), ""},
		{"near itself, twice", near(100, exact("the"), exact("the")), "breach typo"},
		{"near of three", near(5, word("hospital"), word("records"), word("insurer")), "breach"},
		{"near of three, too far", near(3, word("hospital"), word("records"), word("insurer")), ""},
		{"near of a phrase", near(2, index.Phrase{Text: "the hospital"}, word("records")), "breach"},
		{"near of prefix and fuzzy", near(3, prefix("insur"), fuzzy("hospitol", 1)), "twice"},
		{"near of alternatives", near(1, index.Or{word("exposed"), word("breached")}, index.Or{word("records"), word("contract"), index.Phrase{Text: "a contract"}}), "breach breached"},
		{"near of parts of a compound", near(1, word("multi"), word("factor")), "apart hyphen"},
		{"near in a field", near(1, in(index.FieldSubject, "data"), in(index.FieldSubject, "breach")), "breach"},
		{"near in another field", near(1, in(index.FieldBody, "data"), in(index.FieldBody, "breach")), ""},
		{"near of a word that means nothing", near(1, word("hospital"), word("!!!")), "breach breached twice typo"},
		{"in order", ordered(5, word("hospital"), word("insurer")), "breach twice"},
		{"in the other order", ordered(5, word("insurer"), word("hospital")), "breached"},
		{"in order, of three", ordered(9, word("breach"), word("hospital"), word("insurer")), "breach"},

		{"attachment", in(index.FieldHas, index.HasAttachment), "attached"},
		{"link", in(index.FieldHas, index.HasLink), "links"},
		{"vulnerability", in(index.FieldHas, index.HasCVE), "reply"},
		{"starter", index.And{in(index.FieldIs, index.IsStarter), word("links")}, "links"},
		{"reply", in(index.FieldIs, index.IsReply), "lost reply"},
		{"language", in(index.FieldLang, "de"), "german"},
		{"another language", in(index.FieldLang, "fr"), ""},
		{"host", in(index.FieldHost, "www.example.org"), "links"},
		{"host, the domain above", in(index.FieldHost, "Example.ORG"), "links"},
		{"host, in brackets", in(index.FieldHost, "evil[.]example"), "links"},
		{"host of the article", in(index.FieldHost, "example.com"), "links"},
		{"host that somebody else linked to", in(index.FieldHost, "example.net"), ""},

		{"thread", index.InThread{Of: word("thanks")}, "links reply"},
		{"thread of nothing", index.InThread{Of: word("giraffe")}, ""},
		{"thread of all", index.InThread{Of: index.All{}}, "apart attached breach breached german hyphen links lost reply twice typo"},
		{"thread without", index.And{index.InThread{Of: word("thanks")}, index.Not{Of: word("thanks")}}, "links"},
		{"thread whose root is not held", index.InThread{Of: word("lost")}, "lost"},
		{"thread of a thread", index.InThread{Of: index.InThread{Of: index.And{word("thanks"), in(index.FieldHas, "cve")}}}, "links reply"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := sorted(search(t, e, index.Request{Query: test.q})); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

// testCrowd searches more words and threads than are looked up one by one.
func testCrowd(t *testing.T, open Factory) {
	var messages []*archive.Message
	for i := range 2600 {
		m := Message(fmt.Sprintf("m%04d", i), "2020-01-01", "crowd", fmt.Sprintf("word%04dx word%04dy", i, i%1300))
		m.Thread = archive.ID(fmt.Sprintf("m%04d", i/3*3))
		messages = append(messages, m)
	}
	e := filled(t, open, messages...)
	total := func(name string, q index.Query, want uint64, cut ...string) {
		t.Run(name, func(t *testing.T) {
			res := search(t, e, index.Request{Query: q})
			if res.Total != want {
				t.Errorf("found %d, want %d", res.Total, want)
			}
			if diff := cmp.Diff(cut, res.Cut); diff != "" && res.Cut != nil { // who looks for all of them cuts nothing
				t.Errorf("Cut (-want +got):\n%s", diff)
			}
		})
	}
	total("a hundred words", index.Prefix{Text: "word00"}, 200)
	total("too many words", index.Prefix{Text: "word"}, 2600, "word")
	total("many threads", index.InThread{Of: index.Prefix{Text: "word00"}}, 204)
	var all index.And
	for range 20 {
		all = append(all, index.Prefix{Text: "word"})
	}
	for name, q := range map[string]index.Query{
		"twenty prefixes": all,
		"near of one":     index.Near{Parts: []index.Query{index.Word{Text: "a"}}, Distance: 1},
		"near of nine":    index.Near{Parts: make([]index.Query, 9), Distance: 1},
		"near of dates":   index.Near{Parts: []index.Query{index.Word{Text: "a"}, index.DateRange{}}, Distance: 1},
		"near of fields":  index.Near{Parts: []index.Query{index.Word{Text: "a"}, index.Word{Field: index.FieldBody, Text: "a"}}, Distance: 1},
		"near of values":  index.Near{Parts: []index.Query{index.Word{Field: index.FieldList, Text: "a"}, index.Word{Field: index.FieldList, Text: "b"}}, Distance: 1},
		"unknown field":   index.Prefix{Field: "color", Text: "r"},
		"nested threads":  index.InThread{Of: index.InThread{Of: index.InThread{Of: index.InThread{Of: index.InThread{Of: index.All{}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := e.Search(context.Background(), &index.Request{Query: q}); err == nil || !strings.HasPrefix(err.Error(), "index: ") {
				t.Errorf("error is %v", err)
			}
		})
	}
}
