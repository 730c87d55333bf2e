package crawler

// AttachmentMode says which scrubbed parts of messages are fetched. Parts that
// are neither text nor HTML nor a message never are.
type AttachmentMode string

// The modes.
const (
	AttachmentsNone    AttachmentMode = "none"
	AttachmentsMissing AttachmentMode = "missing" // HTML parts of messages without words of their own worth reading
	AttachmentsAll     AttachmentMode = "all"     // every text, HTML part and attached message
)

// DefaultMaxAttachment bounds an attachment, in bytes.
const DefaultMaxAttachment = 10_000_000

// AttachmentStats says what fetching a list's attachments did.
type AttachmentStats struct {
	List      string
	Looked    int   // messages that were looked at: those that have changed since the last time
	Named     int   // scrubbed parts that these name
	Wanted    int   // of those, the ones that the mode asks for
	Held      int   // of the wanted ones, fetched before
	Fetched   int   // stored now
	Unchanged int   // asked for again, and as they were
	Gone      int   // the server says that it does not have them, or does not give them
	TooBig    int   // larger than the bound; what is held of them is that
	Refused   int   // robots.txt does not allow them
	Elsewhere int   // in another list's archive, where nothing is fetched
	Left      int   // not asked for: the server has none of those it was asked for, or refused before
	Bytes     int64 // received
	Requests  int
	Retries   int

	Failed      []Failure // the first 1,000
	FailedTotal int
	Warnings    []string
}
