package opensearch

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// parseAddresses reads the addresses. A user and password that stand in one of
// them are taken out and become those of cfg, so that no message shows them.
func parseAddresses(cfg *Config) ([]*url.URL, error) {
	scheme := "http"
	if cfg.User != "" || cfg.CAFile != "" || cfg.CertFile != "" {
		scheme = "https"
	}
	var all []*url.URL
	for _, text := range cfg.Addresses {
		text = strings.TrimRight(strings.TrimSpace(text), "/")
		if !strings.Contains(text, "://") {
			text = scheme + "://" + text
		}
		u, err := url.Parse(text)
		switch {
		case err != nil: // its text may hold a password
			return nil, fmt.Errorf("opensearch: an address cannot be read: it has to be like https://host:9200")
		case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "":
			return nil, fmt.Errorf("opensearch: address %s: it has to be like https://host:9200", u.Redacted())
		}
		if u.User != nil {
			password, _ := u.User.Password()
			cfg.User, cfg.Password = cmp.Or(cfg.User, u.User.Username()), cmp.Or(cfg.Password, password)
			u.User = nil
		}
		if u.Port() == "" {
			u.Host += ":9200"
		}
		all = append(all, u)
	}
	return all, nil
}

// newTransport makes the connections. Answers are not compressed: to a cluster
// nearby that costs both sides more than it saves.
func newTransport(cfg *Config) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.MaxIdleConnsPerHost = 16
	t.IdleConnTimeout = time.Minute
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("opensearch: the CA file: %w", err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("opensearch: the CA file %s holds no certificate in PEM form", cfg.CAFile)
		}
	}
	if cfg.CertFile != "" || cfg.KeyFile != "" {
		own, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("opensearch: the client's certificate: %w", err)
		}
		t.TLSClientConfig.Certificates = []tls.Certificate{own}
	}
	return t, nil
}

// hosts names addresses in a message.
func hosts(all []*url.URL) string {
	names := make([]string, len(all))
	for i, u := range all {
		names[i] = u.String()
	}
	return strings.Join(names, ", ")
}
