package crawlcli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// attachmentStatus is what is known of the parts that the list server took out
// of a list's messages. Its names are a promise.
type attachmentStatus struct {
	Named    int `json:"named"`    // URLs that the messages give
	Readable int `json:"readable"` // of those, text, HTML and mails: what --attachments all fetches
	Missing  int `json:"missing"`  // of those, what --attachments missing fetches
	archive.AttachmentStats
}

func newAttachmentStatus(l archive.ListStats) attachmentStatus {
	s := attachmentStatus{AttachmentStats: l.Attachments}
	s.Named, s.Readable, s.Missing = pipermail.Parts(l.Evidence)
	if s.Failed == nil {
		s.Failed = map[string]int{}
	}
	return s
}

// line is the status for people; empty where there is nothing to tell.
func (s attachmentStatus) line() string {
	if s.Named == 0 {
		return ""
	}
	line := fmt.Sprintf("%s named, %s of them text, HTML or mail, %s with words that the mail itself lacks; %s fetched, %s gone from the server",
		cli.Counted(s.Named, "attachment"), cli.Count(s.Readable), cli.Count(s.Missing), cli.Count(s.Held), cli.Count(s.Gone))
	for _, reason := range slices.Sorted(maps.Keys(s.Failed)) {
		line += fmt.Sprintf(", %s not had: %s", cli.Count(s.Failed[reason]), cli.OneLine(reason))
	}
	return line
}
