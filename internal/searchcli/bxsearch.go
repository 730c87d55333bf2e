// Package searchcli is the command bxsearch: its options, and hits, messages and
// threads as people and programs want them. It loads nothing that a search does
// not need, since most of a search's time is that of starting.
package searchcli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/search"
)

// Command returns the command bxsearch. It has no commands below it, so that any
// word can be searched for, and no flags of one letter but -h, so that -word
// excludes the word.
func Command(e *cli.Env) *cobra.Command {
	opts := searchOptions{}
	cmd := &cobra.Command{
		Use:   "bxsearch QUERY...",
		Short: "Search the mailing lists that bxcrawl has fetched",
		Long: `The words of all arguments are one query. A message is found when it has every
word, in any form: "breaches" finds breach, "multifactor" finds multi-factor.

    "two words"            next to each other; quote for the shell: '"two words"'
    a OR b   -word   ( )   either, not, groups
    a NEAR/5 b  begin*  simlar~  =exact
    from:  subject:  body:  list:  url:  thread:  mid:  attachment:  quoted:
    host:example.com  cve:2021  has:link  is:reply  lang:de  thread:{from:alice}
    author:"Ann Lee"  outlet:example.com
    after:2021-03  before:yesterday  date:2021-03-05  date:last.month..

Only what begins with two hyphens is an option, so -word excludes the word.`,
		Example: `  bxsearch multifactor authentication
  bxsearch '"multifactor authentication" after:2021'
  bxsearch ransomware hospital -subject:webinar --sort date
  bxsearch 'from:dissent (breach OR leak)' --json | jq -r .subject
  bxsearch ransomware hospital --limit 100 --format mbox > hospitals.mbox
  bxsearch ransomware hospital --count
  bxsearch ransomware hospital --facets
  bxsearch --like 20210305120000.4711@example.org after:2021
  bxsearch --show 20210305120000.4711@example.org
  bxsearch --thread https://lists.example.org/pipermail/announce/2021-March/000123.html`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return opts.run(cmd.Context(), e, args)
		},
	}
	opts.data = e.DataFlag(cmd)
	opts.engine = e.EngineFlags(cmd)
	opts.flags(cmd)
	opts.complete(cmd)
	cmd.CompletionOptions.DisableDefaultCmd = true
	return cmd
}

type searchOptions struct {
	data   *string
	engine *cli.EngineFlags
	show   string
	tree   string
	format string
	json   bool // the short way to say format json
	count  bool
	facets bool
	limit  int
	sort   string
	after  string
	like   string
	topic  string // similar subject
	group  string
	single bool // the short way to say group none

	explain bool
}

func (o *searchOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.show, "show", "", "print a message whole; `ref` is its ID, URL or Message-ID")
	f.StringVar(&o.tree, "thread", "", "draw the conversation of the message `ref`, named as for --show")
	f.StringVar(&o.like, "like", "", "messages like the message `ref`, named as for --show; words narrow them down")
	f.StringVar(&o.topic, "similar-subject", "", "messages in other threads with the subject of the message `ref`, or one close to that")
	f.StringVar(&o.format, "format", formatText, "`name` of the format: text, json (one object a line), csv (for spreadsheets), urls, mbox (for mail programs), markdown (for reports)")
	f.BoolVar(&o.json, "json", false, "short for --format json")
	f.BoolVar(&o.count, "count", false, "print the number of messages that match, and nothing else")
	f.BoolVar(&o.facets, "facets", false, "count the messages that match by list, date, author, outlet, attachment and language, instead of showing them")
	f.BoolVar(&o.explain, "explain", false, "say why each hit ranks where it does")
	f.IntVar(&o.limit, "limit", 10, "`number` of hits a page, or of values a facet, at most 1000")
	f.StringVar(&o.sort, "sort", "relevance", "`order`: relevance, date (newest first) or -date (oldest first)")
	f.StringVar(&o.group, "group", "", "`what` to show once, by its best hit: copy (messages that say the same; default of text, json and markdown), thread, or none")
	f.BoolVar(&o.single, "no-fold", false, "short for --group none: show every message that matches")
	f.StringVar(&o.after, "after", "", "the next page: the `cursor` that the page before gave")
	// Cobra would take -v for it.
	f.Bool("version", false, "show the version")
}

