package importer

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// maxAttachment bounds an attachment, in bytes: as much as a crawl fetches.
const maxAttachment = 10_000_000

// Attachments imports, of the saved folders that were imported before, the
// parts that the list server took out of messages and that can be read, each
// under the period of its message. It goes by the messages: Archive.Derive
// comes before it, and again after it if it has imported any.
func (im *Importer) Attachments(ctx context.Context) (Stats, error) {
	var all Stats
	for _, s := range im.saved {
		s.run = &run{im: im, cfg: im.cfg, path: s.dir, lists: map[string]archive.ListInfo{}}
		s.stats.Format = FormatFolder
		s.store = s.run.store(ctx)
		err := s.store.wait(s.attachments(ctx))
		all.Read += s.stats.Read
		all.New += s.stats.New
		all.Bytes += s.stats.Bytes
		all.Problems = append(all.Problems, s.stats.Problems...)
		all.ProblemTotal += s.stats.ProblemTotal
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// attachments imports those of one list.
func (s *saved) attachments(ctx context.Context) error {
	seen := map[string]bool{}
	for m, err := range s.cfg.Archive.Messages(ctx, archive.Filter{List: s.list.Name}) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case m == nil:
			s.problem(s.dir, "%v", err)
			continue
		case err != nil:
			return err
		}
		group := pipermail.Locate(s.list.URL, m.URL).Group
		for _, a := range pipermail.WantedParts(m, true) {
			u := s.own(a.URL)
			if u == "" || group == "" || seen[u] {
				continue
			}
			seen[u] = true
			if err := s.attachment(group, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// own is the URL of an attachment as the archive has it, whatever its scheme;
// empty for what is elsewhere.
func (s *saved) own(u string) string {
	place := pipermail.Locate(s.list.URL, u)
	if !place.OK || place.Kind != archive.RawAttachment {
		return ""
	}
	_, rest, _ := strings.Cut(u, "://")
	_, base, _ := strings.Cut(s.list.URL, "://")
	return s.list.URL + rest[len(base):]
}

// attachment imports one file, if it is there.
func (s *saved) attachment(group, u string) error {
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
	case len(body) > maxAttachment:
		s.problem(path, "an attachment of %d bytes is over the bound of %d; it is left out", len(body), maxAttachment)
		return nil
	}
	return s.put(archive.RawAttachment, group, u, body, info)
}
