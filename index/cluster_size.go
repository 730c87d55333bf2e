package index

import (
	"context"
	"fmt"
	"net/http"
)

// Sized is an engine whose index takes room that is not in a folder.
type Sized interface {
	// Size is how many bytes the index takes, with its copies.
	Size(ctx context.Context) (int64, error)
}

// Comparable is an engine whose index can be compared with its archive, message
// by message.
type Comparable interface {
	// VerifyAgainst returns a *DamagedError that names the first message that
	// does not fit.
	VerifyAgainst(ctx context.Context, src Source) error
}

// Size adds up what the live indexes take on the disks of all nodes.
func (e *clusterEngine) Size(ctx context.Context) (int64, error) {
	live, err := e.live(ctx, e.cfg.Archive)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, ix := range live {
		var answer struct {
			All struct {
				Total struct {
					Store struct {
						Bytes int64 `json:"size_in_bytes"`
					} `json:"store"`
				} `json:"total"`
			} `json:"_all"`
		}
		if err := e.calls.Do(ctx, http.MethodGet, "/"+ix.Name+"/_stats/store", nil, nil, &answer); err != nil {
			return 0, fmt.Errorf("index: %w", err)
		}
		sum += answer.All.Total.Store.Bytes
	}
	return sum, nil
}
