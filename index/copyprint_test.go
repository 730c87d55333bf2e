package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
)

// printOf makes the copyPrint of one message.
func printOf(m *archive.Message) copyPrint {
	b := newBuilder()
	b.addMessage(m)
	return b.copies.print(m)
}

// prose makes n words that no other seed makes in that order.
func prose(seed uint64, n int) string {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var words []string
	for range n {
		words = append(words, fmt.Sprintf("w%c%c", 'a'+rnd.IntN(26), 'a'+rnd.IntN(26)))
	}
	return strings.Join(words, " ")
}

func mailOf(from, subject, body string) *archive.Message {
	return &archive.Message{ID: "x", FromName: from, Subject: subject, BaseSubject: strings.ToLower(subject), Body: body}
}

// isCopy tells whether two messages are found to be copies: by a key, and by
// what the keys lead to.
func isCopy(a, b *archive.Message) bool {
	p, q := printOf(a), printOf(b)
	shared := false
	for _, k := range p.keys() {
		for _, l := range q.keys() {
			shared = shared || k == l
		}
	}
	return shared && p.same(q) && q.same(p)
}

func TestCopies(t *testing.T) {
	article := prose(1, 600)
	plain := mailOf("Ann", "Retailer fined", article)
	with := func(m *archive.Message, as ...archive.Attachment) *archive.Message { m.Attachments = as; return m }
	report := func(number, day string) *archive.Message {
		return mailOf("cron", "r"+number, "Committed "+number+" at "+day+" "+prose(2, 80))
	}
	cases := []struct {
		name string
		a, b *archive.Message
		want bool
	}{
		{"the same words", plain, mailOf("Ann", "Retailer fined", article), true},
		{"wrapped otherwise", plain, mailOf("Ann", "Retailer fined", strings.ReplaceAll(article, " w", "\n W")), true},
		{"under another subject by another person", plain, mailOf("Bob", "FW: news", article), true},
		{"with a line above it, under another subject", plain, mailOf("Bob", "News", "Seen on the wire this morning, by our staff:\n"+article), true},
		{"with other words in a few places", plain, mailOf("Bob", "News", strings.NewReplacer("waa", "w", "wbb", "w").Replace(article)), true},
		{"half of it", plain, mailOf("Bob", "News", article[:len(article)/2]), false},
		{"another text", plain, mailOf("Ann", "Retailer fined", prose(3, 600)), false},
		{"sent again with an apology", plain, mailOf("Ann", "retailer fined", "Sorry, again without HTML.\n"+article), true},
		{"answered by somebody who quotes without marks", plain, mailOf("Bob", "Retailer fined", "I agree.\n"+article), false},
		{"two states of one report", mailOf("bugs", "Bug 7", "Status: open "+prose(4, 90)+" resolution none"), mailOf("bugs", "Bug 7", "Status: closed "+prose(4, 90)+" resolution none"), false},
		{"reports that differ in their numbers", report("2617", "20:38"), report("2711", "21:40"), false},
		{"short and the same", mailOf("Ann", "Lunch", "Thanks!"), mailOf("Ann", "Lunch", "thanks"), true},
		{"short, from two people", mailOf("Ann", "Lunch", "Thanks!"), mailOf("Bob", "Lunch", "Thanks!"), false},
		{"short, under two subjects", mailOf("Ann", "Lunch", "Thanks!"), mailOf("Ann", "Dinner", "Thanks!"), false},
		{"short, from nobody", mailOf("", "Lunch", "Thanks!"), mailOf("", "Lunch", "Thanks!"), false},
		{"nothing said", mailOf("Ann", "Lunch", ""), mailOf("Ann", "Lunch", ""), false},
		{"the article in an attachment", with(mailOf("Ann", "Retailer fined", ""), archive.Attachment{Kind: "html", Text: article}), mailOf("Bob", "News", article), true},
		{"short, with two files", with(mailOf("Ann", "Table", "See the file."), archive.Attachment{Kind: "binary", Name: "a.ods", Size: 10}),
			with(mailOf("Ann", "Table", "See the file."), archive.Attachment{Kind: "binary", Name: "a.ods", Size: 11}), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := isCopy(c.a, c.b); got != c.want {
				t.Errorf("copies: %t, want %t", got, c.want)
			}
		})
	}
}

// TestPrintsAreSevenBits matters because values of documents end with 0xff.
func TestPrintsAreSevenBits(t *testing.T) {
	for i := range uint64(200) {
		p := printOf(mailOf("Ann", fmt.Sprint(i), prose(i, int(i))))
		for _, c := range []byte(p) {
			if c > 0x7f {
				t.Fatalf("print %q of %d words", p, i)
			}
		}
	}
}

// TestUniqueHashes wants each hash once, whatever their number and order.
func TestUniqueHashes(t *testing.T) {
	var c copyPrinter
	for n := range 200 {
		var hashes []uint64
		for i := range n {
			hashes = append(hashes, mix(uint64(i%(n/2+1)+1)), uint64(i%3)+1)
		}
		want := slices.Compact(slices.Sorted(slices.Values(hashes)))
		got := slices.Sorted(slices.Values(c.unique(hashes)))
		if !slices.Equal(got, want) {
			t.Fatalf("of %d: %d, want %d", 2*n, len(got), len(want))
		}
	}
}
