package search

import (
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// HitJSON is a hit as programs get it, from `bxsearch --json` and the API, one
// object a line. Its names are a promise: new ones may come, none goes.
type HitJSON struct {
	Rank        int        `json:"rank"`
	Score       float64    `json:"score"`
	ID          archive.ID `json:"id"`
	List        string     `json:"list"`
	URL         string     `json:"url"`
	MessageID   string     `json:"message_id"` // without angle brackets
	Date        time.Time  `json:"date"`       // RFC 3339 in the sender's own offset
	FromName    string     `json:"from_name"`
	FromAddress string     `json:"from_address"` // empty where the archive hides it
	Subject     string     `json:"subject"`
	Snippet     string     `json:"snippet"` // plain text without marks; "…" where text is left out
	Thread      archive.ID `json:"thread"`
	ThreadSize  int        `json:"thread_size"`
	// Folded are the messages found that stand behind this one, best first: its
	// copies, or with GroupThread others of its thread. Left out where there are none.
	Folded      []archive.ID `json:"folded,omitempty"`
	Cursor      string       `json:"cursor"`                // goes on behind this hit; empty of the last hit of all
	Explanation []string     `json:"explanation,omitempty"` // only if asked for
}

// JSON returns the hit as programs get it.
func (h *Hit) JSON() HitJSON {
	m := h.Message
	return HitJSON{
		Rank: h.Rank, Score: h.Score, ID: m.ID, List: m.List, URL: m.URL, MessageID: m.MessageID,
		Date: m.Date, FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject,
		Snippet: h.Snippet.String(), Thread: m.Thread, ThreadSize: h.ThreadSize, Folded: h.Folded, Cursor: h.Cursor, Explanation: h.Explanation,
	}
}
