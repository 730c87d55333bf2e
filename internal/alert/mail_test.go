package alert_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// mailbox is a mail server that keeps what it takes.
type mailbox struct {
	addr  string
	roots *x509.CertPool
	mu    sync.Mutex
	mails []taken
	deny  map[string]error // by address
	hasty bool             // hangs up as soon as it has a mail
	auth  string           // who logged in
}

type taken struct{ from, to, text string }

// newMailbox serves SMTP with STARTTLS, for ann with the password geheim.
func newMailbox(t testing.TB, tlsFirst bool) *mailbox {
	cert, roots := certificate(t)
	m := &mailbox{roots: roots, deny: map[string]error{}}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{m: m, conn: c}, nil }))
	s.Domain, s.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{cert}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	if tlsFirst {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return m
}

func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// session is one client's.
type session struct {
	m    *mailbox
	conn *smtp.Conn
	mail taken
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ann" || password != "geheim" {
			return errors.New("no")
		}
		s.m.mu.Lock()
		defer s.m.mu.Unlock()
		s.m.auth = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.mail.from = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to += to
	return s.m.deny[to]
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mail.text = string(text)
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.mails = append(s.m.mails, s.mail)
	return err
}

func (s *session) Reset() {
	if s.mail.text != "" && s.m.hasty {
		s.conn.Conn().Close() // its own Close would wait for us
	}
	s.mail = taken{}
}

func (s *session) Logout() error { return nil }

// server is how to reach it.
func (m *mailbox) server() *alert.MailServer {
	return &alert.MailServer{Host: m.addr, From: "Watch <alerts@example.org>", Username: "ann", Password: "geheim", Config: &tls.Config{RootCAs: m.roots}}
}

// parts are the text and the HTML of a mail, and its head.
func parts(t testing.TB, text string) (head netmail.Header, plain, html string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("it is %s, %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var bodies []string
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(bodies) != 2 {
		t.Fatalf("%d parts", len(bodies))
	}
	return m.Header, bodies[0], bodies[1]
}

func TestMail(t *testing.T) {
	d, box := newDesk(t), newMailbox(t, false)
	d.add("halden", "halden", alert.How{}, "mailto:bob@example.org", "mailto:carol@example.org")
	d.add("borg", "borg", alert.How{}, "mailto:bob@example.org")
	d.put(searchtest.Mail{Subject: "Halden <b>hit</b>", Text: "Halden & sons were hit.", Source: "javascript:alert(1)"}, searchtest.Mail{Subject: "Borg"})
	r := d.runWith(alert.Post{Mail: box.server()})
	if r.Delivered.Alerts != 3 || len(box.mails) != 2 || box.auth != "ann" {
		t.Fatalf("%+v; %d mails, logged in as %q", r.Delivered, len(box.mails), box.auth)
	}
	mail := box.mails[0]
	if mail.to == "carol@example.org" {
		mail = box.mails[1]
	}
	head, plain, html := parts(t, mail.text)
	if head.Get("To") != "<bob@example.org>" || head.Get("From") != `"Watch" <alerts@example.org>` || head.Get("Subject") != "2 new messages: borg (1), halden (1)" {
		t.Errorf("head: %v", head)
	}
	if head.Get("List-Id") != "bxsearch alerts <alerts.bxsearch.example.org>" || head.Get("List-Unsubscribe") != "<mailto:alerts@example.org?subject=mute%20borg%20halden>" || head.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("for mail programs: %v", head)
	}
	for _, want := range []string{"== halden ==\nhalden\n\n*Halden* <b>hit</b>\n  Ann Lee, breach, 16 June 2022 12:00 +0000; first mention\n  *Halden* & sons were hit.\n  https://lists.example.org/", "To hear no more of this watch: bxcrawl watch mute halden"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the text lacks %q:\n%s", want, plain)
		}
	}
	if !strings.Contains(html, "<mark>Halden</mark> &lt;b&gt;hit&lt;/b&gt;") || strings.Contains(html, "javascript:") || strings.Contains(plain, "javascript:") {
		t.Errorf("the HTML: %s", html)
	}
}

