package index

import (
	"context"
	"testing"
)

// OpenTestCluster is testCluster, for tests outside of the package.
func OpenTestCluster(t *testing.T) Engine { return testCluster(t, Cluster{}) }

// OpenTestStanding opens the standing queries of an archive in a test's cluster,
// from where they go when the test ends.
func OpenTestStanding(t *testing.T, uuid string) *Standing {
	e := testCluster(t, Cluster{Archive: uuid, Prefix: testPrefix()})
	s := &Standing{engine: e, name: e.standingName(uuid)}
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
