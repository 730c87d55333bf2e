package search_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bxsearch/bxsearch/internal/pace"
	"github.com/bxsearch/bxsearch/search"
)

// hostile are queries that ask for as much as a query can.
func hostile() []string {
	every := func(form string) string {
		return strings.Join([]string{"alpha" + form, "beta" + form, "subject" + form, "person" + form}, " OR ")
	}
	return []string{
		"al* OR be* OR su* OR pe*", every("~"), every(""), strings.Repeat("alpha ", 200), "alpha NEAR/1000 beta",
		"thread:{alpha} OR thread:{beta}", strings.Repeat("(", 30) + "alpha" + strings.Repeat(")", 30), `"alpha beta" OR "beta beta"`,
	}
}

// TestHostileQueriesWait holds that an ordinary query is answered while eight
// hostile ones wait, and that those are answered too when nobody else asks. Not
// time is looked at but who waits.
func TestHostileQueriesWait(t *testing.T) {
	s := open(t, many(600)...)
	p := pace.New(pace.Limits{Cores: 1, Free: 1000})
	s.SetPacer(p)
	_, leave := p.Enter(t.Context()) // an ordinary search under way, which needs the one core
	errs := make([]error, len(hostile()))
	var ended atomic.Int64
	var all sync.WaitGroup
	for i, q := range hostile() {
		all.Go(func() {
			_, errs[i] = s.Search(t.Context(), search.Query{Text: q, Facets: search.Facets()})
			ended.Add(1)
		})
	}
	for p.Waiting()+int(ended.Load()) < len(errs) {
		runtime.Gosched()
	}
	res, err := s.Search(t.Context(), search.Query{Text: "from:a577", Limit: 10})
	if err != nil || res.Total != 1 {
		t.Errorf("an ordinary query finds %+v, %v", res, err)
	}
	if n := p.Waiting(); n != len(errs) {
		t.Errorf("%d of %d hostile queries wait after it", n, len(errs))
	}
	leave()
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}
