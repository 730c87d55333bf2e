package opensearch

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// state is what an answer says of how whole it is.
type state struct {
	Shards   shards   `json:"_shards"`
	TimedOut bool     `json:"timed_out"`
	Error    *problem `json:"error"` // of one of many searches
	Status   int      `json:"status"`
}

type shards struct {
	Total    int `json:"total"`
	Failed   int `json:"failed"`
	Failures []struct {
		Index  string  `json:"index"`
		Reason problem `json:"reason"`
	} `json:"failures"`
}

// rest are the keys of an answer that come after those that say how whole it
// is. They hold nearly all of it, and are not read twice.
var rest = map[string]bool{"hits": true, "aggregations": true, "items": true, "_source": true}

// whole reports an answer that lacks what some shards would have said, whatever
// the call was. QUIRK: O2.
func whole(body []byte, address string) error {
	if len(body) == 0 || body[0] != '{' {
		return nil
	}
	all, err := states(json.NewDecoder(bytes.NewReader(body)))
	if err != nil {
		return &Error{Kind: ErrProduct, Address: address, Reason: fmt.Sprintf("its answer is not as it should be: %v", err), Advice: "is something else there, or in between?"}
	}
	for _, s := range all {
		switch {
		case s.Error != nil:
			e := &Error{Address: address, Status: s.Status}
			e.tell(s.Error)
			return e
		case s.Shards.Failed > 0:
			return s.Shards.partial(address)
		case s.TimedOut:
			return &Error{Kind: ErrPartial, Address: address, Reason: "the time was up before all was searched"}
		}
	}
	return nil
}

// states reads that of an answer, and those of the answers in it to many
// searches at once.
func states(d *json.Decoder) ([]state, error) {
	all := make([]state, 1)
	d.Token() // the brace
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var many []state
		var to any = new(json.RawMessage)
		switch name, _ := key.(string); {
		case rest[name]:
			return all, nil
		case name == "_shards":
			to = &all[0].Shards
		case name == "timed_out":
			to = &all[0].TimedOut
		case name == "responses":
			to = &many
		}
		if err := d.Decode(to); err != nil {
			return nil, err
		}
		all = append(all, many...)
	}
	_, err := d.Token()
	return all, err
}

func (s *shards) partial(address string) error {
	e := &Error{Kind: ErrPartial, Address: address}
	if len(s.Failures) > 0 {
		e.tell(&s.Failures[0].Reason)
		e.Kind, e.Advice, e.Index = ErrPartial, "", s.Failures[0].Index
	}
	e.Reason = fmt.Sprintf("%d of %d shards failed: %s", s.Failed, s.Total, e.Reason)
	return e
}
