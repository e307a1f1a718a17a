package main

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"time"

	"annai/internal/source"
	"annai/policy"
	"annai/relay"
	"annai/relay/destination"
)

// A driver is one destination of the configuration: which driver, and its
// settings. Secrets stand in files of their own.
type driver struct {
	at    source.Position
	party policy.Handler // whose it is: upstream or partner, or "" when it isn't said
	open  func() (relay.Destination, error)
}

// drivers are the settings by driver's name.
var drivers = map[string]func() settings{
	"desk":          func() settings { return &deskSettings{} },
	"webhook":       func() settings { return &webhookSettings{} },
	"smtp":          func() settings { return &smtpSettings{} },
	"partnercenter": func() settings { return &partnerCenterSettings{} },
	"folder":        func() settings { return &folderSettings{} },
}

// settings make a destination; an error is the operator's to mend.
type settings interface {
	destination() (relay.Destination, error)
	party() policy.Handler
}

// common is what every destination's settings begin with.
type commonSettings struct {
	Driver string         `yaml:"driver"`
	Party  policy.Handler `yaml:"party"` // upstream: 21Vianet's own; partner: ours
}

func (d *driver) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	d.at = n.Position()
	name := ""
	if n.IsMap() {
		keys, values := n.Pairs()
		for i, k := range keys {
			if k.Text() == "driver" {
				name = values[i].Text()
			}
		}
	}
	make, ok := drivers[name]
	if !ok {
		p := ps.Errorf(n.Position(), "relay-driver", "%q is no driver of destinations", name)
		if near := source.Nearest(name, slices.Sorted(maps.Keys(drivers))); near != "" && name != "" {
			p.Hintf("did you mean %q?", near)
		} else {
			p.Hintf("add driver: with one of %v", slices.Sorted(maps.Keys(drivers)))
		}
		return ps
	}
	s := make()
	ps = n.Decode(s)
	d.open, d.party = s.destination, s.party()
	if d.party != "" && d.party != policy.Upstream && d.party != policy.Partner {
		ps.Errorf(n.Position(), "relay-party", "a destination's party is upstream or partner, not %q", d.party)
	}
	return ps
}

// destinationName is what queues and metrics can be called.
var destinationName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)

// openDestinations makes all destinations; the desk is always among them.
func (conf *config) openDestinations() (map[string]relay.Destination, error) {
	var ps source.Problems
	targets := map[string]relay.Destination{relay.DeskName: &destination.Desk{}}
	for _, name := range slices.Sorted(maps.Keys(conf.Destinations)) {
		d := conf.Destinations[name]
		if !destinationName.MatchString(name) || name == relay.ReceiptMail {
			ps.Errorf(d.at, "relay-destination-name", "%q can't be a destination's name", name).
				Hintf("use small letters, digits and dashes; %s is the receipts' own", relay.ReceiptMail)
			continue
		}
		target, err := d.open()
		if err != nil {
			ps.Errorf(d.at, "relay-destination", "destination %q: %v", name, err)
			continue
		}
		targets[name] = target
	}
	return targets, ps.Err()
}

type deskSettings struct {
	Common commonSettings `yaml:",inline"`
}

func (deskSettings) party() policy.Handler { return policy.Partner }

func (deskSettings) destination() (relay.Destination, error) { return &destination.Desk{}, nil }

// networkSettings are the same for all drivers that speak HTTP.
type networkSettings struct {
	AllowPrivate bool   `yaml:"allow_private"` // the receiver is in our own network
	AllowPlain   bool   `yaml:"allow_plain"`   // http:// too
	Timeout      span   `yaml:"timeout"`
	CA           string `yaml:"ca_file"` // certificates to believe instead of the system's
}

func (s networkSettings) network() (destination.Network, error) {
	n := destination.Network{AllowPrivate: s.AllowPrivate, AllowPlain: s.AllowPlain, Timeout: time.Duration(s.Timeout)}
	if s.CA == "" {
		return n, nil
	}
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		return n, err
	}
	n.Roots = x509.NewCertPool()
	if !n.Roots.AppendCertsFromPEM(pem) {
		return n, fmt.Errorf("%s holds no certificate", s.CA)
	}
	return n, nil
}

type webhookSettings struct {
	Common      commonSettings    `yaml:",inline"`
	URL         webURL            `yaml:"url,required"`
	KeyFiles    names             `yaml:"key_files,required"` // whsec_…; all of them sign
	Headers     map[string]string `yaml:"headers"`
	HeaderFiles map[string]string `yaml:"header_files"` // headers whose values are secrets
	Attachments *size             `yaml:"attachments"`
	Network     networkSettings   `yaml:",inline"`
}

