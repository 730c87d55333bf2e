package pipermail

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
)

// scrubbedURL is what the URL of a scrubbed part looks like: the list's folder,
// then the sender's day, a digest and a name.
var scrubbedURL = regexp.MustCompile(`^(?:.*/)?([^/]+)/(attachments/\d{8}/[0-9a-fA-F]{4,12}/[^/?#\s\\<>"]{1,200})$`)

// AttachmentURL gives the URL under which a scrubbed part can be had today: a
// notice keeps the host and the scheme that the archive had when the mail came.
// What lies in another list's archive stays as it is.
//
// QUIRK P5: an archive is known by the folder that has the list's name.
func AttachmentURL(listURL, u string) string {
	m := scrubbedURL.FindStringSubmatch(u)
	if m == nil || !strings.EqualFold(m[1], lastFolder(listURL)) {
		return u
	}
	if today := listURL + m[2]; Locate(listURL, today).OK {
		return today
	}
	return u
}

// lastFolder is the name of the folder that a URL ends in.
func lastFolder(u string) string {
	u = strings.TrimRight(u, "/")
	return u[strings.LastIndexByte(u, '/')+1:]
}

// attach gives a message its scrubbed parts, with what was fetched of them.
// pageURL is what relative URLs stand on.
func (p *periodParser) attach(m *archive.Message, pageURL string, parts []clean.Part) {
	m.Attachments = attachments(pageURL, parts)
	for i := range m.Attachments {
		if a := &m.Attachments[i]; a.URL != "" {
			a.URL = AttachmentURL(p.group.List.URL, a.URL)
		}
	}
	p.parts.count(m)
	for i := range m.Attachments {
		if raw, ok := p.file(m.Attachments[i].URL); ok {
			p.fill(&m.Attachments[i], raw)
		}
	}
	if m.SourceURL == "" && !hasWords(m) {
		m.SourceURL = attachedSource(m)
	}
}

// file finds what is held of an attachment.
func (p *periodParser) file(url string) (archive.Raw, bool) {
	if p.files == nil {
		p.files = map[string]archive.Raw{}
		for _, r := range p.group.Raws {
			if r.Kind == archive.RawAttachment {
				p.files[r.URL] = r
			}
		}
	}
	r, ok := p.files[url]
	return r, ok
}

// fill fills in what the bytes of an attachment say. Its kind is theirs, not
// the notice's.
func (p *periodParser) fill(a *archive.Attachment, raw archive.Raw) {
	body, err := p.body(raw)
	if err != nil {
		p.problem(raw.URL, "no-attachment", err.Error())
		return
	}
	kind, text, err := clean.ReadAttachment(clean.Attached{
		Body: body, ContentType: raw.ContentType, Notice: a.Kind,
		Decode: func(b []byte, declared []string) string { s, _ := decode(b, declared); return s },
	})
	if err != nil {
		p.problem(raw.URL, "long-attachment", err.Error())
	}
	a.Kind, a.Text, a.Size, a.Fetched = kind, text, raw.Size, true
}

// hasWords reports whether a message's sender wrote anything into its body.
func hasWords(m *archive.Message) bool {
	for _, own := range m.Text(archive.BlockOwn) {
		if strings.IndexFunc(own, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
			return true
		}
	}
	return false
}

// attachedSource is the article that a message reports whose words are all in
// an attachment.
func attachedSource(m *archive.Message) string {
	for _, a := range m.Attachments {
		if a.Kind != "html" && a.Kind != "text" {
			continue
		}
		if source := clean.Split(a.Text, m.Subject).Source; source != "" {
			return source
		}
	}
	return ""
}

// Wall says what stands in the place of an attachment, if that is a page that
// asks for something first; it is empty for an attachment.
//
// QUIRK P18: walls and login pages come with status 200. Of what Mailman has
// escaped nothing looks like one.
func Wall(p Page) string {
	if bytes.HasPrefix(bytes.TrimSpace(p.Body), []byte("<tt>")) {
		return ""
	}
	low := strings.ToLower(string(p.Body[:min(len(p.Body), 64<<10)]))
	for _, w := range wallSigns {
		if strings.Contains(low, w.sign) && strings.Contains(low, "<html") {
			return w.found
		}
	}
	return ""
}
