package crawlcli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
)

// redraw is the shortest time between two drawings of the bar.
const redraw = 100 * time.Millisecond

// bar shows how far a long job is. On a terminal it is one line, drawn anew in
// its place; anywhere else nothing is drawn, and only the lines given to say
// appear.
type bar struct {
	scr   cli.Screen
	live  bool // the terminal can draw in place
	now   func() time.Time
	began time.Time
	first int // what was done already at the first drawing
	drawn time.Time
	shown bool
	mu    sync.Mutex // the logger writes from any goroutine
}

// step is the state of the job.
type step struct {
	label       string // what is being done now
	done, total int    // of the units
	rough       bool   // the total is an estimate
}

func (e *env) newBar(v verbosity) *bar {
	scr := e.Screen(e.Stderr)
	return &bar{scr: scr, now: e.Now, live: scr.TTY && !e.Dumb() && !v.quiet && !v.verbose}
}

// update draws the state, at most once in a while.
func (b *bar) update(s step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.now()
	if b.began.IsZero() {
		b.began, b.first = t, s.done
	}
	if !b.live || b.shown && t.Sub(b.drawn) < redraw {
		return
	}
	b.drawn, b.shown = t, true
	// The cursor goes to the line's start, what is left of the old line is
	// erased behind the new one: no flicker.
	fmt.Fprint(b.scr.W, "\r", b.line(s, t), "\x1b[K")
}

// note shows what is going on where there is nothing to count.
func (b *bar) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.live {
		b.shown = true
		fmt.Fprint(b.scr.W, "\r", cli.Cut(text, b.scr.Width-1), "\x1b[K")
	}
}

// say prints a line above the bar.
func (b *bar) say(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	fmt.Fprintln(b.scr.W, b.scr.Fold(line))
}

// Write lets a logger write above the bar.
func (b *bar) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	if _, err := io.WriteString(b.scr.W, b.scr.Fold(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clear takes the bar away.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
}

func (b *bar) erase() {
	if b.shown {
		fmt.Fprint(b.scr.W, "\r\x1b[K")
		b.shown = false
	}
}

// line lays the state out on one line, one column short of the width, where
// terminals would wrap:
//
//	breachexchange 2021-March   1,204/5,371 [####------]  22%  12/s  5m47s left
func (b *bar) line(s step, t time.Time) string {
	cols := b.scr.Width - 1
	tail := b.tail(s, t)
	if cli.TextWidth(tail) > cols {
		return cli.Cut(tail, cols)
	}
	room := cols - cli.TextWidth(tail) - 1
	// What is done now is worth more than a picture of how far it is.
	label, gauge := neutral.OneLine(s.label), ""
	if spare := room - cli.TextWidth(label) - 2; s.total > 0 && spare >= 10 {
		gauge = gaugeOf(s.done, s.total, min(spare, 30)) + " "
		room -= cli.TextWidth(gauge)
	}
	if room < 4 {
		return tail
	}
	label = cli.Cut(label, room)
	return label + strings.Repeat(" ", room-cli.TextWidth(label)) + " " + gauge + tail
}

func (b *bar) tail(s step, t time.Time) string {
	rate := b.rate(s, t)
	out := cli.Count(s.done)
	if s.total > 0 {
		out += "/"
		if s.rough {
			out += "~"
		}
		out += cli.Count(s.total)
		out += fmt.Sprintf(" %3d%%", 100*min(s.done, s.total)/s.total)
	}
	if rate > 0 {
		out += " " + rateText(rate)
		if left := s.total - s.done; left > 0 {
			out += " " + roughly(time.Duration(float64(left)/rate*float64(time.Second))) + " left"
		}
	}
	return out
}

// rate is units a second since the job began, 0 while it says nothing yet.
func (b *bar) rate(s step, t time.Time) float64 {
	took := t.Sub(b.began)
	if took < time.Second || s.done <= b.first {
		return 0
	}
	return float64(s.done-b.first) / took.Seconds()
}

func gaugeOf(done, total, cols int) string {
	cols = max(cols-2, 1)
	full := cols * min(done, total) / total
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", cols-full) + "]"
}

func rateText(perSecond float64) string {
	if perSecond < 10 {
		return fmt.Sprintf("%.1f/s", perSecond)
	}
	return cli.Count(int(perSecond)) + "/s"
}

// roughly is a duration as a person would say it: "45s", "5m10s", "2h05m".
func roughly(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}
