package searchcli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/mbox"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// The formats of bxsearch. Those of messages do for --show and --thread too.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatCSV      = "csv"
	formatURLs     = "urls"
	formatMbox     = "mbox"
	formatMarkdown = "markdown"
)

func hitFormats() []string {
	return []string{formatText, formatJSON, formatCSV, formatURLs, formatMbox, formatMarkdown}
}

func messageFormats() []string { return []string{formatText, formatJSON, formatURLs, formatMbox} }

// checkFormat refuses a format that there is not, or not of messages.
func (o *searchOptions) checkFormat() error {
	if o.json && o.format != formatText && o.format != formatJSON {
		return cli.Usagef("--json and --format %s: take one of them", o.format)
	}
	if o.json {
		o.format = formatJSON
	}
	switch {
	case o.count && o.format != formatText:
		return cli.Usagef("--count prints a number and nothing else: leave out --json and --format")
	case !slices.Contains(hitFormats(), o.format):
		return cli.Usagef("--format %s: there is no such format; take one of %s", o.format, strings.Join(hitFormats(), ", "))
	case o.one() && !slices.Contains(messageFormats(), o.format):
		return cli.Usagef("--format %s is for hits; with --show and --thread take one of %s", o.format, strings.Join(messageFormats(), ", "))
	}
	return nil
}

// countHits prints how many messages match.
func countHits(ctx context.Context, e *cli.Env, s *search.Searcher, q search.Query) error {
	n, err := s.Count(ctx, q)
	if err == nil {
		_, err = fmt.Fprintln(e.Stdout, n)
	}
	return err
}

// writeHits prints hits in the format asked for.
func (o *searchOptions) writeHits(ctx context.Context, e *cli.Env, s *search.Searcher, hits []search.Hit) error {
	switch o.format {
	case formatText:
		return e.Page(func(s cli.Screen) error {
			return each(hits, s.W, func(_ io.Writer, h *search.Hit) error { o.writeHit(s, h); return nil })
		})
	case formatJSON:
		return e.Buffered(func(w *bufio.Writer) error {
			return each(hits, w, func(w io.Writer, h *search.Hit) error { return wire.WriteJSON(w, h.JSON()) })
		})
	case formatCSV:
		return e.Buffered(func(w *bufio.Writer) error { return wire.WriteCSV(w, all(hits)) })
	case formatMarkdown:
		return e.Buffered(func(w *bufio.Writer) error { return each(hits, w, o.writeMarkdown) })
	}
	messages := make([]*archive.Message, len(hits))
	for i := range hits {
		messages[i] = hits[i].Message
	}
	return o.writeMessages(ctx, e, s, messages)
}

// all is hits as a search that walks them gives them.
func all(hits []search.Hit) iter.Seq2[search.Hit, error] {
	return func(yield func(search.Hit, error) bool) {
		for _, h := range hits {
			if !yield(h, nil) {
				return
			}
		}
	}
}

func each(hits []search.Hit, w io.Writer, write func(io.Writer, *search.Hit) error) error {
	for i := range hits {
		if err := write(w, &hits[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeMessages prints messages in one of the formats for programs that need
// no hits.
func (o *searchOptions) writeMessages(ctx context.Context, e *cli.Env, s *search.Searcher, messages []*archive.Message) error {
	write := writeURL
	switch o.format {
	case formatJSON:
		write = func(w io.Writer, m *archive.Message) error { return wire.WriteJSON(w, wire.Message(m)) }
	case formatMbox:
		urls, err := wire.ListURLs(ctx, s)
		if err != nil {
			return err
		}
		write = func(w io.Writer, m *archive.Message) error { return mbox.Write(e.Harmless(w), m, urls[m.List]) }
	}
	return e.Buffered(func(w *bufio.Writer) error {
		for _, m := range messages {
			if err := write(w, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeURL writes a message's permalink, and nothing for one that has none.
func writeURL(w io.Writer, m *archive.Message) error {
	if m.URL == "" {
		return nil
	}
	_, err := fmt.Fprintln(w, strings.ReplaceAll(neutral.OneLine(m.URL), " ", ""))
	return err
}
