package importer

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/bxsearch/bxsearch/archive"
)

// Bounds of attachments.
const (
	maxNamed      = 2_000_000 // of one list
	maxAttachment = 10_000_000
)

// scrubbed is the place of a scrubbed part below the list's folder (P5).
var scrubbed = regexp.MustCompile(`attachments/\d{8}/[0-9a-fA-F]{4,12}/[A-Za-z0-9%._+~-]{1,200}`)

// named knows which period's messages name which attachment.
type named struct {
	mu sync.Mutex
	in map[string]string // path below the list to period
}

// look notes what a page or text file names.
func (n *named) look(period string, body []byte) {
	if !bytes.Contains(body, []byte("attachments/")) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range scrubbed.FindAll(body, -1) {
		path := string(bytes.TrimRight(p, "."))
		if _, ok := n.in[path]; !ok && len(n.in) < maxNamed {
			n.in[path] = period
		}
	}
}

// attachments imports the scrubbed parts that messages name and that are there
// and hold text, each in the period of its message.
func (s *saved) attachments(ctx context.Context) error {
	s.store = s.run.store(ctx)
	var failed error
	for _, path := range slices.Sorted(maps.Keys(s.parts.in)) {
		if failed = ctx.Err(); failed != nil {
			break
		}
		if failed = s.attachment(s.parts.in[path], s.list.URL+path); failed != nil {
			break
		}
	}
	return s.store.wait(failed)
}

func (s *saved) attachment(period, u string) error {
	path := s.file(u)
	if path == "" {
		return nil
	}
	body, info, err := s.read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		s.problem(path, "%v", err)
		return nil
	}
	s.read1(len(body))
	if len(body) > maxAttachment || bytes.IndexByte(body[:min(len(body), 8<<10)], 0) >= 0 {
		return nil // what a crawl does not fetch either
	}
	return s.put(archive.RawAttachment, period, u, body, info)
}
