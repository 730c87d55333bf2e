package enginetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// Factory opens an engine over an index of its own, empty, and closes it when
// the test ends.
type Factory func(t *testing.T) index.Engine

// Run runs the suite.
func Run(t *testing.T, open Factory) {
	t.Run("queries", func(t *testing.T) { testQueries(t, open) })
	t.Run("nodes", func(t *testing.T) { testNodes(t, open) })
	t.Run("crowd", func(t *testing.T) { testCrowd(t, open) })
	t.Run("stems", func(t *testing.T) { testStems(t, open) })
	t.Run("ranking", func(t *testing.T) { testRanking(t, open) })
	t.Run("orders", func(t *testing.T) { testOrders(t, open) })
	t.Run("paging", func(t *testing.T) { testPaging(t, open) })
	t.Run("changes", func(t *testing.T) { testChanges(t, open) })
	t.Run("sessions", func(t *testing.T) { testSessions(t, open) })
	t.Run("synonyms", func(t *testing.T) { testSynonyms(t, open) })
	t.Run("compounds", func(t *testing.T) { testCompounds(t, open) })
	t.Run("languages", func(t *testing.T) { testLanguages(t, open) })
	t.Run("inside of words", func(t *testing.T) { testInside(t, open) })
	t.Run("explanations", func(t *testing.T) { testExplained(t, open) })
	t.Run("advice", func(t *testing.T) { testAdvice(t, open) })
	t.Run("facets", func(t *testing.T) { testFacets(t, open) })
	t.Run("groups", func(t *testing.T) { testGroups(t, open) })
	t.Run("bounds", func(t *testing.T) { testBounds(t, open) })
}

// corpus is what the query tests search.
func corpus() []*archive.Message {
	full := Message("m8", "2022-12-31", "Attached", "See the attachment.")
	full.List, full.Thread = "Other", "m1"
	full.FromName, full.FromAddress = "Mária Kovács", "maria.kovacs@mail.example.com"
	full.SourceURL = "https://www.example.net/2022/12/big-leak.html"
	full.Attachments = []archive.Attachment{{Kind: "html", Name: "report.html", Text: "The zebra ransom note"}}
	return []*archive.Message{
		Message("m1", "2019-01-01", "Hospital hit by ransomware", "Patients were turned away.\nNothing else."),
		Message("m2", "2020-02-29", "Re: Hospital hit by ransomware", "> Patients were turned away.\nHow many beds?\n-- \nZorro, Acme Corp"),
		Message("m3", "2021-06-15", "Multi-factor authentication", "Attackers bypass multi factor authentication with C++ code."),
		Message("m4", "2021-06-16", "MFA", "The multifactor authentications failed; CVE-2024-3400 on 10.1.2.3 was exploited."),
		Message("m5", "", "Undated", "The café in Łódź lost 1,000 records. user@example.com wrote /etc/passwd"),
		Message("m6", "2022-01-01", "Names", "It runs .NET and file.exe, says AT&T of the U.S. government; e-mail leaked."),
		Message("m7", "2022-05-05", "情報", "個人情報漏洩の件"),
		full,
	}
}