func (s *webhookSettings) destination() (relay.Destination, error) {
	network, err := s.Network.network()
	if err != nil {
		return nil, err
	}
	w := &destination.Webhook{URL: string(s.URL), Headers: s.Headers, Network: network}
	for name, path := range s.HeaderFiles {
		value, _, err := readSecret(path, "webhook header")
		if err != nil {
			return nil, err
		}
		if w.Headers == nil {
			w.Headers = map[string]string{}
		}
		w.Headers[name] = string(value)
	}
	if s.Attachments != nil {
		w.Attachments = cmp.Or(int64(*s.Attachments), -1)
	}
	for _, path := range s.KeyFiles.list {
		key, _, err := readSecret(path, "webhook key")
		if err != nil {
			return nil, err
		}
		w.Keys = append(w.Keys, string(key))
	}
	return w, nil
}

type folderSettings struct {
	Common commonSettings `yaml:",inline"`
	Path   string         `yaml:"path,required"`
}

func (s *folderSettings) destination() (relay.Destination, error) {
	return &destination.Folder{Path: s.Path}, nil
}

type smtpSettings struct {
	Common      commonSettings `yaml:",inline"`
	Mail        mailSettings   `yaml:",inline"`
	To          names          `yaml:"to,required"`
	ReplyTo     bool           `yaml:"reply_to"`
	Attachments *size          `yaml:"attachments"`
}

func (s *smtpSettings) destination() (relay.Destination, error) {
	d, err := s.Mail.server()
	if err != nil {
		return nil, err
	}
	d.To, d.ReplyTo = s.To.list, s.ReplyTo
	if s.Attachments != nil {
		d.Attachments = cmp.Or(int64(*s.Attachments), -1)
	}
	return d, nil
}

// mailSettings are a mail server, and whose mails it is given.
type mailSettings struct {
	Host     string `yaml:"host,required"`
	Port     int    `yaml:"port"`
	Username string `yaml:"username"`
	Password string `yaml:"password_file"`
	From     string `yaml:"from,required"`
	TLS      string `yaml:"tls"` // starttls, tls or none
	Timeout  span   `yaml:"timeout"`
	CA       string `yaml:"ca_file"`
}

func (s *mailSettings) server() (*destination.SMTP, error) {
	network, err := networkSettings{CA: s.CA}.network()
	if err != nil {
		return nil, err
	}
	password, _, err := readSecret(s.Password, "mail password")
	if err != nil {
		return nil, err
	}
	return &destination.SMTP{
		Host: s.Host, Port: s.Port, Username: s.Username, Password: string(password), From: s.From, To: []string{s.From},
		TLS: s.TLS, Timeout: time.Duration(s.Timeout), Roots: network.Roots,
	}, nil
}

func (s *smtpSettings) party() policy.Handler { return s.Common.Party }

type partnerCenterSettings struct {
	Common       commonSettings    `yaml:",inline"`
	Cloud        string            `yaml:"cloud"` // china or global
	Base         webURL            `yaml:"base"`
	Authority    webURL            `yaml:"authority"`
	Resource     string            `yaml:"resource"`
	Tenant       string            `yaml:"tenant,required"`
	ClientID     string            `yaml:"client_id,required"`
	ClientSecret string            `yaml:"client_secret_file"`
	RefreshToken string            `yaml:"refresh_token_file,required"`
	Topics       map[string]string `yaml:"topics"`
	Topic        string            `yaml:"topic"`
	Severities   map[string]string `yaml:"severities"`
	Locale       string            `yaml:"locale"`
	Network      networkSettings   `yaml:",inline"`
}

func (s *partnerCenterSettings) destination() (relay.Destination, error) {
	network, err := s.Network.network()
	if err != nil {
		return nil, err
	}
	secret, _, err := readSecret(s.ClientSecret, "client secret")
	if err != nil {
		return nil, err
	}
	token, _, err := readSecret(s.RefreshToken, "refresh token")
	if err != nil {
		return nil, err
	}
	return &destination.PartnerCenter{
		Cloud: s.Cloud, Base: string(s.Base), Authority: string(s.Authority), Resource: s.Resource, Tenant: s.Tenant,
		ClientID: s.ClientID, ClientSecret: string(secret), RefreshToken: string(token),
		Topics: s.Topics, Topic: s.Topic, Severities: s.Severities, Locale: s.Locale, Network: network,
	}, nil
}

// party of Partner Center is the operator, whatever is said.
func (s *partnerCenterSettings) party() policy.Handler { return policy.Upstream }

func (s *webhookSettings) party() policy.Handler { return s.Common.Party }

func (s *folderSettings) party() policy.Handler { return s.Common.Party }
