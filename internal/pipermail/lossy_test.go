package pipermail

import "testing"

func TestLettersLost(t *testing.T) {
	for text, want := range map[string]bool{
		"d?j? vu":                      true,
		"V?clav wrote:":                true,
		"?crit par":                    true,
		"the end.? And more":           true,
		"?? ??? ???":                   true,
		"Vladimir ?????: yes":          true,
		"8?16 pixels":                  true,
		"about ?129 in all":            true,
		"and then ? as it were ? done": true, // dashes
		"L?UNEA":                       true,

		"Why? Because.":                        false,
		"See http://x.org/?q=a":                false,
		"f(?P<x>)":                             false,
		"<?xml version=\"1.0\"?>":              false,
		"any idea?Sebastien":                   false,
		"is this better?: yes":                 false,
		"\u00bfy qu\u00e9 es ? y por qu\u00e9": false,
		"what ??\n":                            false,
		"(subtitles ??).":                      false,
		"Name: Schl?ssel.asc\nDesc: ?ffentlicher Schl?ssel\n": false,
		"\x1b$B?F\x1b(B": false, // ISO-2022-JP
	} {
		if got := isLossy([]byte(text)); got != want {
			t.Errorf("letters lost in %q: %t, want %t", text, got, want)
		}
	}
}
