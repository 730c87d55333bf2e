package search_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests name zones, and not every machine has them

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// in reads queries in a zone that is never the machine's by accident.
var in = &search.Options{
	Location: mustZone("America/New_York"),
	Now:      func() time.Time { return time.Date(2022, 6, 17, 3, 30, 0, 0, time.UTC) }, // it is still the 16th, a Thursday
}

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, in.Location) }

func word(s string) index.Word { return index.Word{Text: s} }

func phrase(s string) index.Phrase   { return index.Phrase{Text: s} }
func from(s string) index.Word       { return index.Word{Field: index.FieldFrom, Text: s} }
func and(q ...index.Query) index.And { return q }
func or(q ...index.Query) index.Or   { return q }
func not(q index.Query) index.Not    { return index.Not{Of: q} }

// parsed are queries and their trees.
var parsed = []struct {
	query string
	want  index.Query
}{
	{"hospital", word("hospital")},
	{"hospital breach", and(word("hospital"), word("breach"))},
	{"hospital AND breach", and(word("hospital"), word("breach"))},
	{"hospital and breach", and(word("hospital"), word("and"), word("breach"))},
	{"a b OR c d", or(and(word("a"), word("b")), and(word("c"), word("d")))},
	{"a (b OR c) d", and(word("a"), or(word("b"), word("c")), word("d"))},
	{"(a b) (c)", and(word("a"), word("b"), word("c"))},
	{"a OR (b OR c)", or(word("a"), word("b"), word("c"))},
	{`"data breach"`, phrase("data breach")},
	{"\"data\n\t breach \"", phrase("data breach")},
	{"“data breach” „x”", and(phrase("data breach"), phrase("x"))},
	{"-a", not(word("a"))},
	{"NOT a", not(word("a"))},
	{"a NOT b", and(word("a"), not(word("b")))},
	{"a AND NOT b", and(word("a"), not(word("b")))},
	{"a OR -b", or(word("a"), not(word("b")))},
	{"NOT NOT a", word("a")},
	{"NOT (NOT a)", word("a")},
	{`-"a b" -(a OR b) -from:x`, and(not(phrase("a b")), not(or(word("a"), word("b"))), not(from("x")))},
	{"multi-factor", word("multi-factor")},
	{"a - b – c --help", and(word("a"), word("-"), word("b"), word("–"), word("c"), word("--help"))},
	{"from:alice", from("alice")},
	{"From:alice", from("alice")},
	{"from: alice", from("alice")},
	{`from:"alice smith"`, index.Phrase{Field: index.FieldFrom, Text: "alice smith"}},
	{"from:(alice OR -bob)", or(from("alice"), not(from("bob")))},
	{"from:AND", from("AND")},
	{"list:\"a b\"", index.Word{Field: index.FieldList, Text: "a b"}},
	{"mid:<1@x>", index.Word{Field: index.FieldMessageID, Text: "1@x"}},
	{"url:https://x.org/a?b=c", index.Word{Field: index.FieldURL, Text: "https://x.org/a?b=c"}},
	{"subject:foo:bar", index.Word{Field: index.FieldSubject, Text: "foo:bar"}},
	{"*", index.All{}},
	{"after:2021", index.DateRange{After: day(2021, 1, 1)}},
	{"before:2021", index.DateRange{Before: day(2021, 1, 1)}},
	{"date:2021", index.DateRange{After: day(2021, 1, 1), Before: day(2022, 1, 1)}},
	{"date:2021-03", index.DateRange{After: day(2021, 3, 1), Before: day(2021, 4, 1)}},
	{"date:2021-3-5", index.DateRange{After: day(2021, 3, 5), Before: day(2021, 3, 6)}},
	{"date:2020..2021-03", index.DateRange{After: day(2020, 1, 1), Before: day(2021, 4, 1)}},
	{"date:2020..", index.DateRange{After: day(2020, 1, 1)}},
	{"date:..2020", index.DateRange{Before: day(2021, 1, 1)}},
	{"after:2021-03-05T12:00:00+01:00", index.DateRange{After: time.Date(2021, 3, 5, 11, 0, 0, 0, time.UTC)}},
	{"date:20210305", index.DateRange{After: day(2021, 3, 5), Before: day(2021, 3, 6)}},
	{"d:20210305..20210306", index.DateRange{After: day(2021, 3, 5), Before: day(2021, 3, 7)}},
	{"dt:20210305120000..", index.DateRange{After: time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC)}},
	{"after:@1614952800", index.DateRange{After: time.Unix(1614952800, 0)}},
	{"after: yesterday", index.DateRange{After: day(2022, 6, 15)}},
	{`date:"3 months ago"..yesterday`, index.DateRange{After: day(2022, 3, 16), Before: day(2022, 6, 16)}},
	{`date:"3 months ago..yesterday"`, index.DateRange{After: day(2022, 3, 16), Before: day(2022, 6, 16)}},
	{"thread:{date:today}", index.InThread{Of: index.DateRange{After: day(2022, 6, 16), Before: day(2022, 6, 17)}}},

	{"ransom*", index.Prefix{Text: "ransom"}},
	{"from:ali* x", and(index.Prefix{Field: index.FieldFrom, Text: "ali"}, word("x"))},
	{"10.1.*", index.Prefix{Text: "10.1."}},
	{"個*", index.Prefix{Text: "個"}},
	{"list:bre*", index.Prefix{Field: index.FieldList, Text: "bre"}},
	{"host:exam*", index.Prefix{Field: index.FieldHost, Text: "exam"}},
	{"smith~", index.Fuzzy{Text: "smith", Edits: 1}},
	{"hosptal~", index.Fuzzy{Text: "hosptal", Edits: 2}},
	{"subject:(hosptal~1 OR =x)", or(index.Fuzzy{Field: index.FieldSubject, Text: "hosptal", Edits: 1}, index.Word{Field: index.FieldSubject, Text: "x", Exact: true})},
	{"=seen", index.Word{Text: "seen", Exact: true}},
	{"=multi-factor", index.Word{Text: "multi-factor", Exact: true}},
	{`="data breach"`, index.Phrase{Text: "data breach", Exact: true}},
	{`from:="alice smith"`, index.Phrase{Field: index.FieldFrom, Text: "alice smith", Exact: true}},
	{"NOT =seen", not(index.Word{Text: "seen", Exact: true})},

	{"a NEAR/3 b", index.Near{Parts: []index.Query{word("a"), word("b")}, Distance: 3}},
	{"a ADJ/3 b", index.Near{Parts: []index.Query{word("a"), word("b")}, Distance: 3, Ordered: true}},
	{"x a NEAR/3 b NEAR/5 c y", and(word("x"), index.Near{Parts: []index.Query{word("a"), word("b"), word("c")}, Distance: 5}, word("y"))},
	{"a NEAR/3 b OR c", or(index.Near{Parts: []index.Query{word("a"), word("b")}, Distance: 3}, word("c"))},
	{"-a NEAR/3 b NEAR/3 c", not(index.Near{Parts: []index.Query{word("a"), word("b"), word("c")}, Distance: 3})},
	{"a NEAR/3 b AND c", and(index.Near{Parts: []index.Query{word("a"), word("b")}, Distance: 3}, word("c"))},
	{`(a OR "b c") NEAR/3 d*e`, index.Near{Parts: []index.Query{or(word("a"), phrase("b c")), word("d*e")}, Distance: 3}},
	{"from:(a NEAR/3 b)", index.Near{Parts: []index.Query{from("a"), from("b")}, Distance: 3}},
	{"from:a NEAR/3 from:b", index.Near{Parts: []index.Query{from("a"), from("b")}, Distance: 3}},
	{"from:NEAR/3 near", and(from("NEAR/3"), word("near"))},

	{"thread:{a OR from:b}", index.InThread{Of: or(word("a"), from("b"))}},
	{"thread:{a}b", and(index.InThread{Of: word("a")}, word("b"))},
	{"thread:{a thread:{b} c}", index.InThread{Of: and(word("a"), index.InThread{Of: word("b")}, word("c"))}},
	{"thread:{x(y)z}", index.InThread{Of: and(word("x"), word("y"), word("z"))}},
	{"from:(a) {x} }", and(from("a"), word("{x}"), word("}"))},

	{"host:Example.COM", index.Word{Field: index.FieldHost, Text: "example.com"}},
	{"host:https://x.example.org/a", index.Word{Field: index.FieldHost, Text: "x.example.org"}},
	{"host:*.example.org", index.Word{Field: index.FieldHost, Text: "example.org"}},
	{"has:links", index.Word{Field: index.FieldHas, Text: "link"}},
	{"has:(attachment OR CVE)", or(index.Word{Field: index.FieldHas, Text: "attachment"}, index.Word{Field: index.FieldHas, Text: "cve"})},
	{"is:Reply", index.Word{Field: index.FieldIs, Text: "reply"}},
	{"lang:German lang:pt-BR", and(index.Word{Field: index.FieldLang, Text: "de"}, index.Word{Field: index.FieldLang, Text: "pt"})},
	{"cve:2021-3156", word("CVE-2021-3156")},
	{"CVE:cve-2021-3156", word("CVE-2021-3156")},
	{"cve:2021", index.Prefix{Text: "CVE-2021-"}},
	{"cve:2021-31*", index.Prefix{Text: "CVE-2021-31"}},

	{"f:alice s:x nq:y id:<1@x>", and(from("alice"), index.Word{Field: index.FieldSubject, Text: "x"}, index.Word{Field: index.FieldBody, Text: "y"}, index.Word{Field: index.FieldMessageID, Text: "1@x"})},
	{"-date:2021", not(index.DateRange{After: day(2021, 1, 1), Before: day(2022, 1, 1)})},
}

