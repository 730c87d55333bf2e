package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Do makes a call: method and path (/index/_search) with the query's parameters,
// and body as JSON, or as it is if it is a []byte. The answer is read into out,
// unless that is nil. A search may not leave out shards: it has
// allow_partial_search_results=false unless query says otherwise.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	data, err := encode(body)
	if err != nil {
		return err
	}
	answer, err := c.try(ctx, call{method, path, wholeOnly(path, query), data}, c.limits(method, path))
	if err != nil || out == nil {
		return err
	}
	if raw, ok := out.(*json.RawMessage); ok {
		*raw = answer
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("opensearch: the answer to %s %s is not as expected: %w", method, path, err)
	}
	return nil
}

// Exists says whether there is something at path, such as /_alias/mails.
func (c *Client) Exists(ctx context.Context, path string) (bool, error) {
	err := c.Do(ctx, http.MethodHead, path, nil, nil, nil)
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// call is one call, ready to be made as often as needed.
type call struct {
	method, path string
	query        url.Values
	body         []byte
}

// limits are how long one answer and all the tries may take.
type limits struct{ timeout, patience time.Duration }

// limits are those of reading for a call that reads, and those of writing for one
// that changes something: a _refresh of much takes as long as writing it.
func (c *Client) limits(method, path string) limits {
	reads := method == http.MethodGet || method == http.MethodHead ||
		slices.Contains(readers, path[strings.LastIndexByte(path, '/')+1:])
	if reads {
		return limits{c.cfg.Timeout, c.cfg.Patience}
	}
	return limits{c.cfg.BulkTimeout, c.cfg.BulkPatience}
}

// readers end the paths of calls that read by other methods than GET.
var readers = []string{"_search", "_msearch", "_count", "_mget", "_termvectors", "_mtermvectors", "_analyze", "_explain", "point_in_time"}

// try makes a call until it is answered or patience is over.
func (c *Client) try(ctx context.Context, k call, l limits) ([]byte, error) {
	began := time.Now()
	for n := 0; ; n++ {
		answer, err := c.once(ctx, k, l.timeout)
		switch {
		case err == nil:
			return answer, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("opensearch: %s %s: %w", k.method, k.path, context.Cause(ctx))
		case !again(err):
			return nil, err
		}
		wait := pause(n, err)
		if time.Since(began)+wait > l.patience {
			return nil, c.gaveUp(err, time.Since(began))
		}
		c.cfg.Log.Debug("opensearch: a call is made again", "path", k.path, "in", wait, "error", err)
		if err := sleep(ctx, wait); err != nil {
			return nil, fmt.Errorf("opensearch: %s %s: %w", k.method, k.path, err)
		}
	}
}

// pause is how long to wait before a call is made again: from 50 ms on twice as
// long each time, up to 3 s, and by chance up to a half less, so that many
// clients do not come back at once. A node may ask for more, up to a minute.
func pause(n int, err error) time.Duration {
	wait := min(50*time.Millisecond<<min(n, 10), 3*time.Second)
	wait -= rand.N(wait / 2)
	var e *Error
	if errors.As(err, &e) {
		wait = max(wait, min(e.after, time.Minute))
	}
	return wait
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// gaveUp says what the last of many tries met.
func (c *Client) gaveUp(err error, after time.Duration) error {
	var e *Error
	if errors.As(err, &e) && e.Kind == ErrUnreachable && len(c.addresses) > 1 {
		all := *e
		all.Address = hosts(c.addresses)
		err = &all
	}
	if after < time.Second {
		return err
	}
	return fmt.Errorf("%w (tried for %s)", err, after.Round(time.Second))
}

// once makes a call a single time.
func (c *Client) once(ctx context.Context, k call, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var met meeting
	req, err := http.NewRequestWithContext(context.WithValue(ctx, meetingKey{}, &met), k.method, k.path, bytes.NewReader(k.body))
	if err != nil {
		return nil, fmt.Errorf("opensearch: %w", err)
	}
	if len(k.body) == 0 {
		req.Body = nil
	}
	req.URL.RawQuery = k.query.Encode()
	req.Header.Set("Content-Type", "application/json")
	res, err := c.nodes.Stream(req)
	if res == nil {
		if met.err != nil {
			err = met.err // without what the library says around it
		}
		if ctx.Err() == context.DeadlineExceeded {
			err = fmt.Errorf("no answer within %s: %w", timeout, err)
		}
		return nil, lost(err, met.address(c))
	}
	return c.read(res, met.address(c))
}

// read takes in an answer: whole, bounded, JSON, and of all the shards.
func (c *Client) read(res *http.Response, address string) ([]byte, error) {
	defer res.Body.Close()
	var buf bytes.Buffer
	buf.Grow(int(min(max(res.ContentLength, 0), c.cfg.MaxAnswer)) + bytes.MinRead)
	_, err := buf.ReadFrom(io.LimitReader(res.Body, c.cfg.MaxAnswer+1))
	body := buf.Bytes()
	switch {
	case err != nil:
		return nil, lost(fmt.Errorf("the answer was cut off after %d bytes: %w", len(body), err), address)
	case int64(len(body)) > c.cfg.MaxAnswer:
		return nil, &Error{Kind: ErrTooLarge, Address: address, Reason: fmt.Sprintf("it has more than %d bytes", c.cfg.MaxAnswer), Advice: "ask for less at a time"}
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return nil, &Error{Kind: ErrProduct, Address: address, Reason: "it sends elsewhere, to " + res.Header.Get("Location"), Advice: "give the cluster's own address"}
	case res.StatusCode >= 400:
		return nil, refusal(res, body, address)
	case len(body) > 0 && body[0] != '{' && body[0] != '[':
		return nil, &Error{Kind: ErrProduct, Address: address, Reason: fmt.Sprintf("its answer begins with %.40q and is not JSON", body), Advice: "is something else there, or in between?"}
	}
	return body, whole(body, address)
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	case json.RawMessage:
		return b, nil
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("opensearch: a request cannot be written: %w", err)
	}
	return buf.Bytes(), nil
}

// wholeOnly asks for all the shards or an error, which is not the default.
// QUIRK: O2.
func wholeOnly(path string, query url.Values) url.Values {
	if !strings.HasSuffix(path, "/_search") || query.Has("allow_partial_search_results") {
		return query
	}
	more := url.Values{"allow_partial_search_results": {"false"}}
	for name, values := range query {
		more[name] = values
	}
	return more
}

// A meeting is which node got a call and what became of it, which the library
// does not tell.
type meeting struct {
	node *url.URL
	err  error
}

type meetingKey struct{}

func (m *meeting) address(c *Client) string {
	if m.node == nil {
		return hosts(c.addresses)
	}
	return m.node.Scheme + "://" + m.node.Host
}

// observer notes the meetings.
type observer struct{ http.RoundTripper }

func (o observer) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := o.RoundTripper.RoundTrip(req)
	if met, ok := req.Context().Value(meetingKey{}).(*meeting); ok {
		met.node, met.err = req.URL, err
	}
	return res, err
}
