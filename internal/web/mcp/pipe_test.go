package mcp

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// sink is an output that a test reads.
type sink struct{ strings.Builder }

func (*sink) Close() error { return nil }

// TestAllIsAnswered writes requests at once and ends the input, as a shell does.
func TestAllIsAnswered(t *testing.T) {
	s := serverOf(t, searchtest.Mail{N: 1, Date: searchtest.Now, From: "Ann Lee", Subject: "A clinic", Text: "records"})
	lines := []string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
	}
	for id := 2; id < 20; id++ {
		lines = append(lines, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"search","arguments":{"query":"records"}}}`, id))
	}
	for _, end := range []string{"\n", ""} {
		var out sink
		if err := s.Run(t.Context(), io.NopCloser(strings.NewReader(strings.Join(lines, "\n")+end)), &out); err != nil {
			t.Fatal(err)
		}
		for id := 1; id < 20; id++ {
			if !strings.Contains(out.String(), fmt.Sprintf(`"id":%d,`, id)) {
				t.Errorf("request %d has no answer; the end is %q", id, end)
			}
		}
	}
}
