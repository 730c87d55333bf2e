package index

import (
	"context"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// containing lists words that contain a text: it reads messages that have
// some, until each of the others has been read.
func (a *clusterAsker) containing(ctx context.Context, f Field, text string) ([]string, error) {
	key := factOf{clusterField(f), text}
	if known, ok := a.contained[key]; ok {
		return known, nil
	}
	words := map[string]bool{}
	for range containingTries {
		has := clause{"wildcard": clause{key.field: clause{"value": "*" + text + "*"}}}
		known := []clause{{"terms": clause{key.field: sortedKeys(words)}}}
		answer, err := a.search(ctx, clause{
			"size": containingRead, "track_total_hits": false, "_source": clusterMessage,
			"query": clause{"bool": clause{"filter": []clause{has}, "must_not": known}},
		})
		if err != nil {
			return nil, err
		}
		if err := wordsContaining(answer.Hits.Hits, f, text, words); err != nil {
			return nil, err
		}
		if len(answer.Hits.Hits) < containingRead || len(words) >= len(textFields)*insideWords {
			break
		}
	}
	out := sortedKeys(words)
	out = out[:min(len(out), len(fieldsOf(f))*insideWords)]
	a.contained[key] = out
	return out, nil
}

// Bounds of looking for words that contain a text.
const (
	containingTries = 10
	containingRead  = 20 // messages at a time
)

// wordsContaining adds the words of messages that contain a text.
func wordsContaining(hits []clusterHit, f Field, text string, words map[string]bool) error {
	for _, h := range hits {
		m, err := clusterStoredMessage(archive.ID(h.ID), h.Source.Message)
		if err != nil {
			return err
		}
		said := texts(m)
		for _, field := range fieldsOf(f) {
			for _, stretch := range said[field.field] {
				scan(stretch, func(term string, _ int) {
					if strings.Contains(term, text) {
						words[term] = true
					}
				})
			}
		}
	}
	return nil
}
