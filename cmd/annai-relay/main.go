// Annai-relay accepts the request forms of a site that annai built, keeps every
// request, and hands it on.
//
// Configuration comes from flags, RELAY_* variables and a file, in this order of
// precedence; secrets come from files or systemd credentials only. Exit codes: 0
// good, 1 something is wrong, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"annai/internal/source"
)

// A cli is the command line. The flags at its top set what the file of the same
// key sets.
type cli struct {
	Config   string `short:"c" placeholder:"FILE" env:"RELAY_CONFIG" help:"Configuration file (YAML)."`
	Site     string `placeholder:"DIR" env:"RELAY_SITE" help:"Folder of the built site, with its forms.json."`
	Store    string `placeholder:"URL" env:"RELAY_STORE" help:"sqlite:///path/to/file.db, postgres://…, or memory to try things out."`
	Listen   string `placeholder:"ADDR" env:"RELAY_LISTEN" help:"Public address, host:port."`
	Operator string `placeholder:"ADDR" env:"RELAY_OPERATOR" help:"Operator's address (desk, queue, metrics), host:port, or \"off\"."`
	URL      string `placeholder:"URL" env:"RELAY_URL" help:"Where readers reach the relay."`
	Keys     string `placeholder:"FILE" env:"RELAY_KEYS_FILE" help:"Master keys of the store."`
	Secret   string `placeholder:"FILE" env:"RELAY_SECRET_FILE" help:"Secret that signs tokens and links."`
	Password string `placeholder:"FILE" env:"RELAY_OPERATOR_PASSWORD_FILE" help:"Password of the operator's pages."`
	LogLevel string `placeholder:"LEVEL" env:"RELAY_LOG_LEVEL" help:"debug, info, warn or error."`

	Serve      serveCmd   `cmd:"" help:"Accept requests and deliver them."`
	Queue      queueCmd   `cmd:"" help:"List requests that are not finished, and destinations."`
	Show       showCmd    `cmd:"" help:"Show one request with all attempts and its log."`
	Replay     replayCmd  `cmd:"" help:"Deliver once more, now."`
	Hold       holdCmd    `cmd:"" help:"Stop the delivery of a request."`
	Release    releaseCmd `cmd:"" help:"Let a held or quarantined request go on."`
	Forget     forgetCmd  `cmd:"" help:"Destroy everything personal of a request or a person, for good."`
	Export     exportCmd  `cmd:"" help:"Write requests as CSV or JSON lines."`
	Canary     canaryCmd  `cmd:"" help:"Send a marked request through the public address and wait until it is delivered."`
	Doctor     doctorCmd  `cmd:"" help:"Examine configuration, store, disk and destinations."`
	Backup     backupCmd  `cmd:"" help:"Copy the store to a file while it runs."`
	Restore    restoreCmd `cmd:"" help:"Make a store from a backup."`
	NewSecrets secretsCmd `cmd:"" name:"new-secrets" help:"Make master keys, secret and password as files in a folder."`
	Verify     verifyCmd  `cmd:"" help:"Prove every stored request: readable, and with a job when it needs one."`
	ConfigCmd  struct {
		Check checkCmd `cmd:"" help:"Read the configuration and the site's manifest, and say what is wrong."`
	} `cmd:"" name:"config" help:"The configuration."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// A usageError ends the program with exit code 2.
type usageError struct{ error }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main without the process around it.
func run(args []string, stdout, stderr io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("annai-relay"), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Description("Accepts the request forms of an annai site, keeps every request, and hands it on."),
		kong.Exit(func(code int) { exit = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		fmt.Fprintln(stderr, "annai-relay:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(stderr, "annai-relay:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(&c, &terminal{stdout, stderr})
	return report(command.Run(), stderr)
}

// report prints an error for the one who reads it, and returns the exit code.
func report(err error, stderr io.Writer) int {
	var problems source.Problems
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &problems):
		problems.Sort()
		fmt.Fprintln(stderr, problems.Error())
		return 1
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "annai-relay:", err)
		return 2
	}
	fmt.Fprintln(stderr, "annai-relay:", err)
	return 1
}

// A terminal is where commands write.
type terminal struct{ out, err io.Writer }

type versionCmd struct{}

// version is set when a release is built.
var version = ""

// versionText is the release, or what the Go tool recorded of the source.
func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version + revision
}

func (versionCmd) Run(t *terminal) error {
	fmt.Fprintln(t.out, "annai-relay", versionText())
	return nil
}
