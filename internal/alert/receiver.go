package alert

import (
	"fmt"
	"net/mail"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// kind is a way to deliver.
type kind string

const (
	kindMail    kind = "mail"
	kindWebhook kind = "webhook"
	kindSlack   kind = "slack"
	kindCommand kind = "command"
)

// Receiver is who gets what watches find.
type Receiver struct {
	Address  string    // as ParseReceiver returns it
	Kind     string    // mail, webhook, slack or command
	Gone     string    // why nothing is delivered any more; empty where it is
	Failures int       // in a row
	Trouble  string    // the last of them
	Sent     time.Time // the last success
	Due      time.Time // it asked to be left alone until then
	Waiting  int       // alerts
	Refused  int       // alerts that it does not take, set aside: see Book.Refusals
	Dropped  int       // alerts that waited for too long, or were too many
	Watches  int       // that have it
}

const (
	maxAddress = 2000
	howToWrite = "write ann@example.org, https://example.org/hook, slack+https://hooks.example.org/…, or exec:/path/to/program"
)

// ParseReceiver reads where to deliver, and returns it in the one way in which it
// is kept: a mail address or a mailto: URL; the http(s) URL of a webhook;
// slack+https: before one that takes what Slack takes; exec: before the absolute
// path of a program.
func ParseReceiver(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxAddress || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return "", fmt.Errorf("a receiver has no control characters, and at most %d bytes", maxAddress)
	}
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case strings.EqualFold(scheme, "mailto"):
		return mailAddress(rest)
	case strings.EqualFold(scheme, "exec"):
		if !filepath.IsAbs(rest) {
			return "", fmt.Errorf("%q: give the absolute path of the program, and nothing else: it gets the alerts on stdin", text)
		}
		return "exec:" + filepath.Clean(rest), nil
	case ok && strings.HasPrefix(rest, "//"):
		return hookAddress(text)
	case strings.Contains(text, "@"):
		return mailAddress(text)
	}
	return "", fmt.Errorf("%q is no receiver: %s", text, howToWrite)
}

// mailAddress takes one address without a name.
func mailAddress(text string) (string, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" || a.Address != text {
		return "", fmt.Errorf("%q is no mail address: write it as ann@example.org", text)
	}
	return "mailto:" + a.Address, nil
}

func hookAddress(text string) (string, error) {
	plain, slack := strings.CutPrefix(text, "slack+")
	u, err := url.Parse(plain)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("%q is no receiver: %s", text, howToWrite)
	case u.User != nil:
		return "", fmt.Errorf("the webhook on %s holds a password: deliveries are signed with the webhook-secret of its host in the credentials file", u.Host)
	}
	u.Fragment, u.RawFragment = "", ""
	if slack {
		return "slack+" + u.String(), nil
	}
	return u.String(), nil
}

// way is how to deliver to an address, and where.
func way(address string) (kind, string) {
	if rest, ok := strings.CutPrefix(address, "mailto:"); ok {
		return kindMail, rest
	}
	if rest, ok := strings.CutPrefix(address, "exec:"); ok {
		return kindCommand, rest
	}
	if rest, ok := strings.CutPrefix(address, "slack+"); ok {
		return kindSlack, rest
	}
	return kindWebhook, address
}

// Shown is an address for people to see: of a webhook, whose path may be a
// password, scheme and host.
func Shown(address string) string {
	k, target := way(address)
	if k != kindWebhook && k != kindSlack {
		return address
	}
	u, err := url.Parse(target)
	if err != nil || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return address
	}
	shown := u.Scheme + "://" + u.Host + "/…"
	if k == kindSlack {
		return "slack+" + shown
	}
	return shown
}
