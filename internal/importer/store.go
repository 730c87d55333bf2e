package importer

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/mail"
)

// store records on several goroutines, a bounded number of bytes at a time.
type store struct {
	r     *run
	ctx   context.Context
	group *errgroup.Group
}

func (r *run) store(ctx context.Context) *store {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	return &store{r, ctx, g}
}

// do runs f beside others. size is what it holds in memory.
func (s *store) do(size int, f func(ctx context.Context) error) error {
	n := min(int64(size), inFlight)
	if err := s.r.im.room.Acquire(s.ctx, n); err != nil {
		return err
	}
	s.group.Go(func() error {
		defer s.r.im.room.Release(n)
		return f(s.ctx)
	})
	return nil
}

// wait returns the first error of all.
func (s *store) wait(err error) error {
	if werr := s.group.Wait(); werr != nil {
		return werr
	}
	return err
}

// mailItem is a mail as it was found.
type mailItem struct {
	raw   []byte
	mtime time.Time
	mbox  bool   // raw has its separator and is quoted
	list  string // the list where the mail does not say
	flaw  string // why it is not whole
	where string // where it was found; empty if what is wrong with it was said
}

// MailURL is what a mail is called in the archive: by its content (RFC 6920).
func MailURL(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "ni:///sha-256;" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// mail records one mail, unless it is held.
func (r *run) mail(ctx context.Context, m mailItem) error {
	origin := mail.OriginOf(m.raw)
	list, err := r.listOf(ctx, origin, m.list)
	if err != nil {
		return err
	}
	if !origin.Mail && m.where != "" {
		r.problem(m.where, "it has no head that a mail has; it is kept as it is")
	}
	raw := archive.Raw{List: list.Name, Group: origin.Month, Kind: archive.RawMail, URL: MailURL(m.raw),
		Fetched: m.mtime.UTC(), Status: http.StatusOK, ContentType: "message/rfc822", Err: m.flaw}
	if m.mbox {
		raw.ContentType = "application/mbox"
	}
	_, held, err := r.cfg.Archive.HeldIn(ctx, list.Name, raw.URL)
	if err != nil {
		return err
	}
	if !held {
		if _, err := r.cfg.Archive.PutRaw(ctx, raw, m.raw); err != nil {
			return err
		}
	}
	r.count(func(s *Stats) {
		s.Read++
		if held {
			s.Known++
			return
		}
		s.New++
		s.Bytes += int64(len(m.raw))
	})
	return nil
}

// page records one file of a saved archive, unless it is held, or a newer one
// is.
func (r *run) page(ctx context.Context, raw archive.Raw, body []byte) error {
	old, held, err := r.cfg.Archive.HeldIn(ctx, raw.List, raw.URL)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	same := held && old.SHA256 == hex.EncodeToString(sum[:]) && old.Group == raw.Group
	older := held && !same && !raw.Fetched.After(old.Fetched)
	if !same && !older {
		if _, err := r.cfg.Archive.PutRaw(ctx, raw, body); err != nil {
			return err
		}
	}
	r.count(func(s *Stats) {
		s.Read++
		switch {
		case same:
			s.Known++
		case older:
			s.Older++
		default:
			s.New++
			s.Bytes += int64(len(body))
		}
	})
	return nil
}

// listOf finds or makes the list of a mail: what the user says, what the mail
// says, or what the others of its file say.
func (r *run) listOf(ctx context.Context, o mail.Origin, otherwise string) (archive.ListInfo, error) {
	info := archive.ListInfo{Name: o.List, URL: o.URL}
	switch {
	case r.cfg.List != "":
		info = archive.ListInfo{Name: r.cfg.List}
	case info.Name == "":
		info.Name = otherwise
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, ok := r.lists[info.Name]; ok {
		return l, nil
	}
	l, err := r.addList(ctx, info)
	if err == nil {
		r.lists[info.Name] = l
	}
	return l, err
}

// addList makes a list known under the URL that is given, or the one that its
// mails name, or none. A list of that name that the archive has is that list,
// unless its mails say that it is another.
func (r *run) addList(ctx context.Context, info archive.ListInfo) (archive.ListInfo, error) {
	lists, err := r.cfg.Archive.Lists(ctx)
	if err != nil {
		return info, err
	}
	if r.cfg.URL != "" {
		info.URL = r.cfg.URL
	}
	for _, l := range lists {
		if info.URL != "" && sameURL(l.URL, info.URL) {
			if r.cfg.List != "" && !strings.EqualFold(l.Name, r.cfg.List) {
				return info, &UnknownListError{r.path, fmt.Sprintf("was to be imported into the list %s, but the archive at %s is that of the list %s: leave out --list or --url", r.cfg.List, l.URL, l.Name)}
			}
			return l, nil
		}
	}
	for _, l := range lists {
		if !strings.EqualFold(l.Name, info.Name) {
			continue
		}
		if info.URL == "" || l.URL == "" {
			break
		}
		if r.cfg.URL == "" {
			return info, &UnknownListError{r.path, fmt.Sprintf("has mail of a list %s at %s, and the archive knows one of that name at %s: --list %s puts the mail there, --url %s makes a list of its own",
				info.Name, info.URL, l.URL, l.Name, info.URL)}
		}
	}
	return r.cfg.Archive.AddList(ctx, info)
}

// sameURL compares the URLs of two lists; http and https are the same.
func sameURL(a, b string) bool {
	_, a, _ = strings.Cut(a, "://")
	_, b, _ = strings.Cut(b, "://")
	return a != "" && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}
