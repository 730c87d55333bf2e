package alert_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// status answers each request with the next of some statuses, then 200.
func status(header http.Header, codes ...int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if len(codes) == 0 {
			return false
		}
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(codes[0])
		codes = codes[1:]
		return true
	}
}

// TestReceiversThatFail is what a bad receiver gets of one message in a first run
// and in later ones, while a good one gets it at once.
func TestReceiversThatFail(t *testing.T) {
	tests := []struct {
		name     string
		say      func(http.ResponseWriter, *http.Request) bool
		requests int           // in the first run
		pauses   time.Duration // between them
		waiting  int           // alerts, after it
		later    int           // alerts that it takes two days later
		trouble  string
		gone     bool
	}{
		{"500 once", status(nil, 500), 2, time.Second, 0, 0, "", false},
		{"500 for a night", status(nil, 500, 502, 503), 3, 5 * time.Second, 1, 1, "it answers 503 Service Unavailable", false},
		{"429 with a short Retry-After", status(http.Header{"Retry-After": {"7"}}, 429), 2, 7 * time.Second, 0, 0, "", false},
		{"429 with a long Retry-After", status(http.Header{"Retry-After": {"3600"}}, 429), 1, 0, 1, 1, "it answers 429 Too Many Requests", false},
		{"429 with more patience than a day", status(http.Header{"Retry-After": {"9999999999"}}, 429), 1, 0, 1, 0, "it answers 429 Too Many Requests", false},
		{"410", status(nil, 410), 1, 0, 0, 0, "it answers 410 Gone: it wants nothing more", true},
		{"400", status(nil, 400), 1, 0, 0, 0, "it answers 400 Bad Request", false},
		{"409", status(nil, 409), 1, 0, 1, 1, "it answers 409 Conflict", false},
		{"a redirect", status(http.Header{"Location": {"/elsewhere"}}, 307), 1, 0, 1, 1, "it answers 307 Temporary Redirect, which is not followed: give the address that it leads to", false},
		{"a long answer", func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, strings.Repeat("x", 1<<20))
			return true
		}, 1, 0, 0, 0, "", false},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, 3, 5 * time.Second, 1, 0, "the connection broke", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, good, bad := newDesk(t), newReceiver(t), newReceiver(t)
			bad.say = tt.say
			d.add("w", "halden", alert.How{}, good.url, bad.url)
			d.put(searchtest.Mail{Subject: "halden"})
			var paused time.Duration
			post := alert.Post{Sleep: func(_ context.Context, long time.Duration) error { paused += long; return nil }}
			r := d.runWith(post)
			good.wants(t, "the good one", "w: halden")
			if asked := bad.asked(); asked != tt.requests || paused != tt.pauses || r.Delivered.Waiting != tt.waiting {
				t.Errorf("%d requests with pauses of %s, %d waiting; want %d, %s, %d", asked, paused, r.Delivered.Waiting, tt.requests, tt.pauses, tt.waiting)
			}
			if len(r.Delivered.Failed) == 1 != (tt.trouble != "") {
				t.Errorf("it says %v", r.Delivered.Failed)
			}
			if got := d.receiver(bad.url); got.Trouble != tt.trouble && tt.trouble != "the connection broke" || (got.Gone != "") != tt.gone {
				t.Errorf("it is kept as %+v", got)
			}
			bad.subjects()
			d.runWith(post)
			if got := bad.subjects(); len(got) != tt.later {
				t.Errorf("later it takes %q", got)
			}
			good.wants(t, "the good one, later")
		})
	}
}

func (d *desk) receiver(address string) (found alert.Receiver) {
	d.t.Helper()
	err := d.with(func(b *alert.Book, _ alert.From) error {
		all, err := b.Receivers(d.t.Context())
		for _, r := range all {
			if r.Address == address {
				found = r
			}
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// TestAReceiverThatHangs holds that it is given up, and that others get theirs.
func TestAReceiverThatHangs(t *testing.T) {
	d, good := newDesk(t), newReceiver(t)
	release := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, _ *http.Request) { <-release }))
	defer hanging.Close()
	defer close(release)
	d.add("w", "halden", alert.How{}, good.url, hanging.URL)
	d.put(searchtest.Mail{Subject: "halden"})
	r := d.runWith(alert.Post{Timeout: 2 * time.Second})
	good.wants(t, "the good one", "w: halden")
	if reason := r.Delivered.Failed[hanging.URL]; reason != "no answer within 2s" || r.Delivered.Waiting != 1 {
		t.Errorf("%+v", r.Delivered)
	}
}

// TestOneThatWasGoneIsAskedAgainWhenItIsNamedAgain and gets what comes then.
func TestOneThatWasGoneIsAskedAgainWhenItIsNamedAgain(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	hook.say = status(nil, 410)
	d.add("w", "halden", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "halden one"})
	d.run()
	d.put(searchtest.Mail{Subject: "halden two"})
	if r := d.run(); hook.asked() != 1 || r.Delivered.Waiting != 0 {
		t.Errorf("%d requests after 410, %+v", hook.asked(), r.Delivered)
	}
	d.add("w", "halden", alert.How{Replace: true}, hook.url)
	d.put(searchtest.Mail{Subject: "halden three"})
	d.run()
	hook.wants(t, "named again", "w: halden three")
}

