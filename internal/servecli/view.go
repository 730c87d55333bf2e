package servecli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/serve"
	"github.com/bxsearch/bxsearch/internal/web/status"
)

// ready says whether searches get answers. That the index is behind is told, and
// no reason to send readers away: it is so for a minute in every crawl.
func ready(ctx context.Context, k *status.Keeper) (note string, err error) {
	s, err := k.Status(ctx)
	switch {
	case err != nil:
		return "", err
	case !s.Healthy:
		return "", errors.New(s.Reason)
	case s.IndexLag > 0:
		return fmt.Sprintf("the index has not seen %d changes yet", s.IndexLag), nil
	}
	return "", nil
}

// figures tell what is held. Their names are a promise.
func figures(ctx context.Context, k *status.Keeper) ([]serve.Figure, error) {
	s, err := k.Status(ctx)
	if err != nil {
		return nil, err
	}
	healthy := 0.0
	if s.Healthy {
		healthy = 1
	}
	all := []serve.Figure{
		{Name: "healthy", Help: "Whether searches get answers.", Value: healthy},
		{Name: "archive_position", Help: "Number of the latest change in the archive.", Value: float64(s.Sequence)},
		{Name: "index_lag_changes", Help: "Changes of messages that the index has not seen.", Value: float64(s.IndexLag)},
	}
	for _, l := range s.Lists {
		name := neutral.Text(l.Name)
		all = append(all,
			serve.Figure{Name: "list_messages", Help: "Messages held.", List: name, Value: float64(l.Messages)},
			serve.Figure{Name: "list_last_success_timestamp_seconds", Help: "End of the last crawl that came to its end, 0 if none did.", List: name, Value: unix(l.Checked)},
			serve.Figure{Name: "list_newest_message_timestamp_seconds", Help: "Date of the newest message, 0 if there is none.", List: name, Value: unix(l.Last)})
	}
	return all, nil
}

func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
