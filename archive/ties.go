package archive

import "strings"

// maxRefs is how many References count for threading: the first and the last
// ones. A chain of 10,000 replies would otherwise cost its square.
const maxRefs = 20

// ties is what a message says about its place in a thread.
type ties struct {
	self    key    // the base of its own Message-ID
	refs    []key  // those it names, the nearest first; In-Reply-To last
	missing key    // its parent's ID if none is held
	named   bool   // missing is set
	page    string // the index parent, as in the page table
	subject int64  // digest of the base subject; 0 without one
	reply   bool
}

func tiesOf(l listRow, m *Message) *ties {
	t := &ties{reply: m.Reply, self: midKey(l.name, m.MessageID)}
	if m.IndexParent != "" {
		t.page = l.relative(m.IndexParent)
	}
	if m.BaseSubject != "" && m.Date.Unix() != undated {
		t.subject = hash64("bx:subject", strings.ToLower(l.name), m.BaseSubject)
	}
	refs := m.References
	if len(refs) > maxRefs {
		refs = append(refs[:1:1], refs[len(refs)-maxRefs+1:]...)
	}
	for i := len(refs) - 1; i >= 0; i-- {
		t.name(l, refs[i])
	}
	// The first of the References, or else In-Reply-To, stands for a parent
	// that is not held.
	if n := len(t.refs); n > 0 {
		t.missing, t.named = t.refs[n-1], true
	}
	t.name(l, m.InReplyTo)
	if !t.named && len(t.refs) > 0 {
		t.missing, t.named = t.refs[0], true
	}
	return t
}

// name adds one Message-ID. QUIRK: P7: some name themselves.
func (t *ties) name(l listRow, messageID string) {
	if strings.TrimSpace(messageID) == "" {
		return
	}
	if k := midKey(l.name, messageID); k != t.self {
		t.refs = append(t.refs, k)
	}
}

// links are the keys under which to look this message up when a parent of it
// arrives or goes.
func (t *ties) links(list int64) []int64 {
	out := make([]int64, 0, len(t.refs)+1)
	for _, r := range t.refs {
		out = append(out, r.link())
	}
	if t.page != "" {
		out = append(out, pageLink(list, t.page))
	}
	return out
}

func pageLink(list int64, url string) int64 {
	return hash64("bx:page", string(keyBytes(list)), url)
}