func TestParse(t *testing.T) {
	for _, c := range parsed {
		t.Run(c.query, func(t *testing.T) {
			got, err := search.Parse(c.query, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
			again, err := search.Parse(search.Format(got), in)
			if err != nil {
				t.Fatalf("%s: %v", search.Format(got), err)
			}
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("%s is another tree (-want +got):\n%s", search.Format(got), diff)
			}
		})
	}
}

// TestB3PastedTextIsText holds that text with colons is neither an error nor a
// field, as it is in bleve's query strings.
func TestB3PastedTextIsText(t *testing.T) {
	for _, text := range []string{
		"http://x", "https://en.wikipedia.org/wiki/Foo_(bar)", "hxxps://evil.example/a", `C:\x`, `c:\windows\x.exe`,
		"12:30", "Re:", "re: [list] x", "RE:x", "AW: x", "Note: x", "note: x", "localhost:8080", "std::string", "fe80::1", "10.1.2.3:80",
		"mailto:a@b.example", "a@b.example:", ":-", "::", "x:", ":x", "eval()", "C++", "it's", "a/b", "&", "[x]", "{x}", "100%", "~/x", "^x", "x^2",
		`\\host\share`, "+a", "*bold*", "=", "?", "who?", "ab:cd:ef", "Warning:x", "CVE-2024-3400:", "subject:", "from: OR b", "x (from:)", "Date: Fri, 5 Mar 2021 10:00:00 +0000", "Date: Mon Nov 23 15:35:00 UTC 2026",
		"#19 0xb61b3241 in applySettings ()", "thanks :)", "sad :-( ;-) :(", "foo (x=1, y=0x0) at foo.c:12",
		"alice@example.org", "<alice@example.org>", `d:\x`, `s:\temp\x.log`, `C:\src\*`, `\\?\C:\x`, "s: x", "d:", "The problem is: x", "It has: x", "Host: example.com", "cve: x",
		"x -= 5", "a == b", "=>", "== x ==", "x = y", "a ~ b", "~x", "x~y", "**", "*x", "x**", "char **p", "near/3", "NEARBY", "NEAR-EARTH", "{x}", "${HOME}", "thread: {x}", "x{y}z", "fn() { return }",
		"at com.example.Foo.bar(Foo.java:42)", "panic: runtime error: index out of range [5] with length 3", "goroutine 1 [running]:", "main.main()", "/usr/src/x.go:12 +0x1d", "0x00007fff5fbff8c0", "java.lang.NullPointerException: null",
		"Traceback (most recent call last):", "std::vector<int>::at(unsigned long)", "https://x.example/?a=b&c={d}#e=*", "key=value", "--flag=value", "a=b*c", "#1 0x0 in foo (x=1) at foo.c:12",
	} {
		t.Run(text, func(t *testing.T) {
			q, err := search.Parse("a "+text, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, leaf := range leaves(q) {
				if w, ok := leaf.(index.Word); !ok || w.Field != index.FieldAny {
					t.Errorf("%#v is not a word of any field", leaf)
				}
			}
		})
	}
}

// leaves returns the words, phrases and dates of a tree.
func leaves(q index.Query) (out []index.Query) {
	todo := []index.Query{q}
	for len(todo) > 0 {
		q, todo = todo[0], todo[1:]
		switch q := q.(type) {
		case index.And:
			todo = append(todo, q...)
		case index.Or:
			todo = append(todo, q...)
		case index.Not:
			todo = append(todo, q.Of)
		default:
			out = append(out, q)
		}
	}
	return out
}

// syntaxErrors are queries that are none, with what is said of them.
var syntaxErrors = []struct {
	query string
	pos   int
	msg   string
	hint  string
}{
	{"", 0, "nothing to search for", "* for every message"},
	{" \t", 0, "nothing to search for", "* for every message"},
	{`a "b c`, 2, "never closed", `add the second "`},
	{`ä “b`, 3, "never closed", `add the second "`},
	{`a ""`, 2, "nothing between these quotation marks", "take them away"},
	{"a (b", 2, "never closed", "add the )"},
	{"a b)", 3, "closes nothing", "add the ( that is missing"},
	{"a ( )", 2, "nothing between these parentheses", "take them away"},
	{"from:()", 5, "nothing between these parentheses", "take them away"},
	{"AND", 0, "AND needs something on both sides", `"and" in small letters`},
	{"a OR", 2, "OR needs something on both sides", `"or" in small letters`},
	{"OR a", 0, "OR needs", "small letters"},
	{"a (OR b)", 3, "OR needs", "small letters"},
	{"a OR AND b", 2, "OR needs", "small letters"},
	{"NOT", 0, "nothing behind it to exclude", `"not" in small letters`},
	{"a (NOT)", 3, "nothing behind it to exclude", `"not" in small letters`},
	{"subjct:x", 0, "no field subjct:", "did you mean subject:?"},
	{"a form:x", 2, "no field form:", "did you mean from:?"},
	{"sender:x", 0, "no field sender:", "did you mean from:?"},
	{"since:2021", 0, "no field since:", "did you mean after:?"},
	{"to:bob", 0, "no field to:", "lists do not keep"},
	{"colour:red", 0, "no field colour:", `write "colour:red" to search for it as text`},
	{`colour:"a b"`, 0, "no field colour:", "space behind the colon"},
	{"after:yesterdy", 6, `"yesterdy" is no date`, "did you mean yesterday?"},
	{"after: yesterdy", 7, `"yesterdy" is no date`, "did you mean yesterday?"},
	{"after:last", 6, `"last" is no date`, "last.month"},
	{"after:3/5/2021", 6, "may be one of two days", "2021-03-05 or 2021-05-03"},
	{"after:13/5/2021", 6, "is no date", "write 2021-05-13"},
	{"after:30.feb.2021", 6, "is no date", "2021-03-05"},
	{"after:9999.years.ago", 6, "is no date", "2021-03-05"},
	{"date:2w", 5, "is a length of time", "date:2w.. for the time since then"},
	{"date:2021-13", 5, "2021 has no month 13", "2021-03-05"},
	{"date:2021-02-29", 5, "February 2021 has no day 29", "2021-03-05"},
	{"date:2022..2021", 5, "ends before it begins", "earlier date first"},
	{"date:..", 5, "has no date", "2021-03-05"},
	{"after:(2021 OR 2022)", 6, "takes one date", "2021-03-05"},
	{"subject:(a from:b)", 11, "from: stands inside the parentheses of subject:", "close those parentheses"},
	{"x a*", 2, "a* stands for too many words", "two letters"},
	{"subject:a*", 8, "a* stands for too many words", "two letters"},
	{"ab~", 0, "ab~ stands for too many words", "three letters"},
	{"HEAD~3", 0, "differ by 1 or 2 letters", "quotation marks"},
	{"hosp~12", 0, "differ by 1 or 2 letters", "hosp~1 or hosp~2"},
	{"a NEAR b", 2, "NEAR needs a number", "write NEAR/10"},
	{"a ADJ b", 2, "ADJ needs a number", `"adj" in small letters`},
	{"a NEAR/ b", 2, "NEAR/ needs a number", "write NEAR/10"},
	{"a NEAR/0 b", 2, "from 1 to 1000", "write NEAR/10"},
	{"a NEAR/1001 b", 2, "from 1 to 1000", "write NEAR/10"},
	{"a NEAR/3", 2, "NEAR/3 needs a word or a phrase on both sides", "small letters"},
	{"NEAR/3 a", 0, "NEAR/3 needs a word", "small letters"},
	{"a OR NEAR/3 b", 5, "NEAR/3 needs a word", "small letters"},
	{"a NEAR/3 OR b", 2, "NEAR/3 needs a word", "small letters"},
	{"a NEAR/3 NEAR/3 b", 9, "NEAR/3 needs a word", "small letters"},
	{"a NEAR/3 -b", 2, "NEAR/3 needs a word", "small letters"},
	{"(a NEAR/3)", 3, "NEAR/3 needs a word", "small letters"},
	{"a NEAR/3 thread:{b}", 2, "NEAR/3 needs a word", "small letters"},
	{"a NEAR/3 after:2021", 2, "NEAR/3 joins words and phrases", "AND"},
	{"(a b) NEAR/3 c", 6, "NEAR/3 joins words and phrases", "AND"},
	{"(a NEAR/3 b) NEAR/3 c", 13, "NEAR/3 joins words and phrases", "AND"},
	{"list:a NEAR/3 list:b", 7, "NEAR/3 joins words and phrases", "AND"},
	{"from:a NEAR/3 b", 7, "NEAR/3 joins words of one field", "subject:(data NEAR/3 breach)"},
	{"a NEAR/3 b ADJ/3 c", 11, "NEAR and ADJ stand in one chain", "use one of them"},
	{"a" + strings.Repeat(" NEAR/3 a", 8), 65, "more than 8 words are joined by NEAR", "words that matter"},
	{"thread:{a", 7, "this brace is never closed", "add the }"},
	{"thread:{}", 7, "nothing between these braces", "take them away"},
	{"thread:{(a}", 8, "this parenthesis is never closed", "add the )"},
	{"thread:{a)}", 7, "this brace is never closed", "add the }"},
	{"thread:{a OR}", 10, "OR needs", "small letters"},
	{`thread:"{a}"`, 7, "braces without quotation marks", "thread:{ and }"},
	{"subject:(thread:{a})", 9, "thread: stands inside the parentheses of subject:", "close those"},
	{strings.Repeat("thread:{", 6) + "a" + strings.Repeat("}", 6), 39, "more than 4 times for threads", "words that matter"},
	{strings.Repeat("aa* ", 17), 64, "more than 16 words with * or ~", "words that matter"},
	{"has:pictures", 4, "has:pictures is nothing", "attachment or binary or cve or html or link"},
	{"is:(a)", 4, "is:a is nothing", "reply or starter"},
	{"lang:klingon", 5, `"klingon" is no language`, "lang:de"},
	{"cve:log4shell", 4, "is no number of a vulnerability", "cve:2021-44228"},
	{"cve:2021~", 4, "is no number of a vulnerability", "cve:2021-44228"},
	{`host:"a b"`, 5, "is no name of a host", "host:example.com"},
	{strings.Repeat("(", 1<<20), 0, "1048576 bytes", "16384"},
	{strings.Repeat("(", 40) + "a" + strings.Repeat(")", 40), 32, "too many parentheses", "32"},
	{strings.Repeat("a ", 300), 512, "more than 256 words", "words that matter"},
	{strings.Repeat("a", 20000), 0, "20000 bytes", "16384"},
}

// TestSyntaxErrors holds that each mistake has a place and a message of its
// own, and a way out.
func TestSyntaxErrors(t *testing.T) {
	for _, c := range syntaxErrors {
		t.Run(c.query[:min(len(c.query), 30)], func(t *testing.T) {
			_, err := search.Parse(c.query, in)
			var bad *search.SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("error is %v, want a *SyntaxError", err)
			}
			if bad.Pos != c.pos || bad.Query != c.query {
				t.Errorf("position %d of %q, want %d of %q", bad.Pos, bad.Query, c.pos, c.query)
			}
			if !strings.Contains(bad.Msg, c.msg) || !strings.Contains(bad.Hint, c.hint) {
				t.Errorf("says %q: %q, want %q: %q", bad.Msg, bad.Hint, c.msg, c.hint)
			}
			if !strings.Contains(bad.Error(), bad.Msg) || !strings.Contains(bad.Error(), bad.Hint) {
				t.Errorf("Error() leaves something out: %s", bad)
			}
		})
	}
}

