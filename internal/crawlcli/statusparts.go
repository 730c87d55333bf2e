package crawlcli

import (
	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// attachmentStatus is what is known of the parts that the list server took out
// of a list's messages. Its names are a promise.
type attachmentStatus struct {
	Named    int `json:"named"`    // URLs that the messages give
	Readable int `json:"readable"` // of those, text, HTML and mails: what --attachments all fetches
	Missing  int `json:"missing"`  // of those, what --attachments missing fetches
	archive.AttachmentStats

	Mode crawler.AttachmentMode `json:"mode"` // of the last run; empty if none came to the attachments
	Due  int                    `json:"due"`  // wanted by that mode and not had, for a reason that may pass
	Open bool                   `json:"open"` // the last run did not come to the end of them
}

func newAttachmentStatus(l archive.ListStats, due crawler.AttachmentsDue) attachmentStatus {
	s := attachmentStatus{AttachmentStats: l.Attachments, Mode: due.Mode, Due: due.Count, Open: due.Open}
	s.Named, s.Readable, s.Missing = pipermail.Parts(l.Evidence)
	if s.Failed == nil {
		s.Failed = map[string]int{}
	}
	return s
}

// lack says what a list still wants of attachments; empty if nothing.
func (s attachmentStatus) lack() string {
	switch {
	case s.Open:
		return "attachments were not all asked for; the next run goes on"
	case s.Due > 0:
		return cli.Counted(s.Due, "attachment") + " could not be had; the next run tries again"
	}
	return ""
}
