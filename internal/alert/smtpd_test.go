package alert_test

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// arrived is a mail as testdata/smtpd.py tells of it.
type arrived struct {
	Port   int
	TLS    bool
	User   string
	Sender string
	To     []string
	Text   string
}

// smtpd is the mail server at work.
type smtpd struct {
	server *alert.MailServer
	said   *bufio.Scanner
}

// newSMTPD starts the server with the Python that $BX_SMTP_PYTHON names, else
// python3. The test is skipped where that has no aiosmtpd.
func newSMTPD(t *testing.T) *smtpd {
	t.Helper()
	python := cmp.Or(os.Getenv("BX_SMTP_PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import aiosmtpd.smtp").CombinedOutput(); err != nil {
		if os.Getenv("BX_SMTP_PYTHON") != "" {
			t.Fatalf("%s: %v\n%s", python, err, out)
		}
		t.Skip("python3 has no aiosmtpd here; .ci/smtp brings one")
	}
	cert, roots := certificate(t)
	dir := t.TempDir()
	certFile, keyFile := writeCertificate(t, dir, cert)
	cmd := exec.Command(python, filepath.Join("testdata", "smtpd.py"), certFile, keyFile)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // which ends it
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("%s: %v\n%s", python, err, &errs)
		}
	})
	s := &smtpd{said: bufio.NewScanner(out)}
	s.said.Buffer(nil, 1<<20)
	s.server = &alert.MailServer{Host: "127.0.0.1:" + strconv.Itoa(s.next(t).Port), From: "Watch <alerts@example.org>", Username: "ann", Password: "geheim",
		Config: &tls.Config{RootCAs: roots}}
	return s
}

func writeCertificate(t *testing.T, dir string, cert tls.Certificate) (certFile, keyFile string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// next is what the server says next.
func (s *smtpd) next(t *testing.T) (one arrived) {
	t.Helper()
	if !s.said.Scan() {
		t.Fatalf("the mail server said no more: %v", s.said.Err())
	}
	if err := json.Unmarshal(s.said.Bytes(), &one); err != nil {
		t.Fatal(err)
	}
	return one
}

// TestAMailServerOfOthers delivers to aiosmtpd: what it takes arrives whole, what
// it refuses for good is set aside, what it refuses for now waits.
func TestAMailServerOfOthers(t *testing.T) {
	s := newSMTPD(t)
	d := newDesk(t)
	to := func(name string) string { return "mailto:" + name + "@example.org" }
	d.add("halden", "halden", alert.How{}, to("bob"), to("carol"), to("nobody"), to("full"))
	d.put(searchtest.Mail{Subject: "Halden hit: 40 000 Kunden, größter Fall", From: "Bob Müller", Text: ".\n.. and a line that begins with a dot\nHalden " + strings.Repeat("long ", 300)})

	wrong := *s.server
	wrong.Password = "wrong"
	if r := d.runWith(alert.Post{Mail: &wrong, Sleep: d.noSleep}); r.Delivered.Waiting != 4 || r.Delivered.Refused != 0 {
		t.Errorf("with a wrong password: %+v", r.Delivered)
	}
	r := d.runWith(alert.Post{Mail: s.server, Sleep: d.noSleep})
	if r.Delivered.Alerts != 2 || r.Delivered.Refused != 1 || r.Delivered.Waiting != 1 {
		t.Errorf("%+v", r.Delivered)
	}
	for name, want := range map[string]string{"nobody": "no such user here", "full": "mailbox full"} {
		if got := r.Delivered.Failed[to(name)]; !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	var who []string
	for range 2 {
		m := s.next(t)
		who = append(who, m.To...)
		head, plain, _ := parts(t, m.Text)
		t.Logf("arrived over TLS %t, logged in as %s: from %s to %q, %d bytes, %q", m.TLS, m.User, m.Sender, m.To, len(m.Text), head.Get("Subject"))
		if !m.TLS || m.User != "ann" || m.Sender != "alerts@example.org" || head.Get("Message-Id") == "" {
			t.Errorf("arrived: %+v", m)
		}
		if !strings.Contains(plain, "*Halden* hit: 40 000 Kunden, größter Fall\n  Bob Müller, ") {
			t.Errorf("the text: %s", plain)
		}
	}
	slices.Sort(who)
	if !slices.Equal(who, []string{"bob@example.org", "carol@example.org"}) {
		t.Errorf("it arrived for %q", who)
	}
}
