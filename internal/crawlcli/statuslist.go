package crawlcli

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
)

// listStatus is one list with what is held of it. Its names are a promise.
type listStatus struct {
	archive.ListInfo
	Pages    int `json:"pages"`    // of which a body is held
	Failed   int `json:"failed"`   // that could not be had, and that nothing stands in for
	Gone     int `json:"gone"`     // of those, which the server does not have or does not give
	Problems int `json:"problems"` // that the parser met
	Unread   int `json:"unread"`   // periods with pages that were not parsed yet
	Lacking  int `json:"lacking"`  // listed messages that the text files lack, where --via text fetched no pages

	Attachments attachmentStatus `json:"attachments"`

	Complete bool      `json:"complete"` // nothing is missing that can be had
	Fresh    bool      `json:"fresh"`    // crawled to its end within --max-age
	Reason   string    `json:"reason"`   // why it is not both; empty if it is
	Attempt  *attempt  `json:"attempt"`  // the last crawl, whatever came of it; null if there was none
	Failures []failing `json:"failures"` // the first of Failed that are not Gone

	lacking []string // the periods of Lacking
}

// failing is a URL that could not be had.
type failing struct {
	URL    string `json:"url"`
	Status int    `json:"status"` // HTTP status; 0 when no answer came
	Reason string `json:"reason"`
}

// maxFailing bounds listStatus.Failures; bxcrawl ledger --failed has all.
const maxFailing = 20

// judge says what counts as fresh.
type judge struct {
	now    time.Time
	maxAge time.Duration // 0 for any age
}

// listStatuses looks at the lists that the archive has, then at those that are
// configured, or were tried, and never answered as one.
func listStatuses(ctx context.Context, a *archive.Archive, o *crawlOptions, j judge) ([]listStatus, error) {
	stats, err := a.Stats(ctx)
	if err != nil {
		return nil, err
	}
	tried, err := attempts(ctx, a)
	if err != nil {
		return nil, err
	}
	all := []listStatus{}
	for _, l := range stats.Lists {
		due, err := crawler.DueAttachments(ctx, a, l.List.Name)
		if err != nil {
			return nil, err
		}
		s := listStatus{ListInfo: l.List, Pages: l.Pages, Problems: l.Problems, Unread: l.Stale, Failures: []failing{}, Attachments: newAttachmentStatus(l, due)}
		for status, n := range l.Failures {
			s.Failed += n
			if gone(status) {
				s.Gone += n
			}
		}
		s.Attempt = attemptOf(tried, s)
		periods, err := crawler.Periods(ctx, a, l.List.Name)
		if err != nil {
			return nil, err
		}
		s.lack(periods)
		if s.Failed > s.Gone {
			lacking, err := failures(ctx, a, l.List.Name, periods)
			if err != nil {
				return nil, err
			}
			s.Failed, s.Failures = s.Gone+len(lacking), lacking[:min(len(lacking), maxFailing)]
		}
		all = append(all, s)
	}
	for _, url := range unanswered(all, tried, o) {
		s := listStatus{ListInfo: archive.ListInfo{URL: url}, Failures: []failing{}, Attachments: newAttachmentStatus(archive.ListStats{}, crawler.AttachmentsDue{})}
		s.Attempt = attemptOf(tried, s)
		all = append(all, s)
	}
	for i := range all {
		j.look(&all[i])
	}
	return all, nil
}

// lack adds up what the text files of a list lack.
func (s *listStatus) lack(periods []crawler.Period) {
	for _, p := range periods {
		if p.Lacking > 0 {
			s.Lacking += p.Lacking
			s.lacking = append(s.lacking, p.Name)
		}
	}
}

func gone(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status == http.StatusForbidden
}

// attemptOf finds the last crawl of a list.
func attemptOf(tried []attempt, l listStatus) *attempt {
	var last *attempt
	for i, a := range tried {
		if (l.Name != "" && a.List == l.Name || l.URL != "" && sameList(a.URL, l.URL)) && (last == nil || a.Ended.After(last.Ended)) {
			last = &tried[i]
		}
	}
	return last
}

// unanswered gives the URLs that should be lists and are none in the archive:
// those of the configuration, without one those that were tried.
func unanswered(known []listStatus, tried []attempt, o *crawlOptions) []string {
	var urls []string
	for _, l := range o.config.Lists {
		urls = append(urls, l.URL.String())
	}
	if len(urls) == 0 {
		for _, a := range tried {
			if a.List == "" {
				urls = append(urls, a.URL)
			}
		}
	}
	return slices.DeleteFunc(urls, func(u string) bool {
		return slices.ContainsFunc(known, func(l listStatus) bool {
			return sameList(l.URL, u) || l.Attempt != nil && sameList(l.Attempt.URL, u)
		})
	})
}

// failures returns the URLs of a list that could not be had. A page whose
// message a text file told is not missed, nor is a text file whose pages are
// there.
func failures(ctx context.Context, a *archive.Archive, list string, periods []crawler.Period) ([]failing, error) {
	complete := map[string]bool{}
	for _, p := range periods {
		complete[p.Name] = p.Complete
	}
	all, known := []failing{}, map[string]map[string]bool{}
	for r, err := range a.Ledger(ctx, list) {
		if err != nil {
			return nil, err
		}
		if !failure(r) || gone(r.Status) || r.Kind == archive.RawAttachment || r.Kind == archive.RawText && complete[r.Group] {
			continue
		}
		if r.Kind == archive.RawMessage && known[r.Group] == nil {
			if known[r.Group], err = a.MessageURLs(ctx, list, r.Group); err != nil {
				return nil, err
			}
		}
		if known[r.Group][r.URL] {
			continue
		}
		f := failing{URL: r.URL, Status: r.Status, Reason: r.Err}
		if f.Reason == "" {
			f.Reason = fmt.Sprintf("the server answered %d %s", r.Status, http.StatusText(r.Status))
		}
		all = append(all, f)
	}
	return all, nil
}

// look decides whether a list is complete and fresh.
func (j judge) look(s *listStatus) {
	s.Fresh = j.maxAge == 0 || !s.Checked.IsZero() && j.now.Sub(s.Checked) <= j.maxAge || s.Name != "" && s.Mailbox()
	switch {
	case s.Name != "" && s.Mailbox() && s.Unread == 0:
		s.Complete = true
	case s.Attempt != nil && s.Attempt.Error != "":
		s.Reason = "the last crawl stopped: " + s.Attempt.Error
	case s.Checked.IsZero() && !s.Mailbox():
		s.Reason = "not crawled to its end yet"
	case s.Failed > s.Gone:
		s.Reason = cli.Counted(s.Failed-s.Gone, "page") + " could not be had; the next run tries again"
	case s.Lacking > 0:
		s.Reason = fmt.Sprintf("%s listed in %s and in no text file; --via auto fetches the pages", cli.Counted(s.Lacking, "message"), named(s.lacking))
	case s.Unread > 0:
		s.Reason = cli.Counted(s.Unread, "period") + " not read yet; the next run does, or bxcrawl reparse"
	default:
		s.Reason = s.Attachments.lack()
		s.Complete = s.Reason == ""
	}
	if s.Reason == "" && !s.Fresh {
		s.Reason = "not crawled for " + roughly(j.now.Sub(s.Checked))
	}
}

// named names the first of some periods.
func named(periods []string) string {
	const shown = 3
	if more := len(periods) - shown; more > 0 {
		return fmt.Sprintf("%s, … (%d more)", strings.Join(periods[:shown], ", "), more)
	}
	return strings.Join(periods, ", ")
}
