package config

import (
	"fmt"
	"os"
	"runtime"
)

// Secret is a user's name and password on a host, or what signs deliveries to a
// webhook there. It never prints itself.
type Secret struct {
	Username string `toml:"username"`
	Password string `toml:"password"`
	Webhook  string `toml:"webhook-secret"`
}

// String implements fmt.Stringer.
func (Secret) String() string { return "(secret)" }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return "(secret)" }

// LoadCredentials reads a file of passwords, by host:
//
//	["lists.example.org"]
//	username = "ann@example.org"
//	password = "…"
//
//	["hooks.example.net"]
//	webhook-secret = "…"
//
// Others than its owner must not be able to read it.
func LoadCredentials(path string) (map[string]Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, &Error{Path: path, Msg: fmt.Sprintf("others can read this file of passwords (mode %04o): chmod 600 %s", info.Mode().Perm(), path)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	secrets := map[string]Secret{}
	if err := decode(path, text, &secrets); err != nil {
		return nil, err
	}
	for host, s := range secrets {
		if (s.Username == "") != (s.Password == "") || s.Username == "" && s.Webhook == "" {
			return nil, &Error{Path: path, Msg: fmt.Sprintf("host %q needs a username and a password, or a webhook-secret", host)}
		}
	}
	return secrets, nil
}
