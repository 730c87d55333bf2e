package clean

import (
	"regexp"
	"strconv"
	"strings"
)

// Part is a part of a mail that Mailman's scrubber took out of it.
type Part struct {
	Kind string // html, text, message or binary
	Name string
	Type string
	Size int64  // bytes; 0 if not given
	URL  string // as the notice gives it
	Text string // where the part stands in the mail itself
}

var (
	// scrubURL is the shape of a scrubbed part's URL, in any language (P4, P5).
	scrubURL    = regexp.MustCompile(`/attachments/\d{8}/[0-9a-fA-F]{4,12}/`)
	urlLine     = regexp.MustCompile(`^\s{0,4}[\p{L}][\p{L} .]{0,16}?\s{0,16}[:：]\s{0,3}(<?(?:https?:/)?/\S*|<|$)`)
	label       = regexp.MustCompile(`^\s{0,4}[\p{L}][\p{L}\p{M} ./()-]{0,24}?\s{0,12}[:：](?:\s|$)`)
	gluedDashes = regexp.MustCompile(`^(.*?[^-\s].*?)-{8,}\s?([^-].{1,40}?)\s?-{4,}\s*$`)
	dashes      = regexp.MustCompile(`^[-━]{6,}\s?([^-━].{1,40}?)\s?[-━]{4,}\s*$`)
)

// scrubbed is a text without the scrubber's notices: the text parts that were
// left of the mail, and the parts that were taken out.
type scrubbed struct {
	texts [][]string
	parts []Part
}

// scrub takes the scrubber's notices out of the lines of a mail. Lines that
// somebody quoted, or indented, are left alone: notices start their lines.
// linked says that a scrubbed part's URL may be among them.
func scrub(lines []string, linked bool) scrubbed {
	out := scrubbed{texts: [][]string{nil}}
	fresh := atStart // where a notice may come without words it would be known by
	near := -1       // the last line below which a scrubbed part's URL is near
	for i := 0; i < len(lines); {
		if isNextPart(lines, i) {
			out.texts = append(out.texts, nil)
			fresh = afterNotice
			i++
			continue
		}
		if !linked {
			near = i + 2*maxNotice
		} else if near < i {
			near = nextURL(lines, i)
		}
		if p, n := notice(lines[i:], fresh, near-i <= maxNotice); n > 0 {
			out.parts = append(out.parts, p)
			i += n
			fresh = afterNotice
			continue
		}
		last := len(out.texts) - 1
		if out.texts[last] == nil {
			out.texts[last] = make([]string, 0, len(lines)-i)
		}
		out.texts[last] = append(out.texts[last], lines[i])
		if strings.TrimSpace(lines[i]) != "" {
			fresh = inText
		}
		i++
	}
	return out
}

// Where a line stands: that decides whether a notice is expected.
type standing int

const (
	inText      standing = iota
	atStart              // nothing came before
	afterNotice          // a separator or a notice came before
)

// maxNotice bounds the lines of a notice.
const maxNotice = 18

// nextURL is the first line from i on that may hold a scrubbed part's URL.
func nextURL(lines []string, i int) int {
	for i < len(lines) && !strings.Contains(lines[i], "attachments") {
		i++
	}
	if i == len(lines) {
		return i + maxNotice // never near
	}
	return i
}

// isNextPart reports whether line i is the separator that the scrubber puts
// between parts: known in many languages, and by shape where a notice follows.
func isNextPart(lines []string, i int) bool {
	if !strings.HasPrefix(lines[i], "------") && !strings.HasPrefix(lines[i], "━━━━━━") {
		return false
	}
	m := dashes.FindStringSubmatch(lines[i])
	if m == nil {
		return false
	}
	if nextParts[foldNotice(m[1])] {
		return true
	}
	for j := i + 1; j < len(lines) && j < i+3; j++ {
		if strings.TrimSpace(lines[j]) != "" {
			_, n := notice(lines[j:], afterNotice, true)
			return n > 0
		}
	}
	return false
}

// notice reads a scrub notice at the start of lines and tells how many lines
// it takes; 0 if there is none. near means that a part's URL follows within a
// notice's length.
func notice(lines []string, fresh standing, near bool) (Part, int) {
	if fresh == inText && !near {
		return Part{}, 0
	}
	head := strings.TrimSpace(lines[0])
	if head == "" || len(head) > 200 || lines[0][0] == ' ' || lines[0][0] == '>' {
		return Part{}, 0
	}
	folded := foldNotice(head)
	if t, ok := skippedType(head); ok {
		return Part{Kind: kindOfType(t, "binary"), Type: t}, 1
	}
	if !near {
		return removed(folded)
	}
	kind, known := noticeKinds[folded]
	first := 1
	if !known && len(lines) > 1 { // some languages need two lines to say it
		if kind, known = noticeKinds[foldNotice(head+" "+lines[1])]; known {
			first = 2
		}
	}
	values, u, n := noticeBody(lines[first:], known)
	if n == 0 || !known && !plausible(head, u, len(values), fresh) {
		return removed(folded)
	}
	if !known {
		kind = kindByShape(values, u)
	}
	return fillPart(kind, values, u), n + first
}

