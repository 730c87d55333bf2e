package crawler

import "time"

// latePart is an attachment that the server does not have, and may have yet: a
// mirror brings mails first and attachments some nights later.
type latePart struct {
	URL   string    `json:"url"`
	Group string    `json:"group"`
	Sent  time.Time `json:"sent"` // the date of the mail
	Asked time.Time `json:"asked"`
}

const (
	// youth is how old a mail is whose attachments do not come any more.
	youth = 30 * 24 * time.Hour
	// sleepLess is how soon a late attachment is asked for again: the next night.
	sleepLess = 20 * time.Hour
	// maxLate bounds how many of a list are waited for.
	maxLate = 200
)

// young reports whether the mail was new when its attachment was asked for. One
// from the future is not, or it would be for ever.
func (l latePart) young() bool {
	age := l.Asked.Sub(l.Sent)
	return age >= -24*time.Hour && age < youth
}

// patience is how long the attachment is left alone since it was asked for: as
// long as its mail was old then, so that it takes half a dozen requests until
// the mail is not young any more.
func (l latePart) patience() time.Duration {
	if !l.young() {
		return recheck
	}
	return max(l.Asked.Sub(l.Sent), sleepLess)
}

// lateParts collects what the next passes ask for again.
type lateParts struct{ parts []latePart }

func (l *lateParts) add(p latePart) {
	if p.young() && len(l.parts) < maxLate {
		l.parts = append(l.parts, p)
	}
}
