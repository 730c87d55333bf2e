package importer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// maxFolderDepth bounds how deep below the folder given a list is looked for:
// a mirror has folders for host and path above it.
const maxFolderDepth = 8

// indexNames are what the contents page may be called when it is saved.
var indexNames = []string{"index.html", "index.htm", "default.html", "index.html.1", "index.html@"}

// saved is the saved archive of one list.
type saved struct {
	*run
	dir   string // its folder
	index string // the contents page's file
	list  archive.ListInfo
	store *store
}

// folder imports the Pipermail archives saved in a folder: that of one list,
// or a mirror with several below folders of hosts.
func (r *run) folder(ctx context.Context) error {
	r.stats.Format = FormatFolder
	found, err := r.findLists(ctx)
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		return &NotMailError{r.path, "a folder without a Pipermail contents page (index.html) and without cur and new"}
	case len(found) > 1 && (r.cfg.List != "" || r.cfg.URL != ""):
		return &UnknownListError{r.path, fmt.Sprintf("holds %d lists, so --list and --url cannot be meant for all: give the folder of one", len(found))}
	}
	var failed error
	for _, s := range found {
		if err := s.all(ctx); ctx.Err() != nil {
			return ctx.Err()
		} else if _, unknown := errors.AsType[*UnknownListError](err); unknown && len(found) > 1 {
			r.problem(s.dir, "%v", err)
			failed = err
		} else if err != nil {
			return err
		}
	}
	if len(r.lists) == 0 {
		return failed
	}
	return nil
}

// findLists looks for contents pages, and not below them.
func (r *run) findLists(ctx context.Context) ([]*saved, error) {
	var found []*saved
	err := filepath.WalkDir(r.path, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == r.path:
			return err
		case err != nil:
			r.problem(path, "%v", err)
			return nil
		case !d.IsDir():
			return nil
		}
		if index := contentsFile(path); index != "" {
			found = append(found, &saved{run: r, dir: path, index: index})
			return fs.SkipDir
		}
		rel, err := filepath.Rel(r.path, path)
		if err != nil || strings.Count(rel, string(filepath.Separator)) >= maxFolderDepth {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", r.path, err)
	}
	return found, nil
}

// contentsFile is the file in dir that is a list's contents page; empty if
// none is.
func contentsFile(dir string) string {
	for _, name := range indexNames {
		path := filepath.Join(dir, name)
		body, err := readFile(path, maxPage)
		if err != nil {
			continue
		}
		li, err := pipermail.ParseListIndex(pipermail.Page{URL: guessURL(dir), Body: body})
		if err == nil && len(li.Periods) > 0 {
			return path
		}
	}
	return ""
}

// guessURL stands for the list's URL until that is known: the name is what
// counts.
func guessURL(dir string) string {
	name := filepath.Base(dir)
	if abs, err := filepath.Abs(dir); err == nil {
		name = filepath.Base(abs)
	}
	return "http://saved.invalid/" + url.PathEscape(name) + "/"
}

// all imports one list.
func (s *saved) all(ctx context.Context) error {
	body, info, err := s.read(s.index)
	if err != nil {
		return fmt.Errorf("import %s: %w", s.index, err)
	}
	base, err := s.address(ctx, body)
	if err != nil {
		return err
	}
	index, err := pipermail.ParseListIndex(pipermail.Page{URL: base, Body: body})
	if err != nil {
		return fmt.Errorf("import %s: %w", s.index, err)
	}
	name := index.Name
	if s.cfg.List != "" {
		name = s.cfg.List
	}
	s.mu.Lock()
	s.list, err = s.addList(ctx, archive.ListInfo{Name: name, URL: base, Title: index.Title})
	s.lists[base] = s.list
	s.mu.Unlock()
	if err != nil {
		return err
	}
	// The archive may know the list's URL by the other scheme.
	if index, err = pipermail.ParseListIndex(pipermail.Page{URL: s.list.URL, Body: body}); err != nil {
		return fmt.Errorf("import %s: %w", s.index, err)
	}
	s.measure()
	s.store = s.run.store(ctx)
	err = s.put(archive.RawList, "", s.list.URL, body, info)
	for _, p := range index.Periods {
		if err == nil {
			err = s.period(ctx, p.Name, p.IndexURL, p.TextURL)
		}
	}
	if err == nil {
		err = s.unlisted(ctx, index)
	}
	s.im.saved = append(s.im.saved, s)
	return s.store.wait(err)
}

// addList is run.addList for a list with its title.
func (s *saved) addList(ctx context.Context, info archive.ListInfo) (archive.ListInfo, error) {
	l, err := s.run.addList(ctx, info)
	if err != nil || l.URL != "" && l.Title != "" {
		return l, err
	}
	info.Name, info.URL = l.Name, orElse(l.URL, info.URL)
	return s.cfg.Archive.AddList(ctx, info)
}

// maxPage bounds a page, maxText a text file, both as they lie on disk.
const (
	maxPage = 64 << 20
	maxText = 250 << 20
)

// read reads a page's file.
func (s *saved) read(path string) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no file", path)
	}
	body, err := readFile(path, maxText+1)
	if err == nil && len(body) > maxText {
		err = fmt.Errorf("over the bound of %d bytes", maxText)
	}
	return body, info, err
}

// file is where the file of a URL below the list's lies; empty for what has no
// place there.
func (s *saved) file(u string) string {
	rest, ok := strings.CutPrefix(u, s.list.URL)
	if !ok {
		return ""
	}
	rest, err := url.PathUnescape(rest)
	if err != nil || !filepath.IsLocal(filepath.FromSlash(rest)) {
		return ""
	}
	return filepath.Join(s.dir, filepath.FromSlash(rest))
}

// put records a page.
func (s *saved) put(kind archive.RawKind, group, u string, body []byte, info fs.FileInfo) error {
	raw := archive.Raw{List: s.list.Name, Group: group, Kind: kind, URL: u, Fetched: info.ModTime().UTC(), Status: 200, ContentType: contentType(u, kind)}
	return s.store.do(len(body), func(ctx context.Context) error { return s.page(ctx, raw, body) })
}

// contentType is what a server says of such a file.
func contentType(u string, kind archive.RawKind) string {
	switch {
	case kind == archive.RawAttachment && !strings.HasSuffix(u, ".html") && !strings.HasSuffix(u, ".txt"):
		return "application/octet-stream"
	case strings.HasSuffix(u, ".gz"):
		return "application/x-gzip"
	case kind == archive.RawText || strings.HasSuffix(u, ".txt"):
		return "text/plain"
	}
	return "text/html"
}

// measure adds up the files, so that it can be shown how far the import is.
func (s *saved) measure() {
	_ = filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				s.total += info.Size()
			}
		}
		return nil
	})
}

func orElse(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
