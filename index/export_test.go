package index

import "testing"

// OpenTestCluster is testCluster, for tests outside of the package.
func OpenTestCluster(t *testing.T) Engine { return testCluster(t, Cluster{}) }
