package alert

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

// Bounds of a message for Slack, which takes 40,000 characters.
const (
	slackAlerts = 20
	slackText   = 300
)

var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slackBody is a parcel as Slack, Mattermost and others take it: one text.
func slackBody(p *parcel) ([]byte, error) {
	d := newDigest(p)
	var b strings.Builder
	fmt.Fprintf(&b, "*%s*\n", slackEscape.Replace(d.Subject))
	for i, a := range p.alerts {
		if i == slackAlerts {
			fmt.Fprintf(&b, "… and %d more\n", len(p.alerts)-i)
			break
		}
		fmt.Fprintf(&b, "• %s — %s\n", slackLink(a), slackEscape.Replace(about(a.Message)))
		for _, m := range a.Copies {
			fmt.Fprintf(&b, "   also %s\n", slackTo(m, slackEscape.Replace(about(m))))
		}
		if s := snippetText(a.Snippet, "*", "*", slackSafe); s != "" {
			fmt.Fprintf(&b, "> %s\n", s)
		}
	}
	return json.Marshal(map[string]string{"text": b.String()})
}

// slackLink is the subject, leading to the message.
func slackLink(a Alert) string {
	subject := slackSafe(cut(a.Subject.Text, slackText))
	if subject == "" {
		subject = "(no subject)"
	}
	return slackTo(a.Message, subject)
}

// slackTo is a text that leads to a message.
func slackTo(m Message, text string) string {
	target := m.link()
	if target == "" {
		return text
	}
	return "<" + strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C").Replace(target) + "|" + strings.ReplaceAll(text, "|", "¦") + ">"
}

// slackSafe makes text from strangers harmless: no mention, no link, no style.
func slackSafe(s string) string {
	return slackEscape.Replace(strings.NewReplacer("*", "∗", "_", "_\u200a", "`", "'", "~", "∼").Replace(neutral.OneLine(s)))
}
