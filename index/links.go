package index

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
)

// The values of FieldHas and FieldIs.
const (
	HasAttachment = "attachment" // and of its kind, see archive.Attachment
	HasLink       = "link"       // in the sender's own words or an attachment, or a reported article
	HasCVE        = "cve"        // the number of a vulnerability, anywhere
	IsStarter     = "starter"
	IsReply       = "reply"
)

// maxHosts bounds the hosts of one message.
const maxHosts = 256

// linked returns the hosts that a message links to, with the domains above
// them, and what it has.
func linked(m *archive.Message) (hosts, has []string) {
	for _, text := range shared(m) {
		hosts = appendHosts(hosts, text)
	}
	if len(m.Attachments) > 0 {
		has = append(append(has, HasAttachment), kinds(m)...)
	}
	if len(hosts) > 0 {
		has = append(has, HasLink)
	}
	if hasCVE(m) {
		has = append(has, HasCVE)
	}
	return hosts, has
}

// shared returns the texts whose links are the sender's.
func shared(m *archive.Message) []string {
	out := append([]string{m.SourceURL, m.Subject}, m.Own()...)
	for _, a := range m.Attachments {
		out = append(out, a.Text)
	}
	return out
}

func hasCVE(m *archive.Message) bool {
	if mentionsCVE(m.Subject) || mentionsCVE(m.Body) || mentionsCVE(m.SourceURL) {
		return true
	}
	return slices.ContainsFunc(m.Attachments, func(a archive.Attachment) bool {
		return mentionsCVE(a.Name) || mentionsCVE(a.Text)
	})
}

// mentionsCVE looks for "CVE-", four digits, "-" and a digit, in any case.
func mentionsCVE(text string) bool {
	for at := strings.IndexByte(text, '-'); at >= 0; {
		if rest := text[at+1:]; at >= 3 && strings.EqualFold(text[at-3:at], "cve") && len(rest) > 5 &&
			digits(rest[:4]) && plainConnector(rune(rest[4])) == '-' && isDigit(rest[5]) {
			return true
		}
		next := strings.IndexByte(text[at+1:], '-')
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	return false
}

// appendHosts adds the hosts of the links in a text: what follows "://", and
// what begins with "www.".
func appendHosts(hosts []string, text string) []string {
	text = text[:min(len(text), maxAnalyzeBytes)]
	for rest := text; len(hosts) < maxHosts; {
		at := strings.Index(rest, "://")
		if at < 0 {
			break
		}
		scheme, host := rest[:at], rest[at+3:]
		if fetches(scheme) {
			hosts = appendHost(hosts, host)
		}
		rest = host
	}
	for rest := text; len(hosts) < maxHosts; {
		at := strings.Index(rest, "www.")
		if at < 0 {
			break
		}
		if at == 0 || strings.IndexByte(" \t\n<(\"'[", rest[at-1]) >= 0 {
			hosts = appendHost(hosts, rest[at:])
		}
		rest = rest[at+4:]
	}
	return hosts
}

// fetches tells whether what stands before "://" ends with the scheme of a link;
// "hxxp" is how people write one that nobody should click on.
func fetches(before string) bool {
	for _, scheme := range []string{"http", "https", "hxxp", "hxxps", "ftp"} {
		n := len(before) - len(scheme)
		if n >= 0 && strings.EqualFold(before[n:], scheme) && (n == 0 || !plainLetter(before[n-1])) {
			return true
		}
	}
	return false
}

// hostBefore is the host that a text begins with, in the form in which hosts
// are compared.
func hostBefore(text string) string {
	text = text[:min(len(text), 512)]
	if end := strings.IndexAny(text, "/?# \t\r\n<>\"'"); end >= 0 {
		text = text[:end]
	}
	text = text[strings.LastIndexByte(text, '@')+1:]
	if end := strings.IndexFunc(text, endsHost); end >= 0 {
		text = text[:end]
	}
	return HostTerm(text)
}

// appendHost adds the host that a text begins with, and the domains above it.
func appendHost(hosts []string, text string) []string {
	host := hostBefore(text)
	for host != "" && len(hosts) < maxHosts {
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
		_, parent, _ := strings.Cut(host, ".")
		if !strings.Contains(parent, ".") || isDigit(parent[len(parent)-1]) {
			break
		}
		host = parent
	}
	return hosts
}

func endsHost(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_[]", r)
}

// HostTerm is the form in which hosts are compared: lower case, without the
// brackets of "evil[.]example". Of what can be no host it is empty.
func HostTerm(host string) string {
	host = strings.NewReplacer("[.]", ".", "[", "", "]", "").Replace(host)
	host = strings.Trim(strings.ToLower(cutTo(strings.TrimSpace(host), 253)), ".-_")
	if strings.ContainsFunc(host, endsHost) {
		return ""
	}
	return host
}

// standing tells whether a message answers another one.
func standing(m *archive.Message) string {
	if m.Reply || m.InReplyTo != "" || m.Thread != "" && m.Thread != m.ID {
		return IsReply
	}
	return IsStarter
}