// removed reads the notice about an HTML part that was not kept. In Polish it
// has the words of the one about a part that was.
func removed(folded string) (Part, int) {
	if removedHTML[folded] {
		return Part{Kind: "html", Type: "text/html"}, 1
	}
	return Part{}, 0
}

// plausible decides on a notice in a language that is not in the table: its
// URL must have the scrubber's shape, its labels the right number, and a
// notice without labels must stand where one is expected.
func plausible(head, u string, labels int, fresh standing) bool {
	if !scrubURL.MatchString(u) || label.MatchString(head) {
		return false
	}
	dots := strings.HasSuffix(head, "..") || strings.HasSuffix(head, "…")
	switch labels {
	case 4:
		return dots || fresh != inText
	case 0, 1:
		return len(head) <= 120 && (fresh == afterNotice || fresh == atStart && dots)
	}
	return false
}

// noticeBody reads the labelled lines below a notice's first line, down to
// its URL, and tells how many there are.
func noticeBody(lines []string, known bool) (values []string, u string, n int) {
	for i := 0; i < len(lines) && i < 14; i++ {
		l := lines[i]
		if m := urlLine.FindStringSubmatch(l); m != nil {
			if u, k := wrappedURL(lines[i:], m[1]); u != "" {
				return values, u, i + k
			}
		}
		switch {
		case label.MatchString(l):
			at := strings.IndexAny(l, ":：")
			values = append(values, strings.TrimSpace(strings.TrimLeft(l[at:], ":：")))
		case known && len(values) > 0 && strings.TrimSpace(l) != "" && l[0] != '>':
			values[len(values)-1] += " " + strings.TrimSpace(l) // a name or subject that wraps
		default:
			return nil, "", 0
		}
	}
	return nil, "", 0
}

// wrappedURL reads a URL that may go on over the next lines (P4); first is
// what stands on the label's own line. It tells how many lines it takes.
func wrappedURL(lines []string, first string) (string, int) {
	bracket := strings.HasPrefix(first, "<")
	u := strings.TrimPrefix(first, "<")
	for n := 1; n <= 4; n++ {
		if i := strings.IndexByte(u, '>'); bracket && i >= 0 {
			return u[:i], n
		}
		if !bracket && scrubURL.MatchString(u) && !strings.HasSuffix(u, "/") && !strings.HasSuffix(u, "-") && !strings.HasSuffix(u, "=") {
			return u, n
		}
		if n >= len(lines) {
			break
		}
		next := strings.TrimSpace(lines[n])
		if next == "" || strings.ContainsAny(next, " \t") {
			break
		}
		u = strings.TrimSuffix(u, "=") + next // "=": a soft line break of quoted-printable
	}
	if !bracket && strings.HasPrefix(first, "http") {
		return strings.TrimSpace(first), 1
	}
	return "", 0
}

// kindByShape tells what was scrubbed by the number and form of the labels: a
// non-text part has name, type, size and description, a message has sender,
// subject, date and size.
func kindByShape(values []string, u string) string {
	switch {
	case len(values) == 4 && strings.Contains(values[1], "/") && !strings.Contains(values[1], " "):
		return "binary"
	case len(values) == 4:
		return "message"
	case len(values) == 1:
		return "text"
	}
	return "html"
}

func fillPart(kind string, values []string, u string) Part {
	p := Part{Kind: kind, URL: u}
	value := func(i int) string {
		if i >= len(values) || notAvailable[foldNotice(values[i])] {
			return ""
		}
		return values[i]
	}
	switch kind {
	case "html":
		p.Type = "text/html"
	case "text":
		p.Name = value(0)
	case "message":
		p.Name, p.Type, p.Size = value(1), "message/rfc822", leadingNumber(value(3))
	default:
		p.Name, p.Type, p.Size = value(0), strings.ToLower(value(1)), leadingNumber(value(2))
		p.Kind = kindOfType(p.Type, kind)
	}
	return p
}

// kindOfType sorts a part by its media type.
func kindOfType(t, otherwise string) string {
	t, _, _ = strings.Cut(strings.ToLower(t), ";")
	switch {
	case t == "text/html" || t == "application/xhtml+xml":
		return "html"
	case strings.HasPrefix(t, "text/"):
		return "text"
	case strings.HasPrefix(t, "message/"):
		return "message"
	}
	return otherwise
}

func leadingNumber(s string) int64 {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseInt(s[:end], 10, 64)
	return n
}

// foldNotice reduces a notice's line to what is compared: letters in lower
// case, single spaces, no dots at the end.
func foldNotice(s string) string {
	s = strings.ReplaceAll(s, "&hellip;", "…") // QUIRK P4: the Russian catalogue has the entity
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	return strings.TrimRight(s, ".… ")
}
