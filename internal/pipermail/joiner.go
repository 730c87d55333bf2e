package pipermail

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"slices"
	"time"
)

const (
	// dateTolerance is how far the text file's date may be from the index's
	// instant although both are of one mail (P12).
	dateTolerance = 2 * time.Second
	// zoneTolerance is how far a date without a zone may be off.
	zoneTolerance = 26 * time.Hour
)

// unpackTolerant unpacks what may be packed. cut says that the end is missing.
func unpackTolerant(body []byte) (text []byte, cut bool, err error) {
	text, err = Unpack(body, 0)
	var truncated *TruncatedError
	if errors.As(err, &truncated) {
		return text, true, nil
	}
	return text, false, err
}

func collectTexts(text []byte, cut bool) []TextMessage {
	var out []TextMessage
	for m := range TextMessages(text) {
		out = append(out, m)
	}
	if n := len(out); n > 0 && (cut || text[len(text)-1] != '\n') {
		out[n-1].Suspect = true
	}
	return out
}

// joinRow is what a row is known by.
type joinRow struct {
	key  joinKey
	id   string
	time int64 // Unix; noTime if unknown
}

// joinText is what a message of the text file is known by.
type joinText struct {
	key   joinKey
	id    string
	time  int64              // the Date line's instant; noTime without a zone
	local []int64            // clocks without a zone, as if they were UTC: the separator's, the Date line's
	words *[sha256.Size]byte // digest of its words; nil until it is asked for
}

const noTime = int64(-1 << 62)

// joiner pairs rows and messages step by step, the surest first.
type joiner struct {
	rows   []joinRow
	texts  []joinText
	source []TextMessage
	order  []int // rows by number
	textOf []int // by row; -1 while it has none
	rowOf  []int // by message
}

// readHeaders decodes the headers of messages.
func readHeaders(text []TextMessage, declared []string) []textMail {
	out := make([]textMail, len(text))
	for i, m := range text {
		out[i] = readFields(m, declared)
	}
	return out
}

func newJoiner(index *PeriodIndex, text []TextMessage, headers []textMail) *joiner {
	j := &joiner{source: text, textOf: make([]int, len(index.Rows)), rowOf: make([]int, len(text))}
	for i, r := range index.Rows {
		j.textOf[i] = -1
		j.order = append(j.order, i)
		row := joinRow{key: newJoinKey(r.Subject, r.Author), id: r.MessageID, time: noTime}
		if !r.Time.IsZero() {
			row.time = r.Time.Unix()
		}
		j.rows = append(j.rows, row)
	}
	slices.SortStableFunc(j.order, func(a, b int) int { return cmp.Compare(index.Rows[a].Number, index.Rows[b].Number) })
	for i := range text {
		j.rowOf[i] = -1
		j.texts = append(j.texts, newJoinText(&headers[i]))
	}
	return j
}

func newJoinText(t *textMail) joinText {
	out := joinText{key: t.key(), id: t.id, time: noTime}
	if d, ok := parseDateText(t.separator); ok && d.month > 0 {
		out.local = append(out.local, d.wall())
	}
	if d, ok := parseDateText(t.date); ok && d.month > 0 {
		out.local = append(out.local, d.wall())
		if d.hasZone && !d.vagueZone {
			out.time = d.date().Unix()
		}
	}
	return out
}

// wall is the clock's reading as if it were UTC's.
func (d dateText) wall() int64 {
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.sec, 0, time.UTC).Unix()
}

func (j *joiner) pair(row, text int) { j.textOf[row], j.rowOf[text] = text, row }

// plausible verifies a pair: subject and author, and a time that is not
// another.
func (j *joiner) plausible(row, text int) bool {
	r, t := &j.rows[row], &j.texts[text]
	return r.key == t.key && j.timeFits(r, t)
}

func (j *joiner) timeFits(r *joinRow, t *joinText) bool {
	if r.time == noTime || t.time == noTime && len(t.local) == 0 {
		return true
	}
	if t.time != noTime && near(r.time, t.time, dateTolerance) {
		return true
	}
	for _, l := range t.local {
		if near(r.time, l, zoneTolerance) {
			return true
		}
	}
	return false
}

func near(a, b int64, within time.Duration) bool {
	return max(a, b)-min(a, b) <= int64(within/time.Second)
}

// resolve pairs rows and messages that fit each other equally well: one with
// one, or several with copies of one mail. Others are left alone.
func (j *joiner) resolve(rows, texts []int) {
	if len(rows) == 0 || len(texts) < len(rows) {
		return
	}
	for _, t := range texts[1:] {
		if j.texts[t].id != j.texts[texts[0]].id || j.words(t) != j.words(texts[0]) {
			return
		}
	}
	if len(texts) > len(rows) { // of copies those that have all their letters
		slices.SortStableFunc(texts, func(a, b int) int { return cmp.Compare(j.lossy(a), j.lossy(b)) })
	}
	for i, r := range rows {
		j.pair(r, texts[i])
	}
}

// words is the digest of a message's words; hardly any has to tell it.
func (j *joiner) words(text int) [sha256.Size]byte {
	t := &j.texts[text]
	if t.words == nil {
		sum := wordsDigest(j.source[text].Body)
		t.words = &sum
	}
	return *t.words
}

func (j *joiner) lossy(text int) int {
	if isLossy(j.source[text].Body) {
		return 1
	}
	return 0
}
