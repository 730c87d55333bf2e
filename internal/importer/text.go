package importer

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// textFields are all that Pipermail leaves of a head (P2).
var textFields = map[string]bool{"from": true, "date": true, "subject": true, "in-reply-to": true, "references": true, "message-id": true}

// isText reports whether a file is the text file of one of Pipermail's periods:
// it is called as such, and the head of its first message has nothing but what
// Pipermail leaves of it.
func isText(path string, first, rest []byte) bool {
	name := strings.TrimSuffix(filepath.Base(path), ".gz")
	if !strings.HasSuffix(name, ".txt") || !bytes.HasPrefix(first, []byte("From ")) {
		return false
	}
	fields := 0
	for len(rest) > 0 {
		var l []byte
		l, rest, _ = bytes.Cut(rest, []byte("\n"))
		if l = bytes.TrimRight(l, "\r"); len(l) == 0 {
			return fields >= 2
		}
		if l[0] == ' ' || l[0] == '\t' {
			continue
		}
		field, _, ok := bytes.Cut(l, []byte(":"))
		if !ok || !textFields[strings.ToLower(string(field))] {
			return false
		}
		fields++
	}
	return false
}

// text imports the text file of one period of a list whose archive's address
// is known.
func (r *run) text(ctx context.Context, info fs.FileInfo) error {
	list, err := r.textList(ctx)
	if err != nil {
		return err
	}
	u := list.URL + filepath.Base(r.path)
	place := pipermail.Locate(list.URL, u)
	if !place.OK || place.Kind != archive.RawText {
		return &NotMailError{r.path, "a text file whose name is no period's"}
	}
	s := &saved{run: r, dir: filepath.Dir(r.path), list: list}
	body, _, err := s.read(r.path)
	if err != nil {
		return fmt.Errorf("import %s: %w", r.path, err)
	}
	raw := archive.Raw{List: list.Name, Group: place.Group, Kind: archive.RawText, URL: u, Fetched: info.ModTime().UTC(), Status: 200,
		ContentType: contentType(u, archive.RawText)}
	r.done = r.total
	return r.page(ctx, raw, body)
}

func (r *run) textList(ctx context.Context) (archive.ListInfo, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := archive.ListInfo{Name: r.cfg.List, URL: r.cfg.URL}
	if info.URL == "" && info.Name == "" {
		info.URL = mirrorURL(filepath.Dir(r.path))
	}
	if info.URL == "" && info.Name == "" {
		return info, &UnknownListError{r.path, "is a text file of Pipermail, which does not say which list it is of: give --url, the address of the list's archive on the web"}
	}
	if info.Name == "" {
		info.Name = pipermail.ListName(info.URL)
	}
	l, err := r.addList(ctx, info)
	if err == nil && l.URL == "" {
		err = &UnknownListError{r.path, "is a text file of Pipermail, whose place on the web is not known: give --url, the address of the list's archive"}
	}
	if err == nil {
		r.lists[l.Name] = l
	}
	return l, err
}
