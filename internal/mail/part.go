package mail

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	message "github.com/emersion/go-message"
)

// Bounds of a mail's parts.
const (
	maxParts = 500
	maxDepth = 40
)

// leaf is a part that has no parts.
type leaf struct {
	owner    int // the attached mail that it is in, by number; 0 for the mail itself
	typ      string
	charset  string
	name     string // of its file
	attached bool   // its disposition says so
	html     bool
	body     []byte // transfer encoding undone
	mail     int    // the number of the attached mail that this is; 0 for other parts
	head     head   // of an attached mail
}

// inline reports whether a part is text for the reader of the mail.
func (l *leaf) inline() bool { return l.typ == "text/plain" && !l.attached && l.name == "" }

// openPart is a part still to be read.
type openPart struct {
	head         head
	body         []byte
	owner, depth int
	digest       bool // parts of a digest are mails if they do not say otherwise
}

// tree takes a mail apart into its leaves, in order. It does not recurse: the
// nesting is a stranger's.
type tree struct {
	leaves   []leaf
	mails    int // attached mails met
	todo     []openPart
	problems []string
}

func readTree(h head, body []byte) *tree {
	t := &tree{todo: []openPart{{head: h, body: body}}}
	for n := 0; len(t.todo) > 0; n++ {
		p := t.todo[len(t.todo)-1]
		t.todo = t.todo[:len(t.todo)-1]
		if n >= maxParts {
			t.problem("bad-mime", "more than %d parts; the rest is in the mail as it is kept", maxParts)
			return t
		}
		t.part(p)
	}
	return t
}

func (t *tree) problem(kind, format string, args ...any) {
	t.problems = append(t.problems, kind+": "+fmt.Sprintf(format, args...))
}

// part reads one part: into parts of its own, or as a leaf.
func (t *tree) part(p openPart) {
	h := contentHead(p.head)
	typ, params, err := h.ContentType()
	typ = strings.ToLower(strings.TrimSpace(typ))
	if err != nil {
		typ, params = looseType(p.head.get("content-type"))
	}
	if p.head.get("content-type") == "" && p.digest {
		typ = "message/rfc822"
	}
	if strings.HasPrefix(typ, "multipart/") {
		if t.multipart(p, typ, params["boundary"]) {
			return
		}
		typ = "text/plain"
	}
	body, err := decodeBody(h, p.body)
	if err != nil {
		t.problem("bad-mime", "a part of type %s cannot be decoded to its end: %v", shorten(typ), err)
	}
	if typ == "message/rfc822" && p.depth < maxDepth {
		t.attachedMail(p, body)
		return
	} else if typ == "message/rfc822" {
		t.problem("bad-mime", "mails within mails more than %d deep; the innermost are in the mail as it is kept", maxDepth)
	}
	disposition, dparams, err := h.ContentDisposition()
	if err != nil {
		disposition, dparams = looseType(p.head.get("content-disposition"))
	}
	name := dparams["filename"]
	if name == "" {
		name = params["name"]
	}
	if typ == "" || !strings.Contains(typ, "/") {
		typ = "text/plain" // RFC 2045, section 5.2
	}
	t.leaves = append(t.leaves, leaf{owner: p.owner, typ: typ, charset: params["charset"], name: fileName(name),
		attached: strings.EqualFold(disposition, "attachment"), html: typ == "text/html" || typ == "application/xhtml+xml", body: body})
}

// multipart puts the parts of a multipart on the list of what is to be read.
// ok is false where there are none.
func (t *tree) multipart(p openPart, typ, boundary string) (ok bool) {
	parts, closed := cutParts(p.body, boundary)
	switch {
	case len(parts) == 0:
		t.problem("bad-mime", "the mail says that it has parts, but there are none; it is read as text")
		return false
	case p.depth >= maxDepth:
		t.problem("bad-mime", "parts within parts more than %d deep; the innermost are in the mail as it is kept", maxDepth)
		return true
	case !closed:
		t.problem("bad-mime", "the last part has no end; the mail may be cut off")
	}
	for i := len(parts) - 1; i >= 0; i-- {
		h, body, _ := readHead(parts[i])
		t.todo = append(t.todo, openPart{head: h, body: body, owner: p.owner, depth: p.depth + 1, digest: typ == "multipart/digest"})
	}
	return true
}

// attachedMail notes a mail within the mail; its parts come next.
func (t *tree) attachedMail(p openPart, body []byte) {
	h, inner, _ := readHead(body)
	t.mails++
	t.leaves = append(t.leaves, leaf{owner: p.owner, typ: "message/rfc822", mail: t.mails, head: h, body: body})
	t.todo = append(t.todo, openPart{head: h, body: inner, owner: t.mails, depth: p.depth + 1})
}

// cutParts divides a multipart's body at its boundary. closed says that the
// last part has its end.
func cutParts(body []byte, boundary string) (parts [][]byte, closed bool) {
	if boundary == "" {
		return nil, false
	}
	mark := []byte("--" + boundary)
	start := -1 // of the current part
	for at := 0; at < len(body) && len(parts) < maxParts; {
		l, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if after, ok := bytes.CutPrefix(l, mark); ok {
			after = bytes.TrimRight(after, " \t")
			if len(after) == 0 || string(after) == "--" {
				if start >= 0 {
					parts = append(parts, trimEOL(body[start:at]))
				}
				if start = next; len(after) > 0 {
					return parts, true
				}
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts, false
}

// trimEOL takes off the line end that belongs to the boundary below.
func trimEOL(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// contentHead gives go-message the fields that it is to read.
func contentHead(h head) *message.Header {
	out := &message.Header{}
	for _, name := range []string{"Content-Type", "Content-Disposition", "Content-Transfer-Encoding"} {
		if v := h.get(strings.ToLower(name)); v != "" {
			if name == "Content-Transfer-Encoding" {
				v, _, _ = strings.Cut(v, ";")
				v, _, _ = strings.Cut(v, " ")
			}
			out.Set(name, v)
		}
	}
	return out
}

// decodeBody undoes a part's transfer encoding. What is broken is kept as far
// as it goes; quoted-printable that is none, as it stands.
func decodeBody(h *message.Header, body []byte) ([]byte, error) {
	// The type is left out: go-message would look after the charset as well,
	// and believe what is declared (P15).
	encoding := &message.Header{}
	encoding.Set("Content-Transfer-Encoding", h.Get("Content-Transfer-Encoding"))
	encoding.Set("Content-Type", "application/octet-stream")
	e, err := message.New(*encoding, bytes.NewReader(body))
	if err != nil {
		return body, err
	}
	out, err := io.ReadAll(e.Body)
	if err != nil && strings.EqualFold(h.Get("Content-Transfer-Encoding"), "quoted-printable") {
		return body, err
	}
	return out, err
}

var looseParam = regexp.MustCompile(`(?i)[;\s](boundary|charset|name|filename)\s*=\s*(?:"([^"]*)"|([^\s;"]+))`)

// looseType reads a media type or a disposition that breaks the rules.
func looseType(s string) (typ string, params map[string]string) {
	typ, _, _ = strings.Cut(s, ";")
	params = map[string]string{}
	for _, m := range looseParam.FindAllStringSubmatch(s, 20) {
		if name := strings.ToLower(m[1]); params[name] == "" {
			params[name] = m[2] + m[3]
		}
	}
	return strings.ToLower(strings.TrimSpace(typ)), params
}
