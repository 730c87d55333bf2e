package pipermail

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// IsLogin reports whether a page is the form that Mailman puts in the place of
// every page of a private archive: it asks for a password, and its answer goes
// to a private archive. A form that somebody sent as a mail does not pass.
func IsLogin(p Page) bool {
	head := p.Body[:min(len(p.Body), 64<<10)]
	if !bytes.Contains(head, []byte("/private/")) || indexFold(head, "<form") < 0 || indexFold(head, "password") < 0 {
		return false
	}
	doc, _, err := p.document()
	if err != nil {
		return false
	}
	found := false
	doc.Find("form").EachWithBreak(func(_ int, form *goquery.Selection) bool {
		action := resolve(p.URL, form.AttrOr("action", ""))
		found = strings.EqualFold(form.AttrOr("method", ""), "post") && strings.Contains(action, "/private/") &&
			form.Find(`input[name="password"]`).Length() > 0
		return !found
	})
	return found
}
