package index

import (
	"context"
	"slices"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// nearness adds to the score of messages that have the words of a query close
// together in their own text: there, they are about one thing.
type nearness struct {
	ctx   context.Context
	words []nearWord
	most  float64 // what it can add at most

	// Of the document looked at last:
	shortest uint64  // its window
	inOrder  float64 // the part of the words that stand there as in the query
}

// nearWord is one word of the query with where it stands in the body.
type nearWord struct {
	text   string // folded
	forms  []*termPostings
	idf    float64
	all    []uint64 // in the document looked at
	places []uint64 // those of them that window has still to look at
}

// nearBoost is what words next to each other add, in parts of their IDF. Words
// a paragraph apart add half of it.
const (
	nearBoost = 2.0
	paragraph = 50.0 // words
	orderPart = 0.02 // of the bonus, for words in the query's order: it decides where little else does
	nearWords = 32   // of a query that are looked at; a pasted text has more, and it takes words times places
)

// nearWord opens what is needed to tell how near a word is to others.
func (c *compiler) nearWord(q Word, m matcher) error {
	scored, ok := m.(*wordMatcher)
	if a, is := m.(*apartMatcher); is {
		scored, ok = a.whole, true
	}
	if !ok || q.Field != FieldAny && q.Field != FieldBody {
		return nil
	}
	text := foldRun(q.Text)
	again := slices.ContainsFunc(c.near.words, func(w nearWord) bool { return w.text == text })
	if again || len(c.near.words) == nearWords {
		return nil
	}
	c.near.words = append(c.near.words, nearWord{text: text, idf: scored.idf})
	c.near.most += nearBoost * (1 + orderPart) * scored.idf
	return c.openNear(&c.near.words[len(c.near.words)-1], q)
}

func (c *compiler) openNear(word *nearWord, q Word) error {
	for _, form := range c.withStems(FieldBody, q.expand()(q.Text)) {
		if len(form) > 1 {
			continue
		}
		if c.leaves++; c.leaves > maxLeaves {
			return ErrTooComplex
		}
		p, err := c.openTerm(c.ctx, FieldBody, form[0], true)
		if err != nil {
			return err
		}
		if p != nil {
			word.forms = append(word.forms, p)
		}
	}
	return nil
}

// bonus is what the nearness of the words in a document adds to its score.
func (n *nearness) bonus(s *snapshot, doc uint64) (float64, error) {
	found, sum := 0, 0.0
	for i := range n.words {
		w := &n.words[i]
		w.read(s, doc)
		if len(w.places) > 0 {
			found++
			sum += w.idf
		}
	}
	if found < 2 {
		return 0, nil
	}
	if err := pace.Spend(n.ctx, n.window()); err != nil {
		return 0, err
	}
	return nearBoost * (1 + orderPart*n.inOrder) * sum / (1 + float64(n.shortest)/paragraph), nil
}

// read finds the places of a word in a document.
func (w *nearWord) read(s *snapshot, doc uint64) {
	w.all = w.all[:0]
	for _, p := range w.forms {
		if at := p.find(s, doc); at != nil {
			w.all = at.appendPlaces(w.all)
		}
	}
	if len(w.forms) > 1 {
		slices.Sort(w.all)
	}
	w.places = w.all
}

// window finds the shortest stretch that has each word that the document has.
// It moves the word that stands first, until one has no more places, and returns
// how many it has looked at.
func (n *nearness) window() (steps int) {
	n.shortest, n.inOrder = noDoc, 0
	for {
		steps += len(n.words)
		first, last := -1, uint64(0)
		for i, w := range n.words {
			if len(w.places) == 0 {
				continue
			}
			if first < 0 || w.places[0] < n.words[first].places[0] {
				first = i
			}
			last = max(last, w.places[0])
		}
		w := &n.words[first]
		if length := last - w.places[0] + 1; length < n.shortest {
			n.shortest, n.inOrder = length, n.order()
		} else if length == n.shortest {
			n.inOrder = max(n.inOrder, n.order())
		}
		if len(w.places) == 1 {
			return steps
		}
		w.places = w.places[1:]
	}
}

// order is the part of the words that stand behind the one that is before them
// in the query.
func (n *nearness) order() float64 {
	after, pairs, last := 0, -1, uint64(0)
	for _, w := range n.words {
		if len(w.places) == 0 {
			continue
		}
		if pairs++; pairs > 0 && w.places[0] > last {
			after++
		}
		last = w.places[0]
	}
	return float64(after) / float64(max(pairs, 1))
}
