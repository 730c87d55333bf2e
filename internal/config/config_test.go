package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/index"
)

// write puts a text into a file of its own.
func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	path := write(t, `
hosts = 2
credentials = "passwords"
engine = "opensearch"

[defaults]
delay = "2s"
parallel = 3
user-agent = "example/1.0"
contact = "ann@example.org"
attachments = "none"

[[list]]
url = "https://lists.example.org/pipermail/announce/"

[[list]]
url = "http://other.example/pipermail/dev/"
name = "other-dev"
delay = "0s"
via = "pages"

[schedule]
at = ["15 3 * * *", "0 18 * * 1-5"]
zone = "Europe/Berlin"
jitter = "10m"

[metrics]
address = "127.0.0.1:9311"
file = "/var/lib/node/bxcrawl.prom"

[alerts]
late = "240h"

[alerts.mail]
host = "mail.example.org:587"
from = "alerts@example.org"

[opensearch]
url = ["https://one.example.org:9200/mails"]
password-file = "opensearch.password"
ca = "/etc/ca.pem"
replicas = 0
refresh = "30s"
`, 0o644)
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	span := func(d time.Duration) *Duration { return &Duration{d} }
	want := &File{
		Path: path, Hosts: 2, Credentials: filepath.Join(filepath.Dir(path), "passwords"),
		Defaults: Defaults{Options: Options{Delay: span(2 * time.Second), Attachments: Attachments{"none"}}, Parallel: 3, UserAgent: "example/1.0", Contact: "ann@example.org"},
		Lists: []List{
			{URL: URL{"https://lists.example.org/pipermail/announce/"}},
			{URL: URL{"http://other.example/pipermail/dev/"}, Name: "other-dev", Options: Options{Delay: span(0), Via: Via{"pages"}}},
		},
		Schedule: Schedule{At: []Crontab{{"15 3 * * *"}, {"0 18 * * 1-5"}}, Zone: Zone{"Europe/Berlin"}, Jitter: span(10 * time.Minute)},
		Metrics:  Metrics{Address: "127.0.0.1:9311", File: "/var/lib/node/bxcrawl.prom"},
		Alerts:   Alerts{Late: span(240 * time.Hour), Mail: Mail{Host: "mail.example.org:587", From: "alerts@example.org"}},
		Engine:   Engine{"opensearch"},
		OpenSearch: OpenSearch{
			URLs: []string{"https://one.example.org:9200/mails"}, PasswordFile: filepath.Join(filepath.Dir(path), "opensearch.password"),
			CA: "/etc/ca.pem", Replicas: new(int), Refresh: span(30 * time.Second),
		},
	}
	if d := cmp.Diff(want, got, values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(index.Cluster{CAFile: "/etc/ca.pem", Replicas: -1, Refresh: 30 * time.Second}, got.Cluster()); d != "" {
		t.Errorf("the cluster: %s", d)
	}
}

var values = cmp.AllowUnexported(URL{}, Via{}, Attachments{}, Crontab{}, Zone{}, Engine{})

