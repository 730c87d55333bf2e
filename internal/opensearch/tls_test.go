package opensearch

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a CA of a test's own.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.issue(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// issue signs a certificate and leaves it and its key as files of that name.
func (a *authority) issue(t *testing.T, name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(1), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, name+".pem", "CERTIFICATE", der)
	a.write(t, name+".key", "PRIVATE KEY", secret)
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) {
	if err := os.WriteFile(a.file(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// guarded is what the security plugin is to others: TLS and a password before
// the cluster that BX_OPENSEARCH names, or before a fake one. It wants a
// certificate of the client's own if mutual is set.
func (a *authority) guarded(t *testing.T, mutual bool) string {
	var node http.Handler = answering(saying(200, `{"count":1}`))
	if addresses := os.Getenv("BX_OPENSEARCH"); addresses != "" {
		first, _, _ := strings.Cut(addresses, ",")
		u, err := url.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		node = httputil.NewSingleHostReverseProxy(u)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "reader" || password != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, "Unauthorized")
			return
		}
		node.ServeHTTP(w, r)
	}))
	a.issue(t, "node", &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	own, err := tls.LoadX509KeyPair(a.file("node.pem"), a.file("node.key"))
	if err != nil {
		t.Fatal(err)
	}
	s.TLS = &tls.Config{Certificates: []tls.Certificate{own}}
	if mutual {
		s.TLS.ClientAuth, s.TLS.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		s.TLS.ClientCAs.AddCert(a.cert)
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func TestSecured(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	a.issue(t, "reader", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	address, mutual := a.guarded(t, false), a.guarded(t, true)
	right := Config{User: "reader", Password: "right", CAFile: a.file("ca.pem")}
	with := func(change func(*Config)) Config {
		c := right
		c.Addresses = []string{address}
		change(&c)
		return c
	}
	tests := []struct {
		name string
		cfg  Config
		kind error
		says string
	}{
		{"all is right", with(func(*Config) {}), nil, ""},
		{"wrong password", with(func(c *Config) { c.Password = "wrong" }), ErrUnauthorized, "give the user and the password"},
		{"no password", with(func(c *Config) { c.User = "" }), ErrUnauthorized, "give the user and the password"},
		{"no CA", with(func(c *Config) { c.CAFile = "" }), ErrCertificate, "name the file with the certificate of the CA"},
		{"another CA", with(func(c *Config) { c.CAFile = stranger.file("ca.pem") }), ErrCertificate, "signed by somebody unknown"},
		{"another name", with(func(c *Config) { c.Addresses = []string{strings.Replace(address, "127.0.0.1", "localhost", 1)} }), ErrCertificate, "use a name that the certificate has"},
		{"plain to TLS", with(func(c *Config) { c.Addresses = []string{strings.Replace(address, "https", "http", 1)} }), ErrRefused, "HTTP request to an HTTPS server"},
		{"own certificate", with(func(c *Config) {
			c.Addresses, c.CertFile, c.KeyFile = []string{mutual}, a.file("reader.pem"), a.file("reader.key")
		}), nil, ""},
		{"no own certificate", with(func(c *Config) { c.Addresses = []string{mutual} }), ErrCertificate, "did not take this client's certificate"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Open(t.Context(), test.cfg)
			if err == nil {
				defer c.Close()
				err = c.Do(t.Context(), "GET", "/_count", nil, nil, nil)
			}
			if !errors.Is(err, test.kind) {
				t.Errorf("kind of %v is not %v", err, test.kind)
			}
			if test.says != "" {
				mentions(t, err, test.says)
			}
			if err != nil && strings.Contains(err.Error(), "wrong") && test.name == "wrong password" {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}

func TestTLSToPlain(t *testing.T) {
	s := httptest.NewServer(saying(200, hello))
	defer s.Close()
	_, err := Open(t.Context(), Config{Addresses: []string{strings.Replace(s.URL, "http", "https", 1)}})
	mentions(t, err, "its address begins with http://")
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	a := newAuthority(t)
	junk := a.file("junk.pem")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("x"), 10), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]Config{
		"the CA file":                    {CAFile: a.file("none.pem")},
		"holds no certificate":           {CAFile: junk},
		"the client's certificate":       {CertFile: junk, KeyFile: a.file("ca.key")},
		"the client's certificate: open": {CertFile: a.file("none.pem")},
	} {
		_, err := Open(t.Context(), cfg)
		mentions(t, err, name)
	}
}
