package browser

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/crawlcli"
	"github.com/bxsearch/bxsearch/internal/servecli"
)

// environment is that of a user whose data is in a folder.
func environment(data string, stderr io.Writer) *cli.Env {
	return &cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: stderr, Now: time.Now,
		LookupEnv: func(name string) (string, bool) {
			if name == "BX_DATA" || name == "HOME" {
				return data, true
			}
			return "", false
		},
	}
}

// crawl brings sites into the archive in data.
func crawl(t testing.TB, data string, sites ...*fixtures.Site) {
	t.Helper()
	for _, site := range sites {
		url, stop := fixtures.Serve(fixtures.Handler(site, nil))
		defer stop()
		var said strings.Builder
		e := environment(data, &said)
		list := url + "/" + strings.Trim(site.Path(), "/") + "/"
		if code := e.Run(t.Context(), crawlcli.Command(e), []string{"--delay", "0", "--quiet", list}); code != 0 && code != cli.ExitPartial {
			t.Fatalf("crawl of %s: exit code %d: %s", list, code, said.String())
		}
	}
}

// serve starts bxserve over an archive, and returns the address of its home.
func serve(t testing.TB, data string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	said, stderr := io.Pipe()
	e := environment(data, stderr)
	done := make(chan int, 1)
	go func() {
		done <- e.Run(ctx, servecli.Command(e), []string{"--listen", "127.0.0.1:0", "--quiet"})
		stderr.Close()
	}()
	lines := bufio.NewReader(said)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("bxserve did not start: %d", <-done)
	}
	go io.Copy(os.Stderr, lines) //nolint
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("bxserve ended with %d", code)
		}
	})
	home := strings.TrimSpace(strings.TrimPrefix(first, "bxserve: "))
	if _, err := http.Get(home); err != nil {
		t.Fatal(err)
	}
	return home
}

// hostile is a list whose every part tries to run, to load, or to mislead.
func hostile() *fixtures.Site {
	at := time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC)
	evil := `<script>document.title="owned";fetch("http://evil.example/x")</script><img src=http://evil.example/y onerror=alert(1)>`
	var mails []fixtures.Message
	for i := range 40 {
		m := fixtures.Message{ID: string(rune('a'+i%26)) + string(rune('a'+i/26)) + "@evil.example", Date: at.Add(time.Duration(i) * time.Minute),
			Name: "Mallory " + evil, Address: "mallory@evil.example", Subject: "Tamper \u202egnp.exe " + evil,
			Text: "tamper with " + evil + "\njavascript:alert(1) <javascript:alert(2)> http://evil.example/\"onmouseover=\"alert(3)\n" + strings.Repeat("long", 300) + "\n"}
		if i > 0 {
			m.InReplyTo, m.Subject = mails[i-1].ID, "Re: "+m.Subject
		}
		mails = append(mails, m)
	}
	return fixtures.NewSite(fixtures.List{Name: "hostile", Charset: "utf-8"}, mails)
}

// picture writes a screenshot where people look for them.
func picture(t testing.TB, name string, png []byte) {
	t.Helper()
	dir := os.Getenv("BX_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		t.Fatal(err)
	}
}
