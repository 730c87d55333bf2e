package pipermail

import "crypto/sha256"

// result says what was paired, and why the rest was not.
func (j *joiner) result() Joined {
	var out Joined
	keys := map[joinKey]bool{}
	for t, r := range j.rowOf {
		if r < 0 {
			keys[j.texts[t].key] = true
		}
	}
	held := j.held()
	for t, r := range j.rowOf {
		if r < 0 {
			out.Texts = append(out.Texts, Unpaired{t, j.textReason(t, held)})
		}
	}
	unsure := j.unsureEnds(out.Texts)
	for r, t := range j.textOf {
		switch {
		case t >= 0:
			out.Pairs = append(out.Pairs, Pair{r, t, j.pageReason(t, unsure)})
		case keys[j.rows[r].key]:
			out.Rows = append(out.Rows, Unpaired{r, ReasonAmbiguous})
		default:
			out.Rows = append(out.Rows, Unpaired{r, ReasonNoText})
		}
	}
	return out
}

// textCopy is equal for copies of one mail.
type textCopy struct {
	id    string
	words [sha256.Size]byte
}

func (j *joiner) copyOf(t int) textCopy { return textCopy{j.texts[t].id, j.words(t)} }

// held are the messages that have their row and share their Message-ID with one
// that has none, which may be a copy.
func (j *joiner) held() map[textCopy]bool {
	open := map[string]bool{}
	for t, r := range j.rowOf {
		if r < 0 && j.source[t].Separator != nil {
			open[j.texts[t].id] = true
		}
	}
	held := map[textCopy]bool{}
	for t, r := range j.rowOf {
		if r >= 0 && open[j.texts[t].id] {
			held[j.copyOf(t)] = true
		}
	}
	return held
}

func (j *joiner) textReason(t int, held map[textCopy]bool) string {
	switch {
	case j.source[t].Separator == nil:
		return ReasonStray
	case len(held) > 0 && held[j.copyOf(t)]:
		return ReasonCopy
	}
	return ReasonNoRow
}

// unsureEnds are the messages above one that no row lists: that one may have
// been pasted into them.
func (j *joiner) unsureEnds(unlisted []Unpaired) map[int]bool {
	out := map[int]bool{}
	for _, u := range unlisted {
		if u.Reason == ReasonNoRow {
			out[u.Index-1] = true
		}
	}
	return out
}

// pageReason says why a pair's page is needed all the same.
func (j *joiner) pageReason(t int, unsure map[int]bool) string {
	switch {
	case j.texts[t].id == "":
		return ReasonNoID
	case j.source[t].Suspect || unsure[t]:
		return ReasonSuspect
	case isLossy(j.source[t].Body):
		return ReasonLossy
	case hasEntities(j.source[t].Body):
		return ReasonEntities
	}
	return ""
}
