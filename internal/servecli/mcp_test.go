package servecli

import (
	"io"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/bxsearch/bxsearch/fixtures"
)

// found is what an assistant hears that looks for a word.
func found(t *testing.T, transport sdk.Transport, word string) string {
	t.Helper()
	c, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	res, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: "search", Arguments: map[string]any{"query": word, "limit": 1}})
	if err != nil || res.IsError {
		t.Fatalf("search: %v, %v", res, err)
	}
	return res.Content[0].(*sdk.TextContent).Text
}

// An assistant hears the same from the command that it starts and from the site, but
// that it may know the site's address.
func TestAssistantsHearTheSame(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, fixtures.BreachExchange())
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	e := testEnv(data)
	e.Stdin, e.Stdout = toServer, fromServer
	ended := make(chan int, 1)
	go func() { ended <- e.Run(t.Context(), Command(e), []string{"mcp"}) }()
	here := found(t, &sdk.IOTransport{Reader: toClient, Writer: fromClient}, "authentication")
	if code := <-ended; code != 0 {
		t.Errorf("when the pipe ends the command exits with %d", code)
	}
	if !strings.Contains(here, `"last_crawl":"20`) || strings.Contains(here, `"page"`) {
		t.Errorf("over the pipe: %s", here)
	}
	home := startServer(t, data)
	if there := found(t, &sdk.StreamableClientTransport{Endpoint: home + "mcp"}, "authentication"); there != here {
		t.Errorf("over HTTP: %s\nover the pipe: %s", there, here)
	}
}