// complete tells shells what may follow an option.
func (o *searchOptions) complete(cmd *cobra.Command) {
	for flag, values := range map[string][]string{"format": hitFormats(), "sort": {"relevance", "date", "-date"}, "group": {"copy", "thread", "none"}} {
		// It fails for a flag that there is not.
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// one reports that a message or a thread is asked for by its name.
func (o *searchOptions) one() bool { return o.show != "" || o.tree != "" }

// alike reports that messages like another one are asked for.
func (o *searchOptions) alike() bool { return o.like != "" || o.topic != "" }

// check refuses what does not go together.
func (o *searchOptions) check(words []string) error {
	switch {
	case o.show != "" && o.tree != "":
		return cli.Usagef("--show and --thread: take one of them")
	case o.one() && len(words) > 0:
		return cli.Usagef("--show and --thread want no query; here is %q", strings.Join(words, " "))
	case o.one() && (o.count || o.facets):
		return cli.Usagef("--count and --facets want a query, not --show or --thread")
	case o.like != "" && o.topic != "":
		return cli.Usagef("--like and --similar-subject: take one of them")
	case o.alike() && o.one():
		return cli.Usagef("--like and --similar-subject do not go with --show and --thread")
	case !o.one() && !o.alike() && len(words) == 0:
		return cli.Usagef("what to search for? Give some words; bxsearch --help has examples")
	case o.limit < 1 || o.limit > 1000:
		return cli.Usagef("--limit %d: must be 1 to 1000", o.limit)
	}
	if err := o.checkFormat(); err != nil {
		return err
	}
	if o.facets {
		return o.checkFacets()
	}
	return o.checkGroup()
}

// checkGroup settles what is shown once. A format that has no place to name what
// stands behind a hit has every message.
func (o *searchOptions) checkGroup() error {
	switch {
	case o.single && o.group != "" && o.group != string(search.GroupNone):
		return cli.Usagef("--no-fold and --group %s: take one of them", o.group)
	case o.single, o.group == "" && (o.format == formatCSV || o.format == formatURLs || o.format == formatMbox):
		o.group = string(search.GroupNone)
	}
	return nil
}

func (o *searchOptions) run(ctx context.Context, e *cli.Env, words []string) error {
	if err := o.check(words); err != nil {
		return err
	}
	text := strings.Join(words, " ")
	if text != "" {
		// A mistake in the query is told before one about the archive.
		if _, err := search.Parse(text, nil); err != nil {
			return err
		}
	}
	at, err := o.engine.Place(e, *o.data, cli.EngineFile{})
	if err != nil {
		return err
	}
	s, err := at.Open(ctx, &search.Options{Timeout: time.Minute})
	if err != nil {
		return err
	}
	return errors.Join(o.answer(ctx, e, s, text), s.Close())
}

func (o *searchOptions) answer(ctx context.Context, e *cli.Env, s *search.Searcher, text string) error {
	q := search.Query{Text: text, Like: o.like, SimilarSubject: o.topic, Sort: search.Sort(o.sort), Group: search.Group(o.group), Limit: o.limit, After: o.after, Explain: o.explain}
	switch {
	case o.show != "":
		return o.showMessage(ctx, e, s)
	case o.tree != "":
		return o.showThread(ctx, e, s)
	case o.count:
		return countHits(ctx, e, s, q)
	case o.facets:
		return o.showFacets(ctx, e, s, q)
	}
	res, err := s.Search(ctx, q)
	if err != nil {
		return err
	}
	return o.showHits(ctx, e, s, o.asked(text), res)
}

// asked names what was searched for.
func (o *searchOptions) asked(text string) string {
	if o.alike() {
		return strings.TrimSpace("messages like " + o.like + o.topic + " " + text)
	}
	return text
}
