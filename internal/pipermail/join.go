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
	j := newJoiner(index, text)
	j.byID()
	j.byTime(0)
	j.byTime(dateTolerance)
	j.bySubject()
	j.byServerTime()
	j.byOrder()
	return j.result()
}

// Needed lists the URLs of the pages that a period's text file cannot stand
// in for. text is the file unpacked, or as served.
func Needed(index *PeriodIndex, text []byte) ([]string, error) {
	text, cut, err := unpackTolerant(text)
	if err != nil {
		return nil, err
	}
	messages := collectTexts(text, cut)
	joined := Join(index, messages)
	need := make([]bool, len(index.Rows))
	for _, r := range joined.Rows {
		need[r.Index] = true
	}
	for _, p := range joined.Pairs {
		need[p.Row] = need[p.Row] || p.Page != ""
	}
	var urls []string
	for i, n := range need {
		if n {
			urls = append(urls, index.Rows[i].URL)
		}
	}
	return urls, nil
}
