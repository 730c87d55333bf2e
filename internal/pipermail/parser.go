package pipermail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
)

// Version is the parser's version: it changes whenever the same pages may
// give other messages.
const Version = "pipermail/7"

// evidencePages bounds how many pages of a period testify to what the answer
// link's In-Reply-To means, and so how many are held in memory at once.
const evidencePages = 200

// Parser turns the pages of a period into messages.
type Parser struct{}

var _ archive.Parser = Parser{}

// Version implements archive.Parser.
func (Parser) Version() string { return Version }

// Verdict implements archive.Parser: for each form of thread index, whose
// Message-ID the answer link carries.
func (Parser) Verdict(total archive.Evidence) string {
	var out []string
	for _, form := range []string{FormNumber, FormMessageID, FormTime, "none"} {
		out = append(out, form+"="+meaning(total, form))
	}
	return strings.Join(out, " ")
}

// meaning decides by majority (P7): "own", "parent", or "none" without
// evidence.
func meaning(total archive.Evidence, form string) string {
	own, parent := total["own "+form], total["parent "+form]
	switch {
	case own > parent:
		return "own"
	case parent > 0:
		return "parent"
	}
	return "none"
}

// Parse implements archive.Parser.
func (Parser) Parse(ctx context.Context, g archive.Group, total archive.Evidence, emit func(archive.Parsed) error, report func(archive.Problem)) (archive.Evidence, error) {
	p := &periodParser{group: g, report: report, read: map[string][]byte{}, rows: map[string]Row{}, listed: map[string]bool{}, form: "none"}
	if err := p.readIndexes(); err != nil {
		return nil, err
	}
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	ev, err := p.evidence(ctx)
	if err != nil {
		return nil, err
	}
	sum := archive.Evidence{}
	for _, e := range []archive.Evidence{total, ev} {
		for k, n := range e {
			sum[k] += n
		}
	}
	p.meaning = meaning(sum, p.form)
	emitted := map[string]bool{}
	for _, raw := range g.Raws {
		if raw.Kind != archive.RawMessage {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		body, err := p.body(raw)
		if err != nil {
			return nil, err
		}
		delete(p.read, raw.URL)
		if parsed, ok := p.message(raw, body); ok {
			emitted[raw.URL] = true
			if len(p.texts.messages) > 0 {
				p.listed[copyKey(&parsed)] = true
			}
			if err := emit(parsed); err != nil {
				return nil, err
			}
		}
	}
	if err := p.textOnly(emitted, emit); err != nil {
		return nil, err
	}
	return p.parts.add(ev), nil
}

// periodParser parses one period.
type periodParser struct {
	group   archive.Group
	report  func(archive.Problem)
	read    map[string][]byte      // pages read for their evidence, until they are parsed
	rows    map[string]Row         // listed messages by URL
	files   map[string]archive.Raw // fetched attachments by URL
	parts   partCount
	index   PeriodIndex // the rows of all index pages
	texts   periodTexts
	listed  map[string]bool // by copyKey: what has been emitted, where there are text files
	form    string          // of the thread index
	meaning string          // of the answer link's In-Reply-To
}

func (p *periodParser) body(r archive.Raw) ([]byte, error) {
	if b, ok := p.read[r.URL]; ok {
		return b, nil
	}
	b, err := p.group.Body(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.URL, err)
	}
	return b, nil
}

// readIndexes joins what the period's index pages list; the thread index,
// which knows most, comes first.
func (p *periodParser) readIndexes() error {
	var pages []archive.Raw
	for _, r := range p.group.Raws {
		if r.Kind == archive.RawPeriod {
			pages = append(pages, r)
		}
	}
	sort.SliceStable(pages, func(i, j int) bool { return orderOf(pages[i].URL) == "thread" && orderOf(pages[j].URL) != "thread" })
	for _, r := range pages {
		body, err := p.body(r)
		if err != nil {
			return err
		}
		pi, err := ParsePeriodIndex(Page{URL: r.URL, ContentType: r.ContentType, Body: body})
		if err != nil {
			p.problem(r.URL, "bad-index", err.Error())
			continue
		}
		if pi.Form != "" {
			p.form = pi.Form
		}
		if p.index.declared == nil {
			p.index.declared = pi.declared
		}
		for _, row := range pi.Rows {
			if _, ok := p.rows[row.URL]; !ok {
				p.rows[row.URL] = row
				p.index.Rows = append(p.index.Rows, row)
			}
		}
	}
	return nil
}

// evidence counts what the pages say about the answer link's In-Reply-To: on
// the first message of a thread an own ID stands there, a parent's cannot; an
// ID that two pages share is a parent's; and where the thread index has the
// IDs, it says so directly. A text file joined to the page settles it.
func (p *periodParser) evidence(ctx context.Context) (archive.Evidence, error) {
	ev, seen := archive.Evidence{}, map[string]bool{}
	n := 0
	for _, raw := range p.group.Raws {
		row, listed := p.rows[raw.URL]
		if raw.Kind != archive.RawMessage || !listed || n >= evidencePages {
			continue
		}
		n++
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		body, err := p.body(raw)
		if err != nil {
			return nil, err
		}
		p.read[raw.URL] = body
		var m messagePage
		m.readLink(answerLink(body))
		if vote := p.vote(raw.URL, row, m, seen[m.replyTo]); vote != "" {
			ev[vote+" "+p.form]++
		}
		seen[m.replyTo] = true
	}
	return ev, nil
}

