package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/index"
)

// The fields that are dates.
const (
	fieldAfter  = "after"
	fieldBefore = "before"
	fieldDate   = "date"
)

// fieldNames are the fields of the query language.
var fieldNames = []string{
	string(index.FieldSubject), string(index.FieldBody), string(index.FieldQuoted),
	string(index.FieldAttachment), string(index.FieldFrom), string(index.FieldList),
	string(index.FieldURL), string(index.FieldThread), string(index.FieldMessageID),
	fieldAfter, fieldBefore, fieldDate,
}

// otherNames are what people call fields elsewhere, and our names for them.
var otherNames = map[string]string{
	"author": "from", "sender": "from", "by": "from", "user": "from",
	"title": "subject", "text": "body", "content": "body", "quote": "quoted",
	"file": "attachment", "filename": "attachment", "attach": "attachment",
	"since": "after", "newer": "after", "until": "before", "till": "before", "older": "before", "on": "date",
	"id": "mid", "msgid": "mid", "messageid": "mid", "message-id": "mid",
	"link": "url", "source": "url", "site": "url", "group": "list", "lists": "list",
}

// notFields are words before a colon that are text: schemes of URLs, and the
// reply markers of several languages.
var notFields = []string{
	"http", "https", "ftp", "mailto", "tel", "urn", "data", "javascript", "news", "hxxp", "hxxps",
	"re", "fw", "fwd", "aw", "wg", "sv", "vs", "antw", "std",
}

// fieldNamed returns the field of that name, whatever its case: telephones
// write "From:".
func fieldNamed(name string) (string, bool) {
	name = strings.ToLower(name)
	return name, slices.Contains(fieldNames, name)
}

// isDate reports whether a field takes dates.
func isDate(field string) bool {
	return field == fieldAfter || field == fieldBefore || field == fieldDate
}

// isName reports whether a field is compared as a whole, so that quotation
// marks only group.
func isName(f index.Field) bool {
	return f == index.FieldList || f == index.FieldThread || f == index.FieldMessageID || f == index.FieldURL
}

// unknownField reports whether "name:value" looks like a field that does not
// exist, and then the way out. Everything that people paste with a colon in it
// is text (field note B3): URLs, C:\x, 12:30, "Re:", host:8080, std::string.
func unknownField(name, value string) (hint string, ok bool) {
	letters := func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }
	if len(name) < 2 || len(name) > 12 || strings.ContainsFunc(name, letters) || slices.Contains(notFields, name) {
		return "", false
	}
	r := []rune(value + " ")[0]
	near, known := suggestField(name)
	switch {
	case strings.Contains(value, ":"), !isQuote(r) && r != '(' && !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return "", false
	case unicode.IsDigit(r) && !known: // a port, a line number
		return "", false
	case name == "to" || name == "cc":
		return "lists do not keep who else got a mail; " + quoteHint(name, value), true
	case known:
		return fmt.Sprintf("did you mean %s:? If not, %s", near, quoteHint(name, value)), true
	}
	return fmt.Sprintf("the fields are %s; %s", strings.Join(fieldNames, ", "), quoteHint(name, value)), true
}

// quoteHint says how to search for the text itself.
func quoteHint(name, value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return isQuote(r) || r == '(' }) {
		return "put a space behind the colon to search for it as text"
	}
	return fmt.Sprintf(`write "%s:%s" to search for it as text`, name, value)
}

// suggestField returns the field that name was probably meant to be.
func suggestField(name string) (string, bool) {
	if f, ok := otherNames[name]; ok {
		return f, true
	}
	best, least := "", 3
	for _, f := range fieldNames {
		if d := distance(name, f); d < least && d*2 < len(f) {
			best, least = f, d
		}
	}
	return best, best != ""
}

// distance counts the letters to insert, delete, replace or swap between two
// short words.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// The forms that are kept for what is to come.
var (
	prefixForm = regexp.MustCompile(`^[\pL\pN][\pL\pN-]*\*$`)
	fuzzyForm  = regexp.MustCompile(`^[\pL\pN][\pL\pN-]*~[0-9]?$`)
	exactForm  = regexp.MustCompile(`^=[\pL\pN][\pL\pN-]*$`)
	nearForm   = regexp.MustCompile(`^NEAR/[0-9]+$`)
)

// reserved reports whether a word has such a form, and what to write instead.
func reserved(word string) (msg, hint string, ok bool) {
	const quote = `, or put it in quotation marks to search for it as text`
	switch {
	case prefixForm.MatchString(word):
		return word + " is no search for beginnings of words", "write the whole words, joined by OR" + quote, true
	case fuzzyForm.MatchString(word):
		return word + " is no search for similar words", "write the spellings, joined by OR" + quote, true
	case exactForm.MatchString(word):
		return word + " is no search for the exact form", "leave the = away" + quote, true
	case nearForm.MatchString(word):
		return word + " is no operator", "use AND, or a phrase" + quote, true
	}
	return "", "", false
}
