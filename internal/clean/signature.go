package clean

import (
	"regexp"
	"strings"
)

var (
	pgpBegin = regexp.MustCompile(`^-----BEGIN PGP (?:SIGNATURE|SIGNED MESSAGE)-----\s*$`)
	pgpEnd   = regexp.MustCompile(`^-----END PGP SIGNATURE-----\s*$`)
)

// markSignatures finds signatures: from a "-- " line to the end of the part,
// or to what is quoted below; and the frame of a PGP signature.
func markSignatures(lines []string, kinds []lineKind) {
	for i := 0; i < len(lines); i++ {
		switch {
		case kinds[i].kind == Own && isSignatureMark(lines[i]):
			end := i + 1
			for end < len(lines) && kinds[end].kind == Own {
				end++
			}
			if countText(lines[i+1:end]) <= maxSignature && end-i <= 2*maxSignature {
				setKind(kinds[i:end], Signature)
				i = end - 1
			}
		case strings.HasPrefix(lines[i], "-----BEGIN PGP") && pgpBegin.MatchString(lines[i]):
			end := pgpFrameEnd(lines, i)
			setKind(kinds[i:end], Signature)
			i = end - 1
		}
	}
}

func isSignatureMark(l string) bool {
	t := strings.TrimRight(l, " \t\r")
	return t == "--" || t == "- --" || strings.HasPrefix(t, "--") && strings.Contains(t, "- Yahoo! Groups Sponsor -") || t == "Yahoo! Groups Links"
}

// pgpFrameEnd tells where the lines of PGP that begin at i end: a signature
// at its end mark, a signed message's head at the first empty line.
func pgpFrameEnd(lines []string, i int) int {
	signed := strings.Contains(lines[i], "SIGNED MESSAGE")
	for j := i; j < len(lines) && j < i+60; j++ {
		if signed && strings.TrimSpace(lines[j]) == "" || pgpEnd.MatchString(lines[j]) {
			return j + 1
		}
	}
	return i + 1
}

func setKind(kinds []lineKind, k Kind) {
	for i := range kinds {
		kinds[i] = lineKind{kind: k}
	}
}
