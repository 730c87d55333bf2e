package index_test

import (
	"testing"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// TestClusterEngine runs the suite that the embedded engine is held to.
func TestClusterEngine(t *testing.T) {
	enginetest.Run(t, index.OpenTestCluster)
}
