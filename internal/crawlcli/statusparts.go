package crawlcli

import (
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
