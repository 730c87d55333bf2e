package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// question is one query of the mix, in each tool's language. Where a tool
// cannot ask it, its text is empty.
type question struct {
	kind    string
	ours    search.Query
	fts5    string // the MATCH
	from    string // FTS5's bounds of the date; empty for all
	to      string
	newest  bool // newest first, not by relevance
	notmuch string
	mu      string
}

// kinds are what the mix consists of, with parts of a thousand.
var kinds = []struct {
	name string
	part int
	make func(q *question, t text, rnd *rand.Rand)
}{
	{"a word", 220, oneWord}, {"two words", 150, allWords(2)}, {"four words", 80, allWords(4)}, {"phrase", 120, phrase},
	{"NEAR", 60, near}, {"prefix", 60, prefix}, {"fuzzy", 40, fuzzy}, {"in the subject", 60, inSubject},
	{"date range", 80, dates}, {"newest first", 60, newest}, {"a word most messages have", 50, common}, {"a word that none has", 20, unknown},
}

// text is a message to take words from.
type text struct {
	words, subject []string
	month          string // "2004-03"
}

var wordOf = regexp.MustCompile(`[a-z]{3,}`)

// questions makes a mix of n queries from words of the archive's messages, the
// same for the same archive.
func (b *bench) questions(n int) ([]question, error) {
	texts, err := b.sample(2000)
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(7, 9))
	var out []question
	for _, k := range kinds {
		for range max(1, k.part*n/1000) {
			q := question{kind: k.name}
			k.make(&q, texts[rnd.IntN(len(texts))], rnd)
			q.ours.Limit = 10
			out = append(out, q)
		}
	}
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out, nil
}

// sample takes about n messages with some words, evenly.
func (b *bench) sample(n int) ([]text, error) {
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	total, _, err := b.count()
	if err != nil {
		return nil, err
	}
	var out []text
	i := 0
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return nil, err
		}
		if i++; i%max(1, total/n) > 0 || m.Date.IsZero() {
			continue
		}
		t := text{words: lowerWords(m.Body), subject: lowerWords(m.Subject), month: m.Date.UTC().Format("2006-01")}
		if len(t.words) >= 8 && len(t.subject) > 0 {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no message of %s has words enough", b.data)
	}
	return out, nil
}

// lowerWords leaves out the words that are operators to some tool.
func lowerWords(s string) []string {
	words := wordOf.FindAllString(strings.ToLower(s), 2000)
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains([]string{"and", "not", "near", "adj", "xor"}, w) })
}

// say asks all tools the same where their languages agree.
func (q *question) say(ours, fts5, mua string) {
	q.ours.Text, q.fts5, q.notmuch, q.mu = ours, fts5, mua, mua
}

func oneWord(q *question, t text, rnd *rand.Rand) {
	w := t.words[rnd.IntN(len(t.words))]
	q.say(w, quoted(w), w)
}

func allWords(n int) func(*question, text, *rand.Rand) {
	return func(q *question, t text, rnd *rand.Rand) {
		var words, exact []string
		for range n {
			w := t.words[rnd.IntN(len(t.words))]
			words, exact = append(words, w), append(exact, quoted(w))
		}
		q.say(strings.Join(words, " "), strings.Join(exact, " AND "), strings.Join(words, " and "))
	}
}

func quoted(s string) string { return `"` + s + `"` }

func phrase(q *question, t text, rnd *rand.Rand) {
	i := rnd.IntN(len(t.words) - 2)
	p := quoted(strings.Join(t.words[i:i+2+rnd.IntN(2)], " "))
	q.say(p, p, p)
}

// near: mu has no such operator.
func near(q *question, t text, rnd *rand.Rand) {
	i := rnd.IntN(len(t.words) - 4)
	a, b := t.words[i], t.words[i+3]
	q.say(a+" NEAR/5 "+b, fmt.Sprintf(`NEAR(%s %s, 5)`, quoted(a), quoted(b)), a+" NEAR/5 "+b)
	q.mu = ""
}

func prefix(q *question, t text, rnd *rand.Rand) {
	p := t.words[rnd.IntN(len(t.words))][:3] + "*"
	q.say(p, p, p)
}

// fuzzy: only we know it.
func fuzzy(q *question, t text, rnd *rand.Rand) {
	q.ours.Text = t.words[rnd.IntN(len(t.words))] + "~"
}

func inSubject(q *question, t text, rnd *rand.Rand) {
	w := t.subject[rnd.IntN(len(t.subject))]
	q.say("subject:"+w, "subject : "+quoted(w), "subject:"+w)
}

func dates(q *question, t text, rnd *rand.Rand) {
	oneWord(q, t, rnd)
	q.from, q.to = t.month+"-01", t.month+"-28"
	q.ours.Text += " date:" + q.from + ".." + q.to
	q.notmuch += " and date:" + q.from + ".." + q.to
	q.mu += " and date:" + strings.ReplaceAll(q.from+".."+q.to, "-", "")
}

func newest(q *question, t text, rnd *rand.Rand) {
	oneWord(q, t, rnd)
	q.newest, q.ours.Sort = true, search.ByDateDesc
}

func common(q *question, _ text, rnd *rand.Rand) {
	w := []string{"the", "is", "to", "for", "of"}[rnd.IntN(5)]
	q.say(w, quoted(w), w)
}

func unknown(q *question, t text, rnd *rand.Rand) {
	w := t.words[rnd.IntN(len(t.words))] + "qzx" + t.words[rnd.IntN(len(t.words))][:2]
	q.say(w, quoted(w), w)
}
