package wire

import (
	"context"
	"fmt"

	"github.com/bxsearch/bxsearch/archive"
)

// ListURLs maps the names of lists to the addresses of their archives.
func ListURLs(ctx context.Context, from interface {
	Lists(context.Context) ([]archive.ListInfo, error)
}) (map[string]string, error) {
	lists, err := from.Lists(ctx)
	if err != nil {
		return nil, fmt.Errorf("names of the lists: %w", err)
	}
	urls := make(map[string]string, len(lists))
	for _, l := range lists {
		urls[l.Name] = l.URL
	}
	return urls, nil
}