func testQueries(t *testing.T, open Factory) {
	e := filled(t, open, corpus()...)
	word := func(s string) index.Query { return index.Word{Text: s} }
	in := func(f index.Field, s string) index.Query { return index.Word{Field: f, Text: s} }
	quote := func(s string) index.Query { return index.Phrase{Text: s} }
	day := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s+"T00:00:00Z")
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	tests := []struct {
		name string
		q    index.Query
		want string
	}{
		{"all", index.All{}, "m1 m2 m3 m4 m5 m6 m7 m8"},
		{"nil is all", nil, "m1 m2 m3 m4 m5 m6 m7 m8"},
		{"word of a subject", word("hospital"), "m1 m2"},
		{"word in capitals", word("HOSPITAL"), "m1 m2"},
		{"plural finds singular", word("hospitals"), "m1 m2"},
		{"singular finds plural", word("attacker"), "m3"},
		{"unknown word", word("giraffe"), ""},
		{"word in the signature", word("zorro"), "m2"},
		{"word in an attachment", word("zebra"), "m8"},
		{"attachment's name", in(index.FieldAttachment, "report.html"), "m8"},
		{"accents fold", word("cafe"), "m5"},
		{"accents fold in the query", word("lódz"), "m5"},
		{"number with a comma", word("1000"), "m5"},

		{"own words only", in(index.FieldBody, "patients"), "m1"},
		{"quoted words only", in(index.FieldQuoted, "patients"), "m2"},
		{"signature is quoted", in(index.FieldQuoted, "acme"), "m2"},
		{"subject only", in(index.FieldSubject, "authentication"), "m3"},
		{"sender's name", in(index.FieldFrom, "kovacs"), "m8"},
		{"sender's address", in(index.FieldFrom, "maria.kovacs@mail.example.com"), "m8"},
		{"sender's domain", in(index.FieldFrom, "example.com"), "m8"},
		{"list, in any case", in(index.FieldList, "other"), "m8"},
		{"list is no word of it", in(index.FieldList, "oth"), ""},
		{"host of the article", in(index.FieldURL, "example.net"), "m8"},
		{"path of the article", in(index.FieldURL, "big-leak.html"), "m8"},
		{"thread", in(index.FieldThread, "m1"), "m1 m8"},
		{"message ID", in(index.FieldMessageID, "m3@example.org"), "m3"},
		{"message ID in brackets", in(index.FieldMessageID, "<m3@example.org>"), "m3"},

		{"M2 hyphened", word("multi-factor"), "m3 m4"},
		{"M2 as one word", word("multifactor"), "m3 m4"},
		{"M2 apart", index.And{word("multi"), word("factor")}, "m3 m4"},
		{"M2 part", word("factor"), "m3"},
		{"M2 phrase hyphened", quote("multi-factor authentication"), "m3"},
		{"M2 phrase as one word", quote("multifactor authentication"), "m3"},
		{"M2 phrase apart", quote("multi factor authentication"), "m3"},
		{"M2 phrase, the plural", quote("multi factor authentications"), "m4"},
		{"M2 email", word("email"), "m6"},
		{"M2 identifier", word("CVE-2024-3400"), "m4"},
		{"M2 identifier, lower case", word("cve-2024-3400"), "m4"},
		{"M2 another identifier", word("CVE-2024-3401"), ""},
		{"M2 address", word("10.1.2.3"), "m4"},
		{"M2 another address", word("10.1.2.4"), ""},
		{"M2 C++", word("c++"), "m3"},
		{"M2 C#", word("c#"), ""},
		{"M2 .NET", word(".net"), "m6"},
		{"M2 file", word("file.exe"), "m6"},
		{"M2 AT&T", word("at&t"), "m6"},
		{"M2 abbreviation", word("US"), "m6"},
		{"mail address", word("user@example.com"), "m5"},
		{"path", word("/etc/passwd"), "m5"},
		{"domain", word("example.com"), "m5 m8"},
		{"spaceless script", word("情報"), "m7"},
		{"spaceless script, longer", word("個人情報"), "m7"},
		{"spaceless script, one character", word("洩"), "m7"},
		{"spaceless script, no such pair", word("人報"), ""},

		{"and", index.And{word("hospital"), word("beds")}, "m2"},
		{"and over fields", index.And{word("ransomware"), word("zorro")}, "m2"},
		{"and with an unknown word", index.And{word("hospital"), word("giraffe")}, ""},
		{"empty and", index.And{}, "m1 m2 m3 m4 m5 m6 m7 m8"},
		{"or", index.Or{word("zebra"), word("zorro"), word("giraffe")}, "m2 m8"},
		{"empty or", index.Or{}, ""},
		{"not", index.Not{Of: word("hospital")}, "m3 m4 m5 m6 m7 m8"},
		{"and not", index.And{word("hospital"), index.Not{Of: word("beds")}}, "m1"},
		{"not first", index.And{index.Not{Of: word("beds")}, word("hospital")}, "m1"},
		{"not of or", index.And{index.Not{Of: index.Or{word("hospital"), word("zebra")}}, index.Not{Of: in(index.FieldBody, "code")}}, "m4 m5 m6 m7"},
		{"not not", index.Not{Of: index.Not{Of: word("zebra")}}, "m8"},
		{"not in or", index.Or{word("zebra"), index.Not{Of: index.Or{word("hospital"), word("the")}}}, "m3 m7 m8"},

		{"phrase", quote("turned away"), "m1 m2"},
		{"phrase as written, not its stems", quote("turn away"), ""},
		{"phrase in another order", quote("away turned"), ""},
		{"phrase over a line end", quote("away nothing"), "m1"},
		{"phrase not over two fields", quote("ransomware patients"), ""},
		{"phrase not over quote and answer", quote("away how"), ""},
		{"phrase of one word", quote("Zorro"), "m2"},
		{"phrase in a field", index.Phrase{Field: index.FieldBody, Text: "turned away"}, "m1"},
		{"phrase of a list", index.Phrase{Field: index.FieldList, Text: "other"}, "m8"},

		{"date from", index.DateRange{After: day("2022-01-01")}, "m6 m7 m8"},
		{"date to", index.DateRange{Before: day("2020-02-29")}, "m1"},
		{"date range is half open", index.DateRange{After: day("2020-02-29"), Before: day("2021-06-16")}, "m2 m3"},
		{"date range of hours", index.DateRange{After: day("2021-06-15").Add(12 * time.Hour), Before: day("2021-06-16").Add(12 * time.Hour)}, "m3"},
		{"date range within a day", index.DateRange{After: day("2021-06-15").Add(13 * time.Hour), Before: day("2021-06-15").Add(14 * time.Hour)}, ""},
		{"date range of years", index.DateRange{After: day("2018-07-01"), Before: day("2023-01-01")}, "m1 m2 m3 m4 m6 m7 m8"},
		{"date range backwards", index.DateRange{After: day("2022-01-01"), Before: day("2020-01-01")}, ""},
		{"date range without bounds", index.DateRange{}, "m1 m2 m3 m4 m5 m6 m7 m8"},
		{"date range in another zone", index.DateRange{After: day("2021-06-16").In(time.FixedZone("", -7200)), Before: day("2021-06-17")}, "m4"},
		{"date and word", index.And{word("hospital"), index.DateRange{After: day("2020-01-01")}}, "m2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			res := search(t, e, index.Request{Query: test.q})
			if got := sorted(res); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if int(res.Total) != len(res.Hits) {
				t.Errorf("Total is %d of %d hits", res.Total, len(res.Hits))
			}
		})
	}
	t.Run("word that means nothing", func(t *testing.T) {
		res := search(t, e, index.Request{Query: index.And{word("zebra"), word("!!!")}})
		if got := sorted(res); got != "m8" {
			t.Errorf("found %q, want m8", got)
		}
		if diff := cmp.Diff([]string{"!!!"}, res.Ignored); diff != "" {
			t.Errorf("Ignored: %s", diff)
		}
	})
}

