package index

import (
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// FormatVersion is the version of the index's format: of its fields, its
// analysis and its files. An index of another version is built anew.
const FormatVersion = 4

// The fields that only the engines see.
const (
	fieldCopy Field = "copy" // keys that copies of a message share
	fieldDay  Field = "day"  // terms "2021", "2021-11", "2021-11-03" (UTC)
)

// weight is what a field counts for in FieldAny, and how its length counts.
type weight struct {
	field Field
	boost float64
	b     float64 // 0: length says nothing; 1: a word in a text of twice the length counts half
}

// textFields are the fields searched by FieldAny. In mail the answer quotes
// the question, so own words have to count for more than quoted ones.
var textFields = []weight{
	{FieldSubject, 2, 0.4},
	{FieldBody, 3, 0.7},
	{FieldQuoted, 0.3, 0.7},
	{FieldAttachment, 1, 0.7},
	{FieldFrom, 1, 0.3},
}

// fieldWeight returns how to score a field that is searched by itself.
func fieldWeight(f Field) weight {
	for _, w := range textFields {
		if w.field == f {
			return weight{f, 1, w.b}
		}
	}
	return weight{f, 1, 0}
}

// exact tells the fields whose values are one term each, as they stand.
func (f Field) exact() bool {
	switch f {
	case FieldList, FieldThread, FieldMessageID, FieldHost, FieldHas, FieldIs, FieldLang, FieldAuthor, FieldOutlet, fieldCopy, fieldDay:
		return true
	}
	return false
}

func (f Field) known() bool {
	switch f {
	case FieldAny, FieldSubject, FieldBody, FieldQuoted, FieldAttachment, FieldFrom,
		FieldList, FieldURL, FieldThread, FieldMessageID, FieldHost, FieldHas, FieldIs, FieldLang, FieldAuthor, FieldOutlet:
		return true
	}
	return false
}

// exactTerm is the one term of an exact field's value.
func exactTerm(f Field, value string) string {
	value = strings.TrimSpace(value)
	switch f {
	case FieldMessageID:
		value = strings.Trim(value, "<>")
	case FieldHost, FieldOutlet:
		return HostTerm(value)
	case FieldAuthor:
		return authorTerm(value)
	}
	return strings.ToLower(cutTo(value, 512))
}

// texts returns what a message says in each text field: one string for each
// stretch, over whose ends no phrase reaches.
func texts(m *archive.Message) map[Field][]string {
	out := map[Field][]string{
		FieldSubject: {m.Subject},
		FieldBody:    m.Own(),
		FieldQuoted:  append(m.Text(archive.BlockQuote), m.Text(archive.BlockSignature)...),
		FieldFrom:    {m.FromName, m.FromAddress},
		FieldURL:     {m.SourceURL},
	}
	for _, a := range m.Attachments {
		out[FieldAttachment] = append(out[FieldAttachment], a.Name, a.Text)
	}
	return out
}

// exacts returns the terms of a message's exact fields.
func exacts(m *archive.Message) map[Field][]string {
	hosts, has := linked(m)
	return map[Field][]string{
		FieldList:      {exactTerm(FieldList, m.List)},
		FieldThread:    {exactTerm(FieldThread, string(m.Thread))},
		FieldMessageID: {exactTerm(FieldMessageID, m.MessageID)},
		FieldHost:      hosts,
		FieldHas:       has,
		FieldIs:        {standing(m)},
		FieldLang:      {Language(m)},
		FieldAuthor:    {exactTerm(FieldAuthor, author(m))},
		FieldOutlet:    {Outlet(m.SourceURL)},
		fieldDay:       dayTerms(m.Date),
	}
}

// whenOffset makes seconds since 1970 positive for every date that a mail may
// bear; 0 is left for the messages without one, which so count as the oldest.
const whenOffset = 1 << 37

// whenOf writes a date as a number whose order is that of time.
func whenOf(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(min(max(t.Unix()+whenOffset, 1), 2*whenOffset))
}

// dayTerms are the terms that date ranges are made of.
func dayTerms(t time.Time) []string {
	if t.IsZero() {
		return nil
	}
	day := t.UTC().Format(time.DateOnly)
	n := len(day)
	return []string{day, day[:n-3], day[:n-6]}
}
