package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// key is an ID as it is stored and hashed.
type key [10]byte

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func (k key) id() ID            { return ID(base32lower.EncodeToString(k[:])) }
func (k key) compare(o key) int { return bytes.Compare(k[:], o[:]) }

// link is the part of a key that the link table holds.
func (k key) link() int64 { return int64(binary.BigEndian.Uint64(k[:8])) }

// parseID returns the key of an ID, and false for what is none.
func parseID(id ID) (k key, ok bool) {
	if len(id) != 16 {
		return k, false
	}
	n, err := base32lower.Decode(k[:], []byte(id))
	return k, err == nil && n == len(k)
}

// keyOf reads a stored key.
func keyOf(b []byte) (k key) {
	copy(k[:], b)
	return k
}

// digest hashes fields under a domain. A zero byte ends each field; those
// inside a field are left out, so that no two lists of fields look alike.
func digest(domain string, fields ...string) [sha256.Size]byte {
	size := len(domain) + 1
	for _, f := range fields {
		size += len(f) + 1
	}
	buf := make([]byte, 0, size)
	buf = append(append(buf, domain...), 0)
	for _, f := range fields {
		if strings.IndexByte(f, 0) >= 0 {
			f = strings.ReplaceAll(f, "\x00", "")
		}
		buf = append(append(buf, f...), 0)
	}
	return sha256.Sum256(buf)
}

func hashKey(domain string, fields ...string) key {
	sum := digest(domain, fields...)
	return keyOf(sum[:])
}

func hash64(domain string, fields ...string) int64 {
	sum := digest(domain, fields...)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// hashBytes is hash64 of one long field, without a copy of it.
func hashBytes(domain string, field []byte) int64 {
	h := sha256.New()
	h.Write([]byte(domain + "\x00"))
	for len(field) > 0 {
		end := bytes.IndexByte(field, 0)
		if end < 0 {
			end = len(field)
		}
		h.Write(field[:end])
		field = field[min(end+1, len(field)):]
	}
	h.Write([]byte{0})
	var sum [sha256.Size]byte
	return int64(binary.BigEndian.Uint64(h.Sum(sum[:0])))
}

// midKey is the base of a message with a Message-ID: see docs/format.md.
func midKey(list, messageID string) key {
	return hashKey("bx:mid", strings.ToLower(list), strings.TrimSpace(messageID))
}

// baseKey is the base of a source.
func baseKey(list string, p *Parsed) key {
	if strings.TrimSpace(p.Message.MessageID) != "" {
		return midKey(list, p.Message.MessageID)
	}
	if k, ok := parseID(p.Base); ok {
		return k
	}
	return hashKey("bx:raw", strings.ToLower(list), p.Fallback)
}

// dupKey is the ID of a message whose base another message has.
func dupKey(base key, content int64) key {
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], uint64(content))
	h := sha256.New()
	h.Write([]byte("bx:dup\x00"))
	h.Write(base[:])
	h.Write(c[:])
	return keyOf(h.Sum(nil))
}
