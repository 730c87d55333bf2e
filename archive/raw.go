package archive

import (
	"context"
	"time"
)

// RawKind is what a fetched URL is in a Pipermail archive, or what was
// imported.
type RawKind string

// The kinds of raw fetches.
const (
	RawList       RawKind = "list"       // the contents page: the list's index
	RawPeriod     RawKind = "period"     // an index page of one period
	RawMessage    RawKind = "message"    // a message page
	RawText       RawKind = "text"       // a period's text file
	RawAttachment RawKind = "attachment" // a scrubbed part
	RawMail       RawKind = "mail"       // a mail of a mailbox, as it was sent
)

// Raw is the record of one request that was answered, or that failed for good.
// Its body is kept for ever, once for each distinct content.
type Raw struct {
	Seq          uint64 // order of recording, given by PutRaw
	List         string // ListInfo.Name
	Group        string // the period, "2004-March"; empty for the contents page
	Kind         RawKind
	URL          string // as asked for
	FinalURL     string // after redirects; empty when the same
	Fetched      time.Time
	Status       int // HTTP status; 0 when no answer came
	ETag         string
	LastModified string
	ContentType  string
	SHA256       string // hex, of the body; empty without one
	Size         int64  // bytes of the body
	Err          string // why it failed; empty when it did not
}

// ListInfo is one mailing list of the archive.
type ListInfo struct {
	Name     string    `json:"name"` // unique in the archive; what the query's list: means
	URL      string    `json:"url"`  // the contents page's folder, ends in "/"; empty of a list known by imported mail alone
	Title    string    `json:"title"`
	Messages int       `json:"messages"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Checked  time.Time `json:"checked"` // the end of the last complete crawl; zero if none
}

// Group is the unit of parsing: all that is held of one period of one list.
// Raws has the newest fetch with a body of each URL, message pages in URL
// order.
type Group struct {
	List ListInfo
	Name string
	Raws []Raw
	Body func(Raw) ([]byte, error)
}

// Evidence is what the pages of a list say about how its archive was made,
// counted. The archive adds up the evidence of all groups of a list; its
// meaning is the parser's own.
type Evidence map[string]int

// Parsed is a message as the parser found it on one page or in one text file.
// Message.ID, URLs and Thread are empty: the archive gives them.
type Parsed struct {
	Message  Message
	Listed   bool   // a current index page lists Message.URL
	Fallback string // identity without a Message-ID: Date, From and Subject lines as written
	Base     ID     // identity without a Message-ID, as an export has it: Message.Base; takes the place of Fallback
	// Content tells different messages under one Message-ID apart, and one
	// message met twice together: a digest of the text that survives another
	// charset, another rendering and another attachment URL.
	Content string
}

// Problem is something that could not be read, or not be trusted. It never
// means that data was dropped: the raw bytes are kept.
type Problem struct {
	List   string `json:"list"`
	Group  string `json:"period"`
	URL    string `json:"url"`
	Kind   string `json:"kind"` // a word: "no-article", "bad-charset", "bad-date", …
	Detail string `json:"detail"`
}

// Parser turns raw fetches into messages. It is pure: the same group and
// evidence give the same messages.
type Parser interface {
	// Version changes when the output may change; everything is then parsed again.
	Version() string
	// Parse emits the messages and problems of one group and returns the
	// group's own evidence, which must not depend on total.
	Parse(ctx context.Context, g Group, total Evidence, emit func(Parsed) error, report func(Problem)) (Evidence, error)
	// Verdict says what the evidence of a whole list decides. Groups that were
	// parsed under another verdict are parsed again.
	Verdict(total Evidence) string
}

// Witness is a Parser that can tell a group's evidence without parsing it; it
// is what Parse would return.
type Witness interface {
	Evidence(ctx context.Context, g Group) (Evidence, error)
}
