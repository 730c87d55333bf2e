package alert

import (
	"context"
	"database/sql"
	"time"
)

// taken notes that a receiver has taken a parcel.
func (b *Book) taken(ctx context.Context, to addressee, p *parcel) error {
	return b.write(ctx, func(t *sql.Tx) error {
		for _, statement := range []string{`DELETE FROM waiting WHERE parcel = ?`, `DELETE FROM parcel WHERE id = ?`} {
			if _, err := t.Exec(statement, p.id); err != nil {
				return err
			}
		}
		if _, err := t.Exec(`UPDATE receiver SET sent = ?1, tried = ?1, failures = 0, trouble = '', due = 0 WHERE id = ?2`, stamp(b.now()), to.id); err != nil || len(p.alerts) == 0 {
			return err
		}
		return tally(t, kindOf(to.address), outcomeTaken, 1)
	})
}

// failed notes why a receiver took nothing. What waits goes on to wait.
func (b *Book) failed(ctx context.Context, to addressee, f *failure) error {
	if f.gone {
		return b.gone(ctx, to, f)
	}
	due := time.Time{}
	if f.after > 0 {
		due = b.now().Add(f.after)
	}
	return b.write(ctx, func(t *sql.Tx) error {
		if err := b.noteFailure(t, to, f, due); err != nil {
			return err
		}
		return tally(t, kindOf(to.address), outcomeFailed, 1)
	})
}

// gone ends the deliveries to a receiver that wants nothing more.
func (b *Book) gone(ctx context.Context, to addressee, f *failure) error {
	return b.write(ctx, func(t *sql.Tx) error {
		if err := b.noteFailure(t, to, f, time.Time{}); err != nil {
			return err
		}
		res, err := t.Exec(`DELETE FROM waiting WHERE receiver = ?`, to.id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE receiver SET gone = trouble, dropped = dropped + ? WHERE id = ?`, n, to.id); err != nil {
			return err
		}
		if err := tally(t, kindOf(to.address), outcomeGone, 1); err != nil {
			return err
		}
		if err := tally(t, kindOf(to.address), outcomeDropped, int(n)); err != nil {
			return err
		}
		return tidy(t)
	})
}

// refused sets a parcel aside, so that later ones have their turn.
func (b *Book) refused(ctx context.Context, to addressee, p *parcel, f *failure) error {
	return b.write(ctx, func(t *sql.Tx) error {
		if err := b.noteFailure(t, to, f, time.Time{}); err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE parcel SET refused = ? WHERE id = ?`, cut(f.Error(), maxText), p.id); err != nil {
			return err
		}
		return tally(t, kindOf(to.address), outcomeRefused, 1)
	})
}

func (b *Book) noteFailure(t *sql.Tx, to addressee, f *failure, due time.Time) error {
	_, err := t.Exec(`UPDATE receiver SET failures = failures + 1, tried = ?, trouble = ?, due = ? WHERE id = ?`, stamp(b.now()), cut(f.Error(), maxText), stamp(due), to.id)
	return err
}

// Refusal is a parcel that its receiver does not take, and that is set aside.
type Refusal struct {
	ID       string // the delivery's
	Receiver string // its address
	At       time.Time
	Alerts   int
	Reason   string
}

// Refusals returns what is set aside, by receiver, oldest first.
func (b *Book) Refusals(ctx context.Context) ([]Refusal, error) {
	var all []Refusal
	err := b.rows(ctx, `SELECT p.key, r.address, p.at, (SELECT count(*) FROM waiting WHERE parcel = p.id), p.refused
		FROM parcel p JOIN receiver r ON r.id = p.receiver WHERE p.refused <> '' ORDER BY r.address, p.id`,
		func(scan func(...any) error) error {
			var r Refusal
			var at int64
			err := scan(&r.ID, &r.Receiver, &at, &r.Alerts, &r.Reason)
			r.At = moment(at)
			all = append(all, r)
			return err
		})
	return all, err
}

// Readmit lets what is set aside be delivered again, once more.
func (b *Book) Readmit(ctx context.Context) error {
	return b.write(ctx, func(t *sql.Tx) error {
		_, err := t.Exec(`UPDATE parcel SET refused = '' WHERE refused <> ''`)
		return err
	})
}
