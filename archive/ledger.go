package archive

import (
	"context"
	"database/sql"
	"iter"
)

// Ledger returns the newest record of every URL of a list that was asked for,
// whatever came of it, in URL order; of all lists if list is empty.
func (a *Archive) Ledger(ctx context.Context, list string) iter.Seq2[Raw, error] {
	const newest = rawColumns + `WHERE r.seq = p.last `
	q, args := newest+`ORDER BY l.id, p.url`, []any(nil)
	if list != "" {
		q, args = newest+`AND l.name = ? ORDER BY p.url`, []any{list}
	}
	return stream(ctx, a.read, func(r *sql.Rows) (Raw, error) { return scanRaw(r) }, q, args...)
}

// MessageURLs returns the URLs under which messages of a group are known,
// whether they were read there or in a text file.
func (a *Archive) MessageURLs(ctx context.Context, list, group string) (map[string]bool, error) {
	return a.groupURLs(ctx, list, group, `EXISTS (SELECT 1 FROM source s WHERE s.page = p.id AND s.grp = g.id)`)
}
