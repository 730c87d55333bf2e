package archive

import (
	"encoding/binary"
	"errors"
	"time"
)

// recordVersion is the first byte of a record; docs/format.md has the rest.
const recordVersion = 1

var errRecord = errors.New("not a message record")

// appendRecord writes the parts of m that the parser made. ID, list, URLs and
// thread are the archive's and kept elsewhere.
func appendRecord(b []byte, m *Message) []byte {
	b = append(b, recordVersion)
	b = appendStrings(b, m.MessageID, m.InReplyTo)
	b = binary.AppendUvarint(b, uint64(len(m.References)))
	b = appendStrings(b, m.References...)
	_, offset := m.Date.Zone()
	b = binary.AppendVarint(b, m.Date.Unix())
	b = binary.AppendVarint(b, int64(offset))
	b = appendStrings(b, m.FromName, m.FromAddress, m.Subject, m.SourceURL, m.DateRaw, string(m.DateOrigin),
		m.IndexParent, m.BaseSubject)
	b = append(b, oneIf(m.Reply))
	b = binary.AppendUvarint(b, uint64(len(m.Attachments)))
	for _, a := range m.Attachments {
		b = appendStrings(b, a.Kind, a.Name, a.Type)
		b = binary.AppendVarint(b, a.Size)
		b = appendStrings(b, a.URL)
		b = append(b, oneIf(a.Fetched))
		b = appendStrings(b, a.Text)
	}
	b = binary.AppendUvarint(b, uint64(len(m.Blocks)))
	end := 0
	for _, k := range m.Blocks {
		b = appendStrings(b, string(k.Kind))
		b = binary.AppendVarint(b, int64(k.Depth))
		b = binary.AppendVarint(b, int64(k.Start-end))
		b = binary.AppendVarint(b, int64(k.End-k.Start))
		end = k.End
	}
	return appendStrings(b, m.Body)
}

func appendStrings(b []byte, fields ...string) []byte {
	for _, s := range fields {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func oneIf(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// readRecord reads what appendRecord wrote. It never panics and allocates no
// more than the record is long, whatever it is given.
func readRecord(data []byte) (*Message, error) {
	if len(data) == 0 || data[0] != recordVersion {
		return nil, errRecord
	}
	d := &decoder{b: data[1:], s: string(data[1:])}
	m := &Message{MessageID: d.str(), InReplyTo: d.str()}
	if n := d.count(1); n > 0 {
		m.References = make([]string, n)
	}
	for i := range m.References {
		m.References[i] = d.str()
	}
	m.Date = zoned(d.varint(), d.varint())
	m.FromName, m.FromAddress, m.Subject, m.SourceURL = d.str(), d.str(), d.str(), d.str()
	m.DateRaw, m.DateOrigin, m.IndexParent, m.BaseSubject = d.str(), DateOrigin(d.str()), d.str(), d.str()
	m.Reply = d.flag()
	if n := d.count(7); n > 0 {
		m.Attachments = make([]Attachment, n)
	}
	for i := range m.Attachments {
		m.Attachments[i] = Attachment{Kind: d.str(), Name: d.str(), Type: d.str(), Size: d.varint(), URL: d.str(),
			Fetched: d.flag(), Text: d.str()}
	}
	d.blocks(m)
	m.Body = d.str()
	if d.bad || len(d.b) > 0 || !blocksFit(m) {
		return nil, errRecord
	}
	return m, nil
}

// zoned makes the time again; the zero time stays the zero time.
func zoned(sec, offset int64) time.Time {
	const day = 86400
	switch {
	case sec == undated && offset == 0:
		return time.Time{}
	case offset == 0 || offset < -2*day || offset > 2*day:
		return time.Unix(sec, 0).UTC()
	}
	return time.Unix(sec, 0).In(time.FixedZone("", int(offset)))
}

// blocksFit guards Message.Text against slices out of range.
func blocksFit(m *Message) bool {
	end := 0
	for _, k := range m.Blocks {
		if k.Start < end || k.End < k.Start || k.End > len(m.Body) {
			return false
		}
		end = k.End
	}
	return true
}

// decoder reads fields until one is bad; then it returns zeros.
type decoder struct {
	b   []byte // what is left
	s   string // the same; strings are parts of it, so that all of a record is one allocation
	bad bool
}

func (d *decoder) blocks(m *Message) {
	if n := d.count(4); n > 0 {
		m.Blocks = make([]Block, n)
	}
	end := int64(0)
	for i := range m.Blocks {
		kind, depth := d.str(), d.varint()
		start := end + d.varint()
		end = start + d.varint()
		m.Blocks[i] = Block{Kind: BlockKind(kind), Depth: int(depth), Start: int(start), End: int(end)}
	}
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads how many elements follow, each at least min bytes long.
func (d *decoder) count(min int) int {
	n := d.uvarint()
	if n > uint64(len(d.b)/min) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) str() string {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.fail()
		return ""
	}
	s := d.s[len(d.s)-len(d.b):][:n]
	d.b = d.b[n:]
	return s
}

func (d *decoder) flag() bool {
	if len(d.b) == 0 || d.b[0] > 1 {
		d.fail()
		return false
	}
	v := d.b[0] == 1
	d.b = d.b[1:]
	return v
}

func (d *decoder) fail() { d.b, d.bad = nil, true }
