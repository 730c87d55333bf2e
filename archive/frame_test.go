package archive

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// frameUse is how many bytes of frames there are, and how many of them sources use.
func frameUse(t *testing.T, a *Archive) (frames, held, used int64) {
	t.Helper()
	err := a.read.queryRow(`SELECT (SELECT count(*) FROM frame), (SELECT coalesce(sum(size), 0) FROM frame), (SELECT coalesce(sum(size), 0) FROM source)`).
		Scan(&frames, &held, &used)
	if err != nil {
		t.Fatal(err)
	}
	return frames, held, used
}

func putLong(t *testing.T, a *Archive, group string, n int, body string) {
	t.Helper()
	put(t, a, group, n, page{MID: fmt.Sprint(n, "@x"), Date: int64(n + 1), Content: body, Body: body})
}

// TestNightlyMailLeavesFewFrames: a month that grows by one mail a night is as
// quick to read, and nearly as small, as one that came at once.
func TestNightlyMailLeavesFewFrames(t *testing.T) {
	a := openTest(t, t.TempDir())
	for n := range 60 {
		putLong(t, a, "2020-May", n, string(somePage(n)))
		derive(t, a, jsonParser{})
	}
	frames, held, used := frameUse(t, a)
	if frames > used/(frameSize/2)+1 || held > used*4/3 {
		t.Errorf("%d frames of %d bytes for %d bytes of records", frames, held, used)
	}
	if read := all(t, a.Messages(t.Context(), Filter{})); len(read) != 60 {
		t.Errorf("%d messages of 60", len(read))
	}
	wantSound(t, a)
}

// TestWhatWasReplacedIsNotKept: messages that change, or go, leave nothing behind.
func TestWhatWasReplacedIsNotKept(t *testing.T) {
	a := openTest(t, t.TempDir())
	for n := range 60 {
		putLong(t, a, "2020-May", n, string(somePage(n)))
	}
	derive(t, a, jsonParser{})
	for round := range 5 {
		for n := round; n < 60; n += 2 {
			putLong(t, a, "2020-May", n, fmt.Sprint(round)+string(somePage(n+1000*round)))
		}
		derive(t, a, jsonParser{})
		if _, held, used := frameUse(t, a); held > used*4/3 {
			t.Errorf("round %d: frames of %d bytes for %d bytes of records", round, held, used)
		}
		wantSound(t, a)
	}
	derive(t, a, jsonParser{version: "another"})
	if _, held, used := frameUse(t, a); held != used {
		t.Errorf("all anew: frames of %d bytes for %d bytes of records", held, used)
	}
}

