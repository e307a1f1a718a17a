package guard

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of our own reverse proxies: only what they say about
// the client's address is believed.
type Proxies []netip.Prefix

// Client is the address that the request came from. X-Forwarded-For is read from
// its right end for as long as the speaker is one of the proxies; the first
// address that is none of them is the client. What stands left of it was written
// by the client itself and counts for nothing.
func (ps Proxies) Client(r *http.Request) netip.Addr {
	addr := peer(r.RemoteAddr)
	if !ps.contain(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseHop(hops[i])
		if !ok {
			return addr
		}
		addr = hop
		if !ps.contain(addr) {
			return addr
		}
	}
	return addr
}

// Trusts tells whether the request's peer itself is one of the proxies.
func (ps Proxies) Trusts(r *http.Request) bool { return ps.contain(peer(r.RemoteAddr)) }

func (ps Proxies) contain(a netip.Addr) bool {
	for _, p := range ps {
		if a.IsValid() && p.Contains(a) {
			return true
		}
	}
	return false
}

func peer(remote string) netip.Addr {
	if ap, err := netip.ParseAddrPort(remote); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.IPv6Unspecified() // a Unix socket: everybody behind it is one client
}

// parseHop reads one element of X-Forwarded-For: an address, maybe with a port.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	return netip.Addr{}, false
}

// Network is what one client can't change at will: its IPv4 address, or the /64
// that it was given in IPv6.
func Network(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() {
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	return p
}