// TestWhatWaitsIsBounded: a dead receiver does not fill the disk.
func TestWhatWaitsIsBounded(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	hook.say = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusNotImplemented)
		return true
	}
	d.add("w", "halden", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "halden"})
	d.run()
	if got := d.receiver(hook.url); got.Waiting != 1 || got.Failures != 1 {
		t.Errorf("after a day: %+v", got)
	}
	d.now = d.now.Add(31 * 24 * time.Hour)
	d.run()
	if got := d.receiver(hook.url); got.Waiting != 0 || got.Dropped != 1 {
		t.Errorf("after a month: %+v", got)
	}
}

func TestWebhooksAreSigned(t *testing.T) {
	d := newDesk(t)
	var body string
	var head http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, head = readAll(t, r), r.Header
	}))
	defer server.Close()
	d.add("w", "halden", alert.How{}, server.URL)
	d.put(searchtest.Mail{Subject: "halden"})
	d.runWith(alert.Post{Secret: func(host string) string {
		if host != strings.TrimPrefix(server.URL, "http://") {
			return "of another"
		}
		return "whsec_c2VjcmV0"
	}})
	want := "v1," + alert.Signature("secret", head.Get("Webhook-Id"), head.Get("Webhook-Timestamp"), []byte(body))
	if got := head.Get("Webhook-Signature"); got != want || head.Get("Webhook-Id") == "" {
		t.Errorf("signed %q, want %q", got, want)
	}
	// The example of the Standard Webhooks specification.
	got := alert.Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if got != "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("the specification's example is signed %s", got)
	}
}

func readAll(t testing.TB, r *http.Request) string {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestSlack(t *testing.T) {
	d := newDesk(t)
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { body = readAll(t, r) }))
	defer server.Close()
	d.add("w", "halden", alert.How{}, "slack+"+server.URL)
	d.put(searchtest.Mail{Subject: "halden <!channel> <https://evil.example|click> *bold* \u202eevil"})
	d.run()
	if !strings.HasPrefix(body, `{"text":"`) || strings.Contains(body, "<!channel") || strings.Contains(body, `\u003c!`) || strings.Contains(body, `\u003chttps://evil`) || strings.Contains(body, "\u202e") {
		t.Errorf("slack gets %s", body)
	}
	if !strings.Contains(body, `\u003chttps://lists.example.org/pipermail/breach/2021-March/000002.html|halden`) {
		t.Errorf("no link to the message: %s", body)
	}
}

func TestCommands(t *testing.T) {
	d := newDesk(t)
	out := filepath.Join(t.TempDir(), "out")
	program := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
		return "exec:" + path
	}
	good := program("good", "echo $BX_DELIVERY >>"+out+"; cat >>"+out)
	bad := program("bad", "echo 'no \033[2Jroom' >&2; exit 3")
	slow := program("slow", "sleep 60")
	d.add("w", "halden", alert.How{}, good, bad, slow)
	d.put(searchtest.Mail{Subject: "halden"})
	r := d.runWith(alert.Post{Timeout: 2 * time.Second})
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), `"watch":"w"`) {
		t.Errorf("the good one got %s, %v", text, err)
	}
	if got := r.Delivered.Failed[bad]; got != "exit status 3: no ␛[2Jroom" {
		t.Errorf("the bad one: %q", got)
	}
	if got := r.Delivered.Failed[slow]; got != "no answer within 2s" {
		t.Errorf("the slow one: %q", got)
	}
}

func TestParseReceiver(t *testing.T) {
	tests := []struct{ text, want, bad string }{
		{"ann@example.org", "mailto:ann@example.org", ""},
		{"MAILTO:ann@example.org", "mailto:ann@example.org", ""},
		{"https://hooks.example/x?y=1#z", "https://hooks.example/x?y=1", ""},
		{"http://127.0.0.1:9999/", "http://127.0.0.1:9999/", ""},
		{"slack+https://hooks.example/T/B", "slack+https://hooks.example/T/B", ""},
		{"exec:/usr/bin/../bin/notify", "exec:/usr/bin/notify", ""},
		{"exec:notify", "", "absolute path"},
		{"Ann <ann@example.org>", "", "no mail address"},
		{"ann@example.org, bob@example.org", "", "no mail address"},
		{"ann@example.org\r\nBcc: bob@example.org", "", "control characters"},
		{"https://user:pass@hooks.example/", "", "holds a password"},
		{"ftp://example.org/", "", "no receiver"},
		{"ann", "", "no receiver"},
	}
	for _, tt := range tests {
		got, err := alert.ParseReceiver(tt.text)
		if got != tt.want || (err == nil) != (tt.bad == "") || err != nil && !strings.Contains(err.Error(), tt.bad) {
			t.Errorf("%q: %q, %v", tt.text, got, err)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	got := []string{}
	for _, address := range []string{"https://hooks.example/T0/secret", "slack+https://hooks.example/services/secret", "https://hooks.example/?key=secret", "https://hooks.example/", "mailto:ann@example.org"} {
		got = append(got, alert.Shown(address))
	}
	want := []string{"https://hooks.example/…", "slack+https://hooks.example/…", "https://hooks.example/…", "https://hooks.example/", "mailto:ann@example.org"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
