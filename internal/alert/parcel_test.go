package alert

import (
	"database/sql"
	"fmt"
	"testing"
)

// TestTooMuchWaits holds that of more alerts for one receiver than are kept, the
// oldest are dropped and counted, and that another receiver keeps its own.
func TestTooMuchWaits(t *testing.T) {
	b, err := Open(t.TempDir(), &Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx := t.Context()
	err = b.write(ctx, func(t *sql.Tx) error {
		_, err := t.Exec(`INSERT INTO watch (id, name, query, list, made, seq, ran) VALUES (1, 'w', 'x', '', 1, 0, 1);
			INSERT INTO receiver (id, address) VALUES (1, 'exec:/dead'), (2, 'exec:/other');
			INSERT INTO subscription VALUES (1, 1), (1, 2);
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + fmt.Sprint(maxWaiting+7) + `)
			INSERT INTO alert (id, watch, message, at, body) SELECT i, 1, 'm' || i, 1, CAST('{}' AS BLOB) FROM n;
			INSERT INTO waiting (receiver, alert) SELECT 1, id FROM alert;
			INSERT INTO waiting (receiver, alert) SELECT 2, id FROM alert WHERE id <= 3`)
		return err
	})
	if err == nil {
		err = b.pack(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := b.Receivers(ctx)
	if err != nil || len(all) != 2 || all[0].Waiting != maxWaiting || all[0].Dropped != 7 || all[1].Waiting != 3 || all[1].Dropped != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	var oldest, parcels int
	if err := b.db.QueryRow(`SELECT (SELECT min(alert) FROM waiting WHERE receiver = 1), (SELECT count(*) FROM parcel WHERE receiver = 1)`).Scan(&oldest, &parcels); err != nil || oldest != 8 || parcels != maxWaiting/parcelAlerts {
		t.Errorf("the oldest is %d, in %d parcels, %v", oldest, parcels, err)
	}
}
