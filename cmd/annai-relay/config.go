package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"annai/internal/source"
	"annai/policy"
	"annai/relay"
	"annai/relay/guard"
)

// A config is the relay's configuration file. What has a flag can be set by it,
// or by its RELAY_* variable, instead.
type config struct {
	Site      string   `yaml:"site"`       // folder of the built site
	ServeSite *bool    `yaml:"serve_site"` // also serve it to readers; true when a site is named
	Listen    address  `yaml:"listen"`     // ":8080" when empty
	URL       webURL   `yaml:"url"`        // where readers reach the relay
	Origins   []webURL `yaml:"origins"`    // further sites whose pages may send forms
	Proxies   []prefix `yaml:"proxies"`    // networks of our own reverse proxies

	Store   string   `yaml:"store"`
	Reserve size     `yaml:"reserve"`     // disk space below which nothing is accepted; 64MB
	Keys    string   `yaml:"keys_file"`   // master keys of the store
	Secret  string   `yaml:"secret_file"` // signs tokens and links
	Retired []string `yaml:"retired_secret_files"`

	Prefix   string         `yaml:"reference_prefix"` // of references; RQ
	Operator operatorConfig `yaml:"operator"`

	Routes       map[string]names  `yaml:"routes"` // handler → destinations
	Destinations map[string]driver `yaml:"destinations"`
	Receipts     *mailSettings     `yaml:"receipt_mail"` // sends receipts by mail too; none when left out
	Limits       limitsConfig      `yaml:"limits"`
	Clamd        string            `yaml:"clamd"` // host:port or unix:/path of the virus scanner
	Canary       canaryConfig      `yaml:"canary"`
	Searches     bool              `yaml:"count_searches"`
	LogLevel     string            `yaml:"log_level"`

	at source.Position // of the file, for what is missing in it
}

type operatorConfig struct {
	Listen   address           `yaml:"listen"`   // 127.0.0.1:8081 when empty; "off" for none
	Language string            `yaml:"language"` // of the desk; the site's first
	User     string            `yaml:"user"`     // who has the password; "desk"
	Password string            `yaml:"password_file"`
	Users    map[string]string `yaml:"users"`           // name → password file
	Identity string            `yaml:"identity_header"` // set by a proxy that has asked who it is
	Open     bool              `yaml:"open_metrics"`    // /metrics without a password
}

// A canaryConfig has the running relay send itself a marked request.
type canaryConfig struct {
	Form    string            `yaml:"form,required"`
	Every   span              `yaml:"every"`  // 1h
	Within  span              `yaml:"within"` // 10m
	Answers map[string]string `yaml:"answers"`
}

type limitsConfig struct {
	Client       rateConfig `yaml:"client"`
	Form         rateConfig `yaml:"form"`
	Service      rateConfig `yaml:"service"`
	Files        rateConfig `yaml:"files"`
	MinTime      *span      `yaml:"min_time"`
	TokenAge     span       `yaml:"token_age"`
	RequireToken bool       `yaml:"require_token"`
	Uploads      size       `yaml:"uploads"` // bytes of bodies in memory at once
}

type rateConfig struct {
	PerMinute float64 `yaml:"per_minute,required"`
	Burst     int     `yaml:"burst"`
}

func (r rateConfig) rate() guard.Rate {
	return guard.Rate{PerMinute: r.PerMinute, Burst: max(r.Burst, 1)}
}

// An address is host:port to listen on.
type address string

func (a *address) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	*a = address(n.Text())
	if err := a.check(); err != nil {
		ps.Errorf(n.Position(), "relay-address", "%q is no address to listen on", n.Text()).
			Hintf("write host:port, such as 127.0.0.1:8080, or :8080 for all interfaces")
	}
	return ps
}

func (a address) check() error {
	if a == "" || a == "off" || a == "systemd" {
		return nil
	}
	_, port, err := net.SplitHostPort(string(a))
	if err != nil {
		return err
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err
}

// A webURL is http(s) with a host.
type webURL string

func (u *webURL) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	*u = webURL(strings.TrimSuffix(n.Text(), "/"))
	parsed, err := url.Parse(n.Text())
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		ps.Errorf(n.Position(), "relay-url", "%q is no web address", n.Text()).Hintf("write it as https://relay.example.cn")
	}
	return ps
}

// A prefix is a network in CIDR notation, or one address.
type prefix netip.Prefix

