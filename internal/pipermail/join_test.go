package pipermail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// joinCase is an index and a text file, in short.
type joinCase struct {
	rows  []Row
	texts []string
}

var joinStart = time.Date(2010, 3, 1, 10, 0, 0, 0, time.UTC)

// indexRow is a row of the index: its number, its subject and author, and its
// instant in seconds after joinStart.
func indexRow(number int, subject, author string, after int) Row {
	return Row{URL: fmt.Sprintf("%s2010-March/%06d.html", contentsURL, number), Number: number, Subject: subject, Author: author, Time: joinStart.Add(time.Duration(after) * time.Second)}
}

// inText is the same message in the text file.
func inText(subject, author, id string, after int, body string) string {
	at := joinStart.Add(time.Duration(after) * time.Second)
	rest := ""
	if id != "" {
		rest = "Message-ID: <" + id + ">\n"
	}
	return oneText("a at b.org", author, at.Format("Mon Jan _2 15:04:05 2006"), at.In(time.FixedZone("", 3600)).Format(time.RFC1123Z), subject, rest, body)
}

// joinedAs shows pairs as "row>message", with the reason for a page, and what
// is without a partner.
func (c joinCase) joinedAs() (pairs, rows, texts string) {
	j := Join(&PeriodIndex{Rows: c.rows}, splitText(strings.Join(c.texts, "")))
	for _, p := range j.Pairs {
		pairs += fmt.Sprintf(" %d>%d", p.Row, p.Text)
		if p.Page != "" {
			pairs += ":" + p.Page
		}
	}
	for _, u := range j.Rows {
		rows += fmt.Sprintf(" %d:%s", u.Index, u.Reason)
	}
	for _, u := range j.Texts {
		texts += fmt.Sprintf(" %d:%s", u.Index, u.Reason)
	}
	return strings.TrimSpace(pairs), strings.TrimSpace(rows), strings.TrimSpace(texts)
}

