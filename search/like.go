package search

import (
	"context"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// How much a message has to share with the one that it is to be like, of what
// the most telling words tell together.
const (
	likePart    = 0.15
	subjectPart = 0.7
)

// alike returns what a Query asks for beside its Text.
func (s *Searcher) alike(ctx context.Context, q Query) (index.And, error) {
	var out index.And
	if q.Like != "" {
		m, err := s.Message(ctx, q.Like)
		if err != nil {
			return nil, err
		}
		out = append(out, index.Like{Text: ownText(m), Part: likePart, Of: m.ID})
	}
	if q.SimilarSubject != "" {
		m, err := s.Message(ctx, q.SimilarSubject)
		if err != nil {
			return nil, err
		}
		thread := index.Word{Field: index.FieldThread, Text: string(m.Thread)}
		out = append(out, index.Like{Field: index.FieldSubject, Text: m.BaseSubject, Part: subjectPart, Of: m.ID}, index.Not{Of: thread})
	}
	return out, nil
}

// ownText is what a message says itself: its subject, its own words, and its
// attachments.
func ownText(m *archive.Message) string {
	parts := append([]string{m.BaseSubject}, m.Own()...)
	for _, a := range m.Attachments {
		parts = append(parts, a.Text)
	}
	return strings.Join(parts, "\n")
}

// likeTerms are the words to mark in what is like a message.
func likeTerms(words []string) []term {
	var out []term
	for _, w := range words {
		out = append(out, term{forms: index.Expand(w)})
	}
	return out
}
