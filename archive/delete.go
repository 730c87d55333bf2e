package archive

import (
	"context"
	"fmt"
)

// Delete takes a message out for good: it is gone for all readers, parsing
// does not bring it back, and consumers are told. What was fetched is kept.
// ErrNotFound if it is not held.
func (a *Archive) Delete(ctx context.Context, id ID, reason string) error {
	k, ok := parseID(id)
	if !ok {
		return fmt.Errorf("delete %q: no such ID: %w", id, ErrNotFound)
	}
	if reason == "" {
		reason = "deleted by hand"
	}
	err := a.writable(ctx, func(t *tx) error { return a.deleteIn(t, k, reason) })
	if err != nil {
		return fmt.Errorf("delete %s: %w", id, err)
	}
	return nil
}

func (a *Archive) deleteIn(t *tx, id key, reason string) error {
	id, err := today(t, id)
	if err != nil {
		return err
	}
	l, err := listOfMessage(t, id)
	if err != nil {
		return err
	}
	s, err := a.newStoring(t, l)
	if err != nil {
		return err
	}
	m, base, err := s.messageByID(id)
	if err != nil {
		return err
	}
	sources, err := s.storedSources(`WHERE s.base = ?`, base[:])
	if err != nil {
		return err
	}
	for _, src := range sources {
		s.moved(src.url)
	}
	if err := s.bury(m, reason, true); err != nil {
		return err
	}
	return s.thread()
}
