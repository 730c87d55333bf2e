package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// start starts the browser, or skips the test where there is none.
func start(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("BX_CHROMIUM")
	if path == "" {
		t.Skip("BX_CHROMIUM names no browser")
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// tab is a page that is looked at. Whatever it complains about, and whatever it
// asks of another host, is an error of the test.
type tab struct {
	testing.TB
	ctx  context.Context
	home string

	mu       sync.Mutex
	trouble  []string
	expected string // part of a complaint that is none
}

// look describes how a page is looked at.
type look struct {
	width, height int64 // 0 means 1200 by 900
	dark          bool
	noScript      bool
}

func open(t *testing.T, browser context.Context, home string, l look) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, late := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(late)
	b := &tab{TB: t, ctx: ctx, home: home}
	if l.width == 0 {
		l.width, l.height = 1200, 900
	}
	b.do(chromedp.EmulateViewport(l.width, l.height))
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	b.call(func() error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
	b.call(func() error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noScript})
		return err
	})
	t.Cleanup(b.complain)
	return b
}

// hear takes note of what should not be.
func (b *tab) hear(ev any) {
	note := ""
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" || ev.Entry.Level == "warning" {
			note = "console: " + ev.Entry.Text + " " + ev.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		note = "exception: " + ev.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		note = "console." + string(ev.Type)
	case *network.EventResponseReceived:
		if ev.Response.Status >= 400 {
			note = fmt.Sprintf("status %d: %s", int(ev.Response.Status), ev.Response.URL)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(ev.Request.URL); err != nil || u.Scheme != "data" && !strings.HasPrefix(ev.Request.URL, b.home) {
			note = "asks elsewhere: " + ev.Request.URL
		}
	}
	if note != "" {
		b.mu.Lock()
		b.trouble = append(b.trouble, note)
		b.mu.Unlock()
	}
}

func (b *tab) complain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, note := range b.trouble {
		if b.expected == "" || !strings.Contains(note, b.expected) {
			b.Error(note)
		}
	}
}

func (b *tab) call(f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
}

// do does what a reader does.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatalf("%v at %s", err, b.where())
	}
}

// patience is how long a page may take, on a crowded machine.
const patience = 20 * time.Second

// follow does what leads to another page, and waits for that.
func (b *tab) follow(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Steps(steps...))); err != nil {
		b.Fatalf("%v: no other page came; at %s", err, b.where())
	}
}

// click follows the first link that can be seen.
func (b *tab) click(selector string) {
	b.Helper()
	quoted, _ := json.Marshal(selector)
	at := eval[[]float64](b, `(() => {
		const e = [...document.querySelectorAll(`+string(quoted)+`)].find(e => e.getClientRects().length > 0);
		if (!e) return [];
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getClientRects()[0];
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`)
	if len(at) != 2 {
		b.Fatalf("%s: there is no %s to be seen", b.where(), selector)
	}
	b.follow(chromedp.MouseClickXY(at[0], at[1]))
}

func (b *tab) visit(path string) {
	b.Helper()
	b.follow(chromedp.Navigate(b.home + path))
}

func (b *tab) where() string {
	at, _ := chromedp.Run(b.ctx, chromedp.Location())
	return at
}

// text is what an element shows, in one line.
func (b *tab) text(selector string) string {
	b.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		b.Fatalf("%s at %s: %v", selector, b.where(), err)
	}
	return strings.Join(strings.Fields(text), " ")
}

// eval asks the page itself.
func eval[T any](b *tab, js string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s at %s: %v", js, b.where(), err)
	}
	return v
}

// link is where an element leads to, below the site's home.
func (b *tab) link(selector string) string {
	b.Helper()
	quoted, _ := json.Marshal(selector)
	href, _, _ := strings.Cut(eval[string](b, "document.querySelector("+string(quoted)+")?.getAttribute('href') || ''"), "#")
	if href == "" {
		b.Fatalf("%s: there is no %s", b.where(), selector)
	}
	return strings.TrimPrefix(href, "/")
}

// count is how many elements there are.
func (b *tab) count(selector string) int {
	b.Helper()
	quoted, _ := json.Marshal(selector)
	return eval[int](b, "document.querySelectorAll("+string(quoted)+").length")
}

// has wants an element to be there.
func (b *tab) has(selector, why string) {
	b.Helper()
	if b.count(selector) == 0 {
		b.Errorf("%s: there is no %s: %s", b.where(), selector, why)
	}
}

func (b *tab) photograph(name string) {
	b.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	picture(b, name, png)
}