// thread puts a message into a thread.
func thread(id archive.ID, m *archive.Message) *archive.Message {
	m.Thread = id
	return m
}

func testRanking(t *testing.T, open Factory) {
	filler := strings.Repeat("some words that are not looked for ", 20)
	e := filled(t, open,
		Message("quoting", "2021-01-01", "Re: question", "> the walrus sings\n> walrus walrus\nYes, "+filler),
		Message("own", "2020-01-01", "question", "the walrus sings "+filler),
		Message("subject", "2019-01-01", "The walrus", filler),
		Message("long", "2022-01-01", "long", "one penguin "+strings.Repeat(filler, 10)),
		Message("short", "2018-01-01", "short", "one penguin here "),
		Message("far", "2022-01-01", "x", "otter "+filler+" heron"),
		Message("near", "2018-01-01", "x", filler+" otter and heron"),
		Message("stem", "2022-01-01", "stem", "breaching"),
		Message("exact", "2018-01-01", "exact", "breached"),
	)
	e2 := filled(t, open,
		Message("rightly", "2018-01-01", "a", "the badger and the weasel "+filler),
		Message("wrongly", "2022-01-01", "a", "the weasel and the badger "+filler),
		Message("answer", "2022-01-01", "b", "a stoat "),
		Message("start", "2018-01-01", "b", "a stoat "),
		Message("plain", "2018-01-01", "c", "a hedgehog "+filler),
		Message("ending", "2022-01-01", "c", "the hedgehogs, hedgehogs "+filler),
		thread("start", Message("newer", "2023-01-01", "b", "a stoat ")),
	)
	for _, c := range []struct{ name, words, want string }{
		{"the query's order first", "badger weasel", "rightly wrongly"},
		{"the query's order first, the other way round", "weasel badger", "wrongly rightly"},
		{"of equals the first of a thread, then the newest", "stoat", "answer start newer"},
		{"a form that was not asked for last, however often", "hedgehog", "plain ending"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var q index.And
			for _, w := range strings.Fields(c.words) {
				q = append(q, index.Word{Text: w})
			}
			if got := strings.Join(ids(search(t, e2, index.Request{Query: q})), " "); got != c.want {
				t.Errorf("order %s, want %s", got, c.want)
			}
		})
	}
	first := func(name, word, want string) {
		t.Run(name, func(t *testing.T) {
			res := search(t, e, index.Request{Query: index.Word{Text: word}})
			if len(res.Hits) == 0 || string(res.Hits[0].ID) != want {
				t.Errorf("%s: best of %v, want %s", word, ids(res), want)
			}
		})
	}
	first("own words before quoted ones", "sings", "own")
	first("a short text before a long one", "penguin", "short")
	first("the form that was asked for", "breached", "exact")
	t.Run("words near each other first", func(t *testing.T) {
		q := index.And{index.Word{Text: "otter"}, index.Word{Text: "heron"}}
		if got := ids(search(t, e, index.Request{Query: q})); len(got) != 2 || got[0] != "near" {
			t.Errorf("order %v, want near first", got)
		}
	})
	t.Run("quoted words last", func(t *testing.T) {
		res := search(t, e, index.Request{Query: index.Word{Text: "walrus"}})
		if got := ids(res); len(got) != 3 || got[2] != "quoting" {
			t.Errorf("order %v, want quoting last", got)
		}
	})
}