func TestAnEmptyFileSaysNothing(t *testing.T) {
	path := write(t, "# nothing yet\n", 0o644)
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&File{Path: path}, got, values); d != "" {
		t.Error(d)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		want       string
	}{
		{"a key with a slip", "[defaults]\ndeley = \"1s\"\n", 2, `unknown key "defaults.deley": did you mean "delay"?`},
		{"in a list", "[[list]]\nurl = \"http://x.example/l/\"\n\nattachement = \"all\"\n", 4, `unknown key "list.attachement": did you mean "attachments"?`},
		{"a table", "[defaults]\n[shedule]\nat = []\n", 2, `unknown key "shedule": did you mean "schedule"?`},
		{"in the wrong place", "delay = \"1s\"\n", 1, `unknown key "delay"; the known ones are`},
		{"a value", "[defaults]\nvia = \"page\"\n", 2, `"page" is none of auto, pages, text: did you mean "pages"?`},
		{"a span without a unit", "[defaults]\ndelay = \"5\"\n", 2, `"5" is no time span`},
		{"a negative span", "[defaults]\ndelay = \"-5s\"\n", 2, `must not be negative`},
		{"a number for a span", "[defaults]\ndelay = 5\n", 0, `"5" is no time span`},
		{"no URL", "[[list]]\nurl = \"lists.example.org\"\n", 2, "is no URL"},
		{"a list without a URL", "[[list]]\nname = \"x\"\n", 0, "list 1 has no url"},
		{"a list twice", "[[list]]\nurl = \"http://x.example/l/\"\n[[list]]\nurl = \"http://x.example/l/\"\n", 0, "is there twice"},
		{"two lists of a name", "[[list]]\nurl = \"http://x.example/l/\"\nname = \"l\"\n[[list]]\nurl = \"http://y.example/l/\"\nname = \"l\"\n", 0, `two lists have the name "l"`},
		{"a schedule", "[schedule]\nat = [\"3:15\"]\n", 2, "is no schedule"},
		{"a zone", "[schedule]\nzone = \"Berlin\"\n", 2, "is no time zone"},
		{"no TOML", "[defaults\n", 1, ""},
		{"hosts", "hosts = -1\n", 0, "hosts is -1: must be 1 or more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(write(t, tt.text, 0o644))
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("Load: %v, want a *Error", err)
			}
			if e.Line != tt.line || !strings.Contains(e.Msg, tt.want) {
				t.Errorf("line %d: %s; want line %d: %s", e.Line, e.Msg, tt.line, tt.want)
			}
		})
	}
}

// A password in a URL would end up in the archive and in logs.
func TestAPasswordInAURLIsRefusedAndNotRepeated(t *testing.T) {
	_, err := Load(write(t, "[[list]]\nurl = \"http://ann:geheim@x.example/l/\"\n", 0o644))
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("Load: %v", err)
	}
}

func TestFind(t *testing.T) {
	data, home := t.TempDir(), t.TempDir()
	env := func(name string) string {
		return map[string]string{"HOME": home, "XDG_CONFIG_HOME": "relative/is/ignored"}[name]
	}
	if got := Find(data, env); got != "" {
		t.Errorf("without any file: %q", got)
	}
	user := filepath.Join(home, ".config", "bxsearch", "config.toml")
	own := filepath.Join(data, FileName)
	for _, path := range []string{user, own} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := Find(data, env); got != path {
			t.Errorf("Find = %q, want %q", got, path)
		}
	}
}

func TestCredentials(t *testing.T) {
	good := "[\"lists.example.org\"]\nusername = \"ann@example.org\"\npassword = \"geheim\"\n[\"hooks.example.org\"]\nwebhook-secret = \"geheim\"\n"
	got, err := LoadCredentials(write(t, good, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]Secret{"lists.example.org": {Username: "ann@example.org", Password: "geheim"}, "hooks.example.org": {Webhook: "geheim"}}, got); d != "" {
		t.Error(d)
	}
	for _, printed := range []string{fmt.Sprint(got), fmt.Sprintf("%+v", got), fmt.Sprintf("%#v", got)} {
		if strings.Contains(printed, "geheim") {
			t.Errorf("the password is printed: %s", printed)
		}
	}
}

func TestCredentialsThatCannotBe(t *testing.T) {
	good := "[\"lists.example.org\"]\nusername = \"ann\"\npassword = \"geheim\"\n"
	tests := []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"others can read it", good, 0o644, "chmod 600"},
		{"a slip", strings.Replace(good, "username", "user", 1), 0o600, `did you mean "username"?`},
		{"half", "[\"lists.example.org\"]\nusername = \"ann\"\n", 0o600, "needs a username and a password"},
		{"no TOML", "lists.example.org ann geheim\n", 0o600, ":1: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := LoadCredentials(write(t, tt.text, tt.mode))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

// Whatever a file holds, reading it ends with a value or an error that names
// the file.
func FuzzLoad(f *testing.F) {
	f.Add("[defaults]\ndelay = \"1s\"\n[[list]]\nurl = \"http://x.example/l/\"\n[schedule]\nat = [\"@daily\"]\n")
	f.Add("[\"list\"]\nx = {y = 1}\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), FileName)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("an error that does not name the file: %v", err)
		}
	})
}
