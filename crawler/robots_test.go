package crawler

import (
	"testing"
	"time"
)

func TestH5RobotsRules(t *testing.T) {
	const page = "https://lists.example.org/pipermail/announce/2021-May/000001.html"
	for _, test := range []struct {
		name, body string
		allowed    bool
		delay      time.Duration
	}{
		{"empty", "", true, 0},
		{"all refused", "User-agent: *\nDisallow: /", false, 0},
		{"other folder", "User-agent: *\nDisallow: /private/", true, 0},
		{"this folder", "User-agent: *\nDisallow: /pipermail", false, 0},
		{"us only", "User-agent: bxsearch\nDisallow: /", false, 0},
		{"somebody else", "User-agent: otherbot\nDisallow: /", true, 0},
		{"all but us", "User-agent: bxsearch\nDisallow:\n\nUser-agent: *\nDisallow: /", true, 0},
		{"the longer rule wins", "User-agent: *\nDisallow: /pipermail/\nAllow: /pipermail/announce/", true, 0},
		{"pattern", "User-agent: *\nDisallow: /*/2021-May/", false, 0},
		{"delay", "User-agent: *\nCrawl-delay: 2.5\n", true, 2500 * time.Millisecond},
		{"unreadable delay", "User-agent: *\nCrawl-delay: slow\nDisallow: /pipermail/", false, 0},
		{"endless delay", "User-agent: *\nCrawl-delay: Inf\n", true, 0},
		{"rule before an agent", "Disallow: /\nUser-agent: *\nDisallow: /x", true, 0},
		{"byte order mark and CRLF", "\ufeffUser-agent: *\r\nDisallow: /pipermail/ # mail\r\n", false, 0},
		{"a page instead", "<html><body><p>Welcome: have a look</p></body></html>", true, 0},
	} {
		r := newRobots([]byte(test.body), DefaultUserAgent)
		if got := r.allows(page); got != test.allowed {
			t.Errorf("%s: allowed is %v, want %v", test.name, got, test.allowed)
		}
		if r.group.CrawlDelay != test.delay {
			t.Errorf("%s: delay is %v, want %v", test.name, r.group.CrawlDelay, test.delay)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1e5\n"))
	f.Add([]byte("user-agent:bxsearch\ndisallow:\n# x\nallow: *"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := newRobots(body, DefaultUserAgent)
		if r.group.CrawlDelay < 0 {
			t.Errorf("a delay of %v", r.group.CrawlDelay)
		}
		r.allows("https://lists.example.org/pipermail/announce/")
	})
}