func testOrders(t *testing.T, open Factory) {
	e := filled(t, open,
		Message("b", "2020-01-01", "tie", "same"), Message("a", "2020-01-01", "tie", "same"),
		Message("new", "2021-01-01", "tie", "same"), Message("none", "", "tie", "same"),
		Message("old", "1999-01-01", "tie", "same"), Message("other", "2022-01-01", "x", "y"))
	tests := []struct {
		sort index.Sort
		want string
	}{
		{"", "new a b old none"},
		{index.ByRelevance, "new a b old none"},
		{index.ByDateDesc, "new a b old none"},
		{index.ByDateAsc, "none old a b new"},
	}
	for _, test := range tests {
		t.Run(string(test.sort), func(t *testing.T) {
			res := search(t, e, index.Request{Query: index.Word{Text: "tie"}, Sort: test.sort})
			if got := strings.Join(ids(res), " "); got != test.want {
				t.Errorf("order %q, want %q", got, test.want)
			}
		})
	}
}

// testStems looks for each word of a family by each other one.
func testStems(t *testing.T, open Factory) {
	families := []string{
		"hope hoping hoped", "possible possibly possibility", "breach breached breaching breaches",
		"authenticate authenticated authenticating", "vulnerability vulnerabilities", "use using used",
		"exploit exploited exploiting", "study studies studied", "try tries trying",
	}
	var messages []*archive.Message
	for _, family := range families {
		for word := range strings.FieldsSeq(family) {
			messages = append(messages, Message(word, "2020-01-01", "x", word))
		}
	}
	e := filled(t, open, messages...)
	for _, family := range families {
		want := strings.Fields(family)
		slices.Sort(want)
		for _, word := range want {
			if got := sorted(search(t, e, index.Request{Query: index.Word{Text: word}})); got != strings.Join(want, " ") {
				t.Errorf("%s finds %q, want %q", word, got, want)
			}
		}
	}
}

