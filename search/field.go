package search

import (
	"fmt"
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

// Other fields that the language treats specially.
const (
	fieldThread = string(index.FieldThread)
	fieldCVE    = "cve" // stands for the word "CVE-…" in any field
)

// fieldNames are the fields of the query language.
var fieldNames = []string{
	string(index.FieldSubject), string(index.FieldBody), string(index.FieldQuoted),
	string(index.FieldAttachment), string(index.FieldFrom), string(index.FieldList),
	string(index.FieldURL), fieldThread, string(index.FieldMessageID),
	fieldAfter, fieldBefore, fieldDate,
	string(index.FieldHost), fieldCVE, string(index.FieldHas), string(index.FieldIs), string(index.FieldLang),
	string(index.FieldAuthor), string(index.FieldOutlet),
}

// joinedFields are fields only where no space follows the colon: "The problem
// is: …" is text.
var joinedFields = append([]string{fieldThread}, fieldNames[12:]...)

// shortNames are what notmuch and public-inbox call our fields.
var shortNames = map[string]string{
	"s": "subject", "f": "from", "b": "body", "nq": "body", "q": "quoted", "n": "attachment",
	"l": "list", "m": "mid", "id": "mid", "d": "date", "dt": "date",
}

// otherNames are what people call fields elsewhere, and our names for them.
var otherNames = map[string]string{
	"sender": "from", "by": "from", "user": "from",
	"title": "subject", "text": "body", "content": "body", "quote": "quoted",
	"file": "attachment", "filename": "attachment", "attach": "attachment",
	"since": "after", "newer": "after", "until": "before", "till": "before", "older": "before", "on": "date",
	"msgid": "mid", "messageid": "mid", "message-id": "mid",
	"link": "url", "source": "url", "site": "host", "domain": "host", "publisher": "outlet", "newspaper": "outlet", "group": "list", "lists": "list",
	"folder": "list", "path": "list", "language": "lang", "reply": "is", "vuln": "cve",
}

// notFields are words before a colon that are text: schemes of URLs, and the
// reply markers of several languages.
var notFields = []string{
	"http", "https", "ftp", "mailto", "tel", "urn", "data", "javascript", "news", "hxxp", "hxxps",
	"re", "fw", "fwd", "aw", "wg", "sv", "vs", "antw", "std",
}

// fieldNamed returns the field of that name, whatever its case: telephones
// write "From:". value is what follows the colon without a space.
func fieldNamed(name, value string) (string, bool) {
	if f, ok := shortNames[name]; ok {
		return f, startsValue(value)
	}
	name = strings.ToLower(name)
	return name, slices.Contains(fieldNames, name) && (value != "" || !slices.Contains(joinedFields, name))
}

// startsValue tells a short name's value from the rest of a path, a time, or a
// name with colons.
func startsValue(value string) bool {
	if value == "" || strings.Contains(value, ":") {
		return false
	}
	r := []rune(value)[0]
	return !isSign(r) || isQuote(r) || strings.ContainsRune("(<=.@", r)
}

// isDate reports whether a field takes dates.
func isDate(field string) bool {
	return field == fieldAfter || field == fieldBefore || field == fieldDate
}

// isName reports whether quotation marks only group in a field: its value is
// compared as a whole, or is one word anyhow.
func isName(f index.Field) bool { return isValue(f) || f == index.FieldURL }

// isHost reports whether a field's values are hosts.
func isHost(f index.Field) bool { return f == index.FieldHost || f == index.FieldOutlet }

// isValue reports whether a field is compared as a whole.
func isValue(f index.Field) bool {
	switch f {
	case index.FieldList, index.FieldThread, index.FieldMessageID, index.FieldHost, index.FieldHas, index.FieldIs, index.FieldLang,
		index.FieldAuthor, index.FieldOutlet:
		return true
	}
	return false
}

// takesForms reports whether signs such as the * of "word*" mean something in a
// field's value.
func takesForms(field string) bool {
	f := index.Field(field)
	return !isDate(field) && (!isValue(f) || f == index.FieldList || isHost(f) || f == index.FieldAuthor)
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
