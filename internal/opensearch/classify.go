package opensearch

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// problem is how OpenSearch tells of an error.
type problem struct {
	Type   string    `json:"type"`
	Reason string    `json:"reason"`
	Index  string    `json:"index"`
	Roots  []problem `json:"root_cause"`
	Cause  *cause    `json:"caused_by"`
}

// cause is read one level deep: what strangers sent may nest without end.
type cause struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
}

// refusal makes an error of an answer with a bad status.
func refusal(res *http.Response, body []byte, address string) *Error {
	e := &Error{Address: address, Status: res.StatusCode, after: retryAfter(res.Header.Get("Retry-After"))}
	var answer struct {
		Error json.RawMessage `json:"error"`
	}
	var p problem
	switch {
	case len(body) > 0 && json.Unmarshal(body, &answer) != nil:
		p.Reason = fmt.Sprintf("status %d: %.80q", res.StatusCode, body)
	case json.Unmarshal(answer.Error, &p) != nil:
		// QUIRK: some answers, such as that to a wrong password, have a text in place of the object.
		json.Unmarshal(answer.Error, &p.Reason)
	}
	e.tell(&p)
	return e
}

// tell fills e from what OpenSearch said, and says which kind it is.
func (e *Error) tell(p *problem) {
	if len(p.Roots) > 0 && p.Roots[0].Reason != "" {
		root := p.Roots[0]
		root.Cause, p = p.Cause, &root
	}
	e.Type, e.Reason, e.Index = p.Type, p.Reason, p.Index
	if p.Cause != nil && p.Cause.Reason != "" && !strings.Contains(e.Reason, p.Cause.Reason) {
		e.Reason += ": " + p.Cause.Reason
	}
	e.Advice, e.Kind = kindOf(e.Status, e.Type, e.Reason)
}

// kindOf says what a status and an error's own type mean. A block for a full
// disk comes as 429 or 403, and is neither a matter of patience nor of rights.
func kindOf(status int, typ, reason string) (advice string, kind error) {
	switch {
	case typ == "cluster_block_exception" && strings.Contains(reason, "flood-stage"):
		return "a node's disk is full: make room on it; OpenSearch lifts the block by itself", ErrReadOnly
	case typ == "cluster_block_exception" && strings.Contains(reason, "FORBIDDEN/"):
		return "lift the block: index.blocks.read_only, index.blocks.read_only_allow_delete or index.blocks.write", ErrReadOnly
	case typ == "index_not_found_exception", typ == "alias_not_found_exception":
		return "", ErrNoIndex
	case typ == "version_conflict_engine_exception", typ == "resource_already_exists_exception":
		return "", ErrConflict
	case status == http.StatusUnauthorized:
		return "give the user and the password of the cluster", ErrUnauthorized
	case status == http.StatusForbidden:
		return "give this user the right to it", ErrForbidden
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return "", ErrBusy
	}
	return "", ErrRefused
}

// lost makes an error of a call that got no whole answer.
func lost(err error, address string) *Error {
	e := &Error{Kind: ErrUnreachable, Address: address, Err: err}
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var op *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		e.Kind, e.Advice = ErrCertificate, "it is signed by somebody unknown here: name the file with the certificate of the CA who did"
	case errors.As(err, &name):
		e.Kind, e.Advice = ErrCertificate, "use a name that the certificate has"
	case errors.As(err, &invalid):
		e.Kind = ErrCertificate
	case errors.As(err, &op) && op.Op == "remote error": // an alert of TLS
		e.Kind, e.Advice = ErrCertificate, "the cluster did not take this client's certificate, or there is none and it wants one"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		e.Advice = "it does not speak TLS: its address begins with http://"
	case strings.HasPrefix(address, "http://") && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)):
		e.Advice = "if it wants TLS, its address begins with https://"
	}
	return e
}

// retryAfter reads a Retry-After, which comes as seconds or as a date.
// QUIRK: H3.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return time.Until(at)
	}
	return 0
}
