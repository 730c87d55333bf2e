package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/mail"
)

// withArchive opens an archive, calls do and closes it.
func withArchive(dir string, opts archive.Options, do func(*archive.Archive) error) error {
	opts.Holder = strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	a, err := archive.Open(dir, &opts)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// derive turns what was fetched into messages.
func derive(ctx context.Context, a *archive.Archive) (archive.DeriveStats, error) {
	stats, err := a.Derive(ctx, mail.Parser{})
	if err != nil {
		return stats, fmt.Errorf("read messages from what was fetched: %w", err)
	}
	return stats, nil
}
