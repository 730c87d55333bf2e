package pipermail

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the scanners of this package find, as regular expressions say it.
var (
	oracleAddress = regexp.MustCompile(`([-+,.\pL\pN_])@([-+.\pL\pN_])`)
	oracleURL     = regexp.MustCompile(`[\pL\pN_]+://[^>)\s]+`)
	oracleRest    = regexp.MustCompile(`^[^>)\s]*[.:/][^>)\s]*`)
	oracleWord    = regexp.MustCompile(`^\S+ (\S{1,12}) \S+$`)
	oracleAngled  = regexp.MustCompile(`<[^<>]{1,1000}>`)
)

func oracleHide(s, at string) string {
	var b strings.Builder
	hide := func(part string) {
		b.WriteString(oracleAddress.ReplaceAllString(part, "$1 "+strings.ReplaceAll(at, "$", "$$")+" $2"))
	}
	pos := 0
	for _, u := range oracleURL.FindAllStringIndex(s, -1) {
		hide(s[pos:u[0]])
		b.WriteString(s[u[0]:u[1]])
		pos = u[1]
	}
	hide(s[pos:])
	return b.String()
}

func oracleUnhide(s, at string) string {
	mark := " " + at + " "
	var b strings.Builder
	for pos := 0; ; {
		u := oracleURL.FindStringIndex(s[pos:])
		if u == nil {
			b.WriteString(s[pos:])
			return b.String()
		}
		start, end := pos+u[0], pos+u[1]
		b.WriteString(s[pos:end])
		pos = end
		for strings.HasPrefix(s[pos:], mark) {
			rest := oracleRest.FindString(s[pos+len(mark):])
			authority := !strings.Contains(s[strings.Index(s[start:], "://")+start+3:end], "/")
			if rest == "" || !authority && !strings.Contains(rest, "/") && !strings.Contains(s[start:end], "=") {
				break
			}
			b.WriteString("@" + rest)
			pos += len(mark) + len(rest)
		}
	}
}

// FuzzHide holds that addresses and URLs are found as the regular expressions
// find them.
func FuzzHide(f *testing.F) {
	for _, s := range []string{
		"ask ann@example.org, a@b@c or ,@x @y z@ é@ñ.example\xff@x", "http://x.org/a@b) c@d <svn://a at b.org/c> x://y=1 at z.org at w/ v",
		"://x@y a://>b@c http://http://q at r", "ann at example.org", "a на b.example", "http://x\u00a0at y.org", "q://a at b at c.d at e:f",
	} {
		f.Add(s, "at")
	}
	f.Fuzz(func(t *testing.T, s, at string) {
		if got, want := hideAddresses(s, at), oracleHide(s, at); at != "" && got != want {
			t.Errorf("hidden in %q:\n%q, want\n%q", s, got, want)
		}
		if got, want := unhideURLs(s, at), oracleUnhide(s, at); at != "" && got != want {
			t.Errorf("unhidden in %q:\n%q, want\n%q", s, got, want)
		}
		folded, want := line(strings.ToValidUTF8(s, "")), ""
		if m := oracleWord.FindStringSubmatch(folded); m != nil {
			want = m[1]
		}
		if got := hidingIn(folded); got != want {
			t.Errorf("the word of %q: %q, want %q", folded, got, want)
		}
	})
}

// FuzzAngled holds the same of what stands in angle brackets.
func FuzzAngled(f *testing.F) {
	for _, s := range []string{"<a@b> <c@d>\t<<e>>x<>", "<\xff>", "<" + strings.Repeat("é", maxAngled) + "><" + strings.Repeat("e", maxAngled+1) + "><f"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, want := slices.Collect(angled(b)), oracleAngled.FindAll(b, -1)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("in %q: %q, want %q", b, got, want)
		}
	})
}

// FuzzProse holds that words are counted as if URLs had been taken out first,
// and that lines and separators are read as the long way reads them.
func FuzzProse(f *testing.F) {
	for _, s := range []string{
		"see http://x.org/a b-c, WWW.Example.org (ftp://y/z)", "it's 今日は www. x.www.y xhttp://a", "http:// \v ws://a.b c.d",
		" user at host  Tue Oct 14 00:29:20 2008", " a@b  Wed Mar  1 00:00:00 2000", " Tue Oct 14 00:29:20 2008 ", "x Tue Oct 14 00:29:20 2008", " a\u00a0b\x7f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := countProse(s, fewWords+1), countWords(anyURL.ReplaceAllString(s, " "), fewWords+1); got != want {
			t.Errorf("%d words in %q, want %d", got, s, want)
		}
		if got, want := line(s), strings.Join(strings.Fields(s), " "); got != want {
			t.Errorf("line %q: %q, want %q", s, got, want)
		}
		if date := plainTail([]byte(s)); date != nil {
			if i := ctimeTail.FindStringIndex(s); i == nil || strings.TrimSpace(s[i[0]:]) != string(date) {
				t.Errorf("the date of %q: %q", s, date)
			}
		}
	})
}
