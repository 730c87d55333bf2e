package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/importer"
	"github.com/bxsearch/bxsearch/internal/mail"
)

// TestImportRealSites imports each saved archive, and compares what is read of
// it with what a crawl of the same folder finds: the same messages under the
// same IDs, with the same heads. The words of a message may differ in white
// space where the crawl took them from a text file.
func TestImportRealSites(t *testing.T) {
	root := sitesRoot(t)
	for _, name := range siteNames(t, root) {
		t.Run(name, func(t *testing.T) {
			base, stop := fixtures.Serve(fixtures.Handler(os.DirFS(root), nil))
			t.Cleanup(stop)
			list := base + "/" + name + "/"
			crawled, saved := openNew(t), openNew(t)
			c, err := crawler.New(crawler.Config{Archive: crawled, Delay: crawler.NoDelay, Parallel: 8, Attachments: crawler.AttachmentsNone})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Crawl(t.Context(), list); err != nil {
				t.Fatal(err)
			}
			im, err := importer.New(importer.Config{Archive: saved, URL: list})
			if err != nil {
				t.Fatal(err)
			}
			stats, err := im.Import(t.Context(), filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			want, got := derived(t, crawled), derived(t, saved)
			same, differ := 0, map[string]int{}
			for id, m := range want {
				o := got[id]
				if o == nil {
					t.Errorf("%s (%s) is not there after the import", id, m.URL)
					continue
				}
				if same++; m.MessageID != o.MessageID || !m.Date.Equal(o.Date) || m.InReplyTo != o.InReplyTo {
					t.Errorf("%s: %q %v %q, imported %q %v %q", m.URL, m.MessageID, m.Date, m.InReplyTo, o.MessageID, o.Date, o.InReplyTo)
				}
				for field, equal := range map[string]bool{"subject": m.Subject == o.Subject, "body": m.Body == o.Body, "thread": m.Thread == o.Thread, "url": m.URL == o.URL} {
					if !equal {
						differ[field]++
					}
				}
			}
			if len(got) != len(want) {
				t.Errorf("a crawl finds %d messages, the import %d", len(want), len(got))
			}
			t.Logf("%-22s files %5d  unlisted %5d  messages %5d  the same %5d  differing fields %v", name, stats.Read, stats.Unlisted, len(got), same, differ)
		})
	}
}

// TestExportRealSites exports each archive as an mbox, imports that, and
// exports it again: not a byte may differ.
func TestExportRealSites(t *testing.T) {
	root := sitesRoot(t)
	bxcrawl := filepath.Join(t.TempDir(), "bxcrawl")
	if out, err := exec.Command("go", "build", "-o", bxcrawl, "../../cmd/bxcrawl").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(args ...string) []byte {
		t.Helper()
		var stderr bytes.Buffer
		cmd := exec.Command(bxcrawl, args...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if exit, ok := err.(*exec.ExitError); err != nil && !(ok && exit.ExitCode() == 3) {
			t.Fatalf("bxcrawl %v: %v\n%s", args, err, &stderr)
		}
		return out
	}
	for _, name := range siteNames(t, root) {
		t.Run(name, func(t *testing.T) {
			first, second := t.TempDir(), t.TempDir()
			run("--data", first, "import", "-q", "--no-index", "--url", "https://lists.example.org/pipermail/"+name+"/", filepath.Join(root, name))
			mbox := run("--data", first, "export", "--format", "mbox")
			file := filepath.Join(second, "export.mbox")
			if err := os.WriteFile(file, mbox, 0o644); err != nil {
				t.Fatal(err)
			}
			run("--data", second, "import", "-q", "--no-index", file)
			if again := run("--data", second, "export", "--format", "mbox"); !bytes.Equal(again, mbox) {
				t.Error("the second export to mbox is another")
			}
			if diff := differentExport(t, run("--data", first, "export"), run("--data", second, "export")); diff != "" {
				t.Errorf("-first +second export\n%s", diff)
			}
			t.Logf("%-22s %d bytes of mbox", name, len(mbox))
		})
	}
}

// differentExport compares two exports line by line and shows the first
// message that differs.
func differentExport(t *testing.T, a, b []byte) string {
	t.Helper()
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(as), len(bs)) {
		if bytes.Equal(as[i], bs[i]) {
			continue
		}
		var m, o archive.Message
		if err := json.Unmarshal(as[i], &m); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(bs[i], &o); err != nil {
			t.Fatal(err)
		}
		return cmp.Diff(m, o)
	}
	return cmp.Diff(len(as), len(bs))
}

func openNew(t *testing.T) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func derived(t *testing.T, a *archive.Archive) map[archive.ID]*archive.Message {
	t.Helper()
	if _, err := a.Derive(t.Context(), mail.Parser{}); err != nil {
		t.Fatal(err)
	}
	out := map[archive.ID]*archive.Message{}
	for m, err := range a.Messages(context.Background(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[m.ID] = m
	}
	return out
}
