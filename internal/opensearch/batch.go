package opensearch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// answerPath leaves out of a bulk's answer what is not read.
const answerPath = "error,status,items.*._id,items.*.status,items.*.error"

// batch is the items of one request, as its body and where each begins in it.
type batch struct {
	body  []byte
	items []entry
}

// entry is one item in a body.
type entry struct {
	begin, end int
	deletes    bool
}

func (b *batch) add(item Item) {
	e := entry{begin: len(b.body), deletes: item.Doc == nil}
	op := `{"index":{"_id":`
	if e.deletes {
		op = `{"delete":{"_id":`
	}
	b.body = append(b.body, op...)
	b.body = appendString(b.body, item.ID)
	b.body = append(b.body, `,"version":`...)
	b.body = strconv.AppendUint(b.body, item.Version, 10)
	b.body = append(b.body, `,"version_type":"external_gte"}}`+"\n"...)
	if !e.deletes {
		b.body = append(append(b.body, item.Doc...), '\n')
	}
	e.end = len(b.body)
	b.items = append(b.items, e)
}

func appendString(to []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // a string always can
	return append(to, quoted...)
}

// clear makes a batch free. One that a single large item has blown up is let go.
func (b *batch) clear(most int) {
	b.body, b.items = b.body[:0], b.items[:0]
	if cap(b.body) > 4*most {
		b.body = nil
	}
}

// outcome is what OpenSearch says of one item, under the name of its operation.
type outcome map[string]struct {
	ID     string   `json:"_id"`
	Status int      `json:"status"`
	Error  *problem `json:"error"`
}

// settle leaves in the batch what has to be sent again, and says why. An error is
// that of an item which will never be taken, unless refused hears of it.
func (b *batch) settle(answer []byte, count func(func(*BulkStats)), refused func(string, error)) (busy, err error) {
	var a struct {
		Items []outcome `json:"items"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, fmt.Errorf("opensearch: the answer to a bulk request cannot be read: %w", err)
	}
	if len(a.Items) != len(b.items) {
		return nil, &Error{Kind: ErrPartial, Reason: fmt.Sprintf("%d items were sent and %d answered", len(b.items), len(a.Items))}
	}
	var done BulkStats
	var left []entry
	for i, o := range a.Items {
		for _, one := range o {
			e := &Error{Status: one.Status}
			switch {
			case one.Error == nil && one.Status < 300, b.items[i].deletes && one.Status == http.StatusNotFound && one.Error == nil:
				done.add(b.items[i])
				continue
			case one.Error != nil:
				e.tell(one.Error)
			default:
				e.Kind, e.Reason = ErrRefused, "OpenSearch does not say why"
			}
			switch {
			case e.Kind == ErrConflict:
				done.Stale++
			case again(e) || one.Status >= 500:
				e.Kind, busy = ErrBusy, e
				left = append(left, b.items[i])
			case refused != nil && e.Kind == ErrRefused:
				refused(one.ID, e)
			default:
				e.Reason = fmt.Sprintf("item %s: %s", one.ID, e.Reason)
				return nil, e
			}
		}
	}
	done.Again = len(left)
	count(func(s *BulkStats) { s.sum(done) })
	b.keep(left)
	return busy, nil
}

// keep drops all but some of the items, in place.
func (b *batch) keep(left []entry) {
	body := b.body[:0]
	for i, e := range left {
		begin := len(body)
		body = append(body, b.body[e.begin:e.end]...)
		left[i].begin, left[i].end = begin, len(body)
	}
	b.body, b.items = body, left
}

func (s *BulkStats) add(e entry) {
	if e.deletes {
		s.Deleted++
	} else {
		s.Written++
	}
}

func (s *BulkStats) sum(with BulkStats) {
	s.Written += with.Written
	s.Deleted += with.Deleted
	s.Stale += with.Stale
	s.Again += with.Again
}
