// Command annai builds a support site from Markdown: articles, request forms,
// escalation rules and notices become static pages with search.
//
//	annai build content -o public     publish, all or nothing
//	annai check content               say what is wrong, write nothing
//	annai serve content               preview that follows what is written
//	annai new howto ja/reset-password start a file of a kind
//
// Results go to standard output, problems and progress to standard error. The
// exit code is 0 when all is good, 1 when the content or the machine has a
// problem, 2 when the command line is wrong.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

type commands struct {
	Build     buildCommand     `cmd:"" help:"Build the site and publish it to a folder."`
	Check     checkCommand     `cmd:"" help:"Check the content and write nothing."`
	Serve     serveCommand     `cmd:"" help:"Show the site while you write."`
	New       newCommand       `cmd:"" help:"Start an article, a form or rules from a template."`
	Search    searchCommand    `cmd:"" help:"Search a built site, as its readers do."`
	Schema    schemaCommand    `cmd:"" help:"Write JSON Schemas for editors."`
	Theme     themeCommand     `cmd:"" help:"Look at the theme and make it yours."`
	Rules     rulesCommand     `cmd:"" help:"Ask the escalation rules."`
	Notice    noticeCommand    `cmd:"" help:"Keep the support-process notice: next version, lock, hours."`
	Translate translateCommand `cmd:"" help:"See which translations are missing or old."`
	Render    RenderCmd        `cmd:"" help:"Render a file of Markdown cases to JSON."`
}

// A terminal is where a command talks to: tests give another one.
type terminal struct {
	out, err io.Writer
	progress bool // err is a terminal
}

// errFound ends a command with exit code 1 after it has said why.
var errFound = errors.New("problems found")

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	t := &terminal{out: os.Stdout, err: os.Stderr, progress: isTerminal(os.Stderr)}
	var c commands
	parser, err := kong.New(&c,
		kong.Name("annai"),
		kong.Description("Builds a support site from Markdown: articles, request forms, escalation rules, notices."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(os.Stdout, os.Stderr),
		kong.UsageOnError(),
		kong.Bind(t),
	)
	if err != nil {
		fmt.Fprintln(t.err, "annai:", err)
		return 2
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(t.err, "annai: %v\n    see annai --help\n", err)
		return 2
	}
	err = ctx.Run()
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(t.err, "annai:", err)
		return 2
	case errors.Is(err, errFound):
		return 1
	}
	fmt.Fprintln(t.err, "annai:", err)
	return 1
}

// A usageError is a command line that can't be carried out.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
