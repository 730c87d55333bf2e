package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// short is a line of at most n characters.
func short(n int, text string) string {
	text = neutral.OneLine(text[:min(len(text), 8*n+64)])
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return strings.TrimRight(string(runes[:n-1]), " ") + "…"
}

// subject is a message's subject, never empty.
func subject(m *archive.Message) string {
	if s := short(400, m.Subject); s != "" {
		return s
	}
	return "(no subject)"
}

// from is the name of who wrote a message, or the address.
func from(m *archive.Message) string {
	for _, name := range []string{m.FromName, m.FromAddress} {
		if name = short(120, name); name != "" {
			return name
		}
	}
	return "(unknown)"
}

// authorQuery finds all that who wrote a message has written.
func authorQuery(m *archive.Message) string {
	name := strings.TrimSpace(m.FromName)
	if name == "" {
		name = m.FromAddress
	}
	return search.FacetQuery(search.FacetAuthor, name)
}

// count writes a number with its thousands apart.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is a number and what it counts.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + one + "s"
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// The forms of a date; dates are as their senders wrote them, with the zone.
func day(t time.Time) string   { return form(t, "2 January 2006") }
func clock(t time.Time) string { return form(t, "15:04 -0700") }
func stamp(t time.Time) string { return form(t, "Monday, 2 January 2006, 15:04 -0700") }
func iso(t time.Time) string   { return t.Format(time.RFC3339) }

func form(t time.Time, layout string) string {
	if t.IsZero() {
		return "no date"
	}
	return strings.Replace(t.Format(layout), " +0000", " UTC", 1)
}

// monthName writes "2021-03" as people do.
func monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format("January 2006")
}

// maxURL bounds what becomes a link.
const maxURL = 2000

// webURL is an address that a page may lead to, or nothing: of what mails name, only
// http and https.
func webURL(address string) string {
	address = strings.TrimSpace(address)
	if len(address) > maxURL || neutral.OneLine(address) != address {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// hostOf is the host of a web address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(neutral.OneLine(u.Hostname()), "www.")
}
