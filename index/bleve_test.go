package index_test

import (
	"testing"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

func openBleve(t *testing.T, dir string) index.Engine {
	t.Helper()
	e, err := index.OpenBleve(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestBleveEngine(t *testing.T) {
	open := func(t *testing.T) index.Engine { return openBleve(t, t.TempDir()) }
	enginetest.Run(t, open)
	enginetest.RunAlone(t, open)
}
