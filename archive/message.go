package archive

import "time"

// ID names one message of one list for ever: 16 characters of lower-case
// base32 (RFC 4648, no padding) over the first 10 bytes of a SHA-256. It stays
// the same when the list is crawled again, parsed again or rebuilt by its
// server; when more becomes known of a message than its pages told, it may get
// another one, and the old one goes on to find it. See docs/format.md for what
// is hashed.
type ID string

// DateOrigin tells where a message's date was read.
type DateOrigin string

// The origins of a date, best first.
const (
	DateHeader   DateOrigin = "header"   // the Date line as the sender wrote it
	DateIndex    DateOrigin = "index"    // the instant from the thread index
	DatePage     DateOrigin = "page"     // the message page's local time
	DateReceived DateOrigin = "received" // the time of receipt, the Date line being unusable
	DateGuess    DateOrigin = "guess"    // the neighbours in the same period
)

// BlockKind says whose words a stretch of a message's body is.
type BlockKind string

// The kinds of blocks.
const (
	BlockOwn       BlockKind = "own"       // written by the sender
	BlockQuote     BlockKind = "quote"     // quoted from somebody, with the line that introduces it
	BlockSignature BlockKind = "signature" // from the "-- " line on, and what telephones, mail services and companies add
)

// Block is a stretch of Message.Body: the bytes [Start, End). A message's
// blocks are in order, do not overlap and cover the body.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Depth int       `json:"depth,omitempty"` // quotes only: 1 for ">", 2 for ">>"
	Start int       `json:"start"`
	End   int       `json:"end"`
}

// Attachment is a part that the list server took out of a mail and stored
// beside it.
type Attachment struct {
	Kind    string `json:"kind"` // html, text, message or binary
	Name    string `json:"name"`
	Type    string `json:"type"` // media type as the server gave it; may be empty
	Size    int64  `json:"size"` // bytes as the server gave them; 0 if unknown
	URL     string `json:"url"`  // empty where the server removed the part
	Fetched bool   `json:"fetched"`
	Text    string `json:"-"` // the part's readable text, where it was fetched
}

// Message is one mail of one list, as read out of what was fetched. The JSON
// names are a promise; they are those of `bxcrawl export --format jsonl`.
type Message struct {
	ID          ID           `json:"id"`
	List        string       `json:"list"`
	URL         string       `json:"url"`        // the permalink: the page in the current index
	URLs        []string     `json:"urls"`       // every page that holds this message, sorted
	MessageID   string       `json:"message_id"` // without angle brackets; empty if unknown
	InReplyTo   string       `json:"in_reply_to"`
	References  []string     `json:"references"` // oldest first
	Date        time.Time    `json:"date"`       // zero if unknown; never "now"
	FromName    string       `json:"from_name"`
	FromAddress string       `json:"from_address"` // with "@"; empty where the archive hides it
	Subject     string       `json:"subject"`
	Body        string       `json:"body"`       // decoded; no scrub notices, no list footer; quotes kept
	SourceURL   string       `json:"source_url"` // the article that the mail reports
	Attachments []Attachment `json:"attachments"`
	Thread      ID           `json:"thread"` // the ID of the thread's root, present or missing

	// Parent is the message above this one in its thread, held or not; empty
	// where there is none.
	Parent ID `json:"-"`

	// Base is the ID that the message has but for others of the same
	// Message-ID, or of the same Date, From and Subject without one.
	Base       ID         `json:"-"`
	DateRaw    string     `json:"-"` // the date as written at its origin
	DateOrigin DateOrigin `json:"-"`
	Blocks     []Block    `json:"-"`
	// IndexParent is the page URL of the message that the thread index puts
	// above this one: the weakest of the three signs of a reply, and on a
	// page-by-page crawl of Pipermail 0.09 often the only one.
	IndexParent string `json:"-"`
	// BaseSubject is the subject without reply markers and list tags, folded
	// for comparison; Reply says that there was a reply marker.
	BaseSubject string `json:"-"`
	Reply       bool   `json:"-"`
}

// Text returns the parts of the body that are of the given kind, each as it
// stands.
func (m *Message) Text(kind BlockKind) []string {
	var out []string
	for _, b := range m.Blocks {
		if b.Kind == kind {
			out = append(out, m.Body[b.Start:b.End])
		}
	}
	return out
}

// Own returns what the sender wrote: the text of BlockOwn, or the whole body of a
// message that nobody has divided into blocks.
func (m *Message) Own() []string {
	if len(m.Blocks) == 0 {
		return []string{m.Body}
	}
	return m.Text(BlockOwn)
}

// Thread is a conversation in reading order: a parent comes before its
// replies, siblings by date.
type Thread struct {
	ID       ID
	Messages []ThreadEntry
}

// ThreadEntry is one message of a thread with its place in the tree.
type ThreadEntry struct {
	Message *Message
	Parent  ID  // empty for a root, and where the parent is not held
	Depth   int // 0 for a root
}
