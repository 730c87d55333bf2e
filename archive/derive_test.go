package archive

import (
	"testing"
)

func TestDeriveMakesMessagesAndThreads(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Subject: "Hello", Date: 1000, Body: "one", Content: "1"})
	put(t, a, "2020-May", 2, page{MID: "b@x", IRT: "a@x", Subject: "Re: Hello", Date: 2000, Body: "two", Content: "2"})
	putBody(t, a, "2020-May", 3, []byte("no json"))
	stats := derive(t, a, jsonParser{})
	if stats != (DeriveStats{Groups: 1, Messages: 2, New: 2, Problems: 1}) {
		t.Fatalf("stats = %+v", stats)
	}
	ms := all(t, a.Messages(t.Context(), Filter{}))
	if len(ms) != 2 || ms[0].MessageID != "a@x" || ms[1].Thread != ms[0].ID || ms[1].URL != pageURL("2020-May", 2) {
		t.Fatalf("messages = %+v", ms)
	}
	if again := derive(t, a, jsonParser{}); again != (DeriveStats{}) {
		t.Errorf("a second run did something: %+v", again)
	}
}
