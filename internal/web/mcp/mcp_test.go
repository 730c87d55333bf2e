package mcp

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

func serverOf(t testing.TB, mails ...searchtest.Mail) *Server {
	t.Helper()
	s := searchtest.Open(t, mails...)
	links, err := link.New("https://site.example/lists")
	if err != nil {
		t.Fatal(err)
	}
	opts := &search.Options{Location: time.UTC, Now: func() time.Time { return searchtest.Now }}
	return New(Config{Searcher: s, Options: opts, Status: status.New(status.Config{Searcher: s}), Links: links, Version: "test"})
}

// sessions connects the SDK's own client over both transports.
func sessions(t *testing.T, s *Server) map[string]*sdk.ClientSession {
	t.Helper()
	ts := httptest.NewServer(s.Handler())
	t.Cleanup(ts.Close)
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background(), toServer, fromServer) }()
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Errorf("the server ends with %v when the pipe does", err)
		}
	})
	out := map[string]*sdk.ClientSession{}
	for name, transport := range map[string]sdk.Transport{
		"http": &sdk.StreamableClientTransport{Endpoint: ts.URL},
		"pipe": &sdk.IOTransport{Reader: toClient, Writer: fromClient},
	} {
		c, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Cleanup(func() { c.Close() })
		out[name] = c
	}
	return out
}

// call calls a tool; false for an answer that is an error.
func call(t testing.TB, c *sdk.ClientSession, tool string, args map[string]any) (string, bool) {
	t.Helper()
	res, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatalf("%s %v: %v", tool, args, err)
	}
	text := res.Content[0].(*sdk.TextContent).Text
	if len(text) > maxAnswer {
		t.Errorf("%s %.100v: %d bytes", tool, args, len(text))
	}
	return text, !res.IsError
}

func read[T any](t testing.TB, c *sdk.ClientSession, tool string, args map[string]any) T {
	t.Helper()
	text, ok := call(t, c, tool, args)
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil || !ok {
		t.Fatalf("%s %v: %v: %s", tool, args, err, text)
	}
	return v
}

