package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"

	"annai/policy"
	"annai/relay"
	"annai/relay/attachment"
	"annai/relay/store"
)

type serveCmd struct{}

// A service is the relay with everything that it needs, opened.
type service struct {
	conf    *config
	log     *slog.Logger
	store   *store.Store
	server  *relay.Server
	targets map[string]relay.Destination
	tracer  *tracer
	notes   []string // secrets that were made
	made    string   // the operator's password, when the relay made it
}

// Run serves until SIGTERM or SIGINT. SIGHUP reads the site's manifest again.
func (serveCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	sv, err := openService(ctx, conf, t.err)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	public, operator, err := listen(conf)
	if err != nil {
		return err
	}
	operatorHandler, err := sv.operator(ctx)
	if err != nil {
		return err
	}
	if sv.tracer, err = newTracer(ctx); err != nil {
		return err
	}
	var servers []*http.Server
	failed := make(chan error, 4)
	serve := func(h http.Handler, on net.Listener) {
		server := newHTTP(h, sv.log)
		servers = append(servers, server)
		go func() { failed <- server.Serve(on) }()
	}
	serve(sv.tracer.following(sv.server.Handler()), public)
	if operator != nil {
		serve(operatorHandler, operator)
	}
	working, stopWork := context.WithCancel(context.Background())
	worked := make(chan error, 1)
	go func() { worked <- sv.store.Work(working, sv.workers()) }()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	sv.announce(t.err, public, operator)
	go watchdog(ctx, sv.store)
	go sv.canaries(ctx)

	for err = nil; ; {
		select {
		case <-reload:
			sv.reload()
			continue
		case err = <-failed:
		case err = <-worked:
			worked <- err
			err = fmt.Errorf("the workers stopped: %w", orUnknown(err))
		case <-ctx.Done():
		}
		break
	}
	// First nobody is accepted any more; a connection that was accepted just now
	// is then known to its server and gets its answer.
	public.Close()
	if operator != nil {
		operator.Close()
	}
	time.Sleep(50 * time.Millisecond)
	return errors.Join(err, sv.drain(servers, stopWork, worked))
}

func orUnknown(err error) error {
	if err == nil {
		return errors.New("no reason given")
	}
	return err
}

// drain ends in the order in which nothing is lost: no new readers, answers that
// are being made, deliveries that are running, the store.
func (sv *service) drain(servers []*http.Server, stopWork func(), worked <-chan error) error {
	sv.log.Info("draining")
	daemon.SdNotify(false, daemon.SdNotifyStopping)
	sv.server.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var errs []error
	for _, s := range servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	stopWork()
	select {
	case err := <-worked:
		errs = append(errs, err)
	case <-ctx.Done():
		errs = append(errs, errors.New("deliveries were still running after 30 s; they will be repeated"))
	}
	errs = append(errs, sv.tracer.end(ctx))
	sv.log.Info("stopped")
	return errors.Join(errs...)
}

// openService opens store, secrets, destinations and the site's manifest.
func openService(ctx context.Context, conf *config, stderr io.Writer) (*service, error) {
	sv := &service{conf: conf, log: newLog(conf, stderr)}
	manifest, err := readManifest(conf.manifestPath())
	if err != nil {
		return nil, err
	}
	if sv.targets, err = conf.openDestinations(); err != nil {
		return nil, err
	}
	if sv.store, err = sv.openStore(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(sv.openServer(manifest), sv.openReceipts()); err != nil {
		sv.store.Close()
		return nil, err
	}
	return sv, nil
}

// openReceipts has a mail server take the receipts, when one is configured.
func (sv *service) openReceipts() error {
	if sv.conf.Receipts == nil {
		return nil
	}
	mailer, err := sv.conf.Receipts.server()
	if err != nil {
		return fmt.Errorf("receipt_mail: %w", err)
	}
	sv.targets[relay.ReceiptMail] = relay.Receipts{Server: sv.server, Mailer: mailer}
	return nil
}

func (sv *service) openStore(ctx context.Context) (*store.Store, error) {
	keys, err := sv.secret(sv.conf.Keys, "keys", newKeys)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{URL: sv.conf.Store, Keys: keys, Reserve: int64(sv.conf.Reserve), Log: sv.log})
}

func (sv *service) secret(path, name string, make func() ([]byte, error)) ([]byte, error) {
	secret, made, err := sv.conf.secretOrNew(path, name, make)
	if made != "" {
		sv.notes = append(sv.notes, made)
	}
	return secret, err
}

func (sv *service) openServer(manifest *policy.Manifest) error {
	secret, err := sv.secret(sv.conf.Secret, "secret", newSecret)
	if err != nil {
		return err
	}
	conf := sv.conf
	sv.server = &relay.Server{
		Store: sv.store, Secret: secret, URL: string(conf.URL), Origins: conf.origins(), Proxies: conf.proxies(),
		Prefix: conf.Prefix, Routes: conf.routes(), Desk: conf.Operator.Language, Abuse: conf.abuse(), Uploads: int64(conf.Limits.Uploads),
		Scanner: scanner(conf.Clamd), MailReceipts: conf.Receipts != nil, Counter: conf.Searches, Metrics: relay.NewMetrics(), Log: sv.log,
	}
	for _, path := range conf.Retired {
		old, _, err := readSecret(path, "retired secret")
		if err != nil {
			return err
		}
		sv.server.Retired = append(sv.server.Retired, old)
	}
	if conf.servesSite() {
		root, err := os.OpenRoot(conf.Site)
		if err != nil {
			return fmt.Errorf("open the site: %w", err)
		}
		sv.server.Site = &relay.Static{Root: root, Locales: manifest.Site.Locales, Relay: relayOrigin(conf, manifest), Embed: sv.server.Frames}
		sv.server.Search = finder(root.FS())
	}
	return sv.server.Load(manifest)
}

