package alert

import (
	"context"
	"database/sql"
	"time"
)

// The outcomes of a delivery that are counted.
const (
	outcomeTaken   = "taken"
	outcomeFailed  = "failed" // it waits for another try
	outcomeRefused = "refused"
	outcomeGone    = "gone"
)

// What is counted besides, in alerts.
const (
	outcomeFound   = "found"
	outcomeDropped = "dropped"
)

// Figures are counted since there are watches.
type Figures struct {
	Found      int // alerts
	Deliveries []Deliveries
	Dropped    map[string]int // alerts that were never delivered, by kind of receiver
	Oldest     time.Time      // when the oldest alert that waits was found; zero without one
}

// Deliveries counts those to one kind of receiver, see Receiver.Kind, with one
// outcome: taken, failed (tries within one run are one), refused or gone.
type Deliveries struct {
	Kind, Outcome string
	N             int
}

// Figures returns what was counted. Each kind and outcome is there, be it 0.
func (b *Book) Figures(ctx context.Context) (Figures, error) {
	counted := map[[2]string]int{}
	err := b.rows(ctx, `SELECT kind, outcome, n FROM tally`, func(scan func(...any) error) error {
		var kind, outcome string
		var n int
		err := scan(&kind, &outcome, &n)
		counted[[2]string{kind, outcome}] = n
		return err
	})
	f := Figures{Found: counted[[2]string{"", outcomeFound}], Dropped: map[string]int{}}
	if err != nil {
		return f, err
	}
	for _, k := range []kind{kindMail, kindWebhook, kindSlack, kindCommand} {
		for _, outcome := range []string{outcomeTaken, outcomeFailed, outcomeRefused, outcomeGone} {
			f.Deliveries = append(f.Deliveries, Deliveries{string(k), outcome, counted[[2]string{string(k), outcome}]})
		}
		f.Dropped[string(k)] = counted[[2]string{string(k), outcomeDropped}]
	}
	err = b.rows(ctx, `SELECT coalesce(min(a.at), 0) FROM waiting w JOIN alert a ON a.id = w.alert LEFT JOIN parcel p ON p.id = w.parcel
		WHERE coalesce(p.refused, '') = ''`, func(scan func(...any) error) error {
		var at int64
		err := scan(&at)
		f.Oldest = moment(at)
		return err
	})
	return f, err
}

// tally adds to what is counted. What is of no receiver has no kind.
func tally(t *sql.Tx, of kind, outcome string, n int) error {
	_, err := t.Exec(`INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`, string(of), outcome, n)
	return err
}

func kindOf(address string) kind {
	k, _ := way(address)
	return k
}
