package index

import (
	"context"
	"fmt"
	"iter"
	"testing"
)

// OpenTestCluster is testCluster, for tests outside of the package.
func OpenTestCluster(t *testing.T) Engine { return testCluster(t, Cluster{}) }

// OpenTestStanding opens the standing queries of an archive in a test's cluster,
// from where they go when the test ends.
func OpenTestStanding(t *testing.T, uuid string) *Standing {
	e := testCluster(t, Cluster{Archive: uuid, Prefix: testPrefix()})
	s := newStanding(e)
	t.Cleanup(func() {
		if err := s.remove(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// HelpAtOnce lets each search of an engine's open generation take other cores
// from its first window on.
func HelpAtOnce(t *testing.T, e Engine) {
	g, err := e.(*bleveEngine).current()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	g.longWalk = 0
}

// StandingQueries are queries as they are stored.
func StandingQueries(queries map[int64]Query) iter.Seq[StandingQuery] {
	return func(yield func(StandingQuery) bool) {
		for id, q := range queries {
			if !yield(StandingQuery{ID: id, Text: fmt.Sprintf("%#v", q), Read: func() (Query, error) { return q, nil }}) {
				return
			}
		}
	}
}

// Condition is what is stored of a query.
func Condition(q Query, synonyms *Synonyms) string {
	w, n := &needWriter{asked: map[string]int{}}, needOf(q, synonyms)
	w.count(n)
	return string(w.append(nil, n))
}
