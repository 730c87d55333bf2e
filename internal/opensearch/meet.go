package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// minMajor is the oldest version that is spoken to.
const minMajor = 3

// grace is for how long the other addresses are waited for once one has answered.
const grace = time.Second

// greeting is the answer to GET /.
type greeting struct {
	Cluster string `json:"cluster_name"`
	UUID    string `json:"cluster_uuid"`
	Version struct {
		Number       string `json:"number"`
		Distribution string `json:"distribution"`
	} `json:"version"`
	Tagline string `json:"tagline"`
}

// met is what one address said.
type met struct {
	address *url.URL
	info    Info
	err     error
}

// meet asks every address who it is.
func (c *Client) meet(ctx context.Context) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	answers := make(chan met, len(c.addresses))
	for _, u := range c.addresses {
		go func() {
			info, err := c.greet(ctx, u)
			answers <- met{u, info, err}
		}()
	}
	var good *met
	var worst error
	var late <-chan time.Time // never, as long as nobody answered
	for range c.addresses {
		select {
		case a := <-answers:
			switch {
			case a.err == nil && good != nil && good.info.UUID != a.info.UUID:
				return Info{}, fmt.Errorf("opensearch: %s and %s are different clusters (%s and %s): give the addresses of one",
					good.address, a.address, good.info.Cluster, a.info.Cluster)
			case a.err == nil && good == nil:
				good, late = &a, time.After(grace)
			case a.err != nil && worse(a.err, worst):
				worst = a.err
			}
		case <-late:
			return good.info, nil
		}
	}
	switch {
	case good == nil && ctx.Err() != nil && context.Cause(ctx) == context.Canceled:
		return Info{}, fmt.Errorf("opensearch: %w", context.Canceled)
	case good == nil, worst != nil && !again(worst):
		return Info{}, c.gaveUp(worst, 0)
	case worst != nil:
		c.cfg.Log.Warn("opensearch: an address does not answer; the others do", "error", worst)
	}
	return good.info, nil
}

// worse says whether an error is to be told in place of another: what somebody
// said matters more than that nobody did.
func worse(err, than error) bool {
	return than == nil || errors.Is(than, ErrUnreachable) && !errors.Is(err, ErrUnreachable)
}

// greet asks one address, not by way of the library, which chooses itself.
func (c *Client) greet(ctx context.Context, u *url.URL) (Info, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String()+"/", nil)
	if err != nil {
		return Info{}, fmt.Errorf("opensearch: %w", err)
	}
	if c.cfg.User != "" {
		req.SetBasicAuth(c.cfg.User, c.cfg.Password)
	}
	res, err := c.wire.RoundTrip(req)
	if err != nil {
		return Info{}, lost(err, u.String())
	}
	body, err := c.read(res, u.String())
	if err != nil {
		return Info{}, err
	}
	var g greeting
	if err := json.Unmarshal(body, &g); err != nil {
		return Info{}, &Error{Kind: ErrProduct, Address: u.String(), Reason: "its answer is not what a cluster says of itself", Advice: "is the address right?"}
	}
	return Info{g.Cluster, g.UUID, g.Version.Number}, g.check(u.String())
}

// check says whether who answered is who we can speak to.
func (g *greeting) check(address string) error {
	if g.Version.Distribution != "opensearch" {
		what := "a server that does not say what it is"
		if strings.Contains(g.Tagline, "for Search") {
			what = "Elasticsearch " + g.Version.Number
		}
		return &Error{Kind: ErrProduct, Address: address, Reason: "this is " + what, Advice: "is the address right?"}
	}
	number, _, _ := strings.Cut(g.Version.Number, ".")
	if major, err := strconv.Atoi(number); err != nil || major < minMajor {
		return &Error{Kind: ErrVersion, Address: address, Reason: "this is OpenSearch " + g.Version.Number,
			Advice: fmt.Sprintf("%d.0 or newer is needed", minMajor)}
	}
	return nil
}
