package archive

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// BenchmarkPutRaw measures durable fetches per second, as a crawler with
// several connections makes them.
func BenchmarkPutRaw(b *testing.B) {
	for _, parallel := range []int{1, 4} {
		b.Run(fmt.Sprintf("parallel=%d", parallel), func(b *testing.B) {
			a := openTest(b, b.TempDir())
			work := make(chan int)
			done := make(chan struct{})
			for range parallel {
				go func() {
					for i := range work {
						putBody(b, a, fmt.Sprintf("2020-%03d", i/300), i, somePage(i))
					}
					done <- struct{}{}
				}()
			}
			b.ResetTimer()
			for i := range b.N {
				work <- i
			}
			close(work)
			for range parallel {
				<-done
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}

// somePage is about 4 KB: a template and words.
func somePage(i int) []byte {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	var s strings.Builder
	s.WriteString(strings.Repeat("<P>The template that all pages share, line by line.\n", 40))
	s.WriteString(someText(r, 2000))
	return []byte(s.String())
}

func someText(r *rand.Rand, size int) string {
	var s strings.Builder
	for s.Len() < size {
		w := int(r.ExpFloat64() * 300)
		fmt.Fprintf(&s, "word%x ", w)
	}
	return s.String()
}

// madeParser makes messages out of nothing: BenchmarkDerive measures the
// store alone.
type madeParser struct{ version string }

func (p madeParser) Version() string         { return p.version }
func (p madeParser) Verdict(Evidence) string { return "" }

func (p madeParser) Parse(ctx context.Context, g Group, _ Evidence, emit func(Parsed) error, _ func(Problem)) (Evidence, error) {
	for _, r := range g.Raws {
		body, err := g.Body(r)
		if err != nil {
			return nil, err
		}
		i := int(binary.BigEndian.Uint32(body))
		m := Message{URL: r.URL, MessageID: fmt.Sprint(i, "@x"), FromName: "Somebody", Subject: "A subject line", BaseSubject: fmt.Sprint("subject", i/5),
			Date: time.Unix(1e9+int64(i)*600, 0).UTC(), Body: string(body[4:])}
		for k := i - i%5; k < i; k++ {
			m.References = append(m.References, fmt.Sprint(k, "@x"))
		}
		if err := emit(Parsed{Message: m, Listed: true, Content: m.MessageID}); err != nil {
			return nil, err
		}
	}
	return Evidence{"pages": len(g.Raws)}, nil
}

// BenchmarkDerive measures messages per second through the store: new ones,
// all again with another version, and one new page in an archive of many.
func BenchmarkDerive(b *testing.B) {
	const perGroup = 300
	a := openTest(b, b.TempDir())
	n := 0
	add := func(count int) {
		for range count {
			body := binary.BigEndian.AppendUint32(nil, uint32(n))
			body = append(body, someText(rand.New(rand.NewPCG(uint64(n), 2)), 1500)...)
			putBody(b, a, fmt.Sprintf("2020-%03d", n/perGroup), n, body)
			n++
		}
	}
	b.Run("new", func(b *testing.B) {
		start := n
		add(b.N)
		b.ResetTimer()
		derive(b, a, madeParser{"1"})
		b.ReportMetric(float64(n-start)/b.Elapsed().Seconds(), "messages/s")
	})
	b.Run("again", func(b *testing.B) {
		for i := range b.N {
			derive(b, a, madeParser{fmt.Sprint("again", i)})
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
	})
	b.Run("one", func(b *testing.B) {
		for i := range b.N {
			n = (n/perGroup + 1) * perGroup // a new group each time
			add(1)
			_ = i
			derive(b, a, madeParser{"1"})
		}
	})
}