func TestJoin(t *testing.T) {
	withID := func(r Row, id string) Row { r.MessageID = id; return r }
	noTime := func(r Row) Row { r.Time = time.Time{}; return r }
	ctime := func(s string) string { // P12: Date is the server's clock, without a zone
		before, rest, _ := strings.Cut(s, "Date: ")
		_, after, _ := strings.Cut(rest, "\n")
		sep, _, _ := strings.Cut(before, "\n")
		return before + "Date: " + sep[len("From a at b.org  "):] + "\n" + after
	}
	for _, tt := range []struct {
		name               string
		c                  joinCase
		pairs, rows, texts string
	}{
		{"P8 by the instant, in another order", joinCase{
			[]Row{indexRow(2, "b", "Bob", 60), indexRow(1, "a", "Ann", 0)},
			[]string{inText("a", "Ann", "1@x", 0, "one"), inText("b", "Bob", "2@x", 60, "two")}}, "0>1 1>0", "", ""},
		{"one subject and author, told apart by the second", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "a", "Ann", 1)},
			[]string{inText("a", "Ann", "2@x", 1, "two"), inText("a", "Ann", "1@x", 0, "one")}}, "0>1 1>0", "", ""},
		{"P8 by the Message-ID", joinCase{
			[]Row{withID(noTime(indexRow(1, "a", "Ann", 0)), "1@x"), withID(noTime(indexRow(2, "a", "Ann", 0)), "2@x")},
			[]string{inText("a", "Ann", "2@x", 0, "two"), inText("a", "Ann", "1@x", 0, "one")}}, "0>1 1>0", "", ""},
		{"P13 a Message-ID of two mails", joinCase{
			[]Row{withID(indexRow(1, "a", "Ann", 0), "1@x"), withID(indexRow(2, "b", "Ann", 60), "1@x")},
			[]string{inText("b", "Ann", "1@x", 60, "two"), inText("a", "Ann", "1@x", 0, "one")}}, "0>1 1>0", "", ""},
		{"a Message-ID of a mail with another subject is no pair", joinCase{
			[]Row{withID(indexRow(1, "a", "Ann", 0), "1@x")}, []string{inText("b", "Ann", "1@x", 0, "one")}}, "", "0:no-text", "0:no-row"},
		{"P12 a clock without a zone, off by seconds", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Ann", 60), indexRow(3, "b", "Ann", 3600)},
			[]string{ctime(inText("a", "Ann", "1@x", 7200, "one")), ctime(inText("b", "Ann", "2@x", 7262, "two")), ctime(inText("b", "Ann", "3@x", 10800, "three"))}}, "0>0 1>1 2>2", "", ""},
		{"same subject, author and second: nobody can tell", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "a", "Ann", 0)},
			[]string{inText("a", "Ann", "1@x", 0, "one"), inText("a", "Ann", "2@x", 0, "two")}}, "", "0:ambiguous 1:ambiguous", "0:no-row 1:no-row"},
		{"P10 every message twice", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Bob", 60)},
			[]string{inText("a", "Ann", "1@x", 0, "one"), inText("b", "Bob", "2@x", 60, "two"), inText("a", "Ann", "1@x", 0, "one"), inText("b", "Bob", "2@x", 60, "two")}}, "0>0 1>1", "", "2:copy 3:copy"},
		{"P10 every message twice, and both listed", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(7, "a", "Ann", 0)},
			[]string{inText("a", "Ann", "1@x", 0, "one"), inText("a", "Ann", "1@x", 0, "one")}}, "0>0 1>1", "", ""},
		{"P10 of two copies the one with all its letters", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0)},
			[]string{inText("a", "Ann", "1@x", 0, "d?j? vu"), inText("a", "Ann", "1@x", 0, "d\xe9j\xe0 vu")}}, "0>1", "", "0:copy"},
		{"P9 by the place between two pairs", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), noTime(indexRow(2, "b", "Bob", 0)), indexRow(3, "c", "Cy", 60), noTime(indexRow(4, "b", "Bob", 0))},
			[]string{inText("a", "Ann", "1@x", 0, "one"), inText("b", "Bob", "2@x", 30, "two"), inText("c", "Cy", "3@x", 60, "three"), inText("b", "Bob", "4@x", 90, "four")}}, "0>0 1>1 2>2 3>3", "", ""},
		{"the index is fresher than the text", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Bob", 60)}, []string{inText("a", "Ann", "1@x", 0, "one")}}, "0>0", "1:no-text", ""},
		{"the text is fresher than the index", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0)}, []string{inText("a", "Ann", "1@x", 0, "one"), inText("b", "Bob", "2@x", 60, "two")}}, "0>0:suspect", "", "1:no-row"},
		{"a date of another year is no pair", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0)}, []string{inText("a", "Ann", "1@x", 300*86400, "one")}}, "", "0:ambiguous", "0:no-row"},
		{"P13 without a Message-ID the page is needed", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0)}, []string{inText("a", "Ann", "", 0, "one")}}, "0>0:no-id", "", ""},
		{"letters lost are on the page", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Ann", 60)},
			[]string{inText("a", "Ann", "1@x", 0, "d?j? vu"), inText("b", "Ann", "2@x", 60, "Why? See http://x.org/?q=a and f(?P<x>)")}}, "0>0:lossy 1>1", "", ""},
		{"whether references are characters the page tells", joinCase{
			[]Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Ann", 60)},
			[]string{inText("a", "Ann", "1@x", 0, "&lt;p&gt;"), inText("b", "Ann", "2@x", 60, "R&D; AT&T &nosuch;")}}, "0>0:entities 1>1", "", ""},
		{"P14 encoded, hidden and folded alike", joinCase{
			[]Row{indexRow(1, "Grüße an alle", "ann at example.org", 0)},
			[]string{inText("=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\tan alle", "ann@example.org", "1@x", 0, "one")}}, "0>0", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pairs, rows, texts := tt.c.joinedAs()
			if d := cmp.Diff([]string{tt.pairs, tt.rows, tt.texts}, []string{pairs, rows, texts}); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNeededPages(t *testing.T) {
	index := &PeriodIndex{Rows: []Row{indexRow(1, "a", "Ann", 0), indexRow(2, "b", "Bob", 60), indexRow(3, "c", "Cy", 120)}}
	text := inText("a", "Ann", "1@x", 0, "one") + inText("b", "Bob", "", 60, "two") + inText("c", "Cy", "3@x", 120, strings.Repeat("three\n", 9))
	for _, tt := range []struct {
		name string
		text []byte
		want []string
	}{
		{"plain", []byte(text), []string{index.Rows[1].URL}},
		{"packed", packed(text), []string{index.Rows[1].URL}},
		{"cut off: the last one may lack words", []byte(text[:len(text)-4]), []string{index.Rows[1].URL, index.Rows[2].URL}},
		{"nothing", nil, []string{index.Rows[0].URL, index.Rows[1].URL, index.Rows[2].URL}},
	} {
		needs, err := Needs(index, tt.text)
		var got []string
		for _, n := range needs {
			got = append(got, n.URL)
		}
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", tt.name, err, d)
		}
	}
}

func FuzzJoin(f *testing.F) {
	f.Add(threadRow("0 01267437600.1-", "000001.html", "a", "Ann")+threadRow("0 01267437600.2-", "000002.html", "a", "Ann"), inText("a", "Ann", "1@x", 0, "one")+inText("a", "Ann", "1@x", 0, "one"))
	f.Add(threadRow("0 01267437600/1@x-", "000001.html", "a", "Ann"), ctimeText)
	f.Fuzz(func(t *testing.T, rows, text string) {
		index, err := ParsePeriodIndex(Page{URL: contentsURL + "2010-March/thread.html", Body: []byte(threadHTML(rows))})
		if err != nil {
			return
		}
		messages := splitText(text)
		j := Join(index, messages)
		seenRow, seenText := make([]int, len(index.Rows)), make([]int, len(messages))
		for _, p := range j.Pairs {
			seenRow[p.Row]++
			seenText[p.Text]++
		}
		for _, u := range j.Rows {
			seenRow[u.Index]++
		}
		for _, u := range j.Texts {
			seenText[u.Index]++
		}
		for i, n := range append(seenRow, seenText...) {
			if n != 1 {
				t.Fatalf("item %d stands in the result %d times", i, n)
			}
		}
	})
}

const ctimeText = "From a at b.org  Mon Mar  1 12:00:00 2010\nFrom: a at b.org (Ann)\nDate: Mon Mar  1 12:00:00 2010\nSubject: a\nMessage-ID: <1@x>\n\nx\n"
