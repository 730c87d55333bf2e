package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/internal/mail"
)

// isMaildir reports whether a folder is a Maildir: mails that were seen in
// cur, others in new.
func isMaildir(dir string) bool {
	for _, sub := range []string{"cur", "new"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// maildir imports the mails of a Maildir, but for those marked as deleted.
func (r *run) maildir(ctx context.Context) error {
	r.stats.Format = FormatMaildir
	otherwise := r.cfg.List
	if otherwise == "" {
		otherwise = r.maildirList()
	}
	store := r.store(ctx)
	err := r.eachMail(ctx, func(path string, info fs.FileInfo) error {
		return store.do(int(min(info.Size(), r.cfg.MaxMail)), func(ctx context.Context) error {
			return r.mailFile(ctx, path, info, otherwise)
		})
	})
	if err = store.wait(err); err == nil && r.stats.Read == 0 && r.stats.ProblemTotal == 0 {
		return &NotMailError{r.path, "a Maildir without mail"}
	}
	return err
}

// eachMail visits the files of a Maildir, in the order of their names.
func (r *run) eachMail(ctx context.Context, visit func(path string, info fs.FileInfo) error) error {
	for _, sub := range []string{"cur", "new"} {
		dir := filepath.Join(r.path, sub)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("import %s: %w", dir, err)
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if err := visit(filepath.Join(dir, e.Name()), info); err != nil {
				return err
			}
		}
	}
	return nil
}

// mailFile imports one file of a Maildir. One that cannot be read does not
// keep the others from being imported.
func (r *run) mailFile(ctx context.Context, path string, info fs.FileInfo, list string) error {
	raw, err := readFile(path, r.cfg.MaxMail)
	if err != nil {
		r.problem(path, "%s", reason(err))
		return nil
	}
	m := mailItem{raw: raw, mtime: info.ModTime(), list: list, where: path}
	if info.Size() > int64(len(raw)) {
		m.flaw = fmt.Sprintf("it has %d bytes, of which the first %d are kept", info.Size(), len(raw))
		r.problem(path, "a mail of %d bytes is over the bound; its first %d are kept", info.Size(), len(raw))
	}
	return r.mail(ctx, m)
}

// maildirList is the list of the first mail that names one, else what the
// folder is called.
func (r *run) maildirList() string {
	found := errors.New("found")
	name, n := "", 0
	_ = r.eachMail(context.Background(), func(path string, _ fs.FileInfo) error {
		head, err := readFile(path, 256<<10)
		if err == nil {
			name = mail.OriginOf(head).List
		}
		if n++; name != "" || n >= 200 {
			return found
		}
		return nil
	})
	if name == "" {
		name = nameOf(r.path)
	}
	return name
}

// readFile reads a file, up to a bound.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
