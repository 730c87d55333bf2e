package opensearch

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		kind   error
		says   string
	}{
		{"an older one", strings.Replace(hello, "3.8.0", "2.19.1", 1), ErrVersion, "this is OpenSearch 2.19.1: 3.0 or newer is needed"},
		{"one without a number", strings.Replace(hello, "3.8.0", "", 1), ErrVersion, "3.0 or newer"},
		{"Elasticsearch", `{"version":{"number":"9.1.0","build_flavor":"default"},"tagline":"You Know, for Search"}`, ErrProduct, "this is Elasticsearch 9.1.0"},
		{"a web server", `<html>It works!</html>`, ErrProduct, "is not JSON"},
		{"some API", `{"status":"ok"}`, ErrProduct, "does not say what it is"},
		{"another API", `["a"]`, ErrProduct, "not what a cluster says of itself"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewServer(saying(200, test.answer))
			defer s.Close()
			_, err := Open(t.Context(), Config{Addresses: []string{s.URL}})
			if !errors.Is(err, test.kind) {
				t.Errorf("kind of %v is not %v", err, test.kind)
			}
			mentions(t, err, test.says, s.URL)
		})
	}
}

// One address that answers is enough, but none may be of another cluster.
func TestOpenManyAddresses(t *testing.T) {
	here := httptest.NewServer(saying(200, hello))
	other := httptest.NewServer(saying(200, strings.Replace(hello, "u1", "u2", 1)))
	old := httptest.NewServer(saying(200, strings.Replace(hello, "3.8.0", "1.0.0", 1)))
	defer here.Close()
	defer other.Close()
	defer old.Close()
	dead := closedAddress(t)

	c, err := Open(t.Context(), Config{Addresses: []string{dead, here.URL}})
	if err != nil || c.Info() != (Info{"c", "u1", "3.8.0"}) {
		t.Fatal(c, err)
	}
	c.Close()
	_, err = Open(t.Context(), Config{Addresses: []string{here.URL, other.URL}})
	mentions(t, err, "different clusters", here.URL, other.URL)
	if _, err = Open(t.Context(), Config{Addresses: []string{here.URL, old.URL}}); !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
	if _, err = Open(t.Context(), Config{Addresses: []string{dead, old.URL}}); !errors.Is(err, ErrVersion) {
		t.Error("what somebody says matters more than that nobody does:", err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Open(canceled, Config{Addresses: []string{here.URL}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		name string
		cfg  Config
		want string // or the error
	}{
		{"none", Config{}, "http://127.0.0.1:9200"},
		{"host alone", Config{Addresses: []string{"a", " b:1/ "}}, "http://a:9200, http://b:1"},
		{"a CA makes it https", Config{Addresses: []string{"a"}, CAFile: "ca.pem"}, "https://a:9200"},
		{"so does a user", Config{Addresses: []string{"a"}, User: "u"}, "https://a:9200"},
		{"but not against one's word", Config{Addresses: []string{"http://a"}, User: "u"}, "http://a:9200"},
		{"below a path", Config{Addresses: []string{"https://a/search/"}}, "https://a:9200/search"},
		{"six", Config{Addresses: []string{"[::1]:9201"}}, "http://[::1]:9201"},
		{"another scheme", Config{Addresses: []string{"ftp://u:secret@a"}}, "opensearch: address ftp://u:xxxxx@a: it has to be like https://host:9200"},
		{"not one at all", Config{Addresses: []string{"https://u:secret@a:b:c"}}, "opensearch: an address cannot be read: it has to be like https://host:9200"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			setDefaults(&test.cfg)
			all, err := parseAddresses(&test.cfg)
			got := hosts(all)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A password in an address is used, and shown nowhere.
func TestPasswordInAddress(t *testing.T) {
	cfg := Config{Addresses: []string{"https://u:secret@a:1"}}
	all, err := parseAddresses(&cfg)
	if err != nil || cfg.User != "u" || cfg.Password != "secret" || strings.Contains(hosts(all), "secret") {
		t.Error(cfg, all, err)
	}
}