// relayOrigin is where the site's pages send forms, when that is elsewhere.
func relayOrigin(conf *config, m *policy.Manifest) string {
	if conf.URL != "" {
		return string(conf.URL)
	}
	return m.Site.RelayURL
}

func scanner(address string) *attachment.Scanner {
	if address == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return &attachment.Scanner{Network: "unix", Address: path}
	}
	return &attachment.Scanner{Network: "tcp", Address: address}
}

func readManifest(path string) (*policy.Manifest, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is not there: --site must name the folder that annai build wrote", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return policy.ReadManifest(f)
}

// reload reads the manifest again; on an error the old one stays in use.
func (sv *service) reload() {
	daemon.SdNotify(false, daemon.SdNotifyReloading+"\n"+daemon.SdNotifyMonotonicUsec())
	manifest, err := readManifest(sv.conf.manifestPath())
	if err == nil {
		err = sv.server.Load(manifest)
	}
	sv.server.Metrics.Reloaded(err)
	if err != nil {
		sv.log.Error("the site's manifest was not reloaded, the one before stays in use", "error", err)
	} else {
		sv.log.Info("the site's manifest was reloaded", "forms", len(manifest.Forms), "hash", manifest.Site.Hash)
	}
	daemon.SdNotify(false, daemon.SdNotifyReady)
}

func (sv *service) workers() relay.Workers {
	return relay.Workers{
		Destinations: sv.targets,
		Attempted: func(d relay.Delivery, a relay.Attempt) {
			sv.server.Metrics.Attempted(d, a)
			sv.tracer.attempted(d, a)
			sv.log.Info("attempt", "delivery", d.ID, "destination", d.Destination, "number", a.Number, "class", string(a.Class), "status", a.Status)
		},
		Paused: func(d relay.DestinationState) {
			sv.log.Warn("destination", "name", d.Name, "paused", d.Paused, "reason", d.Reason, "failures", d.Failures)
		},
		Lost: func(ids []string) {
			sv.server.Metrics.Lost(ids)
			sv.log.Error("deliveries had lost their job and got a new one", "deliveries", ids)
		},
	}
}

// listen opens the two listeners, or takes them over from systemd: sockets named
// "public" and "operator".
func listen(conf *config) (public, operator net.Listener, err error) {
	passed, err := activation.ListenersWithNames()
	if err != nil {
		return nil, nil, err
	}
	open := func(name string, a address) (net.Listener, error) {
		if len(passed[name]) > 0 {
			return passed[name][0], nil
		}
		if a == "systemd" {
			return nil, fmt.Errorf("systemd passed no socket named %q (FileDescriptorName=%s)", name, name)
		}
		l, err := net.Listen("tcp", string(a))
		if err != nil {
			return nil, fmt.Errorf("listen (%s): %w", name, err)
		}
		return l, nil
	}
	if public, err = open("public", conf.Listen); err != nil {
		return nil, nil, err
	}
	if conf.Operator.Listen != "off" {
		operator, err = open("operator", conf.Operator.Listen)
	}
	return public, operator, err
}

// newHTTP bounds what a connection may take: idle and slow ones are closed.
func newHTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 90 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// announce tells systemd and the terminal that the relay is there.
func (sv *service) announce(w io.Writer, public, operator net.Listener) {
	daemon.SdNotify(false, daemon.SdNotifyReady)
	where := []any{"version", versionText(), "public", public.Addr().String()}
	if operator != nil {
		where = append(where, "operator", operator.Addr().String())
	}
	sv.log.Info("serving", where...)
	if !isTerminal(w) {
		return
	}
	fmt.Fprintf(w, "\n  Forms%s   http://%s/\n", map[bool]string{true: " and site", false: "         "}[sv.conf.servesSite()], reachable(public))
	if operator != nil {
		fmt.Fprintf(w, "  Desk             http://%s/   (%s)\n", reachable(operator), sv.howToEnter())
	}
	for _, path := range sv.notes {
		fmt.Fprintf(w, "  made             %s\n", path)
	}
	fmt.Fprintln(w)
}

// reachable is an address that a browser on this machine can open.
func reachable(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// watchdog tells systemd that the relay can still commit.
func watchdog(ctx context.Context, st *store.Store) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A full disk is no reason to be restarted: any answer will do.
			probe, cancel := context.WithTimeout(ctx, every/3)
			if err := st.Ready(probe); err == nil || probe.Err() == nil {
				daemon.SdNotify(false, daemon.SdNotifyWatchdog)
			}
			cancel()
		}
	}
}
