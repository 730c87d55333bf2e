package importer

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// orders are a period's index pages, the most telling first (P8).
var orders = []string{"thread", "date", "subject", "author"}

// period imports what is saved of a period: as many of its index pages as a
// crawl would look at, its text files, and all message pages.
func (s *saved) period(ctx context.Context, name, indexURL, textURL string) error {
	folder := indexURL[:strings.LastIndexByte(indexURL, '/')+1]
	rows, err := s.indexes(ctx, name, folder)
	if err != nil {
		return err
	}
	for _, u := range s.textFiles(folder, textURL) {
		if err := s.text(name, u); err != nil {
			return err
		}
	}
	seen, missing := map[string]bool{}, 0
	for _, row := range rows {
		path := s.file(row.URL)
		if path == "" || seen[path] {
			continue
		}
		seen[path] = true
		had, err := s.message(ctx, name, row.URL, path)
		if err != nil {
			return err
		}
		if !had {
			missing++
		}
	}
	if missing > 0 {
		s.problem(filepath.Join(s.dir, filepath.FromSlash(name)), "%d of %d listed pages are not in the folder", missing, len(rows))
	}
	return s.unlistedPages(ctx, name, folder, seen)
}

// indexes imports the index pages: the thread index, and others only where it
// is absent or lists fewer messages than it says there are, as a crawl does.
func (s *saved) indexes(ctx context.Context, name, folder string) ([]pipermail.Row, error) {
	var rows []pipermail.Row
	listed := map[string]bool{}
	for i, order := range orders {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i > 1 && len(listed) > 0 {
			break
		}
		u := folder + order + ".html"
		body, info, err := s.read(s.file(u))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			s.problem(s.file(u), "%v", err)
			continue
		}
		pi, err := pipermail.ParsePeriodIndex(pipermail.Page{URL: u, Body: body})
		if npe, ok := errors.AsType[*pipermail.NotPipermailError](err); ok {
			s.problem(s.file(u), "it is no index page: found %s", npe.Found)
			continue
		} else if err != nil {
			s.problem(s.file(u), "%v", err)
			continue
		}
		for _, r := range pi.Rows {
			if !listed[r.URL] {
				listed[r.URL] = true
				rows = append(rows, r)
			}
		}
		if err := s.put(archive.RawPeriod, name, u, body, info); err != nil {
			return nil, err
		}
		if len(rows) >= pi.Declared {
			break
		}
	}
	return rows, nil
}

// textFiles lists where the period's text lies: where the contents page says,
// and beside it if that is absent or older (P1).
func (s *saved) textFiles(folder, textURL string) []string {
	plain := strings.TrimSuffix(folder, "/") + ".txt"
	linked, beside := plain+".gz", plain
	switch {
	case textURL == plain:
		linked, beside = beside, linked
	case strings.HasPrefix(textURL, s.list.URL):
		linked = textURL
	}
	first, err := os.Stat(s.file(linked))
	if err != nil {
		return []string{beside}
	}
	if second, err := os.Stat(s.file(beside)); err == nil && second.ModTime().After(first.ModTime()) {
		return []string{linked, beside}
	}
	return []string{linked}
}

// text imports a period's text file, if it is there.
func (s *saved) text(name, u string) error {
	path := s.file(u)
	body, info, err := s.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		s.problem(path, "%v", err)
		return nil
	}
	s.read1(len(body))
	return s.put(archive.RawText, name, u, body, info)
}

// message imports a message page. had is false if it is not there.
func (s *saved) message(ctx context.Context, name, u, path string) (had bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	body, info, err := s.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		s.problem(path, "%v", err)
		return true, nil
	}
	s.read1(len(body))
	return true, s.put(archive.RawMessage, name, u, body, info)
}

// read1 notes that a file was read.
func (s *saved) read1(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done += int64(n)
}

// messageFile is what message pages are called.
var messageFile = regexp.MustCompile(`^\d+\.html$`)

// unlistedPages looks for message pages that no index page lists. They are what
// a rebuilt archive left behind as a rule (P10), and no crawl meets them.
func (s *saved) unlistedPages(ctx context.Context, name, folder string, listed map[string]bool) error {
	dir := s.file(folder)
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // the period's indexes were a problem already, or there is nothing of it
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.Type().IsRegular() || listed[path] || !messageFile.MatchString(e.Name()) {
			continue
		}
		if !s.cfg.Unlisted {
			s.count(func(st *Stats) { st.Unlisted++ })
			continue
		}
		if _, err := s.message(ctx, name, folder+e.Name(), path); err != nil {
			return err
		}
	}
	return nil
}

// unlisted looks for periods that the contents page does not list.
func (s *saved) unlisted(ctx context.Context, index *pipermail.ListIndex) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		known := slices.ContainsFunc(index.Periods, func(p pipermail.Period) bool {
			return p.Name == e.Name() || strings.HasPrefix(p.Name, e.Name()+"/")
		})
		if !e.IsDir() || known || e.Name() == "attachments" {
			continue
		}
		u := s.list.URL + url.PathEscape(e.Name()) + "/"
		if !isPeriodFolder(filepath.Join(s.dir, e.Name())) || !pipermail.Locate(s.list.URL, u+"thread.html").OK {
			continue
		}
		if !s.cfg.Unlisted {
			err = s.unlistedPages(ctx, e.Name(), u, nil)
		} else {
			err = s.period(ctx, e.Name(), u+"thread.html", "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isPeriodFolder(dir string) bool {
	for _, order := range orders {
		if _, err := os.Stat(filepath.Join(dir, order+".html")); err == nil {
			return true
		}
	}
	return false
}
