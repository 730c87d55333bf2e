package crawlcli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/bxsearch/bxsearch/crawler"
)

// clock is a time that tests move on.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func TestBarOnTwoWidths(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	for _, tt := range []struct {
		width int
		want  string
	}{
		{40, "breac… 1,204/5,371  22% 10/s 6m57s left"},
		{60, "breachexchange 2021-March 1,204/5,371  22% 10/s 6m57s left"},
		{100, "breachexchange 2021-March" + " [######----------------------] 1,204/5,371  22% 10/s 6m57s left"},
	} {
		b := &bar{scr: cli.Screen{Width: tt.width}, now: c.now, began: c.now().Add(-100 * time.Second), first: 204}
		got := b.line(step{label: "breachexchange 2021-March", done: 1204, total: 5371}, c.now())
		if w := cli.TextWidth(got); w >= tt.width {
			t.Errorf("on %d columns the bar takes %d and would wrap: %q", tt.width, w, got)
		}
		if squeeze(got) != squeeze(tt.want) {
			t.Errorf("on %d columns:\n%q, want\n%q", tt.width, got, tt.want)
		}
	}
}

// squeeze folds spaces: where exactly the gap is does not matter.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestBarNeverWraps(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	for width := 20; width < 140; width++ {
		b := &bar{scr: cli.Screen{Width: width}, now: c.now, began: c.now().Add(-time.Hour)}
		for _, s := range []step{{}, {label: "日本語のメーリングリスト", done: 1, total: 3, rough: true}, {label: "a", done: 9_999_999, total: 9_999_999}} {
			if got := cli.TextWidth(b.line(s, c.now())); got >= width {
				t.Fatalf("%+v on %d columns takes %d", s, width, got)
			}
		}
	}
}

func TestBarDrawsNowAndThen(t *testing.T) {
	var out bytes.Buffer
	c := &clock{time.Unix(1e9, 0)}
	b := &bar{scr: cli.Screen{W: &out, Width: 60}, live: true, now: c.now}
	for i := range 1000 {
		b.update(step{label: "x", done: i, total: 1000})
		c.advance(time.Millisecond)
	}
	if n := strings.Count(out.String(), "\r"); n < 5 || n > 12 {
		t.Errorf("drawn %d times in a second", n)
	}
	out.Reset()
	b.say("a line")
	if got, want := out.String(), "\r\x1b[Ka line\n"; got != want {
		t.Errorf("say wrote %q, want %q", got, want)
	}
}

func TestBarIsSilentWhereItCannotDraw(t *testing.T) {
	var out bytes.Buffer
	b := &bar{scr: cli.Screen{W: &out, Width: 60}, now: time.Now}
	b.update(step{done: 1, total: 2})
	b.clear()
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestTotalIsEstimatedFromThePeriodsRead(t *testing.T) {
	ev := crawler.Event{List: "announce", Done: 150, Known: 200, PeriodsDone: 3, PeriodsRead: 4, PeriodsTotal: 40}
	want := step{label: "announce, period 4 of 40", done: 150, total: 2000, rough: true}
	if got := stepOf(ev); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	ev.PeriodsDone, ev.PeriodsRead = 40, 40
	want = step{label: "announce, period 40 of 40", done: 150, total: 200}
	if got := stepOf(ev); got != want {
		t.Errorf("at the end: got %+v, want %+v", got, want)
	}
}

func TestHumanTimes(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{roughly(59 * time.Second), "59s"}, {roughly(61 * time.Second), "1m01s"}, {roughly(125 * time.Minute), "2h05m"},
		{rateText(0.98), "1.0/s"}, {rateText(1234), "1,234/s"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
