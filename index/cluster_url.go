package index

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ParseCluster reads where an index in OpenSearch is, from one or more URLs of its
// nodes, also several in one text with commas between them:
//
//	https://ann@one.example.org:9200,https://two.example.org:9200/mails
//
// One without a scheme has that of the one before it. The scheme may also be
// opensearch, for http, and opensearch+https. A path is the prefix of the names.
// A password is refused: command lines and configurations are read by others.
func ParseCluster(urls ...string) (Cluster, error) {
	var c Cluster
	scheme := ""
	for _, text := range urls {
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			var err error
			if scheme, err = c.take(one, scheme); err != nil {
				return Cluster{}, err
			}
		}
	}
	return c, nil
}

// schemes are those of URLs, and what they are to OpenSearch.
var schemes = map[string]string{"http": "http", "https": "https", "opensearch": "http", "opensearch+https": "https", "": ""}

// take takes one address, and returns its scheme.
func (c *Cluster) take(text, scheme string) (string, error) {
	rest := text
	if before, behind, ok := strings.Cut(text, "://"); ok {
		scheme, rest = before, behind
	}
	as, ok := schemes[scheme]
	if !ok {
		return "", fmt.Errorf("%q is no address of OpenSearch: it begins with https://, http:// or opensearch://", text)
	}
	u, err := url.Parse("//" + rest)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is no address of OpenSearch: write it as https://host:9200, or https://host:9200/prefix", text)
	}
	if _, has := u.User.Password(); has {
		return "", errors.New("the address of OpenSearch on host " + u.Host + " has a password in it: set $BX_OPENSEARCH_PASSWORD, or name a file with $BX_OPENSEARCH_PASSWORD_FILE")
	}
	for _, part := range []struct {
		field *string
		value string
	}{{&c.User, u.User.Username()}, {&c.Prefix, strings.Trim(u.Path, "/")}} {
		switch {
		case part.value == "":
		case *part.field == "" || *part.field == part.value:
			*part.field = part.value
		default:
			return "", fmt.Errorf("the addresses of OpenSearch name both %q and %q: they have to be of one cluster and one prefix", *part.field, part.value)
		}
	}
	if as != "" {
		as += "://"
	}
	c.Addresses = append(c.Addresses, as+u.Host)
	return scheme, nil
}
