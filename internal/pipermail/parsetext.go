package pipermail

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
)

// periodTexts are the messages of a period's text files and the rows that they
// belong to.
type periodTexts struct {
	messages []TextMessage
	headers  []textMail                  // by message: what its header says
	urls     []string                    // by message: of the file it is in
	byURL    map[string]int              // by the row's URL
	copies   []bool                      // by message: one more copy of one that has its row
	used     []bool                      // by message
	byWords  map[[sha256.Size]byte][]int // messages without a row
	byID     map[string][]int
}

// textFile is one text file of a period, unpacked.
type textFile struct {
	raw      archive.Raw
	messages []TextMessage
}

// age is 0 for a file as the site has it, 1 for an older copy.
func (f textFile) age() int {
	if strings.Contains(f.raw.URL, OlderCopy) {
		return 1
	}
	return 0
}

// readTexts reads the period's text files and joins them with its index.
func (p *periodParser) readTexts() error {
	var files []textFile
	for _, r := range p.group.Raws {
		if r.Kind != archive.RawText {
			continue
		}
		f, err := p.readText(r)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	// The file with the most messages is the freshest (P1); others may know
	// some that it has lost. Older copies come last.
	slices.SortStableFunc(files, func(a, b textFile) int {
		return cmp.Or(cmp.Compare(a.age(), b.age()), -cmp.Compare(len(a.messages), len(b.messages)), b.raw.Fetched.Compare(a.raw.Fetched), cmp.Compare(a.raw.URL, b.raw.URL))
	})
	p.texts.merge(files)
	p.texts.join(&p.index)
	return nil
}

func (p *periodParser) readText(r archive.Raw) (textFile, error) {
	f := textFile{raw: r}
	body, err := p.body(r)
	if err != nil {
		return f, err
	}
	text, err := Unpack(body, 0)
	var cut *TruncatedError
	truncated := errors.As(err, &cut)
	if err != nil {
		p.problem(r.URL, "bad-text", err.Error())
		if !truncated {
			return f, nil
		}
	}
	f.messages = collectTexts(text, truncated)
	if len(f.messages) > 0 && f.messages[0].Separator == nil {
		p.problem(r.URL, "stray-text", fmt.Sprintf("%d bytes stand above the first message; the raw file keeps them", len(f.messages[0].Body)))
	}
	return f, nil
}

// merge takes all messages of the first file, and of the others those that no
// earlier one has.
func (t *periodTexts) merge(files []textFile) {
	seen := map[textKey]bool{}
	for i, f := range files {
		for _, m := range f.messages {
			if len(files) > 1 {
				k := newTextKey(m)
				if i > 0 && seen[k] {
					continue
				}
				seen[k] = true
			}
			t.messages = append(t.messages, m)
			t.urls = append(t.urls, f.raw.URL)
		}
	}
}

func (t *periodTexts) join(index *PeriodIndex) {
	t.byURL = map[string]int{}
	t.used, t.copies = make([]bool, len(t.messages)), make([]bool, len(t.messages))
	if len(t.messages) == 0 {
		return
	}
	t.headers = readHeaders(t.messages, index.declared)
	j := join(index, t.messages, t.headers)
	for _, pair := range j.Pairs {
		t.byURL[index.Rows[pair.Row].URL] = pair.Text
		t.used[pair.Text] = true
	}
	for _, u := range j.Texts {
		t.copies[u.Index] = u.Reason == ReasonCopy || u.Reason == ReasonStray
	}
}

// ofPage finds the message that a page shows: the one joined to its row, else
// one that the page itself tells of.
func (p *periodParser) ofPage(url string, page messagePage) (int, bool) {
	t := &p.texts
	if len(t.messages) == 0 {
		return 0, false
	}
	i, ok := t.byURL[url]
	if !ok {
		if i, ok = p.byPage(page); ok {
			t.used[i] = true
		}
	}
	return i, ok
}

// mail reads a message of the text files whole.
func (p *periodParser) mail(i int) textMail {
	t := p.texts.headers[i]
	t.readBody(p.texts.messages[i], p.index.declared)
	return t
}

// byPage finds the message of a page that the index alone could not tell: the
// one whose Message-ID the page has, else the first with the same words; with
// the same subject and author.
func (p *periodParser) byPage(page messagePage) (int, bool) {
	t := &p.texts
	t.indexOpen()
	named := ""
	if p.meaning == "own" {
		named = page.replyTo
	}
	find := func(among []int, id string) (int, bool) {
		for _, i := range among {
			m := &t.headers[i]
			if t.used[i] || id != "" && m.id != "" && m.id != id {
				continue
			}
			if m.key() == newJoinKey(page.subject, hideAddresses(page.author, m.at)) {
				return i, true
			}
		}
		return 0, false
	}
	if i, ok := find(t.byID[named], named); ok && named != "" {
		return i, true
	}
	return find(t.byWords[wordsDigest([]byte(page.text))], named)
}

// indexOpen makes what has no row yet findable.
func (t *periodTexts) indexOpen() {
	if t.byWords != nil {
		return
	}
	t.byWords, t.byID = map[[sha256.Size]byte][]int{}, map[string][]int{}
	for i, m := range t.messages {
		if !t.used[i] && m.Separator != nil {
			w, id := wordsDigest(m.Body), messageID(m.MessageID)
			t.byWords[w] = append(t.byWords[w], i)
			t.byID[id] = append(t.byID[id], i)
		}
	}
}

// fromText makes a message of one of the text file, whose page is not held.
func (p *periodParser) fromText(i int, url string, row Row, listed bool) archive.Parsed {
	t := p.mail(i)
	t.subject = betterSubject(row.Subject, t.subject)
	parsed := p.parsed(url, t.messagePage, row, listed)
	p.fromFields(&parsed.Message, &t, row)
	if parsed.Message.MessageID == "" {
		parsed.Message.MessageID = row.MessageID
	}
	return parsed
}

// betterSubject takes the index's subject, which is the page's, where the text
// file's has lost letters or is still encoded. Else the text file's: the bytes
// of one message are easier to decode than those of an index (P15).
func betterSubject(row, text string) string {
	switch {
	case row == "" || newJoinKey(row, "") != newJoinKey(text, ""):
	case strings.Count(row, "?") < strings.Count(text, "?"), isASCII([]byte(row + text)):
		return decodeWords(row)
	}
	return text
}

// fromFields takes what the text file knows better than a page: the IDs, and
// the date with the sender's zone.
func (p *periodParser) fromFields(m *archive.Message, t *textMail, row Row) {
	if t.id != "" {
		m.MessageID = t.id
	}
	m.InReplyTo, m.References = t.inReplyTo, t.references
	m.DateRaw = t.date
	p.setDate(m, t.resolveDate(row.Time))
}

// resolvedDate is a date and where it was read.
type resolvedDate struct {
	at     time.Time
	origin archive.DateOrigin
}

// resolveDate makes the best of the text file's date and the index's instant.
// The instant is what Pipermail made of the Date line, corrected where that is
// absurd (P12), so it stands; the line says in which zone the sender was. A
// line without a zone is the server's clock, and only the instant is sure.
func (t *textMail) resolveDate(index time.Time) resolvedDate {
	d, ok := parseDateText(t.date)
	ok = ok && d.month > 0
	zoned := ok && d.hasZone && !d.vagueZone
	switch {
	case t.asWritten || index.IsZero() && zoned:
		if at, origin := resolveDate(t.date, index); !at.IsZero() {
			return resolvedDate{at, origin}
		}
	case zoned && near(d.date().Unix(), index.Unix(), dateTolerance):
		return resolvedDate{index.In(d.date().Location()), archive.DateHeader}
	case zoned && near(d.date().Unix(), index.Unix(), maxZone) && t.separated(d.date()):
		return resolvedDate{d.date(), archive.DateHeader}
	case !index.IsZero():
		return resolvedDate{wallClock(d, ok, index), archive.DateIndex}
	case ok:
		return resolvedDate{d.date(), archive.DatePage}
	}
	if d, ok := parseDateText(t.separator); ok && d.month > 0 {
		return resolvedDate{d.date(), archive.DateReceived}
	}
	return resolvedDate{}
}

// maxZone is the most by which a wrong zone moves a time.
const maxZone = 14 * time.Hour

// separated reports whether the separator has the instant too, in UTC.
//
// QUIRK P12: Pipermails between 0.05 and 0.09 wrote separators in UTC and took
// them for local time in their index, hours off.
func (t *textMail) separated(at time.Time) bool {
	d, ok := parseDateText(t.separator)
	return ok && d.month > 0 && !d.hasZone && near(d.date().Unix(), at.Unix(), dateTolerance)
}

// textOnly emits what no page is held of: first the listed messages that have
// their text, then those of the text files that no row lists.
func (p *periodParser) textOnly(emitted map[string]bool, emit func(archive.Parsed) error) error {
	for _, row := range p.index.Rows {
		i, ok := p.texts.byURL[row.URL]
		if !ok || emitted[row.URL] {
			continue
		}
		parsed := p.fromText(i, row.URL, row, true)
		p.listed[copyKey(&parsed)] = true
		if err := emit(parsed); err != nil {
			return err
		}
	}
	for i, m := range p.texts.messages {
		if p.texts.used[i] || p.texts.copies[i] {
			continue
		}
		url := fmt.Sprintf("%s#%d", p.texts.urls[i], m.Number+1)
		parsed := p.fromText(i, url, Row{}, false)
		if c := copyKey(&parsed); !p.listed[c] {
			p.listed[c] = true
			if err := emit(parsed); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyKey is equal for copies of one mail.
func copyKey(p *archive.Parsed) string {
	return cmp.Or(p.Message.MessageID, p.Fallback) + "\x00" + p.Content
}

// parsed makes a message of what a page or a text file says, but for its IDs
// and date.
func (p *periodParser) parsed(url string, page messagePage, row Row, listed bool) archive.Parsed {
	mail := clean.Split(page.text, page.subject)
	base, reply := clean.BaseSubject(page.subject)
	m := archive.Message{
		List: p.group.List.Name, URL: url,
		FromName: page.author, FromAddress: page.address,
		Subject: page.subject, BaseSubject: base, Reply: reply,
		Body: mail.Body, Blocks: blocks(mail.Blocks), SourceURL: mail.Source,
		IndexParent: row.Parent, DateRaw: page.date,
	}
	p.attach(&m, url, mail.Parts)
	return archive.Parsed{Message: m, Listed: listed, Fallback: page.fallback, Content: digest(mail)}
}
