package alert

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// TestAFileOfTheFirstFormat is brought up to date with what it holds, by who may
// write it.
func TestAFileOfTheFirstFormat(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, fileName))
	if err == nil {
		_, err = db.Exec(fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = 1; %s
			INSERT INTO watch (id, name, query, list, made, seq, ran) VALUES (1, 'w', 'x', '', 1, 7, 1);
			INSERT INTO receiver (id, address) VALUES (1, 'exec:/bin/true'); INSERT INTO subscription VALUES (1, 1);
			INSERT INTO alert (id, watch, message, at, body) VALUES (1, 1, 'm', 5, CAST('{}' AS BLOB));
			INSERT INTO parcel VALUES (1, 1, 'k', 5); INSERT INTO waiting VALUES (1, 1, 1)`, applicationID, schema1))
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil); !errors.Is(err, errOlder) {
		t.Errorf("for reading: %v", err)
	}
	answer := httptest.NewRecorder()
	(&Feeds{Dir: dir}).ServeHTTP(answer, httptest.NewRequest("GET", "/watch/w.atom", nil))
	if answer.Code != http.StatusServiceUnavailable {
		t.Errorf("its feed: status %d", answer.Code)
	}
	for range 2 {
		b, err := Open(dir, &Options{Write: true})
		if err != nil {
			t.Fatal(err)
		}
		all, err := b.Receivers(t.Context())
		if err != nil || len(all) != 1 || all[0].Waiting != 1 || all[0].Refused != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if f, err := b.Figures(t.Context()); err != nil || f.Oldest.Unix() != 5 {
			t.Errorf("%+v, %v", f, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
