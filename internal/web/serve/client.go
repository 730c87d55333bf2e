package serve

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxHops bounds the proxies that are looked through.
const maxHops = 16

// clients finds out who asks. What a trusted proxy says of the address, the
// scheme and the host counts; from others it is taken away, so that no handler
// believes it. Handlers find the scheme in the request's URL.
func (s *Server) clients(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := peerOf(r)
		x := of(r)
		r.URL.Scheme = "http"
		if r.TLS != nil {
			r.URL.Scheme = "https"
		}
		forwarded := r.Header.Values("X-Forwarded-For")
		x.client, x.local = peer, peer.IsLoopback() && len(forwarded) == 0
		if s.trusts(peer) {
			x.client = s.behind(peer, forwarded)
			if proto := r.Header.Get("X-Forwarded-Proto"); proto == "https" || proto == "http" {
				r.URL.Scheme = proto
			}
			if host := r.Header.Get("X-Forwarded-Host"); host != "" && len(host) < 256 && !strings.ContainsAny(host, "/\\@?# ,") {
				r.Host = host
			}
		}
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"} {
			r.Header.Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// behind is the client that proxies ask for: the last address in the chain that
// is no trusted proxy. Each proxy adds at the end whom it speaks with.
func (s *Server) behind(peer netip.Addr, forwarded []string) netip.Addr {
	chain := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(chain) - 1; i >= max(0, len(chain)-maxHops) && s.trusts(peer); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		peer = a.Unmap().WithZone("")
	}
	return peer
}

// peerOf is who the connection is from; the zero value where that is no address.
func peerOf(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap().WithZone("")
}

// hosts turns away requests that call this machine by a name that is not its
// own: a page from elsewhere, whose name was pointed here, could read in a
// browser what this machine alone may see.
func (s *Server) hosts(next http.Handler) http.Handler {
	if len(s.cfg.Hosts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostName(r.Host)
		_, err := netip.ParseAddr(name)
		if err == nil || name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(s.cfg.Hosts, name) {
			next.ServeHTTP(w, r)
			return
		}
		http.Error(w, "This server does not go by that name. Who runs it can give it one: bxserve --url.", http.StatusMisdirectedRequest)
	})
}

// hostName is a host without its port, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
