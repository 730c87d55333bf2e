package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
)

// MailServer is where mail is handed in.
type MailServer struct {
	Host string // with a port, or without: 587, or 465 with TLSFirst
	TLS  TLSMode
	From string // "Alerts <alerts@example.org>"
	// Username and Password are for a server that wants them; over a connection
	// that is not encrypted they are not sent.
	Username, Password string
	// Unsubscribe is the address, or the https: URL, that says how to end the mails;
	// empty for From.
	Unsubscribe string
	Config      *tls.Config // nil is the system's trust
}

// TLSMode is how a connection to a mail server is encrypted.
type TLSMode string

// The modes.
const (
	TLSStart TLSMode = "starttls" // the default: STARTTLS, and nothing without it
	TLSFirst TLSMode = "tls"      // from the first byte
	TLSNone  TLSMode = "none"     // for a server on this machine
)

// Check tells what is wrong with a server's settings.
func (s *MailServer) Check() error {
	if _, _, err := s.address(); err != nil {
		return err
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("from %q is no mail address: write it as Alerts <alerts@example.org>", s.From)
	}
	switch s.TLS {
	case "", TLSStart, TLSFirst:
	case TLSNone:
		if s.Password != "" {
			return errors.New("tls is none: the password would go over the network as it is; take starttls or tls")
		}
	default:
		return fmt.Errorf("tls is %q: it is starttls, tls or none", s.TLS)
	}
	return nil
}

// address is the host and the port.
func (s *MailServer) address() (string, int, error) {
	host, port, err := net.SplitHostPort(s.Host)
	if err != nil {
		host, port = strings.Trim(s.Host, "[]"), "587"
		if s.TLS == TLSFirst {
			port = "465"
		}
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 || host == "" {
		return "", 0, fmt.Errorf("host %q is no mail server: write it as mail.example.org:587", s.Host)
	}
	return host, n, nil
}

// sendMail sends one digest to one address.
func sendMail(ctx context.Context, s *MailServer, to string, p *parcel) *failure {
	if s == nil {
		return &failure{err: errors.New("no mail server is configured: [alerts.mail] in the configuration file names one")}
	}
	msg, err := s.message(to, p)
	if err != nil {
		return &failure{err: fmt.Errorf("write the mail: %w", err)}
	}
	client, err := s.client()
	if err != nil {
		return &failure{err: err}
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() {
		return s.failure(err)
	}
	return nil
}

// failure says what a mail server's error means. 5yz about the recipient or the
// mail is for good; before that, it is about us and every mail: who logs in, and
// who sends. That is for people to mend.
func (s *MailServer) failure(err error) *failure {
	f := &failure{err: fmt.Errorf("mail server %s: %w", s.Host, err), again: true}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		f.again = reply.Code < 500
	}
	if sent, ok := errors.AsType[*mail.SendError](err); ok && sent.ErrorCode() >= 500 {
		f.again = false
		f.refused = sent.Reason == mail.ErrSMTPRcptTo || sent.Reason == mail.ErrSMTPData || sent.Reason == mail.ErrSMTPDataClose
	}
	return f
}

func (s *MailServer) client() (*mail.Client, error) {
	host, port, err := s.address()
	if err != nil {
		return nil, err
	}
	opts := []mail.Option{mail.WithPort(port), mail.WithoutNoop()}
	switch s.TLS {
	case TLSFirst:
		opts = append(opts, mail.WithSSL())
	case TLSNone:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.Config != nil {
		config := s.Config.Clone()
		config.ServerName = host
		opts = append(opts, mail.WithTLSConfig(config))
	}
	if s.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	return mail.NewClient(host, opts...)
}

// message is a digest as a mail. Its Message-ID is made of the parcel's ID, so
// that one that is sent again is the same mail.
func (s *MailServer) message(to string, p *parcel) (*mail.Msg, error) {
	d := newDigest(p)
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, err
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.From), m.To(to)); err != nil {
		return nil, err
	}
	m.Subject(d.Subject)
	m.SetDateWithValue(p.at)
	m.SetMessageIDWithValue(p.key + ".bxsearch@" + domain)
	m.SetGenHeader("List-Id", "bxsearch alerts <alerts.bxsearch."+domain+">")
	m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+s.unsubscribe(from.Address, d)+">")
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Precedence", "bulk")
	text, html, err := d.render()
	if err != nil {
		return nil, err
	}
	m.SetBodyString(mail.TypeTextPlain, text)
	m.AddAlternativeString(mail.TypeTextHTML, html)
	return m, nil
}

// unsubscribe is where to say that one wants no more of these: a person reads it.
func (s *MailServer) unsubscribe(from string, d *digestView) string {
	if strings.HasPrefix(s.Unsubscribe, "https://") {
		return s.Unsubscribe
	}
	address := from
	if s.Unsubscribe != "" {
		address = s.Unsubscribe
	}
	u := url.URL{Scheme: "mailto", Opaque: url.PathEscape(address), RawQuery: "subject=" + url.PathEscape("mute "+d.names())}
	return u.String()
}
