package search

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

// cursor is where a page of results ended. As text it is base64url over
//
//	version (1 byte) · search (8 bytes) · rank (uvarint) · sort key (count, then length and bytes each, uvarints) · checksum (4 bytes)
//
// The search is a hash of query and order: a cursor continues no other one.
// The checksum finds cursors that were cut or mistyped; it keeps nobody out.
type cursor struct {
	search [8]byte
	rank   int      // of the last hit
	key    []string // of the last hit
}

const (
	cursorVersion = 1
	maxCursor     = 4096 // bytes of text
)

// searchHash identifies what a cursor continues.
func searchHash(parts ...string) (out [8]byte) {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	copy(out[:], sum[:])
	return out
}

// String returns the cursor as callers see it.
func (c cursor) String() string {
	b := append([]byte{cursorVersion}, c.search[:]...)
	b = binary.AppendUvarint(b, uint64(c.rank))
	b = binary.AppendUvarint(b, uint64(len(c.key)))
	for _, k := range c.key {
		b = binary.AppendUvarint(b, uint64(len(k)))
		b = append(b, k...)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, checksum(b)...))
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:4]
}

var errCursor = errors.New("not a cursor")

// readCursor reads what String wrote and checks that it belongs to the search.
func readCursor(s string, search [8]byte) (cursor, error) {
	c, err := decodeCursor(s)
	if err != nil {
		return cursor{}, &CursorError{"this is none that a search gave", "take it whole from the results, or leave it away to start at the top"}
	}
	if c.search != search {
		return cursor{}, &CursorError{"this one belongs to another search", "use it with the query and the order that it came from, or leave it away to start at the top"}
	}
	return c, nil
}

func decodeCursor(s string) (c cursor, err error) {
	if len(s) > maxCursor {
		return c, errCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 1+8+4 || b[0] != cursorVersion {
		return c, errCursor
	}
	body, sum := b[:len(b)-4], b[len(b)-4:]
	if string(checksum(body)) != string(sum) {
		return c, errCursor
	}
	copy(c.search[:], body[1:])
	d := cursorReader{body[9:]}
	c.rank = int(d.number(1 << 40))
	for range d.number(16) {
		c.key = append(c.key, d.text())
	}
	if d.rest == nil || len(d.rest) > 0 {
		return c, errCursor
	}
	return c, nil
}

// cursorReader reads fields; rest is nil once one was bad.
type cursorReader struct{ rest []byte }

func (d *cursorReader) number(most uint64) uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || v > most {
		d.rest = nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *cursorReader) text() string {
	n := d.number(maxCursor)
	if uint64(len(d.rest)) < n {
		d.rest = nil
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}