// TestHostileMail holds that nothing of a message gets into a mail's head, or is
// markup in its body.
func TestHostileMail(t *testing.T) {
	d, box := newDesk(t), newMailbox(t, true)
	d.add("w", "hostile", alert.How{}, "mailto:bob@example.org")
	for _, m := range searchtest.Hostile() {
		m.N, m.Date = 0, time.Time{}
		d.put(m)
	}
	d.put(searchtest.Mail{Subject: "hostile\r\nBcc: eve@example.org\r\n\r\n<script>", From: "Eve\r\nX-Evil: 1"})
	server := box.server()
	server.TLS = alert.TLSFirst
	r := d.runWith(alert.Post{Mail: server})
	if len(box.mails) != 1 || r.Delivered.Waiting != 0 {
		t.Fatalf("%d mails, %+v", len(box.mails), r)
	}
	head, plain, html := parts(t, box.mails[0].text)
	if len(head["Bcc"])+len(head["X-Evil"]) > 0 || strings.Contains(html, "<script") || strings.ContainsAny(plain+html, "\x1b\u202e\x00") {
		t.Errorf("%v\n%s\n%s", head, plain, html)
	}
	if len(box.mails[0].text) > 1<<20 {
		t.Errorf("the mail has %d bytes", len(box.mails[0].text))
	}
}

func TestMailThatCannotBeDelivered(t *testing.T) {
	silent := func(context.Context, time.Duration) error { return nil }
	tests := []struct {
		name   string
		server func(box *mailbox) *alert.MailServer
		want   string
	}{
		{"no server", func(*mailbox) *alert.MailServer { return nil }, "no mail server is configured"},
		{"a wrong password", func(box *mailbox) *alert.MailServer { s := box.server(); s.Password = "x"; return s }, "AUTH failed"},
		{"a certificate that nobody knows", func(box *mailbox) *alert.MailServer { s := box.server(); s.Config = nil; return s }, "certificate"},
		{"a mailbox that is full", func(box *mailbox) *alert.MailServer {
			box.deny["bob@example.org"] = &smtp.SMTPError{Code: 452, Message: "full"}
			return box.server()
		}, "full"},
		{"nobody there", func(*mailbox) *alert.MailServer {
			return &alert.MailServer{Host: "127.0.0.1:1", From: "a@example.org"}
		}, "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, box, hook := newDesk(t), newMailbox(t, false), newReceiver(t)
			d.add("w", "halden", alert.How{}, "mailto:bob@example.org", hook.url)
			d.put(searchtest.Mail{Subject: "halden"})
			r := d.runWith(alert.Post{Mail: tt.server(box), Sleep: silent})
			if got := r.Delivered.Failed["mailto:bob@example.org"]; !strings.Contains(got, tt.want) || r.Delivered.Waiting != 1 || len(box.mails) > 0 {
				t.Errorf("%q, %+v; %d mails", got, r.Delivered, len(box.mails))
			}
			hook.wants(t, "others", "w: halden")
			box.deny = map[string]error{}
			first := d.runWith(alert.Post{Mail: box.server()})
			if first.Delivered.Alerts != 1 || len(box.mails) != 1 {
				t.Errorf("later: %+v, %d mails", first.Delivered, len(box.mails))
			}
		})
	}
}

func TestMailServersThatCannotBe(t *testing.T) {
	tests := []struct {
		name string
		s    alert.MailServer
		want string
	}{
		{"a password in the clear", alert.MailServer{Host: "m.example", From: "a@example.org", TLS: alert.TLSNone, Username: "a", Password: "b"}, "as it is"},
		{"no from", alert.MailServer{Host: "m.example"}, "from"},
		{"two lines", alert.MailServer{Host: "m.example", From: "a@example.org\r\nBcc: b@example.org"}, "from"},
		{"no such mode", alert.MailServer{Host: "m.example", From: "a@example.org", TLS: "ssl"}, "starttls"},
		{"no port", alert.MailServer{Host: "m.example:smtp", From: "a@example.org"}, "host"},
	}
	for _, tt := range tests {
		if err := tt.s.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
