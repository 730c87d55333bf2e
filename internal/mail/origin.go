package mail

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
)

// Origin is what the head of a mail says of the list that it went through.
type Origin struct {
	List  string // the list's name in lower case; empty if it does not say
	URL   string // the folder of its archive, ends in "/"; empty if it does not say
	Month string // of the mail: "2004-March", or Undated
	Mail  bool   // it is a mail at all
}

// Undated is the period of mails without a date that can be read.
const Undated = "undated"

// OriginOf reads where a mail comes from. It looks at the head only.
func OriginOf(raw []byte) Origin {
	e := open(raw[:min(len(raw), maxHead+maxFromLine)])
	o := Origin{List: listName(e.head), Month: Undated, Mail: e.isMail()}
	var m Mail
	m.readDate(&e)
	if !m.Date.IsZero() {
		o.Month = m.Date.UTC().Format("2006-January")
	}
	if o.List == "" {
		return o
	}
	u := inBrackets(e.head.get("list-archive"))
	if p, err := url.Parse(u); err == nil && (p.Scheme == "http" || p.Scheme == "https") && p.Host != "" && p.RawQuery == "" &&
		strings.EqualFold(path.Base(p.Path), o.List) {
		o.URL = strings.TrimSuffix(u, "/") + "/"
	}
	return o
}

var (
	listAddress = regexp.MustCompile(`(?i)^(?:list )?([^\s<>@]+)@[^\s<>@]+$`)
	mailtoPost  = regexp.MustCompile(`(?i)<mailto:([^\s<>@]+)@[^\s<>]+>`)
	// Large to compile, so only when it is wanted: a search never does.
	validName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._+@-]{0,199}$`) })
)

// listName reads a list's name: from List-Id (RFC 2919), whose first label it
// is, or from what older list servers write.
func listName(h head) string {
	name := strings.ToLower(inBrackets(h.get("list-id")))
	if !isExport(h) {
		name, _, _ = strings.Cut(name, ".")
	}
	if !validName().MatchString(name) {
		name = ""
	}
	if m := listAddress.FindStringSubmatch(h.get("x-beenthere")); name == "" && m != nil {
		name = strings.ToLower(m[1])
	}
	if m := mailtoPost.FindStringSubmatch(h.get("list-post")); name == "" && m != nil {
		name = strings.ToLower(m[1])
	}
	if !validName().MatchString(name) {
		return ""
	}
	return name
}
