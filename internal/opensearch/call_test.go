package opensearch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var errDead = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// after makes a node that answers the n-th call, and later ones, well, and the
// ones before in another way.
func after(n int, bad func() (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	var calls atomic.Int64
	return func(r *http.Request) (*http.Response, error) {
		return greets(r, func(string) (*http.Response, error) {
			if calls.Add(1) < int64(n) {
				return bad()
			}
			return reply(200, `{"count":7}`), nil
		})
	}
}

func TestTriedAgain(t *testing.T) {
	tests := []struct {
		name        string
		node        func(*http.Request) (*http.Response, error)
		least, most time.Duration
	}{
		{"busy", after(3, func() (*http.Response, error) { return reply(429, ``), nil }), 50 * time.Millisecond, time.Second},
		{"says when", after(2, func() (*http.Response, error) { return reply(429, ``, "Retry-After: 5"), nil }), 5 * time.Second, 6 * time.Second},
		{"says when, as a date", after(2, func() (*http.Response, error) {
			return reply(503, ``, "Retry-After: "+time.Now().Add(4*time.Second).UTC().Format(http.TimeFormat)), nil
		}), 3 * time.Second, 5 * time.Second},
		{"starting", after(4, func() (*http.Response, error) { return reply(503, `{"error":{"reason":"no manager"}}`), nil }), 100 * time.Millisecond, time.Second},
		{"lost", after(2, func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }), 25 * time.Millisecond, time.Second},
		{"dead", after(2, func() (*http.Response, error) { return nil, errDead }), 25 * time.Millisecond, time.Second},
		{"partial", after(2, func() (*http.Response, error) { return reply(200, `{"_shards":{"total":2,"failed":1},"hits":{}}`), nil }), 25 * time.Millisecond, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := nodes{"a:9200": test.node}.open(t, Config{})
				defer c.Close()
				began := time.Now()
				var answer struct{ Count int }
				if err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, &answer); err != nil || answer.Count != 7 {
					t.Error(answer, err)
				}
				within(t, began, test.least, test.most)
			})
		})
	}
}

// Patience ends, and the error is the last one met.
func TestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodes{"a:9200": after(1e9, func() (*http.Response, error) { return reply(429, `{"error":{"reason":"queue is full"}}`), nil })}.open(t, Config{Patience: 10 * time.Second})
		defer c.Close()
		began := time.Now()
		err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, nil)
		if !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
		mentions(t, err, "queue is full", "tried for ")
		within(t, began, 6*time.Second, 10*time.Second)
	})
}

// A no is final, and so is the caller's own end.
func TestNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		n := nodes{"a:9200": after(1e9, func() (*http.Response, error) {
			if calls++; calls > 1 {
				return reply(503, ``), nil
			}
			return reply(400, `{"error":{"reason":"bad"}}`), nil
		})}
		c := n.open(t, Config{})
		defer c.Close()
		if err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, nil); !errors.Is(err, ErrRefused) || calls != 1 {
			t.Error(calls, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := c.Do(ctx, "GET", "/mails/_count", nil, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// A node that never answers is given up after Timeout, and another one asked.
func TestSilentNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		c := nodes{"a:9200": silent, "b:9200": after(1, nil)}.open(t, Config{Timeout: 4 * time.Second})
		defer c.Close()
		began := time.Now()
		for range 10 {
			if err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		within(t, began, 0, 10*time.Second)
	})
}

// What changes something may take longer than what reads: a _refresh of much does.
func TestWritingTakesLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(r *http.Request) (*http.Response, error) {
			return greets(r, func(string) (*http.Response, error) {
				select {
				case <-time.After(time.Minute):
					return reply(200, `{}`), nil
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			})
		}
		c := nodes{"a:9200": slow}.open(t, Config{})
		defer c.Close()
		if err := c.Do(t.Context(), "POST", "/mails/_refresh", nil, nil, nil); err != nil {
			t.Error(err)
		}
		err := c.Do(t.Context(), "POST", "/mails/_search", nil, nil, nil)
		if !errors.Is(err, ErrUnreachable) {
			t.Error(err)
		}
		mentions(t, err, "no answer within 30s")
	})
}

// Of six nodes three are dead, and no call fails.
func TestHalfOfTheNodesAreDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := func(*http.Request) (*http.Response, error) { return nil, errDead }
		var allDead atomic.Bool
		well := after(1, nil)
		sick := func(r *http.Request) (*http.Response, error) {
			if allDead.Load() {
				return dead(r)
			}
			return well(r)
		}
		n := nodes{}
		for _, host := range []string{"a:1", "b:1", "c:1"} {
			n[host], n[host+"1"] = dead, sick
		}
		c := n.open(t, Config{})
		defer c.Close()
		for i := range 100 {
			if err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, nil); err != nil {
				t.Fatal(i, err)
			}
		}
		allDead.Store(true)
		err := c.Do(t.Context(), "GET", "/mails/_count", nil, nil, nil)
		if !errors.Is(err, ErrUnreachable) {
			t.Error(err)
		}
		for host := range n {
			mentions(t, err, host)
		}
	})
}
