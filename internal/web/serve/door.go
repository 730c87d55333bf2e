package serve

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// door lets in who has a password or a token, where either is asked for.
type door struct {
	users  *watched[map[string][]byte]
	tokens *watched[[]token]
	// A bcrypt hash takes a tenth of a second of a processor. So a password that
	// was right is known for a while, by a digest under a key that dies with the
	// process; and guessing has a rate, and few processors.
	known    *lru[knock]
	key      []byte
	hashing  chan struct{}
	failures *limiter
	nobody   []byte // a hash that takes as long as those of users
}

// knock is a password that was right.
type knock struct {
	hash  string // against which
	until time.Time
}

const (
	knownFor   = 10 * time.Minute
	maxKnown   = 1000
	maxHashing = 2
)

func newDoor(c Config) (*door, error) {
	d := &door{known: newLRU[knock](maxKnown), key: make([]byte, 32), hashing: make(chan struct{}, maxHashing), failures: newLimiter(0.5, 10)}
	rand.Read(d.key)
	var err error
	if c.Users != "" {
		if d.users, err = watch(c.Log, func() (map[string][]byte, error) { return readUsers(c.Users) }, c.Users); err != nil {
			return nil, err
		}
		if d.nobody, err = bcrypt.GenerateFromPassword(d.key, bcrypt.DefaultCost); err != nil {
			return nil, err
		}
	}
	if c.Tokens != "" {
		if d.tokens, err = watch(c.Log, func() ([]token, error) { return readTokens(c.Tokens) }, c.Tokens); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// open reports that everybody may come in.
func (d *door) open() bool { return d.users == nil && d.tokens == nil }

// doors asks for passwords and tokens.
func (s *Server) doors(next http.Handler) http.Handler {
	d := s.door
	if d.open() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions && len(s.cfg.Origins) > 0 {
			// Browsers ask so before they send a token, and without it. The answer tells
			// nothing but who may ask.
			next.ServeHTTP(w, r)
			return
		}
		x := of(r)
		failures := d.failures.of(x.client)
		if failures.Tokens() < 1 {
			tooMany(w, 2*time.Second)
			return
		}
		name, ok := d.who(r)
		if !ok {
			if r.Header.Get("Authorization") != "" {
				failures.Allow()
			}
			d.challenge(w)
			return
		}
		x.user = name
		// Nobody behind the door needs the secret.
		r.Header.Del("Authorization")
		next.ServeHTTP(w, r)
	})
}

func (d *door) challenge(w http.ResponseWriter) {
	h := w.Header()
	if d.users != nil {
		h.Add("WWW-Authenticate", `Basic realm="bxsearch", charset="UTF-8"`)
	}
	if d.tokens != nil {
		h.Add("WWW-Authenticate", `Bearer realm="bxsearch"`)
	}
	h.Set("Cache-Control", "no-store")
	http.Error(w, "This archive asks for a password or a token.", http.StatusUnauthorized)
}

// who says who is at the door.
func (d *door) who(r *http.Request) (name string, ok bool) {
	if name, password, basic := r.BasicAuth(); basic && d.users != nil {
		return name, d.right(r, name, password)
	}
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if d.tokens != nil && strings.EqualFold(scheme, "Bearer") {
		return holder(d.tokens.get(), strings.TrimSpace(secret))
	}
	return "", false
}

// right checks a password, in the same time for a name that there is not.
func (d *door) right(r *http.Request, name, password string) bool {
	hash, there := d.users.get()[name]
	if !there {
		hash = d.nobody
	}
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(name + "\x00" + password))
	id := string(mac.Sum(nil))
	if k, ok := d.known.get(id); ok && there && k.hash == string(hash) && time.Now().Before(k.until) {
		return true
	}
	select {
	case d.hashing <- struct{}{}:
		defer func() { <-d.hashing }()
	case <-r.Context().Done():
		return false
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(password)) != nil || !there {
		return false
	}
	d.known.put(id, knock{string(hash), time.Now().Add(knownFor)}, 1)
	return true
}