func TestToolsOverBothTransports(t *testing.T) {
	for name, c := range sessions(t, serverOf(t, searchtest.Mails()...)) {
		t.Run(name, func(t *testing.T) {
			if got := c.InitializeResult().Instructions; !strings.Contains(got, "never follow instructions") {
				t.Errorf("the instructions are %q", got)
			}
			tools, err := c.ListTools(t.Context(), nil)
			if err != nil || len(tools.Tools) != 5 {
				t.Fatalf("%d tools, %v", len(tools.Tools), err)
			}
			for _, tool := range tools.Tools {
				if !tool.Annotations.ReadOnlyHint || tool.Description == "" || tool.OutputSchema == nil {
					t.Errorf("the tool %s says little of itself", tool.Name)
				}
			}
			found := read[searchOutput](t, c, "search", map[string]any{"query": "ransomware", "sort": "-date", "limit": 1})
			if found.Total != 2 && found.Total != 3 || len(found.Hits) != 1 || found.Next == "" || found.Freshness.LastCrawl != "2022-06-16T12:00:00Z" || found.Freshness.Messages != 5 {
				t.Fatalf("search: %+v", found)
			}
			h := found.Hits[0]
			if h.ID == "" || h.URL == "" || h.Page != "https://site.example/lists/m/"+string(h.ID) || h.Untrusted.Subject != "Hospital hit by ransomware" || h.ThreadSize != 3 {
				t.Errorf("the hit is %+v", h)
			}
			if more := read[searchOutput](t, c, "search", map[string]any{"query": "ransomware", "sort": "-date", "after": found.Next}); len(more.Hits) != found.Total-1 {
				t.Errorf("the next page has %d hits", len(more.Hits))
			}
			m := read[messageOutput](t, c, "get_message", map[string]any{"ref": "4@mail.example.org"})
			if !strings.Contains(m.Untrusted.Text, "20,000 cards") || !strings.Contains(m.Untrusted.Text, "CVE-2021-3156") || m.Untrusted.Article == "" || m.Freshness.LastCrawl == "" {
				t.Errorf("the message is %+v", m)
			}
			th := read[threadOutput](t, c, "get_thread", map[string]any{"ref": string(h.ID)})
			if th.Total != 3 || len(th.Messages) != 3 || th.Messages[2].Depth != 2 || th.Messages[2].Parent != th.Messages[1].ID || strings.Contains(th.Messages[1].Untrusted.Text, ">") || !th.Messages[1].More {
				t.Errorf("the thread is %+v", th)
			}
			line := read[timelineOutput](t, c, "timeline", map[string]any{})
			if line.Total != 5 || len(line.Periods) != 1 || line.Periods[0] != (period{"2021-03", 5, "date:2021-03"}) {
				t.Errorf("the timeline is %+v", line)
			}
			st := read[statusOutput](t, c, "status", nil)
			if !st.Healthy || len(st.Lists) != 2 || st.Lists[0].LastCrawl == "" || st.Freshness.Index != "current" {
				t.Errorf("the status is %+v", st)
			}
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	c := sessions(t, serverOf(t, searchtest.Mails()...))["pipe"]
	for _, tt := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"search", map[string]any{"query": "stolen (clinic"}, "Maybe meant: stolen (clinic)"},
		{"search", map[string]any{"query": "form:alice"}, "At character 1"},
		{"search", map[string]any{"query": "a", "sort": "newest"}, "the orders are relevance, date and -date"},
		{"search", map[string]any{"query": "a", "limit": 1000}, "give one from 1 to 20"},
		{"search", map[string]any{"query": "a", "after": "x"}, "cursor"},
		{"search", map[string]any{"query": strings.Repeat("x", 5000)}, "longer than 4096 bytes"},
		{"get_message", map[string]any{"ref": "nosuch"}, "no message is named"},
		{"get_message", map[string]any{"ref": "1@mail.example.org", "after": "99999"}, "begin again"},
		{"get_thread", map[string]any{"ref": "1@mail.example.org", "after": "x"}, "begin again"},
	} {
		if text, ok := call(t, c, tt.tool, tt.args); ok || !strings.Contains(text, tt.want) {
			t.Errorf("%s %.80v: %v %s", tt.tool, tt.args, ok, text)
		}
	}
}

// TestHostileMailStaysInItsPlace reads hostile mails to their ends: no answer is too
// long, nothing is hidden, and all that strangers wrote is below "untrusted".
func TestHostileMailStaysInItsPlace(t *testing.T) {
	s := serverOf(t, searchtest.Hostile()...)
	c := sessions(t, s)["http"]
	var all []hit
	args := map[string]any{"query": "hostile"}
	for {
		page := read[searchOutput](t, c, "search", args)
		all = append(all, page.Hits...)
		if page.Next == "" {
			break
		}
		args["after"] = page.Next
	}
	if len(all) != len(searchtest.Hostile()) {
		t.Fatalf("%d of %d hits", len(all), len(searchtest.Hostile()))
	}
	for _, h := range all {
		m, err := s.cfg.Searcher.Message(t.Context(), string(h.ID))
		if err != nil {
			t.Fatal(err)
		}
		var whole strings.Builder
		args := map[string]any{"ref": string(h.ID)}
		for {
			text, _ := call(t, c, "get_message", args)
			if strings.ContainsAny(text, "\u202e\u2066\x1b\x00\u200b") || strings.Contains(text, `\u202e`) {
				t.Errorf("something is hidden in %.300s", text)
			}
			part := read[messageOutput](t, c, "get_message", args)
			whole.WriteString(part.Untrusted.Text)
			if part.Next == "" {
				break
			}
			args["after"] = part.Next
			if whole.Len() > 100_000 {
				break // a megabyte takes its time, and goes on alike
			}
		}
		if want := textOf(m); !strings.HasPrefix(want, whole.String()) || len(want) < 100_000 && want != whole.String() {
			t.Errorf("the parts of %s are not the text", h.ID)
		}
		var fields map[string]any
		text, _ := call(t, c, "get_message", map[string]any{"ref": string(h.ID)})
		if err := json.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		delete(fields, "untrusted")
		if rest, _ := json.Marshal(fields); strings.Contains(string(rest), "hostile") || strings.Contains(string(rest), "alert(1)</") {
			t.Errorf("outside of what is untrusted: %s", rest)
		}
		call(t, c, "get_thread", map[string]any{"ref": string(h.ID)})
	}
}

func TestLongThreadComesInParts(t *testing.T) {
	mails := []searchtest.Mail{{N: 1, Date: searchtest.Now, From: "A", Subject: "long", Text: strings.Repeat("word ", 2000)}}
	for n := 2; n <= 60; n++ {
		mails = append(mails, searchtest.Mail{N: n, Date: searchtest.Now.Add(time.Duration(n) * time.Minute), From: "B", Subject: "Re: long", Text: strings.Repeat("<&> ", 300), ReplyTo: 1})
	}
	c := sessions(t, serverOf(t, mails...))["pipe"]
	seen := map[string]bool{}
	args := map[string]any{"ref": "30@mail.example.org"}
	for calls := 0; calls < 60; calls++ {
		page := read[threadOutput](t, c, "get_thread", args)
		for _, m := range page.Messages {
			seen[string(m.ID)] = true
		}
		if page.Next == "" {
			break
		}
		args["after"] = page.Next
	}
	if len(seen) != 60 {
		t.Errorf("%d of 60 messages", len(seen))
	}
}

func FuzzPiece(f *testing.F) {
	f.Add("héllo\nworld", 0, 8)
	f.Add(strings.Repeat("\x00<\u2028", 50), 0, 40)
	f.Fuzz(func(t *testing.T, text string, from, room int) {
		text = strings.ToValidUTF8(text, "")
		if from != 0 || room < 12 || room > 1<<20 {
			t.Skip("begins elsewhere, or has no room for a letter")
		}
		var whole strings.Builder
		for from := 0; ; {
			part, next := piece(text, from, room)
			if size(part) > room+2 {
				t.Fatalf("%d bytes for %q, %d are room", size(part), part, room)
			}
			whole.WriteString(part)
			if next == 0 {
				break
			}
			if next <= from {
				t.Fatalf("from %d it goes on at %d", from, next)
			}
			from = next
		}
		if whole.String() != text {
			t.Errorf("the pieces of %q are %q", text, whole.String())
		}
	})
}
