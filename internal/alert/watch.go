package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Watch is a saved search.
type Watch struct {
	Name  string   // see CheckName
	Query string   // in the query language
	To    []string // its receivers, as ParseReceiver returns them; without any it has its feed alone
	List  string   // the watch list that it belongs to; empty for none

	Made    time.Time
	Ran     time.Time // when it was asked last
	Muted   time.Time // nothing is delivered until then; zero if it is not muted
	Found   int       // messages, since it was made
	Last    time.Time // of the newest alert that is kept
	Trouble string    // why it could not be asked the last time
}

// ErrNoWatch says that there is no watch of a name.
var ErrNoWatch = errors.New("there is no watch of this name; `bxcrawl watch list` shows them")

// ErrExists says that a name is taken.
var ErrExists = errors.New("there is a watch of this name already; --replace gives it another query or other receivers")

const maxName = 64 // letters

// CheckName tells whether a watch may be called so: by small letters, digits,
// dots, hyphens and underscores, so that a name can be part of a URL and of a
// command line. It begins with a letter or a digit.
func CheckName(name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return fmt.Errorf("the name of a watch has 1 to %d letters", maxName)
	}
	for i, r := range name {
		plain := (unicode.IsLetter(r) || unicode.IsDigit(r)) && unicode.ToLower(r) == r
		if !plain && (i == 0 || !strings.ContainsRune("-_.", r)) {
			return fmt.Errorf("%q is no name for a watch: take small letters, digits, and -, _ or . between them", name)
		}
	}
	return nil
}

// Forever is a Watch.Muted without an end.
var Forever = time.Unix(1<<40, 0).UTC()

// Watches returns all watches by name.
func (b *Book) Watches(ctx context.Context) ([]Watch, error) {
	var all []Watch
	at := map[string]int{}
	err := b.rows(ctx, `SELECT name, query, list, made, ran, muted, found, trouble, coalesce((SELECT max(at) FROM alert WHERE watch = watch.id), 0) FROM watch ORDER BY name`,
		func(scan func(...any) error) error {
			var w Watch
			var made, ran, muted, last int64
			if err := scan(&w.Name, &w.Query, &w.List, &made, &ran, &muted, &w.Found, &w.Trouble, &last); err != nil {
				return err
			}
			w.Made, w.Ran, w.Last = moment(made), moment(ran), moment(last)
			if muted > b.now().Unix() {
				w.Muted = moment(muted)
			}
			at[w.Name] = len(all)
			all = append(all, w)
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = b.rows(ctx, `SELECT w.name, r.address FROM subscription s JOIN watch w ON w.id = s.watch JOIN receiver r ON r.id = s.receiver ORDER BY r.address`,
		func(scan func(...any) error) error {
			var name, address string
			if err := scan(&name, &address); err != nil {
				return err
			}
			if i, ok := at[name]; ok {
				all[i].To = append(all[i].To, address)
			}
			return nil
		})
	return all, err
}

// Watch returns one watch; ErrNoWatch if there is none.
func (b *Book) Watch(ctx context.Context, name string) (Watch, error) {
	all, err := b.Watches(ctx)
	if err != nil {
		return Watch{}, err
	}
	i := slices.IndexFunc(all, func(w Watch) bool { return w.Name == name })
	if i < 0 {
		return Watch{}, ErrNoWatch
	}
	return all[i], nil
}

// Receivers returns all receivers by address, with what waits for them.
func (b *Book) Receivers(ctx context.Context) ([]Receiver, error) {
	var all []Receiver
	err := b.rows(ctx, `SELECT address, gone, failures, trouble, sent, due, dropped, (SELECT count(*) FROM waiting WHERE receiver = receiver.id),
			(SELECT count(*) FROM waiting w JOIN parcel p ON p.id = w.parcel WHERE w.receiver = receiver.id AND p.refused <> ''),
			(SELECT count(*) FROM subscription WHERE receiver = receiver.id) FROM receiver ORDER BY address`,
		func(scan func(...any) error) error {
			var r Receiver
			var sent, due int64
			if err := scan(&r.Address, &r.Gone, &r.Failures, &r.Trouble, &sent, &due, &r.Dropped, &r.Waiting, &r.Refused, &r.Watches); err != nil {
				return err
			}
			k, _ := way(r.Address)
			r.Kind, r.Waiting, r.Sent, r.Due = string(k), r.Waiting-r.Refused, moment(sent), moment(due)
			all = append(all, r)
			return nil
		})
	return all, err
}

// Remove takes a watch away, with all that it found.
func (b *Book) Remove(ctx context.Context, name string) error {
	return b.write(ctx, func(t *sql.Tx) error {
		if err := changed(t.Exec(`DELETE FROM watch WHERE name = ?`, name)); err != nil {
			return err
		}
		return tidy(t)
	})
}

// Mute keeps what a watch finds from being delivered until a moment, Forever
// perhaps; the zero time ends that. It is not made up for afterwards: what was
// found meanwhile is in the feed.
func (b *Book) Mute(ctx context.Context, name string, until time.Time) error {
	return b.write(ctx, func(t *sql.Tx) error {
		return changed(t.Exec(`UPDATE watch SET muted = ? WHERE name = ?`, stamp(until), name))
	})
}

// changed is ErrNoWatch where a statement about one watch changed nothing.
func changed(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNoWatch)
	}
	return nil
}

// tidy removes receivers that no watch has and nothing waits for, and parcels
// that became empty.
func tidy(t *sql.Tx) error {
	_, err := t.Exec(`DELETE FROM parcel WHERE NOT EXISTS (SELECT 1 FROM waiting WHERE parcel = parcel.id)`)
	if err == nil {
		_, err = t.Exec(`DELETE FROM receiver WHERE NOT EXISTS (SELECT 1 FROM subscription WHERE receiver = receiver.id)
			AND NOT EXISTS (SELECT 1 FROM waiting WHERE receiver = receiver.id)`)
	}
	return err
}
