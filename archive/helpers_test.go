package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"testing"
	"time"
)

// page is what jsonParser reads: a message as JSON.
type page struct {
	MID, IRT, Parent, From, Subject, Base, Body, Fallback, Content string
	Refs                                                           []string
	Date                                                           int64
	Reply, Unlisted                                                bool
}

// jsonParser is a parser whose pages hold their message as JSON, one a line of
// a text file.
type jsonParser struct {
	version string
	verdict func(Evidence) string
}

func (p jsonParser) Version() string { return "json-" + p.version }

func (p jsonParser) Verdict(e Evidence) string {
	if p.verdict == nil {
		return ""
	}
	return p.verdict(e)
}

func (p jsonParser) Parse(ctx context.Context, g Group, total Evidence, emit func(Parsed) error, report func(Problem)) (Evidence, error) {
	e := make(Evidence)
	for _, r := range g.Raws {
		body, err := g.Body(r)
		if err != nil {
			return nil, err
		}
		var pg page
		if err := json.Unmarshal(body, &pg); err != nil {
			report(Problem{URL: r.URL, Kind: "no-article", Detail: err.Error()})
			continue
		}
		e["pages"]++
		m := Message{URL: r.URL, MessageID: pg.MID, InReplyTo: pg.IRT, References: pg.Refs, IndexParent: pg.Parent,
			FromName: pg.From, Subject: pg.Subject, BaseSubject: pg.Base, Reply: pg.Reply,
			Body: pg.Body + p.version + p.Verdict(total)}
		if pg.Date != 0 {
			m.Date = time.Unix(pg.Date, 0).UTC()
		}
		if err := emit(Parsed{Message: m, Listed: !pg.Unlisted, Fallback: pg.Fallback, Content: pg.Content}); err != nil {
			return nil, err
		}
	}
	return e, nil
}

const testList = "https://lists.example/pipermail/test/"

// openTest makes an archive with one list in dir.
func openTest(t testing.TB, dir string) *Archive {
	t.Helper()
	a, err := Open(dir, &Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if _, err := a.AddList(t.Context(), ListInfo{Name: "test", URL: testList}); err != nil {
		t.Fatal(err)
	}
	return a
}

// put records one page; number and group name its URL.
func put(t testing.TB, a *Archive, group string, number int, p page) Raw {
	t.Helper()
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return putBody(t, a, group, number, body)
}

func pageURL(group string, number int) string {
	return fmt.Sprintf("%s%s/%06d.html", testList, group, number)
}

func putBody(t testing.TB, a *Archive, group string, number int, body []byte) Raw {
	t.Helper()
	r, err := a.PutRaw(t.Context(), Raw{List: "test", Group: group, Kind: RawMessage, URL: pageURL(group, number),
		Fetched: time.Unix(1e9, 0), Status: 200, ContentType: "text/html"}, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func derive(t testing.TB, a *Archive, p Parser) DeriveStats {
	t.Helper()
	stats, err := a.Derive(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// all reads an iterator to its end.
func all[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// rawsOf ranges over all records; an error ends the test.
func rawsOf(t testing.TB, a *Archive) iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		for r, err := range a.Raws(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(r) {
				return
			}
		}
	}
}

// sliceParser finds its messages in memory: group "2020-N" has the Nth stretch
// of size.
type sliceParser struct {
	messages []Parsed
	size     int
}

func (sliceParser) Version() string         { return "slice" }
func (sliceParser) Verdict(Evidence) string { return "" }

func (p sliceParser) Parse(ctx context.Context, g Group, _ Evidence, emit func(Parsed) error, _ func(Problem)) (Evidence, error) {
	var n int
	fmt.Sscanf(g.Name, "2020-%d", &n)
	for _, m := range p.messages[n*p.size : (n+1)*p.size] {
		if err := emit(m); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
