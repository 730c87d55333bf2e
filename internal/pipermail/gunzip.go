package pipermail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// maxPacking is how often a text file may be packed (H1): once by the
// archiver, once by a server that packs what is packed already.
const maxPacking = 2

// DefaultTextLimit bounds an unpacked text file: the largest known period is a
// quarter of that.
const DefaultTextLimit = 1 << 30

// TruncatedError says that a packed text file ends too early, or is damaged
// from some place on. What stands before that place was read.
type TruncatedError struct {
	Read int64 // bytes of text that could be read
	Err  error
}

func (e *TruncatedError) Error() string {
	return fmt.Sprintf("the packed text file ends too early: %d bytes of text could be read: %v; fetch it again, or crawl the pages", e.Read, e.Err)
}

func (e *TruncatedError) Unwrap() error { return e.Err }

// TooLargeError says that a text file unpacks to more than its bound.
type TooLargeError struct {
	Limit int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the text file unpacks to more than %d bytes; crawl the pages instead", e.Limit)
}

// Unpack returns the text of a text file as it was served: plain under any
// name, packed once or twice, in one or several members. limit bounds what it
// may unpack to; 0 means DefaultTextLimit. The text that comes with a
// *TruncatedError is what could be read.
//
// QUIRK H1: neither the name nor the Content-Type tells whether a text file
// is packed; its first bytes do.
func Unpack(body []byte, limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultTextLimit
	}
	var cut error
	for range maxPacking {
		if !isGzip(body) {
			break
		}
		text, err := gunzip(body, limit)
		var large *TooLargeError
		if errors.As(err, &large) {
			return nil, err
		}
		if err != nil {
			cut = err
		}
		body = text
	}
	if int64(len(body)) > limit {
		return nil, &TooLargeError{limit}
	}
	if cut != nil {
		return body, &TruncatedError{Read: int64(len(body)), Err: cut}
	}
	return body, nil
}

// A bomb is known by its ratio before it fills the memory: mail packs to a
// third, rarely to a tenth. Small texts are let pass.
const (
	maxRatio  = 50
	plainSize = 16 << 20 // bytes
)

func isGzip(b []byte) bool { return len(b) >= 3 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 }

// likelySize is what a packed text says of its size, as far as that is likely.
func likelySize(body []byte, limit int64) int {
	if len(body) < 18 { // the least that a packed text has
		return 0
	}
	size := int64(binary.LittleEndian.Uint32(body[len(body)-4:]))
	return int(min(size, limit, 8*int64(len(body)))) + bytes.MinRead
}

// gunzip unpacks all members. What follows the last one, padding as a rule, is
// an error only when it is more than zeros.
func gunzip(body []byte, limit int64) ([]byte, error) {
	limit = min(limit, max(plainSize, maxRatio*int64(len(body))))
	in := bytes.NewReader(body)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(likelySize(body, limit))
	n, err := io.Copy(&out, io.LimitReader(z, limit+1))
	switch {
	case n > limit:
		return nil, &TooLargeError{limit}
	case errors.Is(err, gzip.ErrHeader) && len(bytes.Trim(body[len(body)-in.Len():], "\x00")) == 0:
		err = nil
	}
	return out.Bytes(), err
}
