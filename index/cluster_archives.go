package index

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// Lists implements Keeper.
func (e *clusterEngine) Lists(ctx context.Context) ([]archive.ListInfo, error) {
	live, err := e.live(ctx, "")
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	var lists []archive.ListInfo
	for _, ix := range live {
		lists = append(lists, ix.Meta.Lists...)
	}
	slices.SortFunc(lists, func(a, b archive.ListInfo) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return lists, err
}
