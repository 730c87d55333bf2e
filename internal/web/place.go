package web

import (
	"context"
	"errors"

	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
)

// threadPlace is where a message stands in its thread.
type threadPlace struct {
	At, Of     int // from 1
	Page       string
	Prev, Next *archive.Message
	Parent     *archive.Message
	Replies    []*archive.Message
	More       int // replies that are not named
}

// mostReplies is how many answers a message names.
const mostReplies = 10

// placeIn looks for a message in its thread.
func (s *Site) placeIn(ctx context.Context, m *archive.Message) (threadPlace, error) {
	o, err := s.cfg.Searcher.Outline(ctx, string(m.ID))
	if err != nil {
		return threadPlace{}, err
	}
	p := threadPlace{Of: len(o.Places)}
	var parent archive.ID
	var replies []archive.ID
	for i, at := range o.Places {
		switch {
		case at.ID == m.ID:
			p.At, parent = i+1, at.Parent
		case at.Parent == m.ID && len(replies) < mostReplies:
			replies = append(replies, at.ID)
		case at.Parent == m.ID:
			p.More++
		}
	}
	if p.Of > 1 {
		p.Page = s.cfg.Links.ThreadPage(o.ID, false, pageOf(p.At)) + "#" + anchor(m.ID)
	}
	get := func(id archive.ID) *archive.Message {
		m, getErr := s.cfg.Searcher.Message(ctx, string(id))
		if getErr != nil && !errors.Is(getErr, archive.ErrNotFound) && err == nil {
			err = getErr
		}
		return m
	}
	if p.At > 1 {
		p.Prev = get(o.Places[p.At-2].ID)
	}
	if p.At > 0 && p.At < p.Of {
		p.Next = get(o.Places[p.At].ID)
	}
	if parent != "" {
		p.Parent = get(parent)
	}
	for _, id := range replies {
		if r := get(id); r != nil {
			p.Replies = append(p.Replies, r)
		}
	}
	return p, err
}

// besides are the links to the messages before and after.
func (s *Site) besides(p threadPlace) (prev, next string) {
	if p.Prev != nil {
		prev = s.cfg.Links.Message(p.Prev.ID, link.HTML)
	}
	if p.Next != nil {
		next = s.cfg.Links.Message(p.Next.ID, link.HTML)
	}
	return prev, next
}

// anchor is the place of a message on the page of its thread.
func anchor(id archive.ID) string { return "m-" + string(id) }
