package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/bxsearch/bxsearch/crawler"
)

// report says what the crawl of one list did.
func (c *crawl) report(out io.Writer, s crawler.Stats, took time.Duration) {
	if !c.quiet && s.List != "" {
		fmt.Fprintf(out, "%s: %s fetched (%s), %s unchanged, %s failed; %s in %s\n",
			oneLine(s.List), counted(s.Fetched, "file"), bytesText(s.Bytes), count(s.Unchanged), count(s.FailedTotal),
			counted(s.Requests, "request"), roughly(took))
		if s.Joined > 0 {
			fmt.Fprintf(out, "  %s by %s, %s by a page of its own\n", counted(s.Joined, "message"), counted(s.Texts, "text file"), count(s.Fallback))
		}
		if s.Missing > 0 {
			fmt.Fprintf(out, "  %s listed, but gone from the server\n", counted(s.Missing, "page"))
		}
	}
	for _, warning := range s.Warnings {
		fmt.Fprintf(out, "  warning: %s\n", oneLine(warning))
	}
	reportFailures(out, s.Failed, s.FailedTotal)
}

func reportFailures(out io.Writer, failed []crawler.Failure, total int) {
	for _, f := range failed {
		fmt.Fprintf(out, "  failed: %s: %s\n", oneLine(f.URL), oneLine(f.Reason))
	}
	if more := total - len(failed); more > 0 {
		fmt.Fprintf(out, "  and %s more; bxcrawl verify names each\n", count(more))
	}
}

// conclude says what the whole run made of it.
func (c *crawl) conclude() {
	if c.quiet {
		return
	}
	m := c.messages
	fmt.Fprintf(c.env.Stderr, "messages: %s new, %s changed, %s deleted\n", count(m.New), count(m.Changed), count(m.Deleted))
	if c.noIndex {
		fmt.Fprintln(c.env.Stderr, "the index was left as it is")
	}
}
