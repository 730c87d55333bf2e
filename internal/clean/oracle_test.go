package clean

import (
	"regexp"
	"strings"
	"testing"
)

// What the scanners of this package find, as regular expressions say it.
var (
	oracleAtWord  = regexp.MustCompile(`^([^\s<>"(),;:@]+)\s+(\S{1,6})\s+([\p{L}\p{N}_.-]+)$`)
	oracleAddress = regexp.MustCompile(`^[^\s<>"(),;:@]+@[^\s<>"(),;:@]+$`)
	oracleHidden  = regexp.MustCompile(`^\S*[^\s.] \S*[^!-/:-@\[-\x60{-~\s]\S* \.*[^\s.]+\.+[^\s.]`)
	oracleQuote   = regexp.MustCompile(`^\s{0,3}(?:(?:[A-Z]{2,3})?>\s?)(?:\s?[>|]\s?)*`)
)

func addressOracle(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "<>"))
	s = strings.ReplaceAll(s, "&#64;", "@")
	if s == "" || hidden.MatchString(s) {
		return ""
	}
	if oracleAddress.MatchString(s) {
		return s
	}
	if m := oracleAtWord.FindStringSubmatch(s); m != nil && !strings.Contains(m[2], "@") {
		return m[1] + "@" + m[3]
	}
	return ""
}

func nameOracle(s string) string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), `"' `)
	if !strings.Contains(s, "@") && !oracleHidden.MatchString(s) {
		return s
	}
	if a := addressOracle(s); a != "" && strings.Contains(a, ".") && strings.Count(s, " ") == 2 {
		return a
	}
	return s
}

func quoteOracle(l string) int {
	p := oracleQuote.FindString(l)
	if p == "" || strings.HasPrefix(strings.TrimSpace(p), "SQL>") || strings.HasPrefix(l, ">From ") {
		return 0
	}
	return strings.Count(p, ">") + strings.Count(p, "|")
}

// FuzzLine holds that a line is read as the regular expressions read it.
func FuzzLine(f *testing.F) {
	for _, s := range []string{
		"ann at example.org", "<ann@example.org>", "a en b", "(no e-mail)", "< a@b.org >", "ann&#64;example.org", "é по ñ.org", "a @ b.c", "J. Ann Other", "ann | b.org", "ann at .b..org.", "a  \t at\fb.c",
		"> > | text", "  AB>  >\tx", "SQL> select", ">From me", "ABCD> x", "A> x", ">  > two",
		"On Monday Ann wrote:", "wrote : ", "underwrote:", "-- ", "----- Original Message -----", "  ------- ", "Begin forwarded message:", "--original--", "a=  \nb", "=4a", "=4A=\t", "text-------------- next part --------------  ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Address(s), addressOracle(s); got != want {
			t.Errorf("address %q: %q, want %q", s, got, want)
		}
		if got, want := Name(s), nameOracle(s); got != want {
			t.Errorf("name %q: %q, want %q", s, got, want)
		}
		if got, want := quoteDepth(s), quoteOracle(s); got != want {
			t.Errorf("depth of %q: %d, want %d", s, got, want)
		}
		if wrote(s) && endsInColon(s) && !introVerb.MatchString(s) {
			t.Errorf("%q is no introduction", s)
		}
		if strings.HasPrefix(strings.TrimLeft(s, spaces), "--") && !isRule(s) && (original.MatchString(s) || forwarded.MatchString(s)) {
			t.Errorf("%q is a rule", s)
		}
		if n := strings.Count(s, "="); onlyEscapes(s) != (n > 0 && len(escape.FindAllString(s, -1)) == n) {
			t.Errorf("%q has escapes only: %v", s, onlyEscapes(s))
		}
		if gluedDashes.MatchString(s) && !mayBeGlued(s) {
			t.Errorf("%q holds a part's separator", s)
		}
	})
}
