package opensearch

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of errors, for errors.Is.
var (
	ErrUnreachable  = errors.New("nothing answers")
	ErrUnauthorized = errors.New("user or password refused")
	ErrForbidden    = errors.New("not allowed")
	ErrCertificate  = errors.New("certificate refused")
	ErrProduct      = errors.New("not OpenSearch")
	ErrVersion      = errors.New("version too old")
	ErrBusy         = errors.New("too busy")
	ErrReadOnly     = errors.New("index is read-only")
	ErrNoIndex      = errors.New("no such index")
	ErrConflict     = errors.New("already there, or newer")
	ErrPartial      = errors.New("only a part of the answer could be had")
	ErrTooLarge     = errors.New("answer too large")
	ErrRefused      = errors.New("refused") // anything else that OpenSearch says no to
)

// Error is what went wrong with a call.
type Error struct {
	Kind    error  // one of the kinds in this package
	Address string // of the node that said so, or all those tried
	Status  int    // of HTTP; 0 without an answer
	Type    string // OpenSearch's own, such as index_not_found_exception
	Reason  string // in OpenSearch's words
	Index   string // that it is about, if it was said
	Advice  string // what to do
	Err     error  // what lies beneath, such as a net.OpError
	after   time.Duration
}

func (e *Error) Error() string {
	text := "opensearch: " + e.Kind.Error()
	if e.Address != "" {
		text += " at " + e.Address
	}
	switch {
	case e.Reason != "":
		text += ": " + e.Reason
	case e.Err != nil:
		text += fmt.Sprintf(" (%v)", e.Err)
	case e.Status != 0:
		text += fmt.Sprintf(" (status %d)", e.Status)
	}
	if e.Advice != "" {
		text += ": " + e.Advice
	}
	return text
}

func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// again says whether the same call may go better a moment later.
func again(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy) || errors.Is(err, ErrPartial)
}
