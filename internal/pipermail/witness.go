package pipermail

import (
	"context"

	"github.com/bxsearch/bxsearch/archive"
)

var _ archive.Witness = Parser{}

// Evidence implements archive.Witness.
func (Parser) Evidence(ctx context.Context, g archive.Group) (archive.Evidence, error) {
	p := &periodParser{group: g, report: func(archive.Problem) {}, read: map[string][]byte{}, rows: map[string]Row{}, form: "none"}
	if err := p.readIndexes(); err != nil {
		return nil, err
	}
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	return p.evidence(ctx)
}
