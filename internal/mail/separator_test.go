package mail

import (
	"strings"
	"testing"
)

// TestP3Separators: what divides the mails of an mbox, and what only looks so.
func TestP3Separators(t *testing.T) {
	const head = "Date: x\nSubject: y\n\nwords\n"
	tests := map[string]struct {
		line, next string
		want       bool
	}{
		"ctime":                                {"From ann@a.example Tue Oct 14 00:29:20 2008", head, true},
		"day padded":                           {"From ann@a.example  Wed Mar  1 00:29:20 2008", head, true},
		"obscured":                             {"From ann at a.example  Wed Mar  1 00:29:20 2008", head, true},
		"no address":                           {"From - Wed Mar  1 00:29:20 2008", head, true},
		"zone by name":                         {"From ann@a.example Wed Mar  1 00:29:20 CEST 2008", head, true},
		"zone by number, behind":               {"From ann@a.example Wed Mar  1 00:29:20 2008 +0100", head, true},
		"no seconds":                           {"From ann@a.example Wed Mar  1 00:29 2008", head, true},
		"as mails have it":                     {"From ann@a.example Sun, 15 Aug 1999 10:11:12 +0200", head, true},
		"remote":                               {"From ann Wed Mar  1 00:29:20 2008 remote from b", head, true},
		"ISO":                                  {"From ann@a.example 2008-03-01 00:29:20", head, true},
		"a quoted separator as the first line": {"From ann@a.example Wed Mar  1 00:29:20 2008", ">From bob Tue\n" + head, true},
		"folded fields":                        {"From ann@a.example Wed Mar  1 00:29:20 2008", "Received: from a\n\tby b\n" + head, true},
		"the look ahead ends":                  {"From ann@a.example Wed Mar  1 00:29:20 2008", "From: a\nReceived: from " + strings.Repeat("x", 100), true},
		"prose":                                {"From here on it is fine.", head, false},
		"prose with a time":                    {"From 10:30 on Wed Mar 1 we meet", head, false},
		"prose with a date":                    {"From ann, as of Wed Mar  1 00:29:20 2008", "we know that all is well.\n", false},
		"no mail's field below":                {"From ann@a.example Wed Mar  1 00:29:20 2008", "Note: this\n\nwords\n", false},
		"words in the head":                    {"From ann@a.example Wed Mar  1 00:29:20 2008", "Subject: x\nand no more of it here\n\n", false},
		"nothing below":                        {"From ann@a.example Wed Mar  1 00:29:20 2008", "", false},
		"quoted":                               {">From ann@a.example Wed Mar  1 00:29:20 2008", head, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := IsSeparator([]byte(tt.line), []byte(tt.next)); got != tt.want {
				t.Errorf("%q is a separator: %v, want %v", tt.line, got, tt.want)
			}
		})
	}
}
