package destination

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"annai/relay"
)

// Network is how a driver reaches its receiver over HTTP. The zero value is the
// safe one.
type Network struct {
	AllowPrivate bool           `yaml:"allow_private"` // addresses that are not public: the receiver is in our own network
	AllowPlain   bool           `yaml:"allow_plain"`   // http:// and not only https://
	Timeout      time.Duration  `yaml:"timeout"`       // of one attempt, answer included; 0 is 20 s
	Roots        *x509.CertPool `yaml:"-"`             // instead of the system's
}

// errForbidden is a configuration error: the name leads where we must not go.
var errForbidden = errors.New("the address is not public (allow_private permits it)")

// client never follows a redirect, uses no proxy, and looks at the address that
// a name has led to before it connects: a name may lead elsewhere tomorrow.
func (n Network) client() *http.Client {
	timeout := n.Timeout
	if timeout <= 0 {
		timeout = 20 * time.Second
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: n.control}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: n.Roots},
			TLSHandshakeTimeout:    5 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        16,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // no small answer that is a large one
		},
	}
}

// address refuses a URL that the settings don't permit.
func (n Network) address(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("the URL can't be read")
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the URL needs to begin with https:// and name a host")
	case u.Scheme == "http" && !n.AllowPlain:
		return nil, errors.New("the URL is not https:// (allow_plain permits it)")
	case u.User != nil:
		return nil, errors.New("the URL contains a password; use headers")
	}
	return u, nil
}

func (n Network) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !n.permits(ap.Addr()) {
		return errForbidden
	}
	return nil
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

var (
	// Clouds answer questions about themselves there, to anyone who asks from
	// inside: never, whatever is allowed.
	metadata = prefixes("169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128", "fe80::/10")

	// Not public, by the registries of special addresses.
	special = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fc00::/7", "fec0::/10", "ff00::/8")

	// These carry an IPv4 address inside, at that byte.
	translated = map[netip.Prefix]int{netip.MustParsePrefix("64:ff9b::/96"): 12, netip.MustParsePrefix("2002::/16"): 2}
)

// permits judges an address, and the one inside it.
func (n Network) permits(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for p, at := range translated {
		if p.Contains(a) {
			b := a.As16()
			return n.permits(netip.AddrFrom4([4]byte(b[at : at+4])))
		}
	}
	for _, p := range metadata {
		if p.Contains(a) {
			return false
		}
	}
	if n.AllowPrivate {
		return true
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// An answer is what came back, of which at most 64 KB are read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

const maxAnswer = 64 << 10

// do sends a request. An error has its class already.
func do(client *http.Client, req *http.Request) (answer, error) {
	req.Header.Set("User-Agent", "annai-relay")
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, unreached(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{resp.StatusCode, resp.Header, data}, relay.Temporary(fmt.Errorf("the answer broke off: %w", bare(err))).WithStatus(resp.StatusCode)
	}
	return answer{resp.StatusCode, resp.Header, data}, nil
}

// unreached classes what went wrong before an answer. Certificates and forbidden
// addresses don't mend themselves.
func unreached(err error) error {
	err = bare(err)
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errForbidden), errors.As(err, &verification), errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid):
		return relay.Configuration(err)
	}
	return relay.Temporary(err)
}

// bare removes the URL, which may contain a secret.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refused classes an answer that is not a success.
func refused(a answer) error {
	err := fmt.Errorf("answered %d", a.status)
	if s := line(string(a.body), 200); s != "" {
		err = fmt.Errorf("answered %d: %s", a.status, s)
	}
	wait, asked := retryAfter(a.header.Get("Retry-After"), time.Now())
	var f *relay.Failure
	switch {
	case a.status == http.StatusTooManyRequests && !asked:
		f = relay.RetryAfter(time.Minute, err)
	case asked && (a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable):
		f = relay.RetryAfter(wait, err)
	case oneOf(a.status, 401, 402, 403, 404, 405, 407, 410, 421, 426, 451, 501, 505, 511):
		f = relay.Configuration(err)
	case oneOf(a.status, 408, 425) || a.status >= 500 || a.status < 400:
		f = relay.Temporary(err)
	default:
		f = relay.Permanent(err)
	}
	return f.WithStatus(a.status)
}

func oneOf(n int, list ...int) bool {
	for _, m := range list {
		if n == m {
			return true
		}
	}
	return false
}

// retryAfter reads seconds or a date.
func retryAfter(s string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, 7*24*3600)) * time.Second, true
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}

// reach asks whether the receiver's address takes connections, TLS included.
func (n Network) reach(ctx context.Context, s string) error {
	u, err := n.address(s)
	if err != nil {
		return relay.Configuration(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, u.String(), nil)
	if err != nil {
		return relay.Configuration(err)
	}
	_, err = do(n.client(), req)
	return err
}
