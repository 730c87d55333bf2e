package importer

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/pipermail"
)

var (
	// copierNote is what copiers write into pages about where they are from
	// (P16).
	copierNote = regexp.MustCompile(`(?i)<!--\s*(?:mirrored from|saved from url=\(\d+\)|base href=?)\s*"?((?:https?://)?[a-z0-9.-]+(?::\d+)?/[^\s"<>]*)`)
	pageHref   = regexp.MustCompile(`(?i)href\s*=\s*"?(https?://[^"\s<>]+/)[^/"\s<>]+/(?:thread|date|subject|author)\.html`)
	baseHref   = regexp.MustCompile(`(?i)<base\s+href\s*=\s*"?(https?://[^"\s<>]+)`)
	hostFolder = regexp.MustCompile(`(?i)^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:[:@+]\d{1,5})?$`)
)

// address finds out where the list's archive is on the web: that is a part of
// what its pages are called. It is said by the user, by the archive for a list
// that the user names, by the folders of a mirror, or by the pages themselves.
func (s *saved) address(ctx context.Context, index []byte) (string, error) {
	if s.cfg.URL != "" {
		return s.cfg.URL, nil
	}
	if s.cfg.List != "" {
		lists, err := s.cfg.Archive.Lists(ctx)
		if err != nil {
			return "", err
		}
		for _, l := range lists {
			if strings.EqualFold(l.Name, s.cfg.List) && l.URL != "" {
				return l.URL, nil
			}
		}
	}
	if u := mirrorURL(s.dir); u != "" {
		return u, nil
	}
	if u := s.ownURL(index); u != "" {
		return u, nil
	}
	return "", &UnknownListError{s.dir, "does not say where the list's archive is on the web, which its pages' addresses depend on: give --url" + s.hint(index)}
}

// mirrorURL is the URL that a mirror's folders spell: host, path, list.
func mirrorURL(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	segments := strings.Split(filepath.ToSlash(abs), "/")
	for i := len(segments) - 2; i >= 0; i-- {
		inside := segments[i+1:]
		if !hostFolder.MatchString(segments[i]) || !slices.ContainsFunc(inside[:len(inside)-1], isArchiveFolder) {
			continue
		}
		host := strings.NewReplacer("@", ":", "+", ":").Replace(segments[i])
		for k := range inside {
			inside[k] = url.PathEscape(inside[k])
		}
		return "http://" + host + "/" + strings.Join(inside, "/") + "/"
	}
	return ""
}

// isArchiveFolder reports whether a folder is one in which list servers have
// their archives.
func isArchiveFolder(name string) bool {
	switch strings.ToLower(name) {
	case "pipermail", "private", "archives", "archive", "mailman":
		return true
	}
	return false
}

// ownURL is the URL that the contents page says: in a copier's note, or in
// links that were made absolute, if all of them agree.
func (s *saved) ownURL(index []byte) string {
	name := strings.ToLower(filepath.Base(s.dir))
	if m := baseHref.FindSubmatch(index); m != nil {
		if u := s.asList(string(m[1]), name); u != "" {
			return u
		}
	}
	for _, m := range copierNote.FindAllSubmatch(index, 20) {
		if u := s.asList(string(m[1]), name); u != "" {
			return u
		}
	}
	found := ""
	for _, m := range pageHref.FindAllSubmatch(index, 5000) {
		u := string(m[1])
		if found == "" {
			found = u
		}
		if !sameURL(u, found) {
			return ""
		}
	}
	return found
}

// asList makes the list's URL of the address of its contents page; empty if
// that is no list of the folder's name.
func (s *saved) asList(u, name string) string {
	if !strings.Contains(u, "://") {
		u = "http://" + u
	}
	u, _, _ = strings.Cut(u, "?")
	u = u[:strings.LastIndexByte(u, '/')+1]
	if pipermail.ListName(u) != name && name != "." {
		return ""
	}
	return u
}

// hint guesses by the link to the list's information page where the archive
// may be: good enough to propose, not to go by.
func (s *saved) hint(index []byte) string {
	guess := guessURL(s.dir)
	li, err := pipermail.ParseListIndex(pipermail.Page{URL: guess, Body: index})
	if err != nil || li.InfoURL == "" {
		return ""
	}
	info, err := url.Parse(li.InfoURL)
	if err != nil || info.Host == "" || info.Host == "saved.invalid" {
		return ""
	}
	return fmt.Sprintf(" (its pages link %s, so it may be %s://%s/pipermail/%s/)", li.InfoURL, info.Scheme, info.Host, li.Name)
}
