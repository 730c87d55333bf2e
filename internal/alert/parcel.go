package alert

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Bounds of what waits.
const (
	parcelAlerts = 100                 // in one parcel
	maxWaiting   = 10_000              // alerts for one receiver
	maxAge       = 30 * 24 * time.Hour // of a parcel
)

// parcel is what one delivery brings: once packed, it stays as it is.
type parcel struct {
	id     int64
	key    string // the delivery's ID
	at     time.Time
	alerts []Alert
	test   bool
}

// pack puts what waits into parcels, and drops what waited for too long.
func (b *Book) pack(ctx context.Context) error {
	now := b.now()
	return b.write(ctx, func(t *sql.Tx) error {
		if err := drop(t, now); err != nil {
			return err
		}
		loose, err := looseAlerts(t)
		if err != nil {
			return err
		}
		for receiver, alerts := range loose {
			for len(alerts) > 0 {
				n := min(len(alerts), parcelAlerts)
				if err := seal(t, receiver, alerts[:n], now); err != nil {
					return err
				}
				alerts = alerts[n:]
			}
		}
		return tidy(t)
	})
}

// looseAlerts returns what is in no parcel yet, by receiver, in the order of
// finding.
func looseAlerts(t *sql.Tx) (map[int64][]int64, error) {
	rows, err := t.Query(`SELECT receiver, alert FROM waiting WHERE parcel IS NULL ORDER BY receiver, alert`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	loose := map[int64][]int64{}
	for rows.Next() {
		var receiver, alert int64
		if err := rows.Scan(&receiver, &alert); err != nil {
			return nil, err
		}
		loose[receiver] = append(loose[receiver], alert)
	}
	return loose, rows.Err()
}

// seal makes one parcel. Its ID is made of the receiver and the alerts.
func seal(t *sql.Tx, receiver int64, alerts []int64, now time.Time) error {
	var address string
	if err := t.QueryRow(`SELECT address FROM receiver WHERE id = ?`, receiver).Scan(&address); err != nil {
		return err
	}
	key := digest("bx:parcel", address, fmt.Sprint(now.UnixNano()), fmt.Sprint(alerts))
	res, err := t.Exec(`INSERT INTO parcel (receiver, key, at) VALUES (?, ?, ?)`, receiver, key, stamp(now))
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for _, a := range alerts {
		if _, err := t.Exec(`UPDATE waiting SET parcel = ? WHERE receiver = ? AND alert = ?`, id, receiver, a); err != nil {
			return err
		}
	}
	return nil
}

// drop forgets what nobody took for too long, and of too much the oldest.
func drop(t *sql.Tx, now time.Time) error {
	const late = `SELECT w.receiver, count(*) FROM waiting w JOIN parcel p ON p.id = w.parcel WHERE p.at < ? GROUP BY w.receiver`
	const many = `SELECT receiver, count(*) - ? FROM waiting GROUP BY receiver HAVING count(*) > ?1`
	if err := dropped(t, late, `DELETE FROM waiting WHERE receiver = ? AND parcel IN (SELECT id FROM parcel WHERE at < ?2)`, stamp(now.Add(-maxAge))); err != nil {
		return err
	}
	return dropped(t, many, `DELETE FROM waiting WHERE receiver = ?1 AND alert IN (SELECT alert FROM waiting WHERE receiver = ?1 ORDER BY alert
		LIMIT (SELECT count(*) - ?2 FROM waiting WHERE receiver = ?1))`, maxWaiting)
}

// dropped counts what goes away by receiver, then takes it away.
func dropped(t *sql.Tx, count, remove string, bound int64) error {
	rows, err := t.Query(count, bound)
	if err != nil {
		return err
	}
	defer rows.Close()
	numbers := map[int64]int{}
	for rows.Next() {
		var receiver int64
		var n int
		if err := rows.Scan(&receiver, &n); err != nil {
			return err
		}
		numbers[receiver] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for receiver, n := range numbers {
		var address string
		if err := t.QueryRow(`UPDATE receiver SET dropped = dropped + ? WHERE id = ? RETURNING address`, n, receiver).Scan(&address); err != nil {
			return err
		}
		if _, err := t.Exec(remove, receiver, bound); err != nil {
			return err
		}
		if err := tally(t, kindOf(address), outcomeDropped, n); err != nil {
			return err
		}
	}
	return nil
}

// parcels returns what waits for a receiver and was not refused, oldest first.
func (b *Book) parcels(ctx context.Context, receiver int64) ([]*parcel, error) {
	var all []*parcel
	err := b.rows(ctx, `SELECT id, key, at FROM parcel WHERE receiver = ? AND refused = '' ORDER BY id`, func(scan func(...any) error) error {
		p := &parcel{}
		var at int64
		if err := scan(&p.id, &p.key, &at); err != nil {
			return err
		}
		p.at = moment(at)
		all = append(all, p)
		return nil
	}, receiver)
	return all, err
}

// fill reads what is in a parcel.
func (b *Book) fill(ctx context.Context, p *parcel) (err error) {
	p.alerts, err = b.alerts(ctx, `SELECT a.id, a.body FROM waiting w JOIN alert a ON a.id = w.alert WHERE w.parcel = ? ORDER BY a.id`, p.id)
	return err
}

// alerts reads alerts by a query for their numbers and bodies.
func (b *Book) alerts(ctx context.Context, query string, args ...any) ([]Alert, error) {
	all := []Alert{}
	err := b.rows(ctx, query, func(scan func(...any) error) error {
		var n int64
		var body []byte
		if err := scan(&n, &body); err != nil {
			return err
		}
		a := Alert{Copies: []Message{}} // those of the first format have none
		if err := json.Unmarshal(body, &a); err != nil {
			return fmt.Errorf("alert %d: %w", n, err)
		}
		all = append(all, a)
		return nil
	}, args...)
	return all, err
}
