package pipermail

// result says what was paired, and why the rest was not.
func (j *joiner) result() Joined {
	var out Joined
	held, keys := map[textCopy]bool{}, map[joinKey]bool{}
	for t, r := range j.rowOf {
		if r >= 0 {
			held[j.copyOf(t)] = true
		} else {
			keys[j.texts[t].key] = true
		}
	}
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
	id   string
	body int
}

func (j *joiner) copyOf(t int) textCopy { return textCopy{j.texts[t].id, j.texts[t].copyOf} }

func (j *joiner) textReason(t int, held map[textCopy]bool) string {
	switch {
	case j.source[t].Separator == nil:
		return ReasonStray
	case held[j.copyOf(t)]:
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
