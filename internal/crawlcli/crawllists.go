package crawlcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// job is one list to crawl, and how.
type job struct {
	url, name        string // the name is empty unless the configuration gives one
	delay            time.Duration
	via, attachments string
}

// all crawls the lists: hosts side by side, the lists of a host one after the
// other. A list that fails does not keep the others from being crawled.
func (c *crawl) all(ctx context.Context, urls []string) error {
	jobs, err := c.jobs(ctx, urls)
	if err != nil {
		return err
	}
	if err := c.secretsFromEnv(c.env, jobs); err != nil {
		return err
	}
	c.began, c.shown, c.pages = c.env.Now(), map[string]step{}, map[string]int{}
	defer c.closeIndex() // take has done it, if it came to that
	stop := c.takeInPassing(ctx)
	var hosts errgroup.Group
	hosts.SetLimit(c.hosts)
	for _, group := range byHost(jobs) {
		hosts.Go(func() error { return c.host(ctx, group) })
	}
	err = hosts.Wait()
	stop()
	if err != nil {
		return err
	}
	c.bar.note("reading messages")
	err = c.take(ctx)
	c.bar.clear()
	if err != nil {
		return err
	}
	c.taken = true
	if len(urls) == 0 {
		err = errors.Join(forgetTries(ctx, c.archive, jobs), putNote(ctx, c.archive, runNote, runRecord{Begun: c.began.UTC(), Ended: c.env.Now().UTC()}))
	}
	if err != nil {
		return err
	}
	c.conclude()
	return c.verdict(len(jobs))
}

// jobs gives the lists to crawl: those at urls, else those of the
// configuration, else all that the archive knows.
func (c *crawl) jobs(ctx context.Context, urls []string) ([]job, error) {
	var jobs []job
	for _, u := range urls {
		jobs = append(jobs, c.job(u))
	}
	if len(jobs) > 0 {
		return jobs, nil
	}
	for _, l := range c.config.Lists {
		jobs = append(jobs, c.job(l.URL.String()))
	}
	if len(jobs) > 0 {
		return jobs, nil
	}
	lists, err := c.archive.Lists(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if !l.Mailbox() {
			jobs = append(jobs, c.job(l.URL))
		}
	}
	if len(lists) > 0 && len(jobs) == 0 {
		return nil, cli.Usagef("the archive in %s has imported mail only, of lists whose address it does not know: give the URL of one", *c.data)
	}
	if len(jobs) == 0 {
		return nil, cli.Usagef("the archive in %s knows no list yet: give the URL of one", *c.data)
	}
	return jobs, nil
}

// byHost puts the lists of each host together, in the order in which the hosts
// come first. Each host's longest delay holds for all of its lists.
func byHost(jobs []job) [][]job {
	var groups [][]job
	at := map[string]int{}
	for _, j := range jobs {
		host := hostName(j.url)
		i, ok := at[host]
		if !ok {
			i = len(groups)
			at[host] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], j)
	}
	for _, group := range groups {
		var longest time.Duration
		for _, j := range group {
			longest = max(longest, j.delay)
		}
		for i := range group {
			group[i].delay = longest
		}
	}
	return groups
}

// hostName is the host of a URL without its port: two ports are one machine.
func hostName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return strings.ToLower(u.Hostname())
}

// host crawls the lists of one host. An error ends the whole run.
func (c *crawl) host(ctx context.Context, group []job) error {
	var first *crawler.Crawler
	for _, j := range group {
		cr, err := c.crawler(j, first)
		if err != nil {
			return err
		}
		if first == nil {
			first = cr
		}
		if err := c.list(ctx, cr, j); err != nil {
			return err
		}
	}
	return nil
}

// crawler makes the crawler for one list. It shares the distance between
// requests with first, that of the host's first list.
func (c *crawl) crawler(j job, first *crawler.Crawler) (*crawler.Crawler, error) {
	cfg := crawler.Config{
		Archive: c.archive, Via: crawler.Via(j.via), Full: c.full, Delay: j.delay, Parallel: c.parallel, UserAgent: c.agent(), HostDir: c.env.HostDir,
		Attachments: crawler.AttachmentMode(j.attachments), MaxAttachment: int64(c.max), Credentials: c.secrets,
		Transport: c.env.transport, Sleep: c.env.sleep, Logger: c.log, Now: c.env.Now, Progress: c.progress,
	}
	if cfg.Delay == 0 {
		cfg.Delay = crawler.NoDelay
	}
	if first != nil {
		return first.With(cfg)
	}
	return crawler.New(cfg)
}

// list crawls one list and reports on it. Its own failure is counted and no
// error.
func (c *crawl) list(ctx context.Context, cr *crawler.Crawler, j job) error {
	if j.name != "" {
		if _, err := c.archive.AddList(ctx, archive.ListInfo{Name: j.name, URL: strings.TrimSuffix(j.url, "index.html")}); err != nil {
			return err
		}
	}
	began := c.env.Now()
	stats, err := cr.Crawl(ctx, j.url)
	var parts crawler.AttachmentStats
	if err == nil {
		parts, err = c.attachments(ctx, cr, crawler.AttachmentMode(j.attachments), stats.List)
	}
	ended := c.env.Now()
	note := putNote(context.WithoutCancel(ctx), c.archive, attemptNote+j.url, newAttempt(j, stats, parts, err, began, ended))
	if err := errors.Join(ctx.Err(), note); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.shown, stats.List)
	c.failed += stats.FailedTotal + parts.FailedTotal
	if err != nil {
		c.broken++
	}
	if c.told != nil {
		c.told(j, stats, parts, err)
		return nil
	}
	var out bytes.Buffer
	c.report(&out, stats, ended.Sub(began))
	c.reportAttachments(&out, parts)
	if err != nil {
		fmt.Fprintf(&out, "bxcrawl: %s\n", neutral.Text(err.Error()))
		offer(&out, err)
	}
	_, err = c.bar.Write(out.Bytes())
	return err
}

// offer says which lists a site has, when the URL was that of their overview.
func offer(out io.Writer, err error) {
	npe, ok := errors.AsType[*pipermail.NotPipermailError](err)
	if !ok || len(npe.Lists) == 0 {
		return
	}
	fmt.Fprintln(out, "To crawl one of its lists:")
	for _, l := range npe.Lists {
		fmt.Fprintf(out, "  bxcrawl %s\n", neutral.OneLine(l.ArchiveURL))
	}
}