// TestUnchangedPeriodIsNotWrittenAgain: parsing again with the same outcome
// leaves the frames alone, whatever their size.
func TestUnchangedPeriodIsNotWrittenAgain(t *testing.T) {
	a := openTest(t, t.TempDir())
	putLong(t, a, "2020-May", 1, "short")
	derive(t, a, jsonParser{})
	id := func() (id int64) {
		if err := a.read.queryRow(`SELECT id FROM frame`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	before := id()
	a.writable(t.Context(), func(t *tx) error { return t.exec(`UPDATE grp SET version = 'older'`) })
	if stats := derive(t, a, jsonParser{}); stats.Groups != 1 || id() != before {
		t.Errorf("stats %+v, frame %d became %d", stats, before, id())
	}
}

// TestReaderSeesOneStateOfTheFrames: who reads while a period is packed anew
// gets what was there when the reading began.
func TestReaderSeesOneStateOfTheFrames(t *testing.T) {
	a := openTest(t, t.TempDir())
	for n := range 40 {
		putLong(t, a, "2020-May", n, string(somePage(n)))
	}
	derive(t, a, jsonParser{})
	reader, err := Open(a.Dir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	n := 0
	for m, err := range reader.Messages(t.Context(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			derive(t, a, jsonParser{version: "2"})
		}
		if n++; strings.HasSuffix(m.Body, "2") {
			t.Fatalf("message %d is of the later state", n)
		}
	}
	if n != 40 {
		t.Errorf("%d messages of 40", n)
	}
}

func TestDamagedFrameCostsItsMessagesAndIsMadeAgain(t *testing.T) {
	a := openTest(t, t.TempDir())
	for n := range 60 {
		putLong(t, a, "2020-May", n, string(somePage(n)))
	}
	derive(t, a, jsonParser{})
	want := all(t, a.Messages(t.Context(), Filter{}))
	var lost int
	if err := a.read.queryRow(`SELECT count(*) FROM source WHERE frame = (SELECT min(id) FROM frame)`).Scan(&lost); err != nil {
		t.Fatal(err)
	}
	err := a.writable(t.Context(), func(t *tx) error {
		err := t.exec(`UPDATE frame SET data = CAST(substr(data, 1, 99) AS BLOB) WHERE id = (SELECT min(id) FROM frame)`)
		return errors.Join(err, t.exec(`UPDATE grp SET version = 'older'`))
	})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for p, err := range a.Verify(t.Context()) {
		if err != nil || p.Kind != ProblemMessage {
			t.Fatalf("%+v, %v", p, err)
		}
		named[p.Detail] = true
	}
	if len(named) != lost || lost == 60 {
		t.Errorf("verify names %d messages of %d", len(named), lost)
	}
	derive(t, a, jsonParser{})
	wantSound(t, a)
	if diff := cmp.Diff(want, all(t, a.Messages(t.Context(), Filter{}))); diff != "" {
		t.Error(diff)
	}
}

// TestFormat1IsConverted makes an archive as format 1 had it, and wants the
// same messages under the same numbers; the record that was damaged comes back
// with the next Derive.
func TestFormat1IsConverted(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	for n := range 90 {
		putLong(t, a, fmt.Sprintf("2020-%02d", n/40), n, string(somePage(n)))
	}
	derive(t, a, jsonParser{})
	want := all(t, a.Changes(t.Context(), 0))
	if err := a.writable(t.Context(), func(t *tx) error { return toFormat1(a, t) }); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if _, err := Open(dir, nil); !errors.Is(err, ErrOlderFormat) || !strings.Contains(err.Error(), "bxcrawl reparse") {
		t.Errorf("err = %v", err)
	}
	a, err := Open(dir, &Options{Write: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	damaged := 0
	for _, err := range a.Changes(t.Context(), 0) {
		if errors.Is(err, ErrCorrupt) {
			damaged++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	derive(t, a, jsonParser{})
	wantSound(t, a)
	if diff := cmp.Diff(want, all(t, a.Changes(t.Context(), 0))); diff != "" || damaged != 1 {
		t.Errorf("%d damaged; %s", damaged, diff)
	}
}

// toFormat1 packs each record alone; that of source 7 is damaged.
func toFormat1(a *Archive, t *tx) error {
	err := t.script(`CREATE TABLE old (
		id INTEGER PRIMARY KEY, grp INTEGER NOT NULL REFERENCES grp, page INTEGER REFERENCES page, base BLOB NOT NULL, msg BLOB,
		content INTEGER NOT NULL, kin INTEGER NOT NULL, date INTEGER NOT NULL, listed INTEGER NOT NULL, digest INTEGER NOT NULL,
		dict INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
		INSERT INTO old SELECT id, grp, page, base, msg, content, kin, date, listed, digest, 0, x'00' FROM source`)
	if err != nil {
		return err
	}
	rows, err := t.query(`SELECT id, frame, at, size FROM source WHERE id <> 7`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var at spot
		if err := rows.Scan(&id, &at.frame, &at.at, &at.size); err != nil {
			return err
		}
		records, err := t.frame(a, at.frame)
		if err != nil {
			return err
		}
		record, err := at.cut(records)
		if err != nil {
			return err
		}
		packed, err := a.framing.pack(record)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE old SET data = ? WHERE id = ?`, packed.data, id); err != nil {
			return err
		}
	}
	rows.Close()
	return t.script(`DROP TABLE source; DROP TABLE frame; ALTER TABLE old RENAME TO source;
		CREATE INDEX source_grp ON source (grp); CREATE INDEX source_base ON source (base); CREATE INDEX source_page ON source (page);
		PRAGMA user_version = 1`)
}
