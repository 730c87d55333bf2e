package cli_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/crawlcli"
	"github.com/bxsearch/bxsearch/internal/searchcli"
	"github.com/bxsearch/bxsearch/internal/servecli"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bxcrawl":  func() { os.Exit(cli.Main(crawlcli.Command)) },
		"bxsearch": func() { os.Exit(cli.Main(searchcli.Command)) },
		"bxserve":  func() { os.Exit(cli.Main(servecli.Command)) },
	})
}

// TestScripts runs the commands as users do: each file in testdata/script is
// one story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("BX_DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TZ", "UTC")
			clusterFor(env)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "opensearch":
				return os.Getenv("BX_OPENSEARCH") != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "serve": cmdServe, "hold": cmdHold, "patch": cmdPatch, "capture": cmdCapture, "expand": cmdExpand,
		},
	})
}

// clusterFor sets $CLUSTER to the address of the cluster that BX_OPENSEARCH names,
// with a prefix for the story alone.
func clusterFor(env *testscript.Env) {
	addresses := os.Getenv("BX_OPENSEARCH")
	if addresses == "" {
		return
	}
	prefix := fmt.Sprintf("test-%d", time.Now().UnixNano())
	env.Setenv("CLUSTER", addresses+"/"+prefix)
	env.Setenv("PREFIX", prefix)
	first, _, _ := strings.Cut(addresses, ",")
	env.Defer(func() {
		for _, path := range []string{"/" + prefix + "-messages-*", "/" + prefix + "-watches-*", "/_index_template/" + prefix + "-messages"} {
			req, err := http.NewRequest(http.MethodDelete, first+path, nil)
			if err != nil {
				panic(err)
			}
			if res, err := http.DefaultClient.Do(req); err == nil {
				res.Body.Close()
			}
		}
	})
}

// cmdExits runs a program and wants an exit code: exits 3 bxcrawl verify.
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// cmdServe serves a site and sets $SITE and $LIST: serve good, or serve good
// gone 2021-March/007040.html.
func cmdServe(ts *testscript.TestScript, _ bool, args []string) {
	site := fixtures.BreachExchange()
	if args[0] == "hostile" {
		site = hostileSite()
	}
	if args[0] == "mailman" {
		cmdServeMailman(ts)
		return
	}
	var faults fixtures.Faults
	switch len(args) {
	case 2:
		faults.Rules = []fixtures.Rule{{Path: "*", Fault: siteFaults[args[1]]}}
	case 3:
		faults.Rules = []fixtures.Rule{{Path: "*" + args[2], Fault: siteFaults[args[1]]}}
	}
	url, stop := fixtures.Serve(fixtures.Handler(site, &faults))
	ts.Defer(stop)
	ts.Setenv("SITE", url)
	ts.Setenv("LIST", url+"/"+strings.Trim(site.Path(), "/")+"/")
}

// cmdServeMailman serves a site with its overview of lists, one of which is
// private: ann@example.org, geheim.
func cmdServeMailman(ts *testscript.TestScript) {
	at := time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC)
	mails := []fixtures.Message{{ID: "1@mail.example", Date: at, Name: "Ann", Address: "ann@mail.example", Subject: "Budget", Text: "The secret budget.\n"}}
	open := fixtures.NewSite(fixtures.List{Name: "announce"}, mails)
	closed := fixtures.NewSite(fixtures.List{Name: "board", Path: "mailman/private/board"}, mails)
	door := &fixtures.Private{Path: closed.Path(), Username: "ann@example.org", Password: "geheim"}
	mux := http.NewServeMux()
	mux.Handle("/", door.Wrap(fixtures.Handler(fixtures.Join(open, closed), nil)))
	mux.HandleFunc("/mailman/listinfo/{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<html><head><title>Mailing Lists</title></head><body><table><tr><td><a href="listinfo/announce"><strong>Announce</strong></a></td><td><em>What is new</em></td></tr></table></body></html>`)
	})
	mux.HandleFunc("/mailman/listinfo/announce/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<html><body><a href="/pipermail/announce/">Archives</a></body></html>`)
	})
	url, stop := fixtures.Serve(mux)
	ts.Defer(stop)
	ts.Setenv("SITE", url)
	ts.Setenv("HOST", strings.TrimPrefix(url, "http://"))
	ts.Setenv("LIST", url+"/pipermail/announce/")
	ts.Setenv("PRIVATE", url+"/mailman/private/board/")
}

