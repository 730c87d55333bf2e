package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

// maxCrawlDelay bounds what is believed of a Crawl-delay.
const maxCrawlDelay = time.Hour

// robots is what a host's robots.txt says to us. A nil group allows all.
type robots struct {
	agent string
	group *robotstxt.Group
}

// robots asks the host of listURL for its robots.txt, through the same gate as
// everything else, and slows down to its Crawl-delay.
//
// QUIRK: H5: colly ignores robots.txt by default, fetches it past its own
// limits, takes a 5xx for a refusal without a second try, and never honours
// Crawl-delay.
func (f *fetcher) robots(ctx context.Context, listURL string) (*robots, error) {
	u, err := url.Parse(listURL)
	if err != nil {
		return nil, err
	}
	p, err := f.get(ctx, u.Scheme+"://"+u.Host+"/robots.txt", validators{}, nil)
	if fe, ok := errors.AsType[*FetchError](err); ok && fe.Status >= 400 && fe.Status < 500 && !fe.retryable() {
		return f.gates.of(u.Host).obey(&robots{agent: f.cfg.UserAgent}), nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot tell whether %s allows crawling, so nothing was fetched: %w", u.Host, err)
	}
	r := newRobots(p.body, f.cfg.UserAgent)
	f.gates.of(u.Host).slowTo(min(r.group.CrawlDelay, maxCrawlDelay))
	return f.gates.of(u.Host).obey(r), nil
}

func newRobots(body []byte, agent string) *robots {
	data, err := robotstxt.FromBytes(cleanRobots(body))
	if err != nil {
		// cleanRobots left only lines that parse; a refusal is the safe side.
		data, _ = robotstxt.FromString("User-agent: *\nDisallow: /")
	}
	return &robots{agent: agent, group: data.FindGroup(agent)}
}

// allows reports whether a URL may be fetched.
func (r *robots) allows(rawURL string) bool {
	if r.group == nil {
		return true
	}
	_, path, _ := strings.Cut(schemeless(rawURL), "/")
	return r.group.Test("/" + path)
}

// cleanRobots keeps the lines of a robots.txt that mean something and can be
// read.
//
// QUIRK: H5: robotstxt refuses a whole file for one unreadable line, and an
// empty Disallow ("all is allowed") makes it fold the next agent's rules into
// this agent's.
func cleanRobots(body []byte) []byte {
	var out bytes.Buffer
	inGroup := false
	for line := range bytes.Lines(bytes.TrimPrefix(body, []byte("\ufeff"))) {
		text, _, _ := strings.Cut(string(line), "#")
		name, value, _ := strings.Cut(text, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case name == "user-agent" && value != "":
			inGroup = true
		case !inGroup:
			continue
		case name == "disallow" && value == "":
			name, value = "allow", "/robots.txt"
		case name == "crawl-delay":
			if d, err := strconv.ParseFloat(value, 64); err != nil || !(d >= 0 && d <= 1e6) {
				continue
			}
		case name != "allow" && name != "disallow" || value == "":
			continue
		}
		fmt.Fprintf(&out, "%s: %s\n", name, value)
	}
	return out.Bytes()
}

func hostOf(rawURL string) string {
	host, _, _ := strings.Cut(schemeless(rawURL), "/")
	return host
}
