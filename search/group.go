package search

import (
	"errors"
	"fmt"

	"github.com/bxsearch/bxsearch/index"
)

// Group tells which messages stand behind others instead of being hits of their
// own. A group's hit is its message that the order puts first, and Hit.Folded
// names the others. Only messages that the query finds are grouped.
type Group string

// The groups.
const (
	GroupCopy   Group = "copy"   // messages that say the same: cross-posts, articles posted again. The default
	GroupThread Group = "thread" // messages of one conversation
	GroupNone   Group = "none"   // each message is a hit
)

// ErrGroup says that a Query.Group is none of the groups.
var ErrGroup = errors.New("there is no such group; the groups are copy, thread and none")

func (g Group) engines() (index.Group, error) {
	switch g {
	case "", GroupCopy:
		return index.GroupCopy, nil
	case GroupThread:
		return index.GroupThread, nil
	case GroupNone:
		return index.GroupNone, nil
	}
	return "", fmt.Errorf("group by %q: %w", string(g), ErrGroup)
}
