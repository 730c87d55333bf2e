package serve

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// minToken is the shortest token that nobody guesses.
const minToken = 20

// readUsers reads names and bcrypt hashes, a line each, as `htpasswd -B` and
// `bxserve password` write them.
func readUsers(path string) (map[string][]byte, error) {
	users := map[string][]byte{}
	err := eachLine(path, func(name, hash string) error {
		if _, err := bcrypt.Cost([]byte(hash)); err != nil {
			return fmt.Errorf("the password of %q is no bcrypt hash: make the line with `bxserve password %s`, or with htpasswd -B", name, name)
		}
		users[name] = []byte(hash)
		return nil
	})
	return users, err
}

// token is one by its digest, so that comparing takes the same time for all.
type token struct {
	name string
	sum  [sha256.Size]byte
}

// readTokens reads names and tokens, a line each.
func readTokens(path string) ([]token, error) {
	var tokens []token
	err := eachLine(path, func(name, secret string) error {
		if len(secret) < minToken {
			return fmt.Errorf("the token of %q is shorter than %d characters: make one with `openssl rand -hex 20`", name, minToken)
		}
		tokens = append(tokens, token{name, sha256.Sum256([]byte(secret))})
		return nil
	})
	return tokens, err
}

// holder returns who has a token, without telling by its time how near a guess is.
func holder(tokens []token, secret string) (name string, ok bool) {
	sum := sha256.Sum256([]byte(secret))
	for _, t := range tokens {
		if subtle.ConstantTimeCompare(sum[:], t.sum[:]) == 1 {
			name, ok = t.name, true
		}
	}
	return name, ok
}

// eachLine reads a file of NAME:SECRET that others cannot read. Errors name the
// file and the line, never a secret.
func eachLine(path string, take func(name, secret string) error) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read passwords: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		return fmt.Errorf("%s: everybody can read these passwords (mode %04o): chmod o= %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read passwords: %w", err)
	}
	lines, any := bufio.NewScanner(bytes.NewReader(text)), false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, secret, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			return fmt.Errorf("%s:%d: a line is NAME:SECRET", path, n)
		}
		if err := take(name, secret); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		any = true
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !any {
		return fmt.Errorf("%s: nobody is in it, so nobody could come in", path)
	}
	return nil
}
