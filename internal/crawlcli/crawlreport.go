package crawlcli

import (
	"fmt"
	"io"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/crawler"
)

// report says what the crawl of one list did.
func (c *crawl) report(out io.Writer, s crawler.Stats, took time.Duration) {
	if !c.quiet && s.List != "" {
		fmt.Fprintf(out, "%s: %s fetched (%s), %s unchanged, %s failed; %s in %s\n",
			neutral.OneLine(s.List), cli.Counted(s.Fetched, "file"), cli.Bytes(s.Bytes), cli.Count(s.Unchanged), cli.Count(s.FailedTotal),
			cli.Counted(s.Requests, "request"), roughly(took))
		if s.Joined > 0 {
			fmt.Fprintf(out, "  %s by %s, %s by a page of its own\n", cli.Counted(s.Joined, "message"), cli.Counted(s.Texts, "text file"), cli.Count(s.Fallback))
		}
		if s.Missing > 0 {
			fmt.Fprintf(out, "  %s listed, but gone from the server\n", cli.Counted(s.Missing, "page"))
		}
	}
	for _, warning := range s.Warnings {
		fmt.Fprintf(out, "  warning: %s\n", neutral.OneLine(warning))
	}
	reportFailures(out, s.Failed, s.FailedTotal)
}

func reportFailures(out io.Writer, failed []crawler.Failure, total int) {
	for _, f := range failed {
		fmt.Fprintf(out, "  failed: %s: %s\n", neutral.OneLine(f.URL), neutral.OneLine(f.Reason))
	}
	if more := total - len(failed); more > 0 {
		fmt.Fprintf(out, "  and %s more; bxcrawl verify names each\n", cli.Count(more))
	}
}

// conclude says what the whole run made of it.
func (c *crawl) conclude() {
	if c.quiet {
		return
	}
	m := c.messages
	fmt.Fprintf(c.env.Stderr, "messages: %s new, %s changed, %s deleted\n", cli.Count(m.New), cli.Count(m.Changed), cli.Count(m.Deleted))
	if c.noIndex {
		fmt.Fprintln(c.env.Stderr, "the index was left as it is")
	}
}
