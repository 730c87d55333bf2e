package mail

import (
	"bytes"
	"regexp"
	"strings"
)

// separatorTail ends a line that separates the mails of an mbox: the date, as
// ctime has it or as mails do, perhaps with where the mail came from.
var separatorTail = regexp.MustCompile(`(?i)[ \t](?:` +
	`(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s+\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[a-z]{1,5}|[+-]\d{4})){0,2}\s+\d{2,4}(?:\s+[+-]\d{4})?` +
	`|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s+)?\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ -]\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[a-z]{1,5}|[+-]\d{4}|\([a-z]{1,5}\))){0,2}` +
	`|\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s?(?:Z|[+-]\d{2}:?\d{2}))?` +
	`)(?:\s+remote from \S+)?\s*$`)

// separatorDate tells where the date begins in a line that separates mails; 0
// if it is no such line.
func separatorDate(l []byte) int {
	if !bytes.HasPrefix(l, fromSpace) || len(l) > maxFromLine {
		return 0
	}
	if at := separatorTail.FindIndex(l[len(fromSpace)-1:]); at != nil {
		return len(fromSpace) + at[0]
	}
	return 0
}

// IsSeparator reports whether line separates the mails of an mbox: it has a
// date, and below it, in next, stands the head of a mail. The line above has
// to be empty, which the caller sees to. next need not go on for ever; what is
// there counts.
//
// QUIRK P3: prose lines begin with "From " too, and mboxo does not quote them
// all.
func IsSeparator(line, next []byte) bool {
	if separatorDate(line) == 0 {
		return false
	}
	known := false
	for n := 0; n < 400 && len(next) > 0; n++ {
		l, rest := cutLine(next)
		if len(rest) == 0 && next[len(next)-1] != '\n' {
			break // a line that may go on behind what was given
		}
		name := fieldName(l)
		switch {
		case len(bytes.TrimRight(l, " \t")) == 0:
			return known
		case n == 0 && (bytes.HasPrefix(l, quotedFrom)):
		case n > 0 && (l[0] == ' ' || l[0] == '\t'):
		case name == "":
			return false
		default:
			known = known || tellsMail[strings.ToLower(strings.TrimSpace(name))]
		}
		next = rest
	}
	return known
}

// tellsMail are fields one of which every mail has.
var tellsMail = map[string]bool{"from": true, "date": true, "message-id": true, "subject": true, "received": true, "return-path": true, "to": true}
