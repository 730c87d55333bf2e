package servecli

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/crawlcli"
)

// testEnv is that of a user with their data in a folder.
func testEnv(data string) *cli.Env {
	return &cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Now: time.Now,
		LookupEnv: func(name string) (string, bool) {
			if name == "BX_DATA" || name == "HOME" {
				return data, true
			}
			return "", false
		},
	}
}

// crawl brings a site into the archive in data.
func crawl(t testing.TB, data string, site *fixtures.Site) {
	t.Helper()
	url, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	var said strings.Builder
	e := testEnv(data)
	e.Stderr = &said
	list := url + "/" + strings.Trim(site.Path(), "/") + "/"
	if code := e.Run(t.Context(), crawlcli.Command(e), []string{"--delay", "0", "--quiet", list}); code != 0 {
		t.Fatalf("crawl of %s: exit code %d: %s", list, code, said.String())
	}
}

// startServer runs bxserve, and returns the address of its home.
func startServer(t testing.TB, data string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	home := make(chan string, 1)
	e := &env{Env: testEnv(data), listening: func(at string) { home <- at }}
	done := make(chan int, 1)
	go func() { done <- e.Run(ctx, command(e), append([]string{"--listen", "127.0.0.1:0"}, args...)) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("bxserve ended with %d", code)
		}
	})
	select {
	case at := <-home:
		return at
	case code := <-done:
		done <- code
		t.Fatalf("bxserve ended with %d", code)
		return ""
	}
}

func get(t testing.TB, url string) (status int, text string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// note is a list of one mail.
func note(list, subject string) *fixtures.Site {
	at := time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC)
	return fixtures.NewSite(fixtures.List{Name: list}, []fixtures.Message{
		{ID: list + "@mail.example", Date: at, Name: "Ann", Address: "ann@mail.example", Subject: subject, Text: "The walrus was found " + subject + ".\n"},
	})
}

// What a crawl brings while the site is up shows in searches that were asked
// before, without a restart.
func TestNewMessagesShow(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, note("first", "Walrus at the pier"))
	home := startServer(t, data)
	search := home + "search?q=walrus"
	if status, page := get(t, search); status != 200 || !strings.Contains(page, "at the pier") || strings.Contains(page, "in the harbour") {
		t.Fatalf("status %d: %s", status, page)
	}
	get(t, search) // from the cache
	crawl(t, data, note("second", "Walrus in the harbour"))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if _, page := get(t, search); strings.Contains(page, "in the harbour") {
			return
		}
	}
	t.Error("the new message does not show")
}

// A watch has its feed as soon as it is there.
func TestFeedOfAWatch(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, note("first", "Walrus at the pier"))
	home := startServer(t, data)
	feed := home + "watch/sea.atom"
	if status, _ := get(t, feed); status != http.StatusNotFound {
		t.Errorf("before there is a watch: status %d", status)
	}
	e := testEnv(data)
	if code := e.Run(t.Context(), crawlcli.Command(e), []string{"watch", "add", "sea", "walrus"}); code != 0 {
		t.Fatalf("bxcrawl watch add: exit code %d", code)
	}
	if status, text := get(t, feed); status != http.StatusOK || !strings.Contains(text, "<feed") {
		t.Errorf("status %d: %.200s", status, text)
	}
}

// Under a path, every link of the first pages stays below it.
func TestUnderAPath(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, note("first", "Walrus at the pier"))
	home := startServer(t, data, "--url", "/lists")
	if !strings.HasSuffix(home, "/lists/") {
		t.Fatalf("the site is at %s", home)
	}
	for _, page := range []string{"", "search?q=walrus", "l/first/", "help", "p/"} {
		status, text := get(t, home+page)
		if status != 200 {
			t.Errorf("%s: status %d", page, status)
		}
		for _, attribute := range []string{`href="/`, `src="/`, `action="/`} {
			for _, rest := range strings.Split(text, attribute)[1:] {
				if !strings.HasPrefix(rest, "lists/") {
					t.Errorf("%s leads out of the site: %s%.40s", page, attribute, rest)
				}
			}
		}
	}
}

// A watch that is added while the site is up has its feed there.
func TestFeedsOfWatches(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, note("first", "Walrus at the pier"))
	home := startServer(t, data)
	if status, _ := get(t, home+"watch/walrus.atom"); status != 404 {
		t.Errorf("before it is there: status %d", status)
	}
	e := testEnv(data)
	for _, args := range [][]string{{"watch", "add", "walrus", "walrus", "--since", "2000-01-01"}, {"watch", "run", "--quiet"}} {
		if code := e.Run(t.Context(), crawlcli.Command(e), args); code != 0 {
			t.Fatalf("%q: exit code %d", args, code)
		}
	}
	if status, text := get(t, home+"watch/walrus.atom"); status != 200 || !strings.Contains(text, "Walrus at the pier") {
		t.Errorf("status %d: %s", status, text)
	}
}
