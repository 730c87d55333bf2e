package index

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCluster(t *testing.T) {
	tests := []struct {
		name string
		urls []string
		want Cluster
		err  string
	}{
		{"none", nil, Cluster{}, ""},
		{"a host", []string{"one:9200"}, Cluster{Addresses: []string{"one:9200"}}, ""},
		{"several", []string{"https://one:9200", "https://two:9200"}, Cluster{Addresses: []string{"https://one:9200", "https://two:9200"}}, ""},
		{"with commas", []string{"https://one:9200, two:9200,"}, Cluster{Addresses: []string{"https://one:9200", "https://two:9200"}}, ""},
		{"a prefix", []string{"http://one:9200,http://two:9200/mails/"}, Cluster{Addresses: []string{"http://one:9200", "http://two:9200"}, Prefix: "mails"}, ""},
		{"the long way", []string{"opensearch+https://ann@one:9200,[::1]:9201/mails"}, Cluster{Addresses: []string{"https://one:9200", "https://[::1]:9201"}, User: "ann", Prefix: "mails"}, ""},
		{"plain", []string{"opensearch://one:9200"}, Cluster{Addresses: []string{"http://one:9200"}}, ""},
		{"another scheme", []string{"ftp://one"}, Cluster{}, `"ftp://one" is no address`},
		{"no host", []string{"https:///mails"}, Cluster{}, "is no address"},
		{"a query", []string{"https://one?x"}, Cluster{}, "is no address"},
		{"a password", []string{"https://ann:secret@one"}, Cluster{}, "has a password in it"},
		{"two prefixes", []string{"one/a", "two/b"}, Cluster{}, `both "a" and "b"`},
		{"two users", []string{"ann@one", "bob@two"}, Cluster{}, `both "ann" and "bob"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseCluster(tt.urls...)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParseCluster(f *testing.F) {
	f.Add("https://ann@one.example.org:9200,two/mails")
	f.Add("opensearch://[::1]:9200")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCluster(text)
		if err != nil || len(c.Addresses) == 0 {
			return
		}
		again, err := ParseCluster(c.Addresses...)
		if err != nil || !cmp.Equal(c.Addresses, again.Addresses) {
			t.Errorf("%q gives %q, and those give %q, %v", text, c.Addresses, again.Addresses, err)
		}
	})
}
