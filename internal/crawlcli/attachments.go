package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/crawler"
)

// attachmentOptions say which attachments are fetched.
type attachmentOptions struct {
	mode string
	max  byteSize
}

func (o *attachmentOptions) flags(cmd *cobra.Command) {
	o.max = crawler.DefaultMaxAttachment
	f := cmd.Flags()
	f.StringVar(&o.mode, "attachments", string(crawler.AttachmentsMissing),
		"`which` parts that the list server took out of mails to fetch: missing, those of mails without words of their own; all, every text and HTML part and attached mail; none")
	f.Var(&o.max, "max-attachment", "`size` up to which an attachment is fetched, such as 500kB or 10MB")
}

func (o *attachmentOptions) check() error {
	switch crawler.AttachmentMode(o.mode) {
	case crawler.AttachmentsNone, crawler.AttachmentsMissing, crawler.AttachmentsAll:
		return nil
	}
	return cli.Usagef("--attachments %s: must be missing, all or none", o.mode)
}

// byteSize is a number of bytes as people write it.
type byteSize int64

// String implements pflag.Value.
func (b *byteSize) String() string { return strings.ReplaceAll(cli.Bytes(int64(*b)), " ", "") }

// Type implements pflag.Value.
func (b *byteSize) Type() string { return "size" }

// Set implements pflag.Value.
func (b *byteSize) Set(s string) error {
	number := strings.TrimRight(strings.ToLower(s), "bkmg ")
	unit := strings.TrimSuffix(strings.TrimSpace(strings.ToLower(s[len(number):])), "b")
	factor, known := map[string]float64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(n*factor >= 1 && n*factor <= 1e12) {
		return errors.New("give a size such as 500kB or 10MB")
	}
	*b = byteSize(n * factor)
	return nil
}

// attachments fetches what the messages of a list lack, after its crawl.
func (c *crawl) attachments(ctx context.Context, cr *crawler.Crawler, mode crawler.AttachmentMode, list string) (crawler.AttachmentStats, error) {
	if mode != crawler.AttachmentsNone {
		c.bar.note("reading messages")
		if err := c.readMessages(ctx); err != nil {
			return crawler.AttachmentStats{}, err
		}
	}
	return cr.Attachments(ctx, list)
}

// reportAttachments says what became of the attachments that are wanted.
func (c *crawl) reportAttachments(out io.Writer, s crawler.AttachmentStats) {
	if asked := s.Fetched + s.Unchanged + s.Gone + s.FailedTotal + s.Refused; !c.quiet && (asked > 0 || s.TooBig > 0) {
		fmt.Fprintf(out, "  attachments: %s wanted of %s, %s fetched (%s), %s gone, %s too big, %s refused by robots.txt, %s failed; %s\n",
			cli.Count(s.Wanted), cli.Count(s.Named), cli.Count(s.Fetched), cli.Bytes(s.Bytes), cli.Count(s.Gone), cli.Count(s.TooBig), cli.Count(s.Refused),
			cli.Count(s.FailedTotal), cli.Counted(s.Requests, "request"))
	}
	for _, warning := range s.Warnings {
		fmt.Fprintf(out, "  warning: %s\n", neutral.OneLine(warning))
	}
	reportFailures(out, s.Failed, s.FailedTotal)
}
