package opensearch

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"testing"
)

// What nodes answer, and what is made of it.
func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		status int
		answer string
		kind   error
		says   string // in the message
	}{
		{"wrong password", 401, `{"error":"Unauthorized"}`, ErrUnauthorized, "give the user and the password"},
		{"wrong password, in plain text", 401, `Unauthorized`, ErrUnauthorized, "status 401"},
		{"no right", 403, `{"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [indices:data/write/bulk]"}],"type":"security_exception","reason":"no permissions for [indices:data/write/bulk]"},"status":403}`,
			ErrForbidden, "no permissions for [indices:data/write/bulk]"},
		{"disk full", 429, `{"error":{"type":"cluster_block_exception","reason":"index [mails] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"},"status":429}`,
			ErrReadOnly, "disk is full"},
		{"disk full, older", 403, `{"error":{"type":"cluster_block_exception","reason":"index [mails] blocked by: [FORBIDDEN/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"},"status":403}`,
			ErrReadOnly, "disk is full"},
		{"read-only", 403, `{"error":{"type":"cluster_block_exception","reason":"index [mails] blocked by: [FORBIDDEN/5/index read-only (api)];"},"status":403}`,
			ErrReadOnly, "lift the block"},
		{"no manager", 503, `{"error":{"type":"cluster_block_exception","reason":"blocked by: [SERVICE_UNAVAILABLE/2/no cluster-manager];"},"status":503}`,
			ErrBusy, "no cluster-manager"},
		{"too much", 429, `{"error":{"type":"rejected_execution_exception","reason":"queue is full"},"status":429}`, ErrBusy, "queue is full"},
		{"a gateway's page", 502, `<html>Bad Gateway</html>`, ErrBusy, "status 502"},
		{"no index", 404, `{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [mails]","index":"mails"}],"type":"index_not_found_exception","reason":"no such index [mails]","index":"mails"},"status":404}`,
			ErrNoIndex, "no such index [mails]"},
		{"there already", 400, `{"error":{"type":"resource_already_exists_exception","reason":"index [mails/x] already exists"},"status":400}`, ErrConflict, "already exists"},
		{"a bad query, with its cause", 400, `{"error":{"root_cause":[{"type":"query_shard_exception","reason":"failed to create query"}],"type":"search_phase_execution_exception","reason":"all shards failed","caused_by":{"type":"x","reason":"too many clauses"}},"status":400}`,
			ErrRefused, "failed to create query: too many clauses"},
		{"a shard lacks", 200, `{"took":3,"timed_out":false,"_shards":{"total":3,"successful":2,"failed":1,"failures":[{"shard":0,"index":"mails","reason":{"type":"node_disconnected_exception","reason":"disconnected"}}]},"hits":{"hits":[]}}`,
			ErrPartial, "1 of 3 shards failed: disconnected"},
		{"a shard lacks among many searches", 200, `{"took":3,"responses":[{"_shards":{"total":1,"failed":0},"hits":{}},{"_shards":{"total":2,"failed":1},"hits":{}}]}`,
			ErrPartial, "1 of 2 shards failed"},
		{"one of many searches failed", 200, `{"took":3,"responses":[{"_shards":{"total":1,"failed":0},"hits":{}},{"error":{"type":"no_shard_available_action_exception","reason":"no shard"},"status":503}]}`,
			ErrBusy, "no shard"},
		{"one of many searches is bad", 200, `{"took":3,"responses":[{"error":{"type":"query_shard_exception","reason":"failed to create query"},"status":400}]}`,
			ErrRefused, "failed to create query"},
		{"time up", 200, `{"took":3,"timed_out":true,"_shards":{"total":1,"failed":0},"hits":{"hits":[]}}`, ErrPartial, "time was up"},
		{"not JSON after all", 200, `{"took":1,"_shards":{"total":"many"}}`, ErrProduct, "not as it should be"},
		{"another page", 200, `<!doctype html><title>Router</title>`, ErrProduct, "is not JSON"},
		{"sends elsewhere", 301, ``, ErrProduct, "sends elsewhere"},
		{"too large", 200, `{"took":1,"hits":"` + string(make([]byte, 5000)) + `"}`, ErrTooLarge, "more than 4096 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := to(t, answering(saying(test.status, test.answer)), Config{MaxAnswer: 4096})
			err := c.Do(t.Context(), "POST", "/mails/_search", nil, nil, &json.RawMessage{})
			if !errors.Is(err, test.kind) {
				t.Errorf("kind of %v is not %v", err, test.kind)
			}
			mentions(t, err, test.says, c.addresses[0].Host)
		})
	}
}

// Searches never leave out a shard unless they say that they may.
func TestSearchesAskForAllShards(t *testing.T) {
	var asked string
	c := to(t, answering(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query().Get("allow_partial_search_results")
		w.Write([]byte(`{}`))
	}), Config{})
	for path, want := range map[string]string{"/mails/_search": "false", "/_search": "false", "/mails/_count": ""} {
		if err := c.Do(t.Context(), "POST", path, nil, nil, nil); err != nil || asked != want {
			t.Errorf("%s: asked %q, %v", path, asked, err)
		}
	}
}

func TestCutOff(t *testing.T) {
	c := to(t, answering(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte(`{"took":1,`))
	}), Config{})
	err := c.Do(t.Context(), "GET", "/mails/_search", nil, nil, nil)
	if !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
	mentions(t, err, "cut off after 10 bytes")
}

func TestUnreachable(t *testing.T) {
	dead := closedAddress(t)
	_, err := Open(t.Context(), Config{Addresses: []string{dead, "http://localhost:1"}})
	if !errors.Is(err, ErrUnreachable) {
		t.Fatal(err)
	}
	mentions(t, err, dead, "http://localhost:1", "refused")
}

// closedAddress is one where nobody listens.
func closedAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// FuzzAnswers reads whatever a server may send.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"_shards":{"failed":1,"failures":[{"reason":{"reason":"x"}}]}}`)
	f.Add(200, `{"responses":[{"timed_out":true},null,3]}`)
	f.Add(200, `{"responses":[{"error":{"reason":"r"},"status":503}]}`)
	f.Add(400, `{"error":{"root_cause":[{"reason":"r"}],"caused_by":{"reason":"c"}}}`)
	f.Add(401, `{"error":"no"}`)
	f.Add(200, `{"_shards":{`)
	f.Fuzz(func(t *testing.T, status int, text string) {
		var told *Error
		if err := whole([]byte(text), "a"); err != nil && (!errors.As(err, &told) || told.Kind == nil) {
			t.Errorf("no kind: %v", err)
		}
		if err := refusal(reply(status, ""), []byte(text), "a"); err.Kind == nil || err.Error() == "" {
			t.Errorf("no kind: %v", err)
		}
		left := batch{items: make([]entry, 1)}
		left.settle([]byte(text), func(func(*BulkStats)) {}, nil)
	})
}
