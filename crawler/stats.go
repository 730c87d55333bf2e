package crawler

import "time"

// maxFailures bounds Stats.Failed; each failure is in the archive as well.
const maxFailures = 1000

// Stats says what a crawl did.
type Stats struct {
	List    string // the list's name in the archive
	URL     string // its contents page's folder, after redirects
	Resumed bool   // an interrupted crawl went on

	Requests  int   // sent, with robots.txt, retries and redirects
	Retries   int   // of those, made because an earlier one failed
	Fetched   int   // pages stored that are new or have changed
	Unchanged int   // pages that the server said, or their bytes showed, are as held
	Bytes     int64 // of the pages received, after decompression
	Messages  int   // of Fetched, message pages
	Texts     int   // of Fetched, text files
	Joined    int   // listed messages that a text file brought, with their page's URL
	Fallback  int   // message pages wanted because no text file has their message beyond doubt
	Missing   int   // listed message pages that were gone before and still are

	PeriodsTotal   int // on the contents page
	PeriodsFetched int // looked at in this crawl; the others cannot have changed

	Failed      []Failure // the first 1,000
	FailedTotal int
	Warnings    []string // what a person should look at
}

// Failure is a URL that could not be had.
type Failure struct {
	URL    string
	Status int // HTTP status; 0 when no answer came
	Reason string
}

// EventKind tells what an Event reports.
type EventKind string

// The kinds of events.
const (
	EventPage   EventKind = "page"   // a message page is done: stored, or failed
	EventPeriod EventKind = "period" // a period is finished
	// EventAttachment: an attachment is done: stored, or failed. Done and Known
	// count attachments then.
	EventAttachment EventKind = "attachment"
	EventWait       EventKind = "wait" // the server asked for a pause, or a retry is due
)

// Event is a moment of a crawl, for a display of its progress.
type Event struct {
	Kind EventKind
	List string

	// Done counts message pages that are held or given up, Known those listed
	// by the periods read so far. Known grows until PeriodsRead is
	// PeriodsTotal.
	Done, Known                            int
	PeriodsDone, PeriodsRead, PeriodsTotal int
	Requests                               int

	Period      string // EventPeriod: its name
	New, Failed int    // EventPeriod: message pages stored, and failed
	Listed      int    // EventPeriod: message pages it lists

	Wait   time.Duration // EventWait: for how long
	Reason string        // EventWait: why
}
