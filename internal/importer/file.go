package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/internal/mail"
)

// file imports a single file, whatever it is.
func (r *run) file(ctx context.Context, info fs.FileInfo) error {
	r.total = info.Size()
	in, err := r.openInput(r.path)
	if err != nil {
		return fmt.Errorf("import %s: %w", r.path, err)
	}
	defer in.Close()
	head, err := in.Peek(lookAhead)
	if len(bytes.TrimSpace(head)) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("import %s: %w", r.path, err)
		}
		return &NotMailError{r.path, "an empty file"}
	}
	first, rest, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	first = bytes.TrimRight(first, "\r")
	switch {
	case isText(r.path, first, rest):
		r.stats.Format = FormatText
		return r.text(ctx, info)
	case mail.IsSeparator(first, rest):
		r.stats.Format = FormatMbox
		return r.mbox(ctx, in, info)
	case isSingle(head):
		r.stats.Format = FormatMail
		return r.single(ctx, in, info)
	case hasSeparator(head):
		r.stats.Format = FormatMbox
		return r.mbox(ctx, in, info)
	}
	return &NotMailError{r.path, sniff(head)}
}

// hasSeparator reports whether a mail begins somewhere in a file whose beginning
// is none.
func hasSeparator(head []byte) bool {
	for rest := head; ; {
		i := bytes.Index(rest, []byte("\nFrom "))
		if i < 0 {
			return false
		}
		above := bytes.TrimRight(rest[:i], "\r")
		line, next, _ := bytes.Cut(rest[i+1:], []byte("\n"))
		if (len(above) == 0 || bytes.HasSuffix(above, []byte("\n"))) && mail.IsSeparator(bytes.TrimRight(line, "\r"), next) {
			return true
		}
		rest = rest[i+1:]
	}
}

// isSingle reports whether a file is one mail: it begins with fields of a head.
func isSingle(head []byte) bool {
	l, _, _ := bytes.Cut(head, []byte("\n"))
	name, _, ok := bytes.Cut(l, []byte(":"))
	return ok && len(name) > 0 && !bytes.ContainsAny(name, " \t<>{}[]\"\x00") && mail.OriginOf(head).Mail
}

// sniff says what a file is that holds no mail.
func sniff(head []byte) string {
	kinds := []struct{ magic, is string }{
		{"PK\x03\x04", "a zip file"}, {"BZh", "a bzip2 file; unpack it first"}, {"\xfd7zXZ", "an xz file; unpack it first"},
		{"%PDF", "a PDF"}, {"SQLite format 3", "an SQLite database"}, {"!BDN", "an Outlook file (pst)"}, {"\xd0\xcf\x11\xe0", "an Outlook or Office file"},
		{"From ", "text that begins with \"From \", but has no date and no mail behind it"},
	}
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.is
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "a tar file; unpack it first"
	}
	switch kind := http.DetectContentType(head); {
	case strings.HasPrefix(kind, "text/html"):
		return "a web page; give the folder of the saved archive"
	case strings.HasPrefix(kind, "text/"):
		return "text that is no mail"
	default:
		return "a file of type " + kind
	}
}

// mbox imports the mails of an mbox.
func (r *run) mbox(ctx context.Context, in *input, info fs.FileInfo) error {
	otherwise, err := r.usualList(info)
	if err != nil {
		return err
	}
	store := r.store(ctx)
	err = r.split(ctx, newSplitter(in, r.cfg.MaxMail), func(p piece, m mailItem) error {
		m.mtime, m.list = info.ModTime(), otherwise
		return store.do(len(p.raw), func(ctx context.Context) error { return r.mail(ctx, m) })
	})
	return store.wait(err)
}

// split hands on the mails of an mbox with what is wrong with them.
func (r *run) split(ctx context.Context, s *splitter, put func(piece, mailItem) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			r.problem(r.path, "it could not be read to its end: %s; what came before is imported", reason(err))
			return nil
		}
		where := fmt.Sprintf("%s at byte %d", r.path, p.offset)
		m := mailItem{raw: p.raw, mbox: true, where: where}
		switch {
		case p.torn:
			m.flaw = "the mailbox ends in the middle of it"
		case p.long:
			m.flaw = fmt.Sprintf("it has %d bytes, of which the first %d are kept", p.size, len(p.raw))
			r.problem(where, "a mail of %d bytes is over the bound; its first %d are kept", p.size, len(p.raw))
		}
		if p.junk {
			m.where = ""
			r.problem(where, "%d bytes before the first mail; they are kept as they are", p.size)
		}
		if err := put(p, m); err != nil {
			return err
		}
	}
}

// reason says why a file cannot be read on.
func reason(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it is cut off"
	}
	return err.Error()
}

// usualList is the list of the mails that do not say: that of the first one of
// the file that does, else what the file is called.
func (r *run) usualList(info fs.FileInfo) (string, error) {
	if r.cfg.List != "" {
		return r.cfg.List, nil
	}
	in, err := r.openInput(r.path)
	if err != nil {
		return "", fmt.Errorf("import %s: %w", r.path, err)
	}
	defer in.Close()
	s := newSplitter(in, 1<<20)
	for range 200 {
		p, err := s.next()
		if err != nil {
			break
		}
		if o := mail.OriginOf(p.raw); o.List != "" {
			r.done = 0
			return o.List, nil
		}
	}
	r.done = 0
	if name := nameOf(r.path); name != "" {
		return name, nil
	}
	return "", &UnknownListError{r.path, "does not say which list its mail is of: give --list"}
}

// single imports a file that is one mail.
func (r *run) single(ctx context.Context, in *input, info fs.FileInfo) error {
	raw, err := io.ReadAll(io.LimitReader(in, r.cfg.MaxMail))
	m := mailItem{raw: raw, mtime: info.ModTime(), list: nameOf(filepath.Dir(r.path))}
	if err != nil {
		m.flaw = "the file " + reason(err)
		r.problem(r.path, "it could not be read to its end: %s", reason(err))
	} else if _, err := in.Peek(1); err == nil {
		m.flaw = fmt.Sprintf("of it the first %d bytes are kept", len(raw))
		r.problem(r.path, "it is over the bound; its first %d bytes are kept", len(raw))
	}
	return r.mail(ctx, m)
}
