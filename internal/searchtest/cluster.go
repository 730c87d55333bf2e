package searchtest

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// Cluster feeds the archive in dir to the cluster that BX_OPENSEARCH names, under a
// prefix of its own, and returns the URL for search.Open. All of it goes when the
// test ends. Without a cluster the test is skipped.
func Cluster(t testing.TB, dir string) string {
	t.Helper()
	addresses := os.Getenv("BX_OPENSEARCH")
	if addresses == "" {
		t.Skip("BX_OPENSEARCH names no cluster: see `make opensearch-up`")
	}
	prefix := fmt.Sprintf("test-%d-%d", os.Getpid(), time.Now().UnixNano())
	c := index.Cluster{Addresses: strings.Split(addresses, ","), Prefix: prefix, Replicas: -1}
	t.Cleanup(func() { sweep(t, c) })
	a, err := archive.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	e, err := index.OpenCluster(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Update(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return addresses + "/" + prefix
}

// sweep removes what has a test's prefix.
func sweep(t testing.TB, c index.Cluster) {
	for _, path := range []string{"/" + c.Prefix + "-messages-*", "/" + c.Prefix + "-watches-*", "/_index_template/" + c.Prefix + "-messages"} {
		req, err := http.NewRequest(http.MethodDelete, c.Addresses[0]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			continue
		}
		if res.Body.Close(); res.StatusCode != http.StatusOK {
			t.Errorf("DELETE %s: %s", path, res.Status)
		}
	}
}
