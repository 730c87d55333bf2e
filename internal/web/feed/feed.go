// Package feed writes lists of news for feed readers: Atom (RFC 4287, with the
// paging of RFC 5005) and JSON Feed 1.1, from one Feed value. Searches, threads and
// alerts make those.
//
// What is in a Feed may come from strangers. Written out it is valid UTF-8 without
// characters that XML forbids or that steer a display; text stays text, whatever
// markup is in it; links that are not http or https are left out.
package feed

import (
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/neutral"
)

// The media types of what is written.
const (
	AtomType = "application/atom+xml; charset=utf-8"
	JSONType = "application/feed+json; charset=utf-8"
)

// Feed is a list of news. Its links are absolute, as readers keep a feed apart from
// where it came from.
type Feed struct {
	ID       string // an IRI that never changes: see ID
	Title    string
	Subtitle string // may be empty
	Page     string // the same for people
	Self     string // this feed in the format that is written
	Next     string // its next page in that format; empty on the last one
	// Others are the feed's other formats, by media type.
	Others  map[string]string
	Updated time.Time // zero means the newest of the items
	Items   []Item
}

// Item is one piece of news.
type Item struct {
	ID        string // an IRI that never changes: see MessageID
	Title     string
	Page      string // where to read it
	Original  string // where it was first; may be empty
	Article   string // what it is about; may be empty
	Author    string
	Published time.Time // zero if unknown
	Updated   time.Time // zero means Published
	Summary   string    // plain text; may be empty
	Content   string    // plain text; what is longer than 32 KiB is cut
	Tags      []string
}

// The bounds of what is written of an item.
const (
	maxTitle   = 300      // characters
	maxContent = 32 << 10 // bytes
)

// space is the name space of the IDs. It must stay: another one is another ID.
var space = uuid.MustParse("5a2bd9d0-6b8c-5d0e-9d3a-1f8f4e3c7a61")

// ID makes an IRI of the parts that tell one feed or item from all others. The same
// parts make the same IRI for ever, whatever host the site moves to.
func ID(parts ...string) string {
	return uuid.NewSHA1(space, []byte(strings.Join(parts, "\x00"))).URN()
}

// MessageID is the IRI of a message, in every feed that has it.
func MessageID(id archive.ID) string { return ID("message", string(id)) }

// title is a text on one line, of a length that a list can show.
func title(s, otherwise string) string {
	s = neutral.OneLine(s)
	if s == "" {
		return otherwise
	}
	if r := []rune(s); len(r) > maxTitle {
		return string(r[:maxTitle-1]) + "…"
	}
	return s
}

// content is a text with its lines, cut where it gets too long.
func content(s string) string {
	cut := len(s) > maxContent
	if cut {
		s = strings.ToValidUTF8(s[:maxContent], "")
	}
	s = strings.Trim(neutral.Text(s), "\n")
	if cut {
		s += "\n\n[…]"
	}
	return s
}

// web is a link as it may be followed: of http or https, else empty.
func web(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// author is who wrote an item: both formats want a name.
func (i *Item) author() string { return title(i.Author, "unknown") }

// published and updated are the dates of an item; false for none.
func (i *Item) published() (string, bool) { return stamp(i.Published) }

func (i *Item) updated() (string, bool) {
	if i.Updated.IsZero() {
		return stamp(i.Published)
	}
	return stamp(i.Updated)
}

// stamp writes a date as RFC 3339.
//
// QUIRK: P12, dates are missing, or of years and zones that RFC 3339 cannot write.
func stamp(t time.Time) (string, bool) {
	if t.IsZero() || t.UTC().Year() < 1 || t.UTC().Year() > 9998 {
		return "", false
	}
	if _, offset := t.Zone(); offset%60 != 0 || max(offset, -offset) >= 24*3600 {
		t = t.UTC()
	}
	return t.Format(time.RFC3339), true
}

// never stands where a format wants a date and there is none. It is not now: an
// item would be news each time.
const never = "1970-01-01T00:00:00Z"

// updated is when the newest item was.
func (f *Feed) updated() string {
	newest := f.Updated
	for i := range f.Items {
		for _, t := range []time.Time{f.Items[i].Published, f.Items[i].Updated} {
			if f.Updated.IsZero() && t.After(newest) {
				newest = t
			}
		}
	}
	return otherwise(stamp(newest))(never)
}

func otherwise(s string, ok bool) func(string) string {
	return func(none string) string {
		if ok {
			return s
		}
		return none
	}
}
