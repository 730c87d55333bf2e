package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func request(url string) *http.Request {
	r := httptest.NewRequest("GET", url, nil)
	r.RemoteAddr = stranger
	return r
}

// start serves on loopback until stop is called.
func start(t testing.TB, s *Server) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	return l.Addr().String(), func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// What is under way when the server is told to stop comes to its end; what would
// stay open for ever is ended.
func TestStopping(t *testing.T) {
	g := newGate()
	open := Route{Pattern: "/open", Open: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "open")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})}
	s := site(t, Config{Routes: []Route{open}}, func(w http.ResponseWriter, r *http.Request) { g.wait(); hello(w, r) })
	address, stop := start(t, s)
	stays, err := http.Get("http://" + address + "/open")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		res, err := http.Get("http://" + address + "/")
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		got <- string(text)
	}()
	<-g.in
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	if text, err := io.ReadAll(stays.Body); err != nil || string(text) != "open" {
		t.Errorf("what stays open ended with %q, %v", text, err)
	}
	if got := ask(s, here, "/readyz").StatusCode; got != 503 {
		t.Errorf("ready while stopping: status %d", got)
	}
	close(g.out)
	if text := <-got; text != "hello" {
		t.Errorf("the answer under way: %q", text)
	}
	<-stopped
}

// Connections that say nothing, or half a word, do not keep others out.
func TestSlowConnections(t *testing.T) {
	address, stop := start(t, site(t, Config{}, hello))
	defer stop()
	for i := range 300 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: loc")
		}
	}
	res, err := http.Get("http://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); string(text) != "hello" {
		t.Errorf("got %q", text)
	}
}

// What strangers send is bounded.
func TestBounds(t *testing.T) {
	address, stop := start(t, site(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	}))
	defer stop()
	for name, r := range map[string]struct {
		head string
		want string
	}{
		"a long header": {"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "431"},
		"a long body":   {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 2_000_000), "413"},
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go io.WriteString(c, r.head)
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil || !strings.Contains(line, r.want) {
			t.Errorf("%s: %q, %v", name, line, err)
		}
	}
}

func TestPanicsAreTheServersOwn(t *testing.T) {
	var log bytes.Buffer
	s := site(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(http.ResponseWriter, *http.Request) { panic("the secret reason") })
	res := ask(s, here, "/")
	if text := body(t, res); res.StatusCode != 500 || strings.Contains(text, "secret") {
		t.Errorf("status %d: %s", res.StatusCode, text)
	}
	if !strings.Contains(log.String(), "the secret reason") {
		t.Errorf("the log does not say why: %s", log.String())
	}
	if got := ask(s, here, "/healthz").StatusCode; got != 200 {
		t.Errorf("afterwards: status %d", got)
	}
}

func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	s := site(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil)), Tokens: secret(t, "robot:"+goodToken+"\n")}, hello)
	ask(s, stranger, "/search?q=a+b", "Authorization", "Bearer "+goodToken, "User-Agent", "evil\nlevel=ERROR "+strings.Repeat("x", 5000))
	line := log.String()
	for _, want := range []string{"client=203.0.113.9", "user=robot", "status=200", "bytes=5", `url="/search?q=a+b"`} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in %s", want, line)
		}
	}
	if strings.Contains(line, goodToken) || strings.Count(line, "\n") != 1 || len(line) > 3000 {
		t.Errorf("the line is %d bytes: %.300s", len(line), line)
	}
}

// A renewed certificate is taken without a restart.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certify(t, cert, key, "first.example")
	s := site(t, Config{CertFile: cert, KeyFile: key}, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Scheme) })
	address, stop := start(t, s)
	defer stop()
	subject := func() string {
		c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	if got := subject(); got != "first.example" {
		t.Errorf("the certificate is %s's", got)
	}
	certify(t, cert, key, "second.example")
	s.cert.mu.Lock()
	s.cert.looked, s.cert.seen[0].size = time.Time{}, 0
	s.cert.mu.Unlock()
	if got := subject(); got != "second.example" {
		t.Errorf("the certificate is %s's", got)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	res, err := client.Get("https://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); string(text) != "https" || res.ProtoMajor != 2 {
		t.Errorf("got %q by %s", text, res.Proto)
	}
	if _, err := New(Config{CertFile: cert}); err == nil {
		t.Error("half of a pair was taken")
	}
}

// certify writes a self-signed certificate.
func certify(t testing.TB, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
