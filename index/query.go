package index

import (
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Field names a part of a message that can be searched by itself.
type Field string

// The fields. FieldAny searches all text fields at once, with the ranking's
// weights.
const (
	FieldAny        Field = ""
	FieldSubject    Field = "subject"
	FieldBody       Field = "body"   // the sender's own words
	FieldQuoted     Field = "quoted" // words quoted from others, and signatures
	FieldAttachment Field = "attachment"
	FieldFrom       Field = "from" // name and address
	FieldList       Field = "list"
	FieldURL        Field = "url" // the reported article's URL
	FieldThread     Field = "thread"
	FieldMessageID  Field = "mid"
	FieldHost       Field = "host" // of a link, or a domain above it
	FieldHas        Field = "has"  // "attachment" or its kind, "link", "cve"
	FieldIs         Field = "is"   // "starter" or "reply"
)

// Query is a node of the query tree: And, Or, Not, Word, Phrase, Prefix, Fuzzy,
// Near, InThread, Like, DateRange or All.
type Query interface{ query() }

// And matches what every one of its parts matches. Empty, it matches all.
type And []Query

// Or matches what at least one of its parts matches. Empty, it matches nothing.
type Or []Query

// Not matches what its part does not.
type Not struct{ Of Query }

// Word matches one word as a reader sees it: "multi-factor" is one. The engine
// analyses it as it analysed the field. A word that analysis leaves empty
// ("!!!") matches all messages, and is named in Result.Ignored.
type Word struct {
	Field Field
	Text  string
	Exact bool // in this form only: no other word of its stem, no other spelling
}

// Phrase matches words next to each other, in order, in one field.
type Phrase struct {
	Field Field
	Text  string
	Exact bool // no other spelling of its compounds
}

// Prefix matches the words that begin with a text: "ransom" finds ransomware.
// Of a text of several words, such as an address, it is the last that may go on.
// Where very many words begin so, the most frequent ones are looked for, and
// Result.Cut names the text.
type Prefix struct {
	Field Field
	Text  string
}

// Fuzzy matches the words that differ from a text by at most Edits letters
// inserted, left out, replaced, or swapped with their neighbour: 1 or 2. Also
// here, Result.Cut tells of a text that stands for too many words.
type Fuzzy struct {
	Field Field
	Text  string
	Edits int
}

// Near matches where one field has all parts within Distance words: that many
// words at most from the end of the first to the beginning of the last, so 1
// is next to each other. No word counts for two parts. The parts are 2 to 8
// Word, Phrase, Prefix or Fuzzy, or Or of those, all of the same field.
type Near struct {
	Parts    []Query
	Distance int  // at least 1
	Ordered  bool // in the order of Parts
}

// InThread matches all messages of the threads that have a message that Of
// matches.
type InThread struct{ Of Query }

// Like matches messages that have the words that tell most about a text: those
// that it has often and that few messages have, 16 at most. Result.Likely names
// them.
type Like struct {
	Field Field // FieldAny, or one with words
	Text  string
	// Of is the message that the text is from, if any. It is not matched, nor are
	// those that say the same (GroupCopy). In FieldAny, words that only they have
	// are left out.
	Of archive.ID
	// Part is how much a message must have of what the words tell together, from
	// 0 to 1, by how rare they are. At 0, one word will do.
	Part float64
}

// DateRange matches messages whose date is in [After, Before). A zero bound is
// open.
type DateRange struct{ After, Before time.Time }

// All matches every message.
type All struct{}

func (And) query()       {}
func (Or) query()        {}
func (Not) query()       {}
func (Word) query()      {}
func (Phrase) query()    {}
func (Prefix) query()    {}
func (Fuzzy) query()     {}
func (Near) query()      {}
func (InThread) query()  {}
func (Like) query()      {}
func (DateRange) query() {}
func (All) query()       {}
