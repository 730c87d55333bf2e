package alert

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// Bounds of a watch list.
const (
	maxList    = 16 << 20 // bytes
	maxVendors = 20_000
	maxAliases = 32  // of one vendor, and as many domains
	maxAlias   = 100 // bytes
	maxErrors  = 20  // that are named
)

// ListError is what is wrong with a line of a watch list.
type ListError struct {
	Line int
	Msg  string
}

func (e *ListError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// ReadList reads a watch list: CSV with the columns vendor, aliases and domains,
// named in any order by a first line or in this order without one. Aliases, and
// domains, have semicolons between them; a line that begins with # is a comment.
// Each vendor becomes a watch for its names, as they stand there, and for links to
// its domains. The error joins the *ListError of each line that is wrong, or of
// the first ones.
func ReadList(r io.Reader) ([]Watch, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("read the watch list: %w", err)
	}
	if len(text) > maxList {
		return nil, fmt.Errorf("the watch list has more than %d MB", maxList>>20)
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	c.Comment, c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = '#', -1, true, true
	l := &listReader{columns: map[string]int{"vendor": 0, "aliases": 1, "domains": 2}, lines: map[string]int{}}
	for first := true; ; first = false {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			l.wrong(bad.Line, "%v", bad.Err)
			break // where the next line begins is not known
		}
		if err != nil {
			return nil, fmt.Errorf("read the watch list: %w", err)
		}
		line, _ := c.FieldPos(0)
		if first && l.header(line, record) {
			continue
		}
		l.vendor(line, record)
		if len(l.errs) == maxErrors || len(l.watches) > maxVendors {
			break
		}
	}
	if len(l.watches) > maxVendors {
		return nil, fmt.Errorf("the watch list has more than %d vendors", maxVendors)
	}
	return l.watches, errors.Join(l.errs...)
}

// listReader collects what the lines say.
type listReader struct {
	columns map[string]int
	watches []Watch
	lines   map[string]int // by name
	errs    []error
}

func (l *listReader) wrong(line int, format string, args ...any) {
	l.errs = append(l.errs, &ListError{line, fmt.Sprintf(format, args...)})
}

// header reports whether a line names the columns, and reads them.
func (l *listReader) header(line int, record []string) bool {
	named := map[string]int{}
	for i, cell := range record {
		named[strings.ToLower(strings.TrimSpace(cell))] = i
	}
	if _, ok := named["vendor"]; !ok {
		return false
	}
	for name, i := range named {
		if _, known := l.columns[name]; !known {
			l.wrong(line, "there is no column %q: they are vendor, aliases and domains", cut(record[i], maxAlias))
		}
	}
	l.columns = named
	return true
}

// cell is a column of a record; empty where there is none.
func (l *listReader) cell(record []string, column string) string {
	if i, ok := l.columns[column]; ok && i < len(record) {
		return record[i]
	}
	return ""
}

// vendor makes a line a watch.
func (l *listReader) vendor(line int, record []string) {
	vendor := strings.TrimSpace(l.cell(record, "vendor"))
	name := slug(vendor)
	if err := CheckName(name); err != nil {
		l.wrong(line, "the vendor has no name that a watch could have: write it with letters or digits, at most %d", maxName)
		return
	}
	if before, ok := l.lines[name]; ok {
		l.wrong(line, "%q is on line %d already: each vendor has one line", cut(vendor, maxAlias), before)
		return
	}
	query, err := vendorQuery(vendor, split(l.cell(record, "aliases")), split(l.cell(record, "domains")))
	if err != nil {
		l.wrong(line, "%v", err)
		return
	}
	l.lines[name] = line
	l.watches = append(l.watches, Watch{Name: name, Query: query})
}

// split takes a cell apart at its semicolons.
func split(cell string) []string {
	var out []string
	for _, part := range strings.Split(cell, ";") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// vendorQuery asks for any of the names, and for links to any of the domains.
func vendorQuery(vendor string, aliases, domains []string) (string, error) {
	if len(aliases) > maxAliases || len(domains) > maxAliases {
		return "", fmt.Errorf("more than %d aliases or domains", maxAliases)
	}
	var any index.Or
	for _, alias := range append([]string{strings.Join(strings.Fields(vendor), " ")}, aliases...) {
		if err := checkAlias(alias); err != nil {
			return "", err
		}
		any = append(any, index.Phrase{Text: alias})
	}
	for _, domain := range domains {
		host := index.HostTerm(domain)
		if host == "" || !strings.Contains(host, ".") {
			return "", fmt.Errorf("%q is no domain: write it as example.com", cut(domain, maxAlias))
		}
		any = append(any, index.Phrase{Text: host}, index.Word{Field: index.FieldHost, Text: host})
	}
	query := search.Format(any)
	if _, err := search.Parse(query, nil); err != nil {
		return "", err
	}
	return query, nil
}

// checkAlias refuses what would find everything, or nothing.
func checkAlias(alias string) error {
	n := 0
	for _, r := range alias {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			n++
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == '"':
			return fmt.Errorf("%q has a character that no name has", cut(alias, maxAlias))
		}
	}
	switch {
	case n < 2:
		return fmt.Errorf("%q is too short to be looked for", alias)
	case len(alias) > maxAlias:
		return fmt.Errorf("%q is too long: at most %d bytes", cut(alias, maxAlias), maxAlias)
	}
	return nil
}

// slug makes a watch's name of a vendor's.
func slug(vendor string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(vendor) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.ToLower(r) != r {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Imported says what an import of a watch list did.
type Imported struct{ Added, Changed, Unchanged, Removed int }

// Import makes the watches of one list what it says now: it adds and changes
// watches, and removes those of the list that are gone from it. All have the same
// receivers. A name that a watch outside of the list has is ErrExists.
func (b *Book) Import(ctx context.Context, from From, list string, watches []Watch, to []string) (Imported, error) {
	var done Imported
	held, err := b.Watches(ctx)
	if err != nil {
		return done, err
	}
	known, gone := map[string]Watch{}, map[string]bool{}
	for _, w := range held {
		known[w.Name] = w
		gone[w.Name] = w.List == list
	}
	var changes []func(*sql.Tx) error
	for _, w := range watches {
		w.List, w.To = list, to
		old, ok := known[w.Name]
		switch {
		case ok && old.List != list:
			return done, fmt.Errorf("watch %s, which is not of this list: %w", w.Name, ErrExists)
		case !ok:
			done.Added++
		case old.Query != w.Query:
			done.Changed++
		default:
			done.Unchanged++
		}
		gone[w.Name] = false
		change, err := b.plan(ctx, from, w, How{Replace: true}, known)
		if err != nil {
			return done, fmt.Errorf("watch %s: %w", w.Name, err)
		}
		changes = append(changes, change)
	}
	return done, b.write(ctx, func(t *sql.Tx) error {
		for name, is := range gone {
			if !is {
				continue
			}
			done.Removed++
			if _, err := t.Exec(`DELETE FROM watch WHERE name = ?`, name); err != nil {
				return err
			}
		}
		for _, change := range changes {
			if err := change(t); err != nil {
				return err
			}
		}
		return tidy(t)
	})
}
