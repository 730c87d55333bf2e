package mcp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"
)

// patience is how long the end of the input waits for answers that are due.
const patience = 30 * time.Second

// pipe is a client's input and output, a message a line. The SDK ends with the
// input, and drops what it has not answered: who writes some requests and
// closes would hear little. So the end waits for the answers.
type pipe struct {
	in  *bufio.Reader
	out io.Writer

	rest []byte // of the line being read

	mu       sync.Mutex
	due      int // requests without an answer
	answered chan struct{}
	line     []byte // being written
}

func newPipe(in io.Reader, out io.Writer) *pipe {
	return &pipe{in: bufio.NewReaderSize(in, maxRequest+1), out: out, answered: make(chan struct{}, 1)}
}

// message is what tells requests, answers and notices apart.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
}

func (p *pipe) count(line []byte, method bool, n int) {
	var m message
	if json.Unmarshal(line, &m) != nil || len(m.ID) == 0 || (m.Method != "") != method {
		return
	}
	p.mu.Lock()
	p.due += n
	p.mu.Unlock()
	select {
	case p.answered <- struct{}{}:
	default:
	}
}

// Read implements io.Reader, a line or less at a time.
func (p *pipe) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		line, err := p.in.ReadSlice('\n')
		switch {
		case len(line) > 0:
			p.rest = line
			p.count(line, true, 1)
		case errors.Is(err, io.EOF):
			p.wait()
			return 0, err
		case err != nil:
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// wait waits until nothing is due.
func (p *pipe) wait() {
	end := time.NewTimer(patience)
	defer end.Stop()
	for {
		p.mu.Lock()
		due := p.due
		p.mu.Unlock()
		if due <= 0 {
			return
		}
		select {
		case <-p.answered:
		case <-end.C:
			return
		}
	}
}

// Write implements io.Writer.
func (p *pipe) Write(b []byte) (int, error) {
	n, err := p.out.Write(b)
	p.line = append(p.line, b[:n]...)
	for {
		line, rest, ok := bytes.Cut(p.line, []byte("\n"))
		if !ok {
			return n, err
		}
		p.count(line, false, -1)
		p.line = append(p.line[:0], rest...)
	}
}
