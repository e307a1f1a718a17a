package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"annai/internal/source"
	"annai/site"
)

type buildCommand struct {
	contentFlags
	Output     string `short:"o" default:"public" placeholder:"DIR" help:"Folder to publish to (public)."`
	Timing     bool   `help:"Print how long each step took."`
	CPUProfile string `name:"cpuprofile" placeholder:"FILE" help:"Write a CPU profile."`
}

func (c *buildCommand) Run(t *terminal) error {
	o, prefix, err := c.options()
	if err != nil {
		return err
	}
	out := &site.Folder{Dir: c.Output}
	if err := out.Check(); err != nil {
		return usageError{err.Error()}
	}
	if c.CPUProfile != "" {
		stop, err := profile(c.CPUProfile)
		if err != nil {
			return err
		}
		defer stop()
	}
	o.Once = true
	bar := newProgress(t)
	report, err := site.Build(o, out, c.Strict, bar.show)
	bar.clear()
	printProblems(t.err, c.told(report.Problems, prefix), c.Strict)
	if c.Timing {
		printTiming(t, report)
	}
	if errors.Is(err, site.ErrProblems) {
		fmt.Fprintf(t.err, "%s is left as it was\n", c.Output)
		return errFound
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: %s, %d written, %d removed\n", c.Output, source.Plural(report.Pages, "page"), report.Written, report.Removed)
	return nil
}

func profile(name string) (stop func(), err error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}

func printTiming(t *terminal, r *site.Report) {
	var total time.Duration
	for _, step := range r.Steps {
		total += step.Wall
		fmt.Fprintf(t.err, "%-10s %8.1f ms\n", step.Name, milliseconds(step.Wall))
	}
	fmt.Fprintf(t.err, "%-10s %8.1f ms, %d of %d files rendered\n", "total", milliseconds(total), r.Rendered, r.Files)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
