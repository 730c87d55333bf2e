package search

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// SyntaxError is a query that cannot be read.
type SyntaxError struct {
	Query string // as given
	Pos   int    // byte offset in Query of the place
	Msg   string // what is wrong there
	Hint  string // how to get out of it
}

// Error names the place by its character, counted from 1.
func (e *SyntaxError) Error() string {
	n := utf8.RuneCountInString(e.Query[:e.Pos]) + 1
	return fmt.Sprintf("query, character %d: %s: %s", n, e.Msg, e.Hint)
}

// CursorError is a Query.After that does not continue this search.
type CursorError struct {
	Msg  string // what is wrong with it
	Hint string // how to get out of it
}

func (e *CursorError) Error() string { return "cursor: " + e.Msg + ": " + e.Hint }

// AmbiguousError is a reference that names several messages: list servers
// have given one Message-ID or one page to different mails.
type AmbiguousError struct {
	Ref string
	IDs []archive.ID // at least two
}

func (e *AmbiguousError) Error() string {
	ids := make([]string, len(e.IDs))
	for i, id := range e.IDs {
		ids[i] = string(id)
	}
	return fmt.Sprintf("%s names %d messages; ask for one of them by its ID: %s", e.Ref, len(ids), strings.Join(ids, ", "))
}
