package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A cost is what a process took.
type cost struct {
	cpu, wall time.Duration
	rss       int64 // bytes, the largest
}

// measure runs a process to its end. An exit code that is only about problems in
// the content doesn't count as a failure.
func measure(name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start)}
	if err != nil {
		tail := out.Bytes()
		if len(tail) > 2000 {
			tail = tail[len(tail)-2000:]
		}
		return c, fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, tail)
	}
	state := cmd.ProcessState
	c.cpu = state.UserTime() + state.SystemTime()
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		c.rss = usage.Maxrss << 10
	}
	return c, nil
}

// less is the cheaper of two runs of the same thing.
func (c cost) less(d cost) cost {
	if c.cpu == 0 || d.cpu > 0 && d.cpu < c.cpu {
		return d
	}
	return c
}

// plus is one after the other.
func (c cost) plus(d cost) cost { return cost{c.cpu + d.cpu, c.wall + d.wall, max(c.rss, d.rss)} }

func (c cost) String() string {
	return fmt.Sprintf("%8.2f CPU s %8.2f s wall %6d MB", c.cpu.Seconds(), c.wall.Seconds(), c.rss>>20)
}

func show(what string, c cost) { fmt.Printf("%-34s %s\n", what, c) }

// ratio prints how many times the first costs the second.
func ratio(what string, a, b cost) {
	if a.cpu > 0 && b.cpu > 0 {
		fmt.Printf("%-34s %8.1fx CPU %8.1fx wall\n", what, a.cpu.Seconds()/b.cpu.Seconds(), a.wall.Seconds()/b.wall.Seconds())
	}
}

// built is where the last cold build of each left its site.
type built struct {
	annai, hugo                   string
	annaiCost, hugoCost, findCost cost
}

// cold lets each build everything from nothing, in turn.
func (b *bench) cold() (*built, error) {
	var site built
	var floor cost
	for range b.rounds {
		if b.hugo != "" {
			site.hugo = b.output("hugo")
			c, err := b.runHugo(site.hugo)
			if err != nil {
				return nil, err
			}
			site.hugoCost = site.hugoCost.less(c)
			if b.pagefind != "" {
				if c, err = measure(b.pagefind, "--site", site.hugo); err != nil {
					return nil, err
				}
				site.findCost = site.findCost.less(c)
			}
		}
		site.annai = b.output("annai")
		c, err := measure(b.annai, "build", b.content, "-o", site.annai)
		if err != nil {
			return nil, err
		}
		site.annaiCost = site.annaiCost.less(c)
		if c, err = measure(b.floor, b.content, b.output("floor")); err != nil {
			return nil, err
		}
		floor = floor.less(c)
	}
	fmt.Println("cold, best of", b.rounds)
	if b.hugo != "" {
		show("Hugo "+b.hugoVersion, site.hugoCost)
	}
	if b.hugo != "" && b.pagefind != "" {
		show("Pagefind over Hugo's site", site.findCost)
	}
	show("annai, with index and checks", site.annaiCost)
	show("floor: read, goldmark, chroma, write", floor)
	ratio("Hugo / annai", site.hugoCost, site.annaiCost)
	if site.findCost.cpu > 0 {
		ratio("Hugo and Pagefind / annai", site.hugoCost.plus(site.findCost), site.annaiCost)
	}
	ratio("annai / floor", site.annaiCost, floor)
	fmt.Println()
	return &site, nil
}

// warm builds again into the same folders: with nothing changed, and with one
// sentence added to one article.
func (b *bench) warm(site *built) error {
	steps := []struct {
		part, name string
		edit       func(content string) error
	}{
		{"same", "nothing changed", func(string) error { return nil }},
		{"edit", "one article changed", b.addSentence},
	}
	time.Sleep(100 * time.Millisecond) // so that times tell what was written after the build
	for _, step := range steps {
		if !b.wants(step.part) {
			continue
		}
		if err := step.edit(b.content); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		ours, err := measure(b.annai, "build", b.content, "-o", site.annai)
		if err != nil {
			return err
		}
		fmt.Println(step.name + ", new process")
		show("annai", ours)
		if b.hugo != "" {
			if err := step.edit(b.hugoContent); err != nil {
				return err
			}
			theirs, err := b.runHugo(site.hugo)
			if err != nil {
				return err
			}
			show("Hugo", theirs)
			ratio("Hugo / annai", theirs, ours)
		}
		fmt.Println()
	}
	return nil
}

var sentences int

func (b *bench) addSentence(content string) error {
	f, err := os.OpenFile(filepath.Join(content, b.edited), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	sentences++
	_, err = fmt.Fprintf(f, "\nSentence number %d was added here.\n", sentences)
	return err
}
