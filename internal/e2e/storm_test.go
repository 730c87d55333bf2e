package e2e

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

// TestStorm crawls generated lists, for as long as BX_STORM says, from a server
// that breaks some of its answers, by processes that are killed at any moment.
// Once a process comes to its end with nothing failed, the archive must be that
// of an undisturbed crawl, whole, sound and complete.
func TestStorm(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("BX_STORM"))
	if err != nil {
		t.Skip("skipped: set BX_STORM to a time, such as 10m")
	}
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("BX_SEED"), 10, 64); err == nil { // that of one list
		for range 5 {
			one := &storm{t: t, bin: bins(t), seed: s}
			one.round()
		}
		return
	}
	rnd := rand.New(rand.NewPCG(seed, 0))
	bin := bins(t)
	t.Logf("seed %d", seed)
	for end := time.Now().Add(length); time.Now().Before(end); {
		s := &storm{t: t, bin: bin, seed: rnd.Uint64()}
		t.Run(fmt.Sprint(s.seed), func(t *testing.T) { s.t = t; s.round() })
	}
}

// storm is one list in bad weather.
type storm struct {
	t       *testing.T
	bin     string
	seed    uint64
	rnd     *rand.Rand
	handler atomic.Pointer[http.Handler]
	list    string
	via     string
	parts   string
}

func (s *storm) round() {
	s.rnd = rand.New(rand.NewPCG(s.seed, 1))
	s.via, s.parts = []string{"pages", "auto", "text"}[s.rnd.IntN(3)], []string{"all", "missing", "none"}[s.rnd.IntN(3)]
	list := fixtures.List{Name: "storm", Version: fixtures.Version(s.rnd.IntN(2)), Text: fixtures.TextFiles(s.rnd.IntN(2))}
	site := fixtures.Generate(fixtures.Spec{List: list, Seed: s.seed, Messages: 50 + s.rnd.IntN(500)})
	base, stop := fixtures.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) }))
	defer stop()
	s.list = base + "/" + site.Path() + "/"
	calm, rough := filepath.Join(s.t.TempDir(), "calm"), filepath.Join(s.t.TempDir(), "rough")
	s.weather(site, nil)
	start := time.Now()
	if err := s.crawl(context.Background(), calm); err != nil {
		s.t.Fatalf("undisturbed: %v: %s", err, stderr(err))
	}
	took := time.Since(start)
	some := site.First(1 + s.rnd.IntN(site.Len()))
	kills, runs := 0, 0
	for _, tree := range []*fixtures.Site{some, site} {
		s.weather(tree, s.faults())
		for n := 0; ; n++ {
			ctx, cancel := context.WithCancel(context.Background())
			if n < 15 && s.rnd.IntN(6) > 0 {
				ctx, cancel = context.WithTimeout(context.Background(), time.Duration(s.rnd.Float64()*float64(took))+time.Millisecond)
			}
			if n == 25 {
				s.weather(tree, nil)
			}
			err := s.crawl(ctx, rough)
			killed := ctx.Err() != nil
			cancel()
			runs++
			if killed {
				kills++
			} else if err == nil {
				break
			}
			if n == 27 {
				s.t.Fatalf("by a healthy server: %v: %s", err, stderr(err))
			}
		}
	}
	s.t.Logf("via %s, attachments %s, %d messages: %d runs, %d kills", s.via, s.parts, site.Len(), runs, kills)
	s.compare(calm, rough)
}

func (s *storm) weather(site *fixtures.Site, f *fixtures.Faults) {
	h := http.Handler(fixtures.Handler(site, f))
	s.handler.Store(&h)
}

// faults are answers that a crawl has to get over, all of them at once.
func (s *storm) faults() *fixtures.Faults {
	kinds := []fixtures.Fault{fixtures.Status(http.StatusTooManyRequests, "1"), fixtures.Reset(s.rnd.IntN(3000)), cutPages(s.rnd.IntN(3000)), fixtures.Garble(50)}
	if s.via != "auto" { // there pages stand in for a text file that is refused, and say less
		kinds = append(kinds, fixtures.Status(http.StatusNotImplemented, ""), fixtures.Status(http.StatusBadRequest, ""))
	}
	return &fixtures.Faults{Random: 0.01 + 0.1*s.rnd.Float64(), Seed: s.rnd.Uint64(), Fault: inTurn(kinds...)}
}

// cutPages cuts what shows that it is cut; of parts in plain text nothing does.
func cutPages(n int) fixtures.Fault {
	cut := fixtures.Cut(n)
	return func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		if strings.Contains(r.URL.Path, "/attachments/") && !strings.HasSuffix(r.URL.Path, ".html") {
			good.ServeHTTP(w, r)
			return
		}
		cut(w, r, good)
	}
}

func (s *storm) crawl(ctx context.Context, data string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "bxcrawl"), "--data", data, "--delay", "0", "--parallel", "4", "--quiet", "--via", s.via, "--attachments", s.parts, s.list)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+s.t.TempDir()) // a killed process's pause is not the next one's
	_, err := cmd.Output()
	return err
}

func (s *storm) compare(calm, rough string) {
	if want, got := export(s.t, s.bin, calm), export(s.t, s.bin, rough); !bytes.Equal(want, got) {
		s.t.Errorf("the exports differ: %d bytes undisturbed, %d after the storm%s", len(want), len(got), firstDifference(want, got))
	}
	for _, args := range [][]string{{"verify"}, {"status", "--max-age", "1h"}} {
		if out, err := exec.Command(filepath.Join(s.bin, "bxcrawl"), append(args, "--data", rough)...).CombinedOutput(); err != nil {
			s.t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