func (p *periodParser) vote(url string, row Row, m messagePage, shared bool) string {
	if vote := p.textVote(url, m); vote != "" {
		return vote
	}
	switch {
	case !m.hasReply:
		return ""
	case row.MessageID != "" && m.replyTo != "":
		if row.MessageID == m.replyTo {
			return "own"
		}
		return "parent"
	case m.replyTo == "":
		return "parent"
	case shared:
		return "parent"
	case row.Depth == 0 && row.Parent == "":
		return "own"
	}
	return ""
}

// textVote is what the text file testifies: it has both IDs.
func (p *periodParser) textVote(url string, m messagePage) string {
	i, ok := p.texts.byURL[url]
	if !ok || !m.hasReply || m.replyTo == "" {
		return ""
	}
	text := p.texts.messages[i]
	if messageID(text.MessageID) == m.replyTo {
		return "own"
	}
	if ids := messageIDs(text.InReplyTo); len(ids) > 0 && ids[0] == m.replyTo {
		return "parent"
	}
	return ""
}

// answerLink is the first mailto link of a page, which carries the
// In-Reply-To.
func answerLink(page []byte) string {
	top := head(page)
	i := indexFold(top, `HREF="mailto:`)
	if i < 0 {
		return ""
	}
	link := top[i+len(`href="`):]
	if end := bytes.IndexByte(link, '"'); end >= 0 {
		link = link[:end]
	}
	return string(link)
}

// message reads one page into a message.
func (p *periodParser) message(raw archive.Raw, body []byte) (archive.Parsed, bool) {
	page, ok := readMessagePage(Page{URL: raw.URL, ContentType: raw.ContentType, Body: body})
	for _, pr := range page.problems {
		kind, detail, _ := strings.Cut(pr, ": ")
		p.problem(raw.URL, kind, detail)
	}
	if !ok {
		p.problem(raw.URL, "no-article", "the page holds no article; it is "+describe(Page{URL: raw.URL, ContentType: raw.ContentType, Body: body}))
		return archive.Parsed{}, false
	}
	row, listed := p.rows[raw.URL]
	text, joined := p.ofPage(raw.URL, page)
	if joined && strings.TrimSpace(page.text) == "" {
		page.text = p.mail(text).text // seen: a page without the words that the text file has
	}
	parsed := p.parsed(raw.URL, page, row, listed)
	p.identify(&parsed.Message, page, row)
	if joined {
		p.fromFields(&parsed.Message, &p.texts.headers[text], row)
	} else {
		at, origin := resolveDate(page.date, row.Time)
		p.setDate(&parsed.Message, resolvedDate{at, origin})
	}
	return parsed, true
}

// identify gives the message its Message-ID: from the thread index where it
// stands there, else from the answer link where that carries it.
func (p *periodParser) identify(m *archive.Message, page messagePage, row Row) {
	m.MessageID = row.MessageID
	switch {
	case p.meaning == "own" && m.MessageID == "":
		m.MessageID = page.replyTo
	case p.meaning == "parent" && page.replyTo != m.MessageID:
		m.InReplyTo = page.replyTo
	}
}

// setDate gives the message its date, or the best guess without one.
func (p *periodParser) setDate(m *archive.Message, d resolvedDate) {
	m.Date, m.DateOrigin = d.at, d.origin
	if !m.Date.IsZero() {
		return
	}
	p.problem(m.URL, "bad-date", fmt.Sprintf("cannot read the date %q", shorten(m.DateRaw, 80)))
	if start, _ := periodRange(p.group.Name); !start.IsZero() {
		m.Date, m.DateOrigin = start, archive.DateGuess
	}
}

func (p *periodParser) problem(url, kind, detail string) {
	p.report(archive.Problem{List: p.group.List.Name, Group: p.group.Name, URL: url, Kind: kind, Detail: detail})
}

func blocks(in []clean.Block) []archive.Block {
	kinds := map[clean.Kind]archive.BlockKind{clean.Own: archive.BlockOwn, clean.Quote: archive.BlockQuote, clean.Signature: archive.BlockSignature}
	out := make([]archive.Block, len(in))
	for i, b := range in {
		out[i] = archive.Block{Kind: kinds[b.Kind], Depth: b.Depth, Start: b.Start, End: b.End}
	}
	return out
}

// attachments gives the scrubbed parts absolute URLs: some archives write
// them relative to the server.
func attachments(pageURL string, in []clean.Part) []archive.Attachment {
	out := make([]archive.Attachment, len(in))
	for i, a := range in {
		if a.URL != "" {
			a.URL = resolve(pageURL, a.URL)
		}
		out[i] = archive.Attachment{Kind: a.Kind, Name: a.Name, Type: a.Type, Size: a.Size, URL: a.URL, Text: a.Text, Fetched: a.Text != ""}
	}
	return out
}

// digest is a fingerprint of what a mail says that survives another charset,
// another way to hide addresses, other white space and other attachment URLs:
// its ASCII letters and digits, in lower case. Mail with hardly any of those
// is taken by all its letters.
func digest(m clean.Mail) string {
	text := m.Body
	b, n := make([]byte, len(text)), 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if low := c | 0x20; low-'a' < 26 || c-'0' < 10 { // of a digit, low is the digit
			b[n] = low
			n++
		} else if c == ' ' {
			i += max(hidingWord(text, i)-1, 0)
		}
	}
	if b = b[:n]; n < 16 {
		for _, r := range text {
			if r >= utf8.RuneSelf && unicode.IsLetter(r) {
				b = utf8.AppendRune(b, unicode.ToLower(r))
			}
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
