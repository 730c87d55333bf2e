package pipermail

// Pair is a row of a period's index and the message of its text file that is
// the same mail.
type Pair struct {
	Row  int // in PeriodIndex.Rows
	Text int // in the messages of the text file
}

// Unpaired is a row without a message, or a message without a row.
type Unpaired struct {
	Index  int    // in PeriodIndex.Rows, or in the messages
	Reason string // a word: "no-text", "ambiguous", "differs", "no-id", …
}

// Joined is what Join found out.
type Joined struct {
	Pairs []Pair     // by row
	Rows  []Unpaired // rows that have to be fetched as pages
	Texts []Unpaired // messages that no row lists
}

// Join pairs the rows of a period's index with the messages of its text file.
// Every pair is verified; a row without a pair has to be fetched as a page.
func Join(index *PeriodIndex, text []TextMessage) Joined {
	var j Joined
	for i := range index.Rows {
		j.Rows = append(j.Rows, Unpaired{i, "no-text"})
	}
	return j
}

// Needed lists the URLs of the pages that a period's text file cannot stand
// in for. text is unpacked.
func Needed(index *PeriodIndex, text []byte) ([]string, error) {
	var texts []TextMessage
	for m := range TextMessages(text) {
		texts = append(texts, m)
	}
	var urls []string
	for _, r := range Join(index, texts).Rows {
		urls = append(urls, index.Rows[r.Index].URL)
	}
	return urls, nil
}
