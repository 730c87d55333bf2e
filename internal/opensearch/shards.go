package opensearch

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// shards is the part of an answer that says how whole it is.
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
	d := json.NewDecoder(bytes.NewReader(body))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil || rest[key.(string)] {
			return nil
		}
		switch key {
		case "_shards":
			var s shards
			if d.Decode(&s) == nil && s.Failed > 0 {
				return partial(&s, address)
			}
		case "timed_out":
			var timedOut bool
			if d.Decode(&timedOut) == nil && timedOut {
				return &Error{Kind: ErrPartial, Address: address, Reason: "the time was up before all was searched"}
			}
		case "responses": // of _msearch
			return allWhole(d, address)
		default:
			var skip json.RawMessage
			if d.Decode(&skip) != nil {
				return nil
			}
		}
	}
	return nil
}

// allWhole looks at each answer of many. One that is an error is the caller's.
func allWhole(d *json.Decoder, address string) error {
	var all []json.RawMessage
	if d.Decode(&all) != nil {
		return nil
	}
	for _, one := range all {
		if err := whole(one, address); err != nil {
			return err
		}
	}
	return nil
}

func partial(s *shards, address string) error {
	e := &Error{Kind: ErrPartial, Address: address}
	if len(s.Failures) > 0 {
		e.tell(&s.Failures[0].Reason)
		e.Kind, e.Advice, e.Index = ErrPartial, "", s.Failures[0].Index
	}
	e.Reason = fmt.Sprintf("%d of %d shards failed: %s", s.Failed, s.Total, e.Reason)
	return e
}
