package opensearch

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// OpenPoint fixes what searches of index, or of an alias, see, however it
// changes. The id that is returned goes into each search's "pit", which is then
// sent to /_search. It ends after keep without a search, or by ClosePoint.
func (c *Client) OpenPoint(ctx context.Context, index string, keep time.Duration) (id string, err error) {
	var answer struct {
		ID string `json:"pit_id"`
	}
	query := url.Values{"keep_alive": {Seconds(keep)}, "allow_partial_pit_creation": {"false"}}
	err = c.Do(ctx, http.MethodPost, "/"+url.PathEscape(index)+"/_search/point_in_time", query, nil, &answer)
	return answer.ID, err
}

// ClosePoint lets go of what OpenPoint holds.
func (c *Client) ClosePoint(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, "/_search/point_in_time", nil, map[string]any{"pit_id": []string{id}}, nil)
}

// Seconds writes a duration as OpenSearch reads it.
func Seconds(d time.Duration) string { return strconv.Itoa(max(1, int(d/time.Second))) + "s" }
