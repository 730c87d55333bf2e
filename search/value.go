package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/index"
)

// mistake is a value that a field cannot have.
type mistake struct{ msg, hint string }

// valueOf reads the value of a field that has but a few, or of one form.
func valueOf(f index.Field, text string) (string, *mistake) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch f {
	case index.FieldHas:
		return oneOf(f, text, hasValues)
	case index.FieldIs:
		return oneOf(f, text, isValues)
	case index.FieldLang:
		return languageOf(text)
	}
	return hostOf(f, text)
}

// The values of has: and is:, and what people write for them.
var (
	hasValues = map[string]string{
		"attachment": index.HasAttachment, "attachments": index.HasAttachment, "file": index.HasAttachment,
		"link": index.HasLink, "links": index.HasLink, "url": index.HasLink,
		"cve": index.HasCVE, "cves": index.HasCVE,
		"html": "html", "text": "text", "message": "message", "binary": "binary",
	}
	isValues = map[string]string{
		"starter": index.IsStarter, "start": index.IsStarter, "root": index.IsStarter,
		"reply": index.IsReply, "answer": index.IsReply,
	}
)

func oneOf(f index.Field, text string, values map[string]string) (string, *mistake) {
	if v, ok := values[text]; ok {
		return v, nil
	}
	var all []string
	for _, v := range values {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return "", &mistake{fmt.Sprintf("%s:%s is nothing that a message can be asked for", f, text),
		fmt.Sprintf("%s: takes %s", f, strings.Join(all, " or "))}
}

// languages are the names of languages, for who does not know their codes.
var languages = map[string]string{
	"english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "francais": "fr",
	"spanish": "es", "español": "es", "espanol": "es", "portuguese": "pt", "português": "pt", "portugues": "pt",
	"italian": "it", "italiano": "it", "russian": "ru", "русский": "ru", "dutch": "nl", "nederlands": "nl",
	"polish": "pl", "polski": "pl", "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da",
	"norwegian": "no", "finnish": "fi", "czech": "cs", "hungarian": "hu", "turkish": "tr", "greek": "el",
	"catalan": "ca", "romanian": "ro", "ukrainian": "uk", "hebrew": "he", "arabic": "ar", "persian": "fa",
	"hindi": "hi", "thai": "th", "vietnamese": "vi", "indonesian": "id",
	"chinese": "zh", "中文": "zh", "japanese": "ja", "日本語": "ja", "korean": "ko", "한국어": "ko",
}

var languageCode = regexp.MustCompile(`^([a-z]{2})(?:[-_][a-z]{2,4})?$`)

// languageOf reads "de", "de-AT" or "German".
func languageOf(text string) (string, *mistake) {
	if code, ok := languages[text]; ok {
		return code, nil
	}
	if m := languageCode.FindStringSubmatch(text); m != nil {
		return m[1], nil
	}
	return "", &mistake{fmt.Sprintf("%q is no language", text), "write its code of two letters: lang:en, lang:de, lang:zh"}
}

// hostOf reads a host, also out of a URL. "*.example.com" is all below it, as
// is "example.com". An outlet is the domain that somebody registered.
func hostOf(f index.Field, text string) (string, *mistake) {
	host := strings.TrimPrefix(text, "*.")
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	if host = index.HostTerm(host); host == "" {
		return "", &mistake{fmt.Sprintf("%q is no name of a host", text), fmt.Sprintf("write it as in a link: %s:www.example.com, or %s:example.com for all below that", f, f)}
	}
	if f == index.FieldOutlet {
		return index.Outlet(host), nil
	}
	return host, nil
}

var cveForm = regexp.MustCompile(`^(?i:cve-?)?([0-9]{4})(?:-([0-9]*))?$`)

// vulnerability reads the number of a vulnerability, or the year of several.
func vulnerability(text string, form form) (index.Query, *mistake) {
	m := cveForm.FindStringSubmatch(text)
	switch {
	case m == nil || form != formAny && form != formPrefix:
		return nil, &mistake{fmt.Sprintf("%q is no number of a vulnerability", text), "write cve:2021-44228, or cve:2021 for all of a year"}
	case m[2] == "":
		return index.Prefix{Text: "CVE-" + m[1] + "-"}, nil
	case form == formPrefix:
		return index.Prefix{Text: "CVE-" + m[1] + "-" + m[2]}, nil
	}
	return index.Word{Text: "CVE-" + m[1] + "-" + m[2]}, nil
}
