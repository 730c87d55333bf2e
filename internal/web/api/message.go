package api

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/wire"
	"github.com/bxsearch/bxsearch/search"
)

// maxBody is how much of a body one answer has, in bytes.
const maxBody = 1 << 20

// messageJSON is a message with as much of its body as an answer has. The names are
// a promise.
type messageJSON struct {
	*archive.Message
	BodySize int    `json:"body_size"` // bytes of the whole body
	Next     string `json:"next"`      // the cursor of the rest of the body, for after; empty where there is none
}

// message answers with one message. A long body comes in pieces.
func (a *API) message(w http.ResponseWriter, r *http.Request) error {
	v, err := params(r, "after")
	if err != nil {
		return err
	}
	if a.Status.Unchanged(w, r, false, "api", r.URL.Path, r.URL.RawQuery) {
		return nil
	}
	m, err := a.Searcher.Message(r.Context(), r.PathValue("ref"))
	if err != nil {
		return err
	}
	from, err := placeIn(m.Body, v.Get("after"))
	if err != nil {
		return err
	}
	out := newMessage(m, from)
	links := a.links(r)
	addLink(w, links.Absolute(links.Message(m.ID, link.HTML)), "alternate", "text/html")
	addLink(w, links.Absolute(links.API("threads/"+string(m.Thread))), "collection", "application/json")
	if out.Next != "" {
		addLink(w, links.Absolute(links.API("messages/"+string(m.ID))+"?after="+out.Next), "next", "")
	}
	return a.json(w, out)
}

// placeIn reads where in a body the answer before ended.
func placeIn(body, after string) (int, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 || n >= len(body) || !utf8.RuneStart(body[n]) {
		return 0, &search.CursorError{Msg: "it is no place in this message's body", Hint: "begin again, without after"}
	}
	return n, nil
}

// newMessage is a message with its body from a place on. What does not fit is cut
// behind a line, where there is one.
func newMessage(m *archive.Message, from int) messageJSON {
	c := *wire.Message(m)
	out := messageJSON{Message: &c, BodySize: len(m.Body)}
	if c.Body = m.Body[from:]; len(c.Body) <= maxBody {
		return out
	}
	end := maxBody
	for !utf8.RuneStart(c.Body[end]) {
		end--
	}
	if line := strings.LastIndexByte(c.Body[:end], '\n') + 1; line > end/2 {
		end = line
	}
	c.Body, out.Next = c.Body[:end], strconv.Itoa(from+end)
	return out
}
