package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"

	"github.com/bxsearch/bxsearch/internal/mail"
)

// lookAhead is how much of what follows a separator has to look like a head.
const lookAhead = 32 << 10

// piece is a stretch of an mbox: a mail with its separator, or what stands
// before the first one.
type piece struct {
	offset int64 // in the file
	size   int64 // bytes in the file
	raw    []byte
	junk   bool // no separator is above it
	long   bool // raw is only its beginning
	torn   bool // the file could not be read to its end, which may be in the middle of it
}

// splitter divides an mbox into mails without holding more than one, or what a
// Content-Length says is one. Every byte is in a piece, but for the empty line
// below each mail.
type splitter struct {
	r   *bufio.Reader
	max int64

	cur      []byte
	offset   int64 // of cur
	size     int64 // of the mail that cur is the beginning of
	end      int   // in cur, where Content-Length says that the mail ends; 0 if it does not say
	headed   bool  // the head was read to its end
	maybe    []int // in cur: separators above end
	blank    bool  // the line before was empty, or there was none
	midline  bool  // the line before is not at its end
	ready    []piece
	finished error // io.EOF, or what ended the reading
}

func newSplitter(r io.Reader, limit int64) *splitter {
	return &splitter{r: bufio.NewReaderSize(r, 2*lookAhead), max: limit, blank: true}
}

// next returns the next piece; io.EOF after the last. Any other error comes
// after what could be read.
func (s *splitter) next() (piece, error) {
	for len(s.ready) == 0 {
		if s.finished != nil {
			return piece{}, s.finished
		}
		s.line()
	}
	p := s.ready[0]
	s.ready = s.ready[1:]
	return p, nil
}

// line reads one line, or the part of one that fits into the buffer.
func (s *splitter) line() {
	l, err := s.r.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		s.add(l)
		s.close()
		s.finished = err
		if n := len(s.ready); n > 0 && !errors.Is(err, io.EOF) {
			s.ready[n-1].torn = true
		}
		return
	}
	begins := !s.midline
	s.midline = errors.Is(err, bufio.ErrBufferFull)
	if begins && s.blank && !s.midline && bytes.HasPrefix(l, []byte("From ")) {
		l = bytes.Clone(l) // looking ahead moves the buffer
		if ahead, _ := s.r.Peek(lookAhead); mail.IsSeparator(bytes.TrimRight(l, "\r\n"), ahead) {
			s.separator()
		}
	}
	s.blank = begins && len(bytes.TrimRight(l, "\r\n")) == 0
	s.add(l)
	if s.blank && !s.headed {
		s.headed = true
		if n := contentLength(s.cur); n > 0 && n < s.max {
			s.end = len(s.cur) + int(n)
		}
	}
}

// slack is by how much the end that Content-Length gives and the next
// separator may differ: some count the empty line between them.
const slack = 2

// separator ends the mail above a separator, unless Content-Length says that
// the separator is inside of it. Whether that is to be believed shows at the
// end that it gives: there must be a separator, or the end of the file.
//
// QUIRK: writers of mboxcl do not quote "From " lines, and others change a mail
// without its Content-Length.
func (s *splitter) separator() {
	if len(s.cur) < s.end {
		s.maybe = append(s.maybe, len(s.cur))
		return
	}
	s.close()
}

// add appends to the mail, as far as there is room.
func (s *splitter) add(b []byte) {
	s.size += int64(len(b))
	if int64(len(s.cur)+len(b)) > s.max && len(s.maybe) > 0 {
		s.divide()
	}
	s.cur = append(s.cur, b[:min(int64(len(b)), max(0, s.max-int64(len(s.cur))))]...)
}

// close ends the current mail.
func (s *splitter) close() {
	if len(s.maybe) > 0 && (len(s.cur) < s.end || len(s.cur) > s.end+slack) {
		s.divide()
	}
	s.emit(len(s.cur), s.size)
	s.cur, s.size = nil, 0
	s.end, s.headed, s.maybe = 0, false, nil
}

// divide ends mails at all separators that Content-Length said are none. What
// follows the last is the current mail.
func (s *splitter) divide() {
	at := 0
	whole := s.cur
	for _, next := range s.maybe {
		s.cur = whole[at:next:next]
		s.emit(next-at, int64(next-at))
		s.size -= int64(next - at)
		at = next
	}
	s.cur = bytes.Clone(whole[at:])
	s.end, s.maybe = 0, nil
}

// emit makes a piece of the current mail, n bytes of which are at hand.
func (s *splitter) emit(n int, size int64) {
	raw := s.cur[:n:n]
	at := s.offset
	s.offset += size
	junk, long := !bytes.HasPrefix(raw, []byte("From ")), size > int64(n)
	if junk && !long && len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	if !long {
		raw = trimBlank(raw)
	}
	s.ready = append(s.ready, piece{offset: at, size: size, raw: raw, junk: junk, long: long})
}

// trimBlank takes off the empty line that divides a mail from the next.
func trimBlank(b []byte) []byte {
	for _, end := range []string{"\n\r\n", "\n\n"} {
		if bytes.HasSuffix(b, []byte(end)) {
			return b[:len(b)-len(end)+1]
		}
	}
	return b
}

var lengthField = regexp.MustCompile(`(?mi)^content-length:[ \t]*(\d{1,12})[ \t]*\r?$`)

func contentLength(head []byte) int64 {
	m := lengthField.FindSubmatch(head[:min(len(head), 64<<10)])
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n
}
