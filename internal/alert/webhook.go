package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Delivery is what a webhook and a command get. The names are a promise.
type Delivery struct {
	ID     string    `json:"id"` // the same when it is sent again
	At     time.Time `json:"at"`
	Test   bool      `json:"test"`
	Alerts []Alert   `json:"alerts"`
}

func (p *parcel) delivery() ([]byte, error) {
	return json.Marshal(Delivery{ID: p.key, At: p.at.UTC(), Test: p.test, Alerts: p.alerts})
}

// maxReply bounds what is read of an answer, in bytes.
const maxReply = 64 << 10

// postWebhook makes one request. Redirects are not followed: what is signed for
// one receiver is not for another.
func postWebhook(ctx context.Context, post Post, k kind, target string, p *parcel) *failure {
	body, err := p.delivery()
	if k == kindSlack {
		body, err = slackBody(p)
	}
	if err != nil {
		return &failure{err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return &failure{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bxsearch-alerts")
	if k == kindWebhook {
		sign(req, post.Secret, p.key, body)
	}
	client := &http.Client{Transport: post.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err // the URL may be a secret
		}
		return &failure{err: err, again: true}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxReply)) // so that the connection can be used again
	return answer(resp, time.Now())
}

// refusals are the statuses by which a receiver says that it will not take what
// it was given, however often.
var refusals = map[int]bool{
	http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusNotFound: true, http.StatusMethodNotAllowed: true,
	http.StatusNotAcceptable: true, http.StatusRequestEntityTooLarge: true, http.StatusUnsupportedMediaType: true, http.StatusUnprocessableEntity: true,
}

// answer says what a status means.
func answer(resp *http.Response, now time.Time) *failure {
	f := &failure{err: fmt.Errorf("it answers %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone:
		f.err, f.gone = errors.New("it answers 410 Gone: it wants nothing more"), true
	case code >= 300 && code < 400:
		f.err = fmt.Errorf("%w, which is not followed: give the address that it leads to", f.err)
	case refusals[code]:
		f.refused = true
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		f.again, f.after = true, retryAfter(resp.Header.Get("Retry-After"), now)
	}
	return f
}

// maxPatience bounds what a Retry-After may ask for.
const maxPatience = 48 * time.Hour

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		wait = time.Duration(min(max(n, 0), int(maxPatience/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxPatience)
}

// sign adds the three headers of Standard Webhooks: who has the secret can tell
// that a delivery is ours, and that it is not an old one sent again by others.
func sign(req *http.Request, secret func(host string) string, id string, body []byte) {
	req.Header.Set("Webhook-Id", id)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Webhook-Timestamp", stamp)
	if secret == nil {
		return
	}
	key := secret(req.URL.Host)
	if key == "" {
		return
	}
	req.Header.Set("Webhook-Signature", "v1,"+Signature(key, id, stamp, body))
}

// Signature is what a webhook's receiver compares with what is behind "v1," in
// Webhook-Signature: HMAC-SHA256 over ID, timestamp and body, joined by dots, in
// base64. A secret that begins with whsec_ is a key in base64 behind that.
func Signature(secret, id, timestamp string, body []byte) string {
	key := []byte(secret)
	if coded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if plain, err := base64.StdEncoding.DecodeString(coded); err == nil {
			key = plain
		}
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
