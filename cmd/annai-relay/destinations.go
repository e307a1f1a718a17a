package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"time"

	"annai/internal/source"
	"annai/relay"
	"annai/relay/destination"
)

// A driver is one destination of the configuration: which driver, and its
// settings. Secrets stand in files of their own.
type driver struct {
	at   source.Position
	open func() (relay.Destination, error)
}

// drivers are the settings by driver's name.
var drivers = map[string]func() settings{
	"desk":    func() settings { return &deskSettings{} },
	"webhook": func() settings { return &webhookSettings{} },
	"folder":  func() settings { return &folderSettings{} },
}

// settings make a destination; an error is the operator's to mend.
type settings interface {
	destination() (relay.Destination, error)
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
		if near := source.Nearest(name, sortedKeys(drivers)); near != "" && name != "" {
			p.Hintf("did you mean %q?", near)
		} else {
			p.Hintf("add driver: with one of %v", sortedKeys(drivers))
		}
		return ps
	}
	s := make()
	ps = n.Decode(s)
	d.open = s.destination
	return ps
}

// destinationName is what queues and metrics can be called.
var destinationName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)

// openDestinations makes all destinations; the desk is always among them.
func (conf *config) openDestinations() (map[string]relay.Destination, error) {
	var ps source.Problems
	targets := map[string]relay.Destination{relay.DeskName: &destination.Desk{}}
	for _, name := range sortedKeys(conf.Destinations) {
		d := conf.Destinations[name]
		if !destinationName.MatchString(name) {
			ps.Errorf(d.at, "relay-destination-name", "%q can't be a destination's name", name).
				Hintf("use small letters, digits and dashes")
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
	Driver string `yaml:"driver"`
}

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
	Driver      string            `yaml:"driver"`
	URL         webURL            `yaml:"url,required"`
	KeyFiles    names             `yaml:"key_files,required"` // whsec_…; all of them sign
	Headers     map[string]string `yaml:"headers"`
	Attachments *size             `yaml:"attachments"`
	Network     networkSettings   `yaml:",inline"`
}

func (s *webhookSettings) destination() (relay.Destination, error) {
	network, err := s.Network.network()
	if err != nil {
		return nil, err
	}
	w := &destination.Webhook{URL: string(s.URL), Headers: s.Headers, Network: network}
	if s.Attachments != nil {
		if w.Attachments = int64(*s.Attachments); w.Attachments == 0 {
			w.Attachments = -1
		}
	}
	for _, path := range s.KeyFiles {
		key, _, err := readSecret(path, "webhook key")
		if err != nil {
			return nil, err
		}
		w.Keys = append(w.Keys, string(key))
	}
	return w, nil
}

type folderSettings struct {
	Driver string `yaml:"driver"`
	Path   string `yaml:"path,required"`
}

func (s *folderSettings) destination() (relay.Destination, error) {
	return &destination.Folder{Path: s.Path}, nil
}
