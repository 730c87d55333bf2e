package pipermail

// Pair is a row of a period's index and the message of its text file that is
// the same mail.
type Pair struct {
	Row  int // in PeriodIndex.Rows
	Text int // in the messages of the text file
	// Page says why the message's page is needed all the same; empty if the
	// text file can stand in for it.
	Page string
}

// Unpaired is a row without a message, or a message without a row.
type Unpaired struct {
	Index  int // in PeriodIndex.Rows, or in the messages
	Reason string
}

// Why a row has no message, why a message has no row, and why a page is needed
// in spite of a pair.
const (
	ReasonNoText    = "no-text"   // no message has the row's subject and author
	ReasonAmbiguous = "ambiguous" // several may be the row's, and they differ
	ReasonNoRow     = "no-row"    // no row lists the message
	ReasonCopy      = "copy"      // one more copy of a message that has its row
	ReasonStray     = "stray"     // bytes before the first separator
	ReasonNoID      = "no-id"     // without a Message-ID; the page's lines identify the message
	ReasonSuspect   = "suspect"   // where the message ends is not sure
	ReasonLossy     = "lossy"     // letters that the archive's charset lacks are question marks
	ReasonEntities  = "entities"  // the page may show the text's character references as characters
)

// Joined is what Join found out.
type Joined struct {
	Pairs []Pair     // by row
	Rows  []Unpaired // rows that have to be fetched as pages
	Texts []Unpaired // messages that no row lists
}

// Join pairs the rows of a period's index with the messages of its text file.
// A pair has the same subject and author and an instant that fits, and nothing
// else could be either's partner; a row without one has to be fetched as a
// page. So the text file never gives a page the wrong words.
//
// The Message-ID decides where the thread index has it; else the instant; else
// a subject and author that occur once; else the place between two pairs.
func Join(index *PeriodIndex, text []TextMessage) Joined {
	return join(index, text, readHeaders(text, index.declared))
}

// join is Join, given the headers of the messages.
func join(index *PeriodIndex, text []TextMessage, headers []textMail) Joined {
	j := newJoiner(index, text, headers)
	j.byID()
	j.byTime(0)
	j.byTime(dateTolerance)
	j.bySubject()
	j.byServerTime()
	j.byOrder()
	return j.result()
}

// Need is a page that a period's text file cannot stand in for.
type Need struct {
	URL    string
	Reason string // one of Reason…
}

// Needs lists the pages that a period's text file cannot stand in for, in the
// order of the rows, with the reasons. text is the file unpacked, or as served.
func Needs(index *PeriodIndex, text []byte) ([]Need, error) {
	text, cut, err := unpackTolerant(text)
	if err != nil {
		return nil, err
	}
	joined := Join(index, collectTexts(text, cut))
	reason := make([]string, len(index.Rows))
	for _, r := range joined.Rows {
		reason[r.Index] = r.Reason
	}
	for _, p := range joined.Pairs {
		reason[p.Row] = p.Page
	}
	var needs []Need
	for i, why := range reason {
		if why != "" {
			needs = append(needs, Need{index.Rows[i].URL, why})
		}
	}
	return needs, nil
}
