package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// mailTool is a program that searches a Maildir.
type mailTool struct {
	name  string
	setup [][]string // commands that make its index
	index string     // the folder that it makes, below the work folder
	ask   func(q question) []string
	env   []string
}

func (b *bench) mailTools(work string) []mailTool {
	mail := filepath.Join(work, "mail")
	return []mailTool{
		{
			name: "notmuch", index: filepath.Join("mail", ".notmuch"), setup: [][]string{{"notmuch", "new", "--quiet"}},
			env: []string{"NOTMUCH_CONFIG=" + filepath.Join(work, "notmuch.conf"), "MAILDIR=" + mail},
			ask: func(q question) []string {
				if q.notmuch == "" {
					return nil
				}
				return []string{"notmuch", "search", "--limit=10", "--", q.notmuch}
			},
		},
		{
			name: "mu", index: "mu", setup: [][]string{{"mu", "init", "--quiet", "--maildir=" + mail}, {"mu", "index", "--quiet"}},
			env: []string{"MUHOME=" + filepath.Join(work, "mu"), "XDG_CACHE_HOME=" + filepath.Join(work, "mu")},
			ask: func(q question) []string {
				if q.mu == "" {
					return nil
				}
				return []string{"mu", "find", "--maxnum=10", "--sortfield=date", "--reverse", q.mu}
			},
		},
	}
}

// cold asks by a new process for each query, and the tools for mailboxes too
// where they are installed.
func (b *bench) cold() error {
	mix, err := b.questions(coldSize)
	if err != nil {
		return err
	}
	var rows []string
	add := func(name string, d []time.Duration, rest string) {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s |", name, at(d, 50), at(d, 95), at(d, 100), rest))
	}
	var took []time.Duration
	for _, q := range mix {
		args := []string{"--limit", "10"}
		if q.newest {
			args = append(args, "--sort", "date")
		}
		u, err := b.command("bxsearch", append(args, "--", q.ours.Text)...)
		if err != nil {
			return err
		}
		took = append(took, u.wall)
	}
	add("`bxsearch`, by relevance, with snippets", took, "see above")
	work := filepath.Join(filepath.Dir(b.data), "tools")
	for _, t := range b.mailTools(work) {
		if _, err := exec.LookPath(t.name); err != nil {
			rows = append(rows, "| "+t.name+", not installed | – | – | – | – |")
			continue
		}
		took, index, err := b.askTool(work, t, mix)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		add("`"+t.name+"`, by date, without snippets", took, fmt.Sprintf("%.1f s, %s", index.Seconds(), mb(sizeOf(filepath.Join(work, t.index)))))
	}
	fmt.Printf("\n| %d of the queries, a new process each | p50 | p95 | max | index made in, size |\n|---|---|---|---|---|\n%s\n", len(mix), strings.Join(rows, "\n"))
	return nil
}

func (b *bench) askTool(work string, t mailTool, mix []question) (took []time.Duration, index time.Duration, err error) {
	if err := b.writeMaildir(filepath.Join(work, "mail")); err != nil {
		return nil, 0, err
	}
	start := time.Now()
	for _, args := range t.setup {
		if err := t.run(args); err != nil {
			return nil, 0, err
		}
	}
	index = time.Since(start)
	for _, q := range mix {
		args := t.ask(q)
		if args == nil {
			continue
		}
		start := time.Now()
		if err := t.run(args); err != nil {
			return nil, 0, err
		}
		took = append(took, time.Since(start))
	}
	return took, index, nil
}

// run takes it as an answer too when nothing is found.
func (t mailTool) run(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), t.env...)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && (t.name != "mu" || exit.ExitCode() != 2 && exit.ExitCode() != 4) {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// writeMaildir writes all messages as mails, once.
func (b *bench) writeMaildir(dir string) error {
	if exists(dir) {
		return nil
	}
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	config := fmt.Sprintf("[database]\npath=%s\n[user]\nname=bench\nprimary_email=bench@example.org\n[new]\ntags=\n", dir)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "notmuch.conf"), []byte(config), 0o644); err != nil {
		return err
	}
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return err
		}
		mail := fmt.Sprintf("From: %s <%s>\nDate: %s\nSubject: %s\nMessage-ID: <%s>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n",
			m.FromName, m.FromAddress, m.Date.Format(time.RFC1123Z), m.Subject, m.ID+"@example.org", m.Body)
		if err := os.WriteFile(filepath.Join(dir, "cur", string(m.ID)+":2,S"), []byte(mail), 0o644); err != nil {
			return err
		}
	}
	return nil
}
