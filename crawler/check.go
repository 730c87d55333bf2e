package crawler

import (
	"bytes"
	"errors"

	"github.com/bxsearch/bxsearch/internal/pipermail"
)

var (
	beginArticle = []byte("<!--beginarticle-->")
	endArticle   = []byte("<!--endarticle-->")
	errCut       = errors.New("the page ends in the middle")
)

// checkMessage refuses what is no message page, or only a part of one.
//
// QUIRK: P18: walls, login pages and "not found" pages come as 200 too. They
// are not taken for messages, and do not take the place of one.
func checkMessage(p page) error {
	_, rest, ok := bytes.Cut(p.body, beginArticle)
	switch {
	case ok && bytes.Contains(rest, endArticle):
		return nil
	case ok, len(p.body) > 0 && !ended(p.body):
		return errCut
	}
	_, err := pipermail.ParseListIndex(pipermail.Page{URL: p.url, ContentType: p.contentType, Body: p.body})
	return otherPage("message page", err)
}

// checkContents reads a contents page, which stands at url.
func checkContents(p page, url string) (*pipermail.ListIndex, error) {
	li, err := pipermail.ParseListIndex(pipermail.Page{URL: url, ContentType: p.contentType, Body: p.body})
	switch {
	case err != nil:
		return nil, &permanentError{err}
	case !ended(p.body):
		return nil, errCut
	}
	return li, nil
}

// checkIndex reads one of a period's index pages, which stands at url.
func checkIndex(p page, url string) (*pipermail.PeriodIndex, error) {
	pi, err := pipermail.ParsePeriodIndex(pipermail.Page{URL: url, ContentType: p.contentType, Body: p.body})
	switch {
	case err != nil && len(p.body) > 0 && !ended(p.body):
		return nil, errCut
	case err != nil:
		return nil, otherPage("index page", err)
	case len(pi.Rows) < pi.Declared && !ended(p.body):
		return nil, errCut
	}
	return pi, nil
}

// otherPage says what stands in the place of a page of the wanted kind.
func otherPage(want string, err error) error {
	found := "another page"
	if npe, ok := errors.AsType[*pipermail.NotPipermailError](err); ok {
		found = npe.Found
	}
	return permanent("it is no %s: found %s", want, found)
}

// ended reports whether a page has its end. That a connection broke, HTTP does
// not always tell (H2).
func ended(body []byte) bool {
	tail := bytes.ToLower(body[max(0, len(body)-4096):])
	return bytes.Contains(tail, []byte("</html")) || bytes.Contains(tail, []byte("</body"))
}

// checkText unpacks a text file and refuses what is none.
//
// QUIRK: H1, P18: it comes packed in every disguise, or is a wall. One that
// ends too early is asked for again.
func checkText(p page, limit int64) ([]byte, error) {
	text, err := pipermail.Unpack(p.body, limit)
	if cut, ok := errors.AsType[*pipermail.TruncatedError](err); ok {
		return nil, cut
	}
	if err != nil {
		return nil, &permanentError{err}
	}
	for m := range pipermail.TextMessages(text) {
		if m.Separator != nil {
			return text, nil
		}
	}
	_, err = pipermail.ParseListIndex(pipermail.Page{URL: p.url, ContentType: p.contentType, Body: text})
	return nil, otherPage("text file of mails", err)
}
