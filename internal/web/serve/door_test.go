package serve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// hash is a bcrypt hash of the lowest cost.
func hash(t testing.TB, password string) string {
	t.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

func secret(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const goodToken = "0123456789abcdef0123456789abcdef"

func TestDoor(t *testing.T) {
	users := secret(t, "# readers\nann:"+hash(t, "geheim")+"\n")
	tokens := secret(t, "robot:"+goodToken+"\n")
	s := site(t, Config{Users: users, Tokens: tokens}, hello)
	for _, tt := range []struct {
		name, authorization string
		status              int
	}{
		{"nothing", "", 401},
		{"right", basic("ann", "geheim"), 200},
		{"right again, from memory", basic("ann", "geheim"), 200},
		{"wrong", basic("ann", "Geheim"), 401},
		{"no password", basic("ann", ""), 401},
		{"nobody", basic("bob", "geheim"), 401},
		{"a token", "Bearer " + goodToken, 200},
		{"in small letters", "bearer " + goodToken, 200},
		{"half a token", "Bearer " + goodToken[:20], 401},
		{"an empty token", "Bearer ", 401},
		{"a token for a password", basic("robot", goodToken), 401},
		{"another scheme", "Digest x", 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(s, stranger, "/", "Authorization", tt.authorization)
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if challenge := strings.Join(res.Header.Values("WWW-Authenticate"), " "); tt.status == 401 && challenge != `Basic realm="bxsearch", charset="UTF-8" Bearer realm="bxsearch"` {
				t.Errorf("the challenge is %q", challenge)
			}
		})
	}
	if got := ask(s, stranger, "/healthz").StatusCode; got != 200 {
		t.Errorf("/healthz is for everybody: status %d", got)
	}
	if got := ask(s, here, "/metrics").StatusCode; got != 401 {
		t.Errorf("/metrics is behind the door: status %d", got)
	}
	if got := ask(s, stranger, "/metrics", "Authorization", "Bearer "+goodToken).StatusCode; got != 200 {
		t.Errorf("/metrics with a token: status %d", got)
	}
}

func basic(name, password string) string {
	r := request("/")
	r.SetBasicAuth(name, password)
	return r.Header.Get("Authorization")
}

// A password that was taken away does not open the door from memory, and a file
// that cannot be read leaves it as it was.
func TestDoorFollowsItsFiles(t *testing.T) {
	users := secret(t, "ann:"+hash(t, "geheim")+"\n")
	s := site(t, Config{Users: users}, hello)
	rewrite := func(text string) {
		if err := os.WriteFile(users, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.door.users.looked = time.Time{}
	}
	status := func(name, password string) int {
		return ask(s, stranger, "/", "Authorization", basic(name, password)).StatusCode
	}
	if got := status("ann", "geheim"); got != 200 {
		t.Fatalf("status %d", got)
	}
	rewrite("nonsense\n")
	if got := status("ann", "geheim"); got != 200 {
		t.Errorf("with a file that cannot be read: status %d", got)
	}
	rewrite("ann:" + hash(t, "another one") + "\n")
	if got := status("ann", "geheim"); got != 401 {
		t.Errorf("with the old password: status %d", got)
	}
	if got := status("ann", "another one"); got != 200 {
		t.Errorf("with the new password: status %d", got)
	}
}

// Guessing is slow, for the one who guesses.
func TestGuessing(t *testing.T) {
	s := site(t, Config{Users: secret(t, "ann:"+hash(t, "geheim")+"\n")}, hello)
	last := 0
	for range 20 {
		last = ask(s, stranger, "/", "Authorization", "Basic nonsense").StatusCode
	}
	if last != 429 {
		t.Errorf("after twenty guesses: status %d", last)
	}
	if got := ask(s, "198.51.100.7:1", "/", "Authorization", basic("ann", "geheim")).StatusCode; got != 200 {
		t.Errorf("somebody else: status %d", got)
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	good := hash(t, "geheim")
	for _, tt := range []struct{ name, users, tokens, want string }{
		{"no hash", "ann:geheim\n", "", `:1: the password of "ann" is no bcrypt hash`},
		{"an old hash", "ann:$apr1$x$y\n", "", "bxserve password ann"},
		{"no name", ":" + good + "\n", "", "a line is NAME:SECRET"},
		{"no colon", "\n" + good + "\n", "", ":2: a line is NAME:SECRET"},
		{"nobody", "# nobody yet\n", "", "nobody is in it"},
		{"a short token", "", "robot:geheim\n", `the token of "robot" is shorter than 20`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := Config{}
			if tt.users != "" {
				cfg.Users = secret(t, tt.users)
			}
			if tt.tokens != "" {
				cfg.Tokens = secret(t, tt.tokens)
			}
			_, err := New(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
		})
	}
	open := secret(t, "ann:"+good+"\n")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Users: open}); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a file for everybody to read: %v", err)
	}
}

// A browser asks before it sends a token for a page of another site.
func TestAskingBeforehand(t *testing.T) {
	tokens := secret(t, "robot:"+goodToken+"\n")
	for want, origins := range map[int][]string{200: {"https://friend.example"}, 401: nil} {
		r := request("/")
		r.Method = "OPTIONS"
		if got := send(site(t, Config{Tokens: tokens, Origins: origins}, hello), r).StatusCode; got != want {
			t.Errorf("with origins %v: status %d, want %d", origins, got, want)
		}
	}
}