// TestFormatOtherTrees holds that Format writes something readable for trees
// that Parse cannot give.
func TestFormatOtherTrees(t *testing.T) {
	for _, c := range []struct {
		tree index.Query
		want string
	}{
		{word("two words"), `"two words"`},
		{word("AND"), `"AND"`},
		{word("from:x"), `"from:x"`},
		{index.Phrase{Text: `a "b" c`}, `"a b c"`},
		{index.And{}, "*"},
		{index.Or{}, "NOT *"},
		{index.DateRange{}, "*"},
		{index.Or{index.And{word("a"), word("b")}, word("c")}, "(a b) OR c"},
	} {
		if got := search.Format(c.tree); got != c.want {
			t.Errorf("%#v is %s, want %s", c.tree, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`a "b c" -d (e OR f) NOT g`, `from:(a OR "b c") -list:x`, "after:2021-03 date:2020..2021 before:2021-01-01T00:00:00Z",
		"thread:{a NEAR/3 (b OR c*) -x~} ADJ/2 = =y =\"z\" host:x.y cve:2021 has:link", "date:\"3 months ago\"..last.week after:2h before:@5 d:mon date:mar.2020", "s:x -f:(y* z~1) thread:{thread:{is:reply} lang:de}",
		"http://x/(y) eval() C:\\x", "from: date: Mon, \xff\x00", "“x” * -* mid:<<a>>", "date:..2018-11-04",
	} {
		f.Add(s, 0)
		f.Add(s, 1)
	}
	zones := []*search.Options{in, {Location: mustZone("America/Sao_Paulo"), Now: in.Now}, {Location: time.UTC, Now: in.Now}, {Location: mustZone("Asia/Kathmandu"), Now: in.Now}}
	f.Fuzz(func(t *testing.T, query string, zone int) {
		opts := zones[uint(zone)%uint(len(zones))]
		q, err := search.Parse(query, opts)
		if err != nil {
			var bad *search.SyntaxError
			if !errors.As(err, &bad) || bad.Pos < 0 || bad.Pos > len(query) || bad.Msg == "" || bad.Hint == "" || bad.Error() == "" {
				t.Fatalf("%q: poor error %#v", query, err)
			}
			return
		}
		text := search.Format(q)
		again, err := search.Parse(text, opts)
		if err != nil {
			if len(text) > 16<<10 {
				return
			}
			t.Fatalf("%q became %q: %v", query, text, err)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Fatalf("%q became %q (-want +got):\n%s", query, text, diff)
		}
	})
}