// testPaging reads page by page, over ties of score and date (B5), and expects
// the order of one large page.
func testPaging(t *testing.T, open Factory) {
	var messages []*archive.Message
	for i := range 57 {
		date := time.Date(2020, 1, 1+i/10, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		body := strings.Repeat("word ", 1+i%3)
		messages = append(messages, Message(string(rune('A'+i%26))+string(rune('a'+i/26)), date, "same", body))
	}
	e := filled(t, open, messages...)
	for _, order := range []index.Sort{index.ByRelevance, index.ByDateDesc, index.ByDateAsc} {
		t.Run(string(order), func(t *testing.T) {
			req := index.Request{Query: index.Word{Text: "word"}, Sort: order, Limit: 1000}
			want := ids(search(t, e, req))
			if len(want) != len(messages) {
				t.Fatalf("found %d of %d", len(want), len(messages))
			}
			req.Limit = 4
			var got []string
			for {
				res := search(t, e, req)
				if int(res.Total) != len(messages) {
					t.Fatalf("Total is %d on a later page, want %d", res.Total, len(messages))
				}
				if len(res.Hits) == 0 {
					break
				}
				got = append(got, ids(res)...)
				req.After = res.Hits[len(res.Hits)-1].SortKey
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pages differ from the whole (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("default limit", func(t *testing.T) {
		if res := search(t, e, index.Request{}); len(res.Hits) != 20 || res.Total != 57 {
			t.Errorf("%d hits of %d, want 20 of 57", len(res.Hits), res.Total)
		}
	})
}

func testChanges(t *testing.T, open Factory) {
	ctx := context.Background()
	e := open(t)
	src := NewSource("one")
	src.Put(Message("a", "2020-01-01", "first", "alpha"), Message("b", "2020-01-02", "second", "beta"))
	update := func(src *Source, indexed, deleted int) string {
		t.Helper()
		stats, err := e.Update(ctx, src)
		if err != nil {
			t.Fatal(err)
		}
		if stats.Indexed != indexed || stats.Deleted != deleted {
			t.Errorf("indexed %d, deleted %d; want %d and %d", stats.Indexed, stats.Deleted, indexed, deleted)
		}
		return stats.Generation
	}
	expect := func(word, want string) {
		t.Helper()
		if got := sorted(search(t, e, index.Request{Query: index.Word{Text: word}})); got != want {
			t.Errorf("%s: found %q, want %q", word, got, want)
		}
	}
	before := update(src, 2, 0)
	if again := update(src, 0, 0); again != before {
		t.Errorf("an update with nothing new went from generation %s to %s", before, again)
	}
	src.Put(Message("a", "2020-01-01", "first", "gamma"))
	src.Delete("b", "never-there")
	if after := update(src, 1, 2); after == before {
		t.Errorf("an update with changes stayed at generation %s", before)
	}
	expect("alpha", "")
	expect("beta", "")
	expect("gamma", "a")
	if pos, err := e.Position(ctx); err != nil || pos != (archive.Position{Archive: "one", Seq: 5}) {
		t.Errorf("Position is %v, %v", pos, err)
	}

	older := NewSource("one") // a copy from before the last change
	older.Put(Message("a", "2020-01-01", "first", "delta"))
	update(older, 1, 0)
	expect("gamma", "")
	expect("delta", "a")

	src.Put(Message("d", "2020-01-01", "rebuilt", "epsilon"))
	if stats, err := e.Rebuild(ctx, src); err != nil || stats.Indexed != 2 {
		t.Errorf("Rebuild: %+v, %v", stats, err)
	}
	expect("epsilon", "d")
}

// RunAlone runs what holds of an engine that keeps one archive alone: an index of
// another one is replaced.
func RunAlone(t *testing.T, open Factory) {
	ctx, e, one, two := context.Background(), open(t), NewSource("one"), NewSource("two")
	one.Put(Message("a", "2020-01-01", "first", "alpha"))
	two.Put(Message("b", "2020-01-01", "another archive", "beta"))
	for _, src := range []*Source{one, two} {
		if stats, err := e.Update(ctx, src); err != nil || stats.Indexed != 1 {
			t.Fatalf("%+v, %v", stats, err)
		}
	}
	if got := sorted(search(t, e, index.Request{})); got != "b" {
		t.Errorf("found %q, want what the archive indexed last has", got)
	}
}

func testBounds(t *testing.T, open Factory) {
	e := filled(t, open, corpus()...)
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := e.Search(ctx, &index.Request{Query: index.All{}}); err == nil {
			t.Error("a canceled search gave no error")
		}
	})
	t.Run("deep", func(t *testing.T) {
		var q index.Query = index.Word{Text: "hospital"}
		for range 100_000 {
			q = index.Not{Of: q}
		}
		if _, err := e.Search(context.Background(), &index.Request{Query: q}); err == nil {
			t.Error("a query of 100,000 levels gave no error")
		}
	})
	t.Run("wide", func(t *testing.T) {
		q := make(index.Or, 100_000)
		for i := range q {
			q[i] = index.Word{Text: "hospital"}
		}
		if _, err := e.Search(context.Background(), &index.Request{Query: q}); err == nil {
			t.Error("a query of 100,000 words gave no error")
		}
	})
	t.Run("foreign key", func(t *testing.T) {
		if _, err := e.Search(context.Background(), &index.Request{After: []string{"what", "ever"}}); err == nil {
			t.Error("a SortKey of no hit gave no error")
		}
	})
	t.Run("unknown field", func(t *testing.T) {
		q := index.Word{Field: "color", Text: "red"}
		if _, err := e.Search(context.Background(), &index.Request{Query: q}); err == nil {
			t.Error("an unknown field gave no error")
		}
	})
}

func filled(t *testing.T, open Factory, messages ...*archive.Message) index.Engine {
	t.Helper()
	e := open(t)
	src := NewSource("archive")
	src.Put(messages...)
	if _, err := e.Update(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	return e
}

func search(t *testing.T, e index.Engine, r index.Request) *index.Result {
	t.Helper()
	res, err := e.Search(context.Background(), &r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func ids(r *index.Result) []string {
	out := make([]string, len(r.Hits))
	for i, h := range r.Hits {
		out[i] = string(h.ID)
	}
	return out
}

func sorted(r *index.Result) string {
	out := ids(r)
	slices.Sort(out)
	return strings.Join(out, " ")
}
