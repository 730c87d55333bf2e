// Package enginetest is the suite that every index.Engine must pass.
package enginetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Source is an index.Source in memory.
type Source struct {
	UUID string

	mu      sync.Mutex
	seq     uint64
	changes []archive.Change
}

// NewSource returns an empty archive of the given UUID.
func NewSource(uuid string) *Source { return &Source{UUID: uuid} }

// Put adds messages, or replaces those of the same ID.
func (s *Source) Put(messages ...*archive.Message) {
	for _, m := range messages {
		s.change(archive.Change{ID: m.ID, Message: m})
	}
}

// Delete leaves tombstones.
func (s *Source) Delete(ids ...archive.ID) {
	for _, id := range ids {
		s.change(archive.Change{ID: id, Deleted: true})
	}
}

func (s *Source) change(c archive.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	c.Seq = s.seq
	s.changes = slices.DeleteFunc(s.changes, func(old archive.Change) bool { return old.ID == c.ID })
	s.changes = append(s.changes, c)
}

// Position implements index.Source.
func (s *Source) Position(context.Context) (archive.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return archive.Position{Archive: s.UUID, Seq: s.seq}, nil
}

// Changes implements index.Source.
func (s *Source) Changes(_ context.Context, after uint64) iter.Seq2[archive.Change, error] {
	s.mu.Lock()
	changes := slices.Clone(s.changes)
	s.mu.Unlock()
	return func(yield func(archive.Change, error) bool) {
		for _, c := range changes {
			if c.Seq > after && !yield(c, nil) {
				return
			}
		}
	}
}

// Message makes a message from short notation: an ID, a date like
// "2021-03-04" or "" for none, a subject and a body in which lines that begin
// with ">" are quoted and a line "-- " starts the signature.
func Message(id, date, subject, body string) *archive.Message {
	m := &archive.Message{ID: archive.ID(id), List: "news", Subject: subject, Thread: archive.ID(id), MessageID: id + "@example.org"}
	if date != "" {
		when, err := time.Parse(time.DateOnly, date)
		if err != nil {
			panic(fmt.Sprintf("enginetest: %v", err))
		}
		m.Date = when.Add(12 * time.Hour)
	}
	SetBody(m, body)
	return m
}

// SetBody sets a message's body and its blocks.
func SetBody(m *archive.Message, body string) {
	m.Body, m.Blocks = body, nil
	kind, start := archive.BlockOwn, 0
	for at := 0; at <= len(body); {
		end := at + strings.IndexByte(body[at:]+"\n", '\n')
		line := body[at:end]
		now := kindOf(line, kind)
		if now != kind && at > start {
			m.Blocks = append(m.Blocks, archive.Block{Kind: kind, Start: start, End: at})
			start = at
		}
		kind, at = now, end+1
	}
	if start < len(body) {
		m.Blocks = append(m.Blocks, archive.Block{Kind: kind, Start: start, End: len(body)})
	}
}

func kindOf(line string, before archive.BlockKind) archive.BlockKind {
	switch {
	case line == "-- " || before == archive.BlockSignature:
		return archive.BlockSignature
	case strings.HasPrefix(line, ">"):
		return archive.BlockQuote
	}
	return archive.BlockOwn
}