func (p *prefix) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	if a, err := netip.ParseAddr(n.Text()); err == nil {
		*p = prefix(netip.PrefixFrom(a, a.BitLen()))
		return ps
	}
	parsed, err := netip.ParsePrefix(n.Text())
	if err != nil {
		ps.Errorf(n.Position(), "relay-network", "%q is no network", n.Text()).Hintf("write it as 10.0.0.0/8 or 2001:db8::/32")
	}
	*p = prefix(parsed)
	return ps
}

// A span is a duration as Go writes it, with days: "1.5s", "24h", "7d".
type span time.Duration

func (s *span) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	d, err := parseSpan(n.Text())
	if err != nil {
		ps.Errorf(n.Position(), "relay-duration", "%q is no duration", n.Text()).Hintf("write 500ms, 1.5s, 10m, 24h or 7d")
	}
	*s = span(d)
	return ps
}

func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		return time.Duration(n * 24 * float64(time.Hour)), err
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("negative")
	}
	return d, err
}

// A size is bytes: "64MB", "1GB".
type size int64

func (s *size) DecodeYAML(n source.Node) source.Problems {
	var ps source.Problems
	text, factor := strings.ToUpper(strings.ReplaceAll(n.Text(), " ", "")), int64(1)
	for _, unit := range []struct {
		name   string
		factor int64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}} {
		if number, ok := strings.CutSuffix(text, unit.name); ok {
			text, factor = number, unit.factor
			break
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 {
		ps.Errorf(n.Position(), "relay-size", "%q is no size", n.Text()).Hintf("write 64MB or 2GB")
	}
	*s = size(v * float64(factor))
	return ps
}

// names are one name or a list of them.
type names struct {
	at   source.Position
	list []string
}

func (l *names) DecodeYAML(n source.Node) source.Problems {
	l.at = n.Position()
	if n.IsScalar() {
		l.list = []string{n.Text()}
		return nil
	}
	return n.Decode(&l.list)
}

// load reads the file, lays variables and flags over it, and proves the whole.
func (c *cli) load() (*config, error) {
	var conf config
	var ps source.Problems
	if c.Config != "" {
		text, err := os.ReadFile(c.Config)
		if err != nil {
			return nil, fmt.Errorf("read the configuration: %w", err)
		}
		f := source.New(c.Config, text)
		if ps = source.Decode(f, &conf); ps.Errors() > 0 {
			return nil, ps
		}
		conf.at = f.Whole()
	}
	c.override(&conf, &ps)
	conf.check(&ps)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return &conf, nil
}

// override lays flags over the file. A relative path in the file is relative to
// where the program runs, as it is in a flag.
func (c *cli) override(conf *config, ps *source.Problems) {
	set := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	set(&conf.Site, c.Site)
	set(&conf.Store, c.Store)
	set(&conf.Keys, c.Keys)
	set(&conf.Secret, c.Secret)
	set(&conf.Operator.Password, c.Password)
	set(&conf.LogLevel, c.LogLevel)
	set((*string)(&conf.Listen), c.Listen)
	set((*string)(&conf.Operator.Listen), c.Operator)
	set((*string)(&conf.URL), strings.TrimSuffix(c.URL, "/"))
	if conf.Store == "memory" {
		conf.Store = "memory:"
	}
	for flag, a := range map[string]address{"--listen": conf.Listen, "--operator": conf.Operator.Listen} {
		if a.check() != nil {
			ps.Errorf(source.Position{Path: flag}, "relay-address", "%q is no address to listen on", a).
				Hintf("write host:port, such as 127.0.0.1:8080, or :8080 for all interfaces")
		}
	}
}

// check fills in what was left out and looks at what only the whole can tell.
func (conf *config) check(ps *source.Problems) {
	if conf.Listen == "" {
		conf.Listen = ":8080"
	}
	if conf.Operator.Listen == "" {
		conf.Operator.Listen = "127.0.0.1:8081"
	}
	conf.Canary.Every = cmp.Or(conf.Canary.Every, span(time.Hour))
	conf.Canary.Within = cmp.Or(conf.Canary.Within, span(10*time.Minute))
	if conf.Operator.User == "" {
		conf.Operator.User = "desk"
	}
	if conf.Store == "" {
		ps.Errorf(conf.at, "relay-no-store", "no store is named").
			Hintf("add store: sqlite:///var/lib/annai-relay/relay.db (or --store, or RELAY_STORE)")
	}
	if scheme, _, named := strings.Cut(conf.Store, "://"); named && !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, scheme) {
		ps.Errorf(conf.at, "relay-store", "there is no store of kind %q", scheme).Hintf("write sqlite:///path/to/file.db or postgres://…")
	}
	for name, r := range map[string]rateConfig{"client": conf.Limits.Client, "form": conf.Limits.Form, "service": conf.Limits.Service, "files": conf.Limits.Files} {
		if r != (rateConfig{}) && (r.PerMinute <= 0 || r.Burst < 0) {
			ps.Errorf(conf.at, "relay-limit", "limits: %s would let nobody in", name).Hintf("per_minute is above 0; burst is how many may come at once")
		}
	}
	if conf.Site == "" {
		ps.Errorf(conf.at, "relay-no-site", "no site is named").
			Hintf("add site: with the folder that annai build wrote (or --site, or RELAY_SITE)")
	}
	if conf.Operator.Identity != "" && len(conf.Proxies) == 0 {
		ps.Errorf(conf.at, "relay-identity", "identity_header is believed from nobody").
			Hintf("list the proxy that sets it under proxies:, or anybody could set it")
	}
	if conf.Prefix != "" && strings.Trim(conf.Prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(conf.Prefix) > 6 {
		ps.Errorf(conf.at, "relay-prefix", "reference_prefix %q is not 1 to 6 capital letters", conf.Prefix)
	}
	if err := new(slog.Level).UnmarshalText([]byte(conf.LogLevel)); conf.LogLevel != "" && err != nil {
		ps.Errorf(conf.at, "relay-log-level", "%q is no log level", conf.LogLevel).Hintf("debug, info, warn or error")
	}
	conf.checkRoutes(ps)
}

func (conf *config) checkRoutes(ps *source.Problems) {
	handlers := []string{string(policy.Partner), string(policy.PartnerThenUpstream), string(policy.Upstream)}
	known := conf.destinationNames()
	for _, handler := range slices.Sorted(maps.Keys(conf.Routes)) {
		if !slices.Contains(handlers, handler) {
			ps.Errorf(conf.Routes[handler].at, "relay-route", "routes: %q handles nothing", handler).Hintf("known are %s", strings.Join(handlers, ", "))
		}
		for _, name := range conf.Routes[handler].list {
			if !slices.Contains(known, name) {
				p := ps.Errorf(conf.Routes[handler].at, "relay-no-destination", "routes: %s goes to %q, which is no destination", handler, name)
				if near := source.Nearest(name, known); near != "" {
					p.Hintf("did you mean %q?", near)
				} else {
					p.Hintf("known are %s", strings.Join(known, ", "))
				}
			}
		}
	}
}

func (conf *config) destinationNames() []string {
	list := slices.Sorted(maps.Keys(conf.Destinations))
	if !slices.Contains(list, relay.DeskName) {
		list = append(list, relay.DeskName)
	}
	return list
}

func (conf *config) routes() relay.Routes {
	r := relay.Routes{Handlers: map[policy.Handler][]string{}, Known: conf.destinationNames(), Parties: map[string]policy.Handler{}}
	for name, d := range conf.Destinations {
		r.Parties[name] = d.party
	}
	for handler, names := range conf.Routes {
		r.Handlers[policy.Handler(handler)] = names.list
	}
	return r
}

func (conf *config) abuse() relay.Abuse {
	l := conf.Limits
	a := relay.Abuse{TokenAge: time.Duration(l.TokenAge), RequireToken: l.RequireToken}
	for _, x := range []struct {
		to   *guard.Rate
		from rateConfig
	}{{&a.Client, l.Client}, {&a.Form, l.Form}, {&a.Service, l.Service}, {&a.Files, l.Files}} {
		if x.from != (rateConfig{}) {
			*x.to = x.from.rate()
		}
	}
	if l.MinTime != nil {
		if a.MinTime = time.Duration(*l.MinTime); a.MinTime == 0 {
			a.MinTime = -1
		}
	}
	return a
}

func (conf *config) proxies() guard.Proxies {
	list := make(guard.Proxies, len(conf.Proxies))
	for i, p := range conf.Proxies {
		list[i] = netip.Prefix(p)
	}
	return list
}

func (conf *config) origins() []string {
	list := make([]string, len(conf.Origins))
	for i, o := range conf.Origins {
		list[i] = string(o)
	}
	return list
}

func (conf *config) servesSite() bool { return conf.ServeSite == nil || *conf.ServeSite }

func (conf *config) manifestPath() string { return filepath.Join(conf.Site, policy.ManifestName) }
