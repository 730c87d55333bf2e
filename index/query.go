package index

import "time"

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
	FieldHas        Field = "has"  // "attachment", "link", "cve"
	FieldIs         Field = "is"   // "starter" or "reply"
)

// Query is a node of the query tree: And, Or, Not, Word, Phrase, DateRange or
// All.
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
}

// Phrase matches words next to each other, in order, in one field.
type Phrase struct {
	Field Field
	Text  string
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
func (DateRange) query() {}
func (All) query()       {}