// oneMore is a mail that a text file has beyond what the index lists. Members
// of a gzip file follow each other.
func oneMore(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, "From ann at mail.example  Fri Mar 26 12:00:00 2021\nFrom: ann at mail.example (Ann)\nDate: Fri, 26 Mar 2021 12:00:00 +0000\n"+
		"Subject: Lost by the index\nMessage-ID: <lost@mail.example>\n\nStill here.\n\n")
	z.Close()
	return append(body, b.Bytes()...)
}

// half is a text file that the server cut, and packed after that: nothing about
// its length is wrong.
func half(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return body
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text[:len(text)/2])
	w.Close()
	return b.Bytes()
}

// siteFaults are the faults that scripts name.
var siteFaults = map[string]fixtures.Fault{
	"gone":   fixtures.Status(http.StatusNotFound, ""),
	"broken": fixtures.Status(http.StatusNotImplemented, ""), // asked for once a run
	"more":   fixtures.Rewrite(oneMore),
	"half":   fixtures.Rewrite(half),
	"wiki":   fixtures.Page("text/html", "<html><head><title>Our wiki</title></head><body><p>Welcome.</p></body></html>"),
	"escape": fixtures.Page("text/html",
		"<html><head><title>\x1b]0;owned\x07 wiki</title></head><body></body></html>"),
}

// hostileSite has a message whose every part tries to take over a terminal.
func hostileSite() *fixtures.Site {
	evil := "\x1b[2J\x1b]0;owned\a \u202egnp.exe\u2066 zero\u200bwidth \u009b31m"
	at := time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC)
	return fixtures.NewSite(fixtures.List{Name: "hostile", Charset: "utf-8"}, []fixtures.Message{
		{ID: "1@evil.example", Date: at, Name: "Mallory " + evil, Address: "mallory@evil.example", Subject: "Tamper " + evil, Text: "tamper with " + evil + "\nthe end\n"},
		{ID: "2@evil.example", InReplyTo: "1@evil.example", Date: at.Add(time.Hour), Name: "Bob", Address: "bob@evil.example", Subject: "Re: Tamper", Text: "no\n"},
	})
}

// cmdHold keeps the archive locked until the script ends: hold DIR HOLDER.
func cmdHold(ts *testscript.TestScript, _ bool, args []string) {
	a, err := archive.Open(ts.MkAbs(args[0]), &archive.Options{Write: true, Holder: args[1]})
	ts.Check(err)
	ts.Defer(func() { a.Close() })
}

// cmdPatch overwrites bytes of a file: patch FILE OFFSET TEXT. Offset -1
// replaces the whole file.
func cmdPatch(ts *testscript.TestScript, _ bool, args []string) {
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	name := ts.MkAbs(args[0])
	if offset < 0 {
		ts.Check(os.WriteFile(name, []byte(text), 0o600))
		return
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(text), int64(offset))
	ts.Check(errors.Join(err, f.Close()))
}

// cmdExpand copies a file with its variables filled in: expand FROM TO.
func cmdExpand(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// cmdCapture sets a variable to the first group of a pattern in what the last
// command printed: capture VAR stderr PATTERN.
func cmdCapture(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if found == nil {
		ts.Fatalf("%s has nothing like %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}

// TestInterrupted sends the signal in the middle of a crawl.
func TestInterrupted(t *testing.T) {
	asked, free, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once, release sync.Once
	hold := func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		once.Do(func() { close(asked) })
		<-free
	}
	url, stop := fixtures.Serve(fixtures.Handler(fixtures.BreachExchange(), &fixtures.Faults{
		Rules: []fixtures.Rule{{Path: "*2021-February/thread.html", Times: 1, Fault: hold}},
	}))
	defer stop()
	defer release.Do(func() { close(free) })
	list, data := url+"/pipermail/breachexchange/", t.TempDir()
	var stderr strings.Builder
	cmd := exec.Command("bxcrawl", "--data", data, "--delay", "0", list)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { ended <- cmd.Wait() }()
	select {
	case <-asked:
	case err := <-ended:
		t.Fatalf("the crawl ended before it could be interrupted: %v\n%s", err, &stderr)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := <-ended
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != cli.ExitInterrupted {
		t.Errorf("interrupted crawl ended with %v, want exit code %d; it said:\n%s", err, cli.ExitInterrupted, &stderr)
	}
	if !strings.Contains(stderr.String(), "the same command goes on") {
		t.Errorf("an interrupted crawl does not say how to go on:\n%s", &stderr)
	}
	release.Do(func() { close(free) })
	out, err := exec.Command("bxcrawl", "--data", data, "--delay", "0", list).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "63 new") {
		t.Errorf("the crawl that goes on: %v\n%s", err, out)
	}
}
