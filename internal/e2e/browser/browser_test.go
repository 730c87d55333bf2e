package browser

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bxsearch/bxsearch/fixtures"
)

// TestSite walks through the site as readers do.
func TestSite(t *testing.T) {
	browser := start(t)
	data := t.TempDir()
	crawl(t, data, fixtures.BreachExchange(), fixtures.Generate(fixtures.Spec{Seed: 3, Messages: 1500}), hostile())
	home := serve(t, data)
	for name, noScript := range map[string]bool{"with script": false, "without script": true} {
		t.Run(name, func(t *testing.T) { readersWay(open(t, browser, home, look{noScript: noScript})) })
	}
	t.Run("keyboard", func(t *testing.T) { keyboard(open(t, browser, home, look{})) })
	t.Run("hostile", func(t *testing.T) { hostilePages(open(t, browser, home, look{})) })
	for name, l := range map[string]look{"light": {}, "dark": {dark: true}, "phone": {width: 360, height: 740}, "phone-dark": {width: 360, height: 740, dark: true}} {
		t.Run(name, func(t *testing.T) { everyPage(open(t, browser, home, l), name, l) })
	}
}

// readersWay goes from the first page to a message and its thread.
func readersWay(b *tab) {
	b.visit("")
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name=q]`), "multifactor authentication"))
	b.follow(chromedp.KeyEvent(kb.Enter))
	if !strings.Contains(b.where(), "search?") || !strings.Contains(b.where(), "q=multifactor+authentication") {
		b.Fatalf("the search is at %s", b.where())
	}
	b.has("main mark", "what was looked for is marked")
	if got := strings.ToLower(b.text("main mark")); !strings.Contains("multifactor multi-factor authentication", got) {
		b.Errorf("%q is marked", got)
	}
	b.click(`main a[href*="/m/"]`)
	if got := strings.ToLower(b.text("main")); !strings.Contains(got, "factor") {
		b.Errorf("the message does not have what was looked for: %.300s", got)
	}
	b.visit("search?q=is:reply+list:generated")
	b.click(`main a[href*="/m/"]`)
	b.click(`main a[href*="/t/"]`)
	if b.count(`main a[href*="/m/"]`) < 2 {
		b.Error("a thread does not have its messages")
	}

	all := func() int { return b.count(`main a[href*="/m/"]`) }
	b.visit("search?q=list:generated")
	first := b.text("main")
	b.click(`a[rel~=next]`)
	if second := b.text("main"); second == first || all() == 0 {
		b.Error("the next page is the same, or empty")
	}
	b.visit("search?q=list:generated")
	b.click(`svg a[href*="search"]`)
	if q := query(b); !strings.Contains(q, "date:") {
		b.Errorf("a bar of the histogram leads to %q", q)
	}
	b.visit("search?q=the")
	b.click(`a[href*="list%3Agenerated"]`)
	if q := query(b); !strings.Contains(q, "list:generated") {
		b.Errorf("a facet leads to %q", q)
	}
}

// query is what the page's URL looks for.
func query(b *tab) string {
	u, err := url.Parse(b.where())
	if err != nil {
		b.Fatal(err)
	}
	return u.Query().Get("q")
}

// keyboard reads without a mouse.
func keyboard(b *tab) {
	b.visit("search?q=list:generated")
	b.do(chromedp.KeyEvent("/"))
	if got := eval[string](b, "document.activeElement.name"); got != "q" {
		b.Errorf("/ leads to %q, not to the search box", got)
	}
	b.visit("search?q=list:generated")
	b.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	if got := eval[string](b, "document.activeElement.href || ''"); !strings.Contains(got, "/m/") {
		b.Errorf("j and k lead to %q, not to a hit", got)
	}
	b.follow(chromedp.KeyEvent(kb.Enter))
	if !strings.Contains(b.where(), "/m/") {
		b.Errorf("Enter leads to %s", b.where())
	}
	b.visit("")
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := eval[string](b, "document.activeElement.getAttribute('href') || ''"); !strings.HasPrefix(got, "#") {
		b.Errorf("the first stop of the tabulator is %q, not the way past the head", got)
	}
}

// hostilePages shows mails that try to get out of their page.
func hostilePages(b *tab) {
	b.visit("search?q=tamper+list:hostile")
	for range 2 {
		if got := eval[string](b, "document.title"); got == "owned" {
			b.Fatal("a script from a mail has run")
		}
		if n := b.count(`a[href^="javascript:" i], main img, main script, main iframe, [onerror], [onmouseover], [style]`); n > 0 {
			b.Errorf("%s: %d elements that a mail brought", b.where(), n)
		}
		b.click(`main a[href*="/m/"]`)
	}
	b.click(`main a[href*="/t/"]`)
}

// everyPage looks at each kind of page: nothing hangs over, nothing is out of
// anybody's reach.
func everyPage(b *tab, name string, l look) {
	b.visit("search?q=multifactor+authentication")
	m := b.link(`main a[href*="/m/"]`)
	b.visit("search?q=is:reply+list:generated")
	reply := b.link(`main a[href*="/m/"]`)
	b.visit(reply)
	thread := b.link(`main a[href*="/t/"]`)
	b.visit("l/generated/")
	month := b.link(`main a[href*="/l/generated/2"]`)
	b.expected = "400" // the status of a mistake
	pages := []struct{ name, path string }{
		{"home", ""}, {"search", "search?q=the"}, {"nothing", "search?q=multifaktor+zzzqqq"}, {"mistake", "search?q=%22a+%28b"},
		{"message", m}, {"reply", reply}, {"thread", thread}, {"thread-flat", thread + "?view=flat"},
		{"list", "l/generated/"}, {"month", month}, {"people", "p/"}, {"help", "help"}, {"hostile", "search?q=tamper"},
	}
	for _, p := range pages {
		b.visit(p.path)
		if wide := eval[int](b, "document.scrollingElement.scrollWidth"); int64(wide) > max(l.width, 1200*int64(b2i(l.width == 0))) {
			b.Errorf("%s is %d pixels wide on %d", p.name, wide, l.width)
		}
		if n := b.count("h1"); n != 1 {
			b.Errorf("%s has %d headings of the first order", p.name, n)
		}
		b.accessible()
		b.photograph(fmt.Sprintf("%s-%s", p.name, name))
	}
	if l.dark {
		if bright := eval[float64](b, `(() => { const c = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number); return (c[0]+c[1]+c[2])/3 })()`); bright > 90 {
			b.Errorf("in the dark the page is as bright as %.0f", bright)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
